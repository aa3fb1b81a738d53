"""Sharing reports with recipients outside, and reminding of outcomes."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings

from hotline.settings.values import zone


class Sharing(BaseSettings):
    """Sharing reports with recipients outside, and reminding of outcomes."""

    delivery_tries: int = Field(
        4,
        ge=1,
        le=10,
        description="So many times a recipient is rung for one report at most, until somebody "
        "there confirms it. After that it stands on the board, and for life-safety the alarm is "
        "raised (docs/sharing.md).",
    )
    outcome_hours: int = Field(
        72,
        ge=0,
        le=8760,
        description="Hours after which a report whose outcome is not known is late: its owner, or "
        "the supervisors, are reminded once a day. 0: nobody is.",
    )
    outcome_grave_hours: int = Field(
        24,
        ge=0,
        le=8760,
        description="The same for life-safety, of which people are reminded at night, too.",
    )
    remind_between: str = Field(
        "08:00-17:00",
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="The hours in which people are reminded of what is not life-safety.",
    )
    remind_timezone: Annotated[str, AfterValidator(zone)] | None = Field(
        None,
        description="The time zone of these hours, America/Chicago for example. Default: that of "
        "the roster's first schedule; without one nobody is reminded by phone.",
    )
