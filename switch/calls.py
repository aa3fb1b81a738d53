"""Calls as the switch knows them: one line to one phone, its states and its times."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from switch.media import Line
from switch.webhook import new_jar

if TYPE_CHECKING:
    from switch.clock import Timer
    from switch.phones.base import Phone
    from switch.session import Session


class Status(StrEnum):
    """Twilio's words for the state of a call."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"


class Direction(StrEnum):
    """Who placed the call: a caller, the REST API, or a <Dial>."""

    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"


@dataclass(frozen=True)
class Moment:
    """A point in time: telephone seconds since the switch started, and the wall clock (UTC)."""

    at: float
    wall: datetime


@dataclass(frozen=True)
class Hooks:
    """Webhooks of one call besides its document; `status_events` as in StatusCallbackEvent."""

    status_callback: str = ""
    status_events: frozenset[str] = frozenset({"completed"})
    status_method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"


def new_sid(prefix: str) -> str:
    """A fresh identifier: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)


@dataclass(eq=False)
class Call:
    """One call; `settled` is set once it was answered or is over, `over` once it has ended."""

    direction: Direction
    from_number: str
    to_number: str
    hooks: Hooks = Hooks()
    parent_sid: str | None = None
    sid: str = field(default_factory=lambda: new_sid("CA"))
    status: Status = Status.QUEUED
    cause: str | None = None
    sip_code: int | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: Moment | None = None
    answered: Moment | None = None
    ended: Moment | None = None
    callbacks_sent: int = 0
    about: dict[str, str] = field(default_factory=dict)
    """What the network knows of the caller (`FromCity`, `CallerName`), said in every webhook."""
    line: Line = field(default_factory=Line)
    phone: "Phone | None" = None
    session: "Session | None" = None
    limit: "Timer | None" = None
    queued_ms: int = 0
    """How long a call of the REST API waited for its turn, in telephone milliseconds."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Give the call its own cookies."""
        self.jar = new_jar()

    @property
    def far_number(self) -> str:
        """The number of the phone at the far end."""
        return self.from_number if self.direction is Direction.INBOUND else self.to_number

    @property
    def live(self) -> bool:
        """Whether the call was answered and is not over."""
        return self.status is Status.IN_PROGRESS

    @property
    def duration_s(self) -> int:
        """Whole telephone seconds from answer to end; 0 unless both happened."""
        if self.answered is None or self.ended is None:
            return 0
        return round(self.ended.at - self.answered.at)
