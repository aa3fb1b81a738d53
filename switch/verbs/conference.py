"""<Conference>: wait in a named room, then talk with whoever is there."""

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import callbacks, tones
from switch.conferences import Conference, Participant
from switch.errors import SCHEMA, DocumentError
from switch.steps import Fetch
from switch.verbs.allowed import WAITING
from switch.verbs.base import Attributes, content, no_children
from switch.verbs.dialing import DialOptions, Outcome

if TYPE_CHECKING:
    from switch.session import Session

log = logging.getLogger(__name__)

_EVENTS = frozenset(
    {"start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"}
)
_BEEPS = frozenset({"true", "false", "onEnter", "onExit"})
_WITHOUT_EFFECT = (
    "jitterBufferSize",
    "region",
    "record",
    "trim",
    "coach",
    "eventCallbackUrl",
    "recordingStatusCallback",
    "recordingStatusCallbackMethod",
    "recordingStatusCallbackEvent",
)


@dataclass(frozen=True)
class ConferenceNoun:
    """A place in the conference `name`; `wait_url` None is hold music, empty is silence."""

    name: str
    starts: bool = True
    ends: bool = False
    muted: bool = False
    label: str = ""
    wait_url: str | None = None
    wait_method: str = "POST"
    max_participants: int = 250
    callback_url: str = ""
    callback_method: str = "POST"
    callback_events: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Conference>; raises DocumentError."""
        no_children(element)
        attributes = Attributes(element, call_sid)
        noun = cls(
            name=content(element),
            starts=attributes.flag("startConferenceOnEnter", True),
            ends=attributes.flag("endConferenceOnExit", False),
            muted=attributes.flag("muted", False),
            label=attributes.string("participantLabel"),
            wait_url=attributes.text("waitUrl"),
            wait_method=attributes.method("waitMethod"),
            max_participants=attributes.number("maxParticipants", 250, 2, 250),
            callback_url=attributes.string("statusCallback"),
            callback_method=attributes.method("statusCallbackMethod"),
            callback_events=attributes.words("statusCallbackEvent", "", _EVENTS),
        )
        if attributes.choice("beep", "true", _BEEPS) != "false":
            log.warning("call=%s conference beeps are not played, say beep=false", call_sid)
        attributes.done(*_WITHOUT_EFFECT)
        if not noun.name:
            raise DocumentError(SCHEMA, "<Conference> has no name")
        return noun

    async def join(self, session: "Session", options: DialOptions, outcome: Outcome) -> None:
        """Stay until the conference ends, the caller leaves by `*`, or the time is over.

        A waitUrl that fails raises nothing: the caller goes on with the next verb or action.
        """
        conference = session.exchange.conferences.named(self.name)
        if len(conference.participants) >= self.max_participants:
            outcome.status = "failed"
            return
        outcome.status = "answered"
        member = Participant(session.call, self.starts, self.ends, self.muted, self.label)
        star = asyncio.Event()
        if options.hangup_on_star:
            session.line.on_key = lambda digit: star.set() if digit == "*" else None
        _enter(session, conference, member, self)
        try:
            async with session.clock.timeout(options.time_limit):
                await self._stay(session, conference, member, star)
        except TimeoutError:
            pass
        finally:
            session.line.on_key = None
            _leave(session, conference, member)

    async def _stay(
        self, session: "Session", conference: Conference, member: Participant, star: asyncio.Event
    ) -> None:
        music = asyncio.create_task(self._music(session))
        signals = [asyncio.create_task(e.wait()) for e in (conference.over, star)]
        started = asyncio.create_task(conference.started.wait())
        try:
            await session.wait(_first(music, started, *signals))
            if member.seat is not None:
                music.cancel()
                await asyncio.gather(music, return_exceptions=True)
                # The music may have taken the line between the start and now.
                member.seat.attach()
                await session.wait(_first(*signals))
        finally:
            for task in (music, started, *signals):
                task.cancel()
            await asyncio.gather(music, started, *signals, return_exceptions=True)

    async def _music(self, session: "Session") -> None:
        if self.wait_url is None:
            await session.wait(session.line.play(tones.hold(), loops=0))
        elif self.wait_url:
            url = session.absolute(self.wait_url)
            document = session.document, session.base_url
            try:
                await session.follow(Fetch(url, self.wait_method), only=WAITING)
            finally:
                session.document, session.base_url = document
        await asyncio.Event().wait()


async def _first(*tasks: asyncio.Task[None] | asyncio.Task[bool]) -> None:
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


def _enter(
    session: "Session", conference: Conference, member: Participant, noun: ConferenceNoun
) -> None:
    exchange = session.exchange
    if not conference.participants:
        conference.callback_url = session.absolute(noun.callback_url)
        conference.callback_method = noun.callback_method
        conference.callback_events = noun.callback_events
    started_before = conference.started.is_set()
    conference.enter(member)
    exchange.note(session.call, "bridge_joined", conference=conference.sid)
    callbacks.conference_progress(exchange, conference, "join", member)
    if not conference.started.is_set():
        return
    if not started_before:
        callbacks.conference_progress(exchange, conference, "start", member)
    others = conference.participants if not started_before else [member]
    if len(conference.participants) > 1:
        for each in others:
            exchange.note(each.call, "bridged")


def _leave(session: "Session", conference: Conference, member: Participant) -> None:
    exchange = session.exchange
    conference.leave(member)
    exchange.note(session.call, "bridge_left", conference=conference.sid)
    callbacks.conference_progress(exchange, conference, "leave", member)
    if conference.over.is_set() and not conference.end_told:
        conference.end_told = True
        callbacks.conference_progress(exchange, conference, "end", member)
