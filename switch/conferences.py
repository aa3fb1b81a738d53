"""Conferences: named rooms that start when somebody who may start them has company."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from switch.calls import Call, new_sid
from switch.mixer import Room, Seat
from switch.steps import Fetch

LAST_LEFT = "last-participant-left"
LAST_KICKED = "last-participant-kicked"
ENDER_LEFT = "participant-with-end-conference-on-exit-left"
ENDER_KICKED = "participant-with-end-conference-on-exit-kicked"
BY_API = "conference-ended-via-api"
"""Why a conference ended, in Twilio's words."""

HUNG_UP = "participant_hung_up"
UPDATED_BY_API = "participant_updated_via_api"
ENDED_BY_API = "conference_ended_via_api"
MODERATOR_ENDED = "moderator_ended_conference"
"""Why a participant left, in Twilio's words."""


@dataclass(eq=False)
class Participant:
    """A call in a conference; `seat` is None while the conference has not started.

    `hold` is what it hears instead (an empty URL: music), `coached` the call that alone hears it.
    `news` is set when somebody else has changed something, `kicked` when it has to leave.
    """

    call: Call
    starts: bool = True
    ends: bool = False
    muted: bool = False
    label: str = ""
    coached: str | None = None
    beeps_out: bool = False
    seat: Seat | None = None
    hold: Fetch | None = None
    announcement: bytes | None = None
    reason_left: str = HUNG_UP
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    news: asyncio.Event = field(default_factory=asyncio.Event)
    kicked: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self) -> None:
        """Something about it has been changed from outside."""
        self.updated = datetime.now(UTC)
        self.news.set()


@dataclass(eq=False)
class Conference:
    """One conference; `started` and `over` can be waited on.

    `invited` are participants whose calls still ring.
    """

    friendly_name: str
    sid: str = field(default_factory=lambda: new_sid("CF"))
    status: str = "init"
    reason_ended: str | None = None
    ended_by: str | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    participants: list[Participant] = field(default_factory=list)
    invited: list[Participant] = field(default_factory=list)
    first_call: Call | None = None
    room: Room = field(default_factory=Room)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    callback_url: str = ""
    callback_method: str = "POST"
    callback_events: frozenset[str] = frozenset()
    callbacks_sent: int = 0
    end_told: bool = False
    recorded: bool = False
    on_start: list[Callable[[], None]] = field(default_factory=list)
    on_end: list[Callable[[], None]] = field(default_factory=list)

    def enter(self, participant: Participant) -> None:
        """Take in a participant; starts the conference when that makes it complete."""
        self.first_call = self.first_call or participant.call
        self.invited = [each for each in self.invited if each.call is not participant.call]
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
        kicked = participant.kicked.is_set()
        if participant.ends:
            self.end(ENDER_KICKED if kicked else ENDER_LEFT, participant.call.sid)
        elif not self.participants:
            self.end(LAST_KICKED if kicked else LAST_LEFT, participant.call.sid)

    def end(self, reason: str, call_sid: str | None = None) -> None:
        """The conference is over; its participants go on with their own documents."""
        if self.over.is_set():
            return
        self.status, self.updated = "completed", datetime.now(UTC)
        self.reason_ended, self.ended_by = reason, call_sid
        for each in self.participants:
            each.reason_left = ENDED_BY_API if reason == BY_API else MODERATOR_ENDED
        for then in self.on_end:
            then()
        self.over.set()

    def find(self, name: str) -> Participant | None:
        """The participant of a call, or with a label; those whose calls ring count too."""
        everybody = [*self.participants, *self.ringing()]
        return next((each for each in everybody if name in (each.call.sid, each.label)), None)

    def ringing(self) -> list[Participant]:
        """Participants that were asked for and have not come in yet."""
        return [each for each in self.invited if not each.call.over.is_set()]

    def _seat(self, participant: Participant) -> None:
        participant.seat = self.room.enter(participant.call.line, muted=participant.muted)
        for each in self.participants:
            self.coach(each)

    def coach(self, participant: Participant) -> None:
        """Let the one whom a participant coaches alone hear it, or everybody if it coaches none."""
        if participant.seat is None:
            return
        coached = self.find(participant.coached) if participant.coached else None
        participant.seat.speak_to(coached.call.line if coached else None)


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

    def forget_over(self, kept: Callable[[Call], bool]) -> None:
        """Forget those that are over and whose first call is not `kept` any more."""
        for each in tuple(self._by_sid.values()):
            if each.over.is_set() and (each.first_call is None or not kept(each.first_call)):
                del self._by_sid[each.sid]

    def listed(self) -> list[Conference]:
        """All conferences, newest first."""
        return list(self._by_sid.values())[::-1]
