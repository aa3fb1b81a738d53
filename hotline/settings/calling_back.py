"""Numbers that callers leave to be called back at."""

import re
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from hotline.settings.values import listed

_ALLOWED = re.compile(r"[A-Z]{2}|\+[1-9][0-9]{0,14}")


class CallingBack(BaseSettings):
    """Numbers that callers leave to be called back at."""

    callback_days: int = Field(
        7,
        ge=0,
        le=60,
        description="Days after which a number that a caller has left to be called back at is "
        "deleted, if it has not been used. 0: callers are not asked for one.",
    )
    callback_tries: int = Field(
        3,
        ge=1,
        le=10,
        description="So many times a number that a caller has left is rung at most; then it is "
        "deleted.",
    )
    callback_allowed: Annotated[list[str], NoDecode] = Field(
        [],
        description="Which numbers may be called back, separated by commas: countries (US) and "
        "beginnings of numbers (+1217). Default: the country of HOTLINE_PHONE_NUMBER. Premium, "
        "shared-cost, toll-free and emergency numbers never are.",
    )
    callback_numbers_a_day: int = Field(
        50,
        ge=1,
        le=10000,
        description="So many numbers to be called back at are taken in a day at most, from all "
        "callers together.",
    )
    callback_rings_a_day: int = Field(
        3,
        ge=1,
        le=50,
        description="So many times one number is rung in a day at most, whoever has left it and in "
        "however many reports.",
    )

    @field_validator("callback_allowed", mode="before")
    @classmethod
    def _countries_or_beginnings(cls, value: object) -> object:
        parts = listed(value) if isinstance(value, str) else value
        if isinstance(parts, list) and not all(_ALLOWED.fullmatch(str(part)) for part in parts):
            raise ValueError(
                "must be countries (US) or beginnings of numbers (+1217), separated by commas"
            )
        return parts
