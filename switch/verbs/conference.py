"""<Conference>: wait in a named room, then talk with whoever is there."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import announcing, callbacks, tones
from switch.callbacks import RecordingHook
from switch.conferences import UPDATED_BY_API, Conference, Participant
from switch.errors import NO_COACHED, SCHEMA, DocumentError, Replaced
from switch.taping import TapeOptions, tape_conference
from switch.verbs.attending import Attendance, Speaking
from switch.verbs.base import Attributes, content, no_children
from switch.verbs.dialing import DialOptions, Outcome, recording_hook

if TYPE_CHECKING:
    from switch.session import Session

_EVENTS = frozenset(
    {"start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"}
)
_BEEPS = frozenset({"true", "false", "onEnter", "onExit"})
_RECORD = frozenset({"true", "false", "record-from-start", "do-not-record"})
_TRIM = frozenset({"trim-silence", "do-not-trim"})
WITHOUT_EFFECT = ("jitterBufferSize", "region", "eventCallbackUrl", "recordingConfigurationId")


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
    beep: str = "true"
    coached: str | None = None
    record: bool = False
    trim: bool = True
    recording: RecordingHook = field(default_factory=RecordingHook)

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
            beep=attributes.choice("beep", "true", _BEEPS),
            coached=attributes.text("coach") or None,
            record=attributes.choice("record", "false", _RECORD) in {"true", "record-from-start"},
            trim=attributes.choice("trim", "trim-silence", _TRIM) == "trim-silence",
            recording=recording_hook(attributes),
        )
        attributes.done(*WITHOUT_EFFECT)
        if not noun.name:
            raise DocumentError(SCHEMA, "<Conference> has no name")
        return noun

    async def join(self, session: "Session", options: DialOptions, outcome: Outcome) -> None:
        """Stay until the conference ends, the caller leaves by `*`, or the time is over.

        A waitUrl that fails raises nothing: the caller goes on with the next verb or action.
        Raises DocumentError when there is nobody of the name in `coach`.
        """
        conference = session.exchange.conferences.named(self.name)
        if len(conference.participants) >= self.max_participants:
            outcome.status = "failed"
            return
        if self.coached is not None and conference.find(self.coached) is None:
            raise DocumentError(NO_COACHED, "nobody in the conference is the one to coach")
        outcome.status = "answered"
        star = asyncio.Event()
        if options.hangup_on_star:
            session.line.on_key = lambda digit: star.set() if digit == "*" else None
        member = self._member(session)
        _enter(session, conference, member, self)
        try:
            async with session.clock.timeout(options.time_limit):
                attendance = Attendance(session, conference, member, star)
                await attendance.stay(self.wait_url, self.wait_method)
        except TimeoutError:
            pass
        except Replaced:
            member.reason_left = UPDATED_BY_API
            raise
        finally:
            session.line.on_key = None
            _leave(session, conference, member)

    def _member(self, session: "Session") -> Participant:
        return Participant(
            session.call,
            self.starts,
            self.ends,
            self.muted,
            self.label,
            coached=self.coached,
            beeps_out=self.beep in {"true", "onExit"},
        )


def _enter(
    session: "Session", conference: Conference, member: Participant, noun: ConferenceNoun
) -> None:
    exchange = session.exchange
    if not conference.participants:
        conference.callback_url = session.absolute(noun.callback_url)
        conference.callback_method = noun.callback_method
        conference.callback_events = noun.callback_events
    if "speaker" in conference.callback_events:
        session.line.taps.append(Speaking(session, conference, member).write)
    started_before = conference.started.is_set()
    if noun.record and not conference.recorded:
        conference.recorded = True
        # Now: at the start a waitUrl's document may be the current one.
        hook = noun.recording.against(session.absolute(noun.recording.url))
        options = TapeOptions(trim=noun.trim, hook=hook)
        conference.on_start.append(lambda: _record(session, conference, options))
    conference.enter(member)
    exchange.note(session.call, "bridge_joined", conference=conference.sid)
    callbacks.conference_progress(exchange, conference, "participant-join", member)
    if noun.beep in {"true", "onEnter"}:
        exchange.spawn(announcing.play_to_all(exchange, conference, tones.beep()))
    if not conference.started.is_set():
        return
    if not started_before:
        callbacks.conference_progress(exchange, conference, "conference-start", member)
    while conference.on_start:
        conference.on_start.pop()()
    others = conference.participants if not started_before else [member]
    if len(conference.participants) > 1:
        for each in others:
            exchange.note(each.call, "bridged")


def _record(session: "Session", conference: Conference, options: TapeOptions) -> None:
    tape = tape_conference(session.exchange, conference, session.call, options)
    conference.on_end.append(tape.stop)


def _leave(session: "Session", conference: Conference, member: Participant) -> None:
    exchange, taps = session.exchange, session.line.taps
    taps[:] = [tap for tap in taps if not isinstance(getattr(tap, "__self__", None), Speaking)]
    conference.leave(member)
    exchange.note(session.call, "bridge_left", conference=conference.sid)
    callbacks.conference_progress(exchange, conference, "participant-leave", member)
    if member.beeps_out and not conference.over.is_set():
        exchange.spawn(announcing.play_to_all(exchange, conference, tones.beep()))
    if conference.over.is_set() and not conference.end_told:
        conference.end_told = True
        callbacks.conference_progress(exchange, conference, "conference-end", member)
