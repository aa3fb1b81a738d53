"""Conferences: named rooms that start when somebody who may start them has company."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from switch.calls import Call, new_sid
from switch.mixer import Room, Seat

LAST_LEFT = "last-participant-left"
ENDER_LEFT = "participant-with-end-conference-on-exit-left"
BY_API = "conference-ended-via-api"


@dataclass(eq=False)
class Participant:
    """A call in a conference; `seat` is None while the conference has not started."""

    call: Call
    starts: bool = True
    ends: bool = False
    muted: bool = False
    label: str = ""
    seat: Seat | None = None


@dataclass(eq=False)
class Conference:
    """One conference; `started` and `over` can be waited on."""

    friendly_name: str
    sid: str = field(default_factory=lambda: new_sid("CF"))
    status: str = "init"
    reason_ended: str | None = None
    ended_by: str | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    participants: list[Participant] = field(default_factory=list)
    room: Room = field(default_factory=Room)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    callback_url: str = ""
    callback_method: str = "POST"
    callback_events: frozenset[str] = frozenset()
    callbacks_sent: int = 0
    end_told: bool = False

    def enter(self, participant: Participant) -> None:
        """Take in a participant; starts the conference when that makes it complete."""
        self.participants.append(participant)
        if self.started.is_set():
            self._seat(participant)
        elif len(self.participants) > 1 and any(p.starts for p in self.participants):
            self.status, self.updated = "in-progress", datetime.now(UTC)
            self.started.set()
            for each in self.participants:
                self._seat(each)

    def leave(self, participant: Participant) -> None:
        """Let a participant go; ends the conference if it was the last, or one that ends it."""
        self.participants.remove(participant)
        if participant.seat is not None:
            self.room.leave(participant.seat)
        if participant.ends:
            self.end(ENDER_LEFT, participant.call.sid)
        elif not self.participants:
            self.end(LAST_LEFT, participant.call.sid)

    def end(self, reason: str, call_sid: str | None = None) -> None:
        """The conference is over; its participants go on with their own documents."""
        if self.over.is_set():
            return
        self.status, self.updated = "completed", datetime.now(UTC)
        self.reason_ended, self.ended_by = reason, call_sid
        self.over.set()

    def _seat(self, participant: Participant) -> None:
        participant.seat = self.room.enter(participant.call.line, muted=participant.muted)


class Conferences:
    """All conferences; a name belongs to one that is not over."""

    def __init__(self) -> None:
        """No conferences."""
        self._by_sid: dict[str, Conference] = {}

    def named(self, name: str) -> Conference:
        """The conference of that name that is not over, made when there is none."""
        for conference in self._by_sid.values():
            if conference.friendly_name == name and not conference.over.is_set():
                return conference
        conference = Conference(name)
        self._by_sid[conference.sid] = conference
        return conference

    def get(self, sid: str) -> Conference | None:
        """A conference by its identifier."""
        return self._by_sid.get(sid)

    def listed(self) -> list[Conference]:
        """All conferences, newest first."""
        return list(self._by_sid.values())[::-1]
