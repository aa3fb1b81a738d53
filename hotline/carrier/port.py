"""The port to the telephone network: what the core asks of any carrier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hotline.carrier.capabilities import Capabilities


class LegState(StrEnum):
    """What a carrier says of a call."""

    QUEUED = "queued"
    RINGING = "ringing"
    ANSWERED = "answered"
    COMPLETED = "completed"
    BUSY = "busy"
    UNANSWERED = "unanswered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self not in (LegState.QUEUED, LegState.RINGING, LegState.ANSWERED, LegState.UNKNOWN)


@dataclass(frozen=True)
class Recording:
    """A recording at the carrier: its opaque id and its length in seconds."""

    id: str
    duration_s: float | None


@dataclass(frozen=True)
class Media:
    """Bytes of a recording and the content type the carrier gave them."""

    data: bytes
    content_type: str


class CarrierError(Exception):
    """The carrier did not do what it was asked. `code` is its own error code or ours."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(CarrierError):
    """The carrier said no for good (bad number, not allowed); trying again is useless."""


class Busy(CarrierError):
    """The carrier did not process the request (429); trying again is safe."""


class Uncertain(CarrierError):
    """Nobody knows whether it was done (timeout, 5xx): look it up before doing it again."""


class NotThere(CarrierError):
    """The call or recording does not exist (yet, or any more)."""


class Carrier(Protocol):
    """A telephone network. Ids are opaque, numbers E.164; every method raises CarrierError."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def place_call(self, *, to: str, url: str, status_url: str, ring_s: float) -> str:
        """Ring a phone; when it answers, fetch `url`. Gives the carrier's id of the call."""

    def find_call(self, *, to: str, since: datetime, known: Sequence[str]) -> str | None:
        """A call of ours to that number placed since then whose id is not in `known`."""

    def call_state(self, call_id: str) -> LegState:
        """What has become of a call."""

    def caller_number(self, call_id: str) -> str | None:
        """Who calls, E.164, while the call is live; None where the number is withheld.

        Only break-glass asks. Raises NotThere when the call is over: we do not ask for old ones.
        """

    def redirect_call(self, call_id: str, url: str) -> None:
        """Make a live call fetch `url` now."""

    def end_call(self, call_id: str) -> None:
        """End a call, ringing or talking; a call that is over already counts as done."""

    def recordings(self, call_id: str) -> list[Recording]:
        """The recordings of a call."""

    def fetch_recording(self, recording_id: str) -> Media:
        """The audio of a recording. Raises NotThere while it is not ready."""

    def delete_recording(self, recording_id: str) -> None:
        """Delete a recording for good; one that is gone already counts as done."""

    def delete_call(self, call_id: str) -> None:
        """Delete the record of a call that is over; one that is gone already counts as done."""

    def send_text(self, *, line: str, to: str, body: str) -> str:
        """Send a text from a line of ours. Gives the carrier's id of it."""

    def empty_text(self, text_id: str) -> None:
        """Delete what a text says and keep its record; one that is gone already counts as done."""

    def delete_text(self, text_id: str) -> None:
        """Delete a text, its pictures included; one that is gone already counts as done."""

    def forget_text(self, text_id: str) -> None:
        """Delete what was sent to whoever wrote a text, from the line it came to; then the text
        itself. Raises Busy while the carrier is not done with one of them; what
        is gone already counts as done."""
