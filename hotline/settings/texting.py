"""The text door: reports that come as texts (SMS)."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class Texting(BaseSettings):
    """The text door: reports that come as texts (SMS)."""

    text_door: bool = Field(
        False,
        description="Whether texts (SMS) to our numbers become reports (docs/texts.md). Telephone "
        "companies keep texts and who sent them; each sender is told so.",
    )
    text_replies: Literal["off", "notice", "content"] = Field(
        "off",
        description="What is sent to somebody who wrote a text when a supervisor leaves a reply. "
        "off: nothing, and no number is kept; their next text is answered with where the reply is. "
        "notice: that there is one. content: the reply itself where the supervisor says so; it "
        "then lies at telephone companies and on that phone. Both keep the number, sealed, as long "
        "as the conversation.",
    )
    text_join_days: int = Field(
        3,
        ge=1,
        le=30,
        description="So many days after the last text of a telephone, its next one begins a report "
        "of its own; until then texts belong together, and how they do is known here.",
    )
