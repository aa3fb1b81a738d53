"""One webhook of a caller's leg: event in, menu and core moved in one transaction, answer out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import notices
from hotline.dispatch import bridge
from hotline.oncall import districts, resources
from hotline.privacy import pseudonym
from hotline.reports import callback, callers, intake, marks, spoken, streams, synthetic, timeline
from hotline.reports.casework import replies
from hotline.reports.model import AudioState, Call, Message, Report
from hotline.tasks.model import WORKER_KINDS, Task, TaskState
from ivr import actions, steps
from ivr.line import Line
from ivr.menu import advance
from ivr.names import LISTENED, NOTICE
from ivr.scenes import show
from ivr.steps import Arrived, Event, HungUp, Keys, Record, Recorded, State, Step, StreamLost

Read = Callable[[steps.Session], Event | None]
"""Turns a request into an event, knowing where the caller stands; None when nothing happened."""

MOVES = 8
"""More answers of the core than any one webhook can bring about; keeps a fault from looping."""
WAITING = (State.OPENING, State.SPEAKING, State.PARKED)
"""States in which the caller waits for a person."""
SECRET = (
    *(State.RETURN_NUMBER, State.RETURN_PIN, State.PROOF, State.CALLBACK),
    *(State.WORD, State.SAY, State.UNDERSTAND),
)
"""Where the keys are a report's number and its PIN, the code of a call of our own, a telephone
number, or the key that lets a caller through."""
NOTED = {State.PARKED: "parked", State.CONNECTED: "bridged", State.CRISIS: "crisis_line"}
"""States whose beginning is written into the report's timeline."""


@dataclass(frozen=True)
class Facts:
    """What only this call can be told. number, pin: digits. said: token of the caller's recording.
    left: token of the telephone number that was keyed in.
    stream_token: opens the stream of the recording that begins. conference: name of the bridge.
    replies: ids of those that were left for the caller. resources: ids of who else can help.
    notices: ids of what is told before the menu. word_key: the digit that is asked for."""

    number: str = ""
    pin: str = ""
    said: str | None = None
    left: str | None = None
    stream_token: str | None = None
    conference: str | None = None
    replies: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    word_key: str = ""


@dataclass(frozen=True)
class Turn:
    """The answer to a webhook, ready to be rendered after the commit. bells: tasks to ring for."""

    session: steps.Session
    step: Step
    facts: Facts
    bells: tuple[str, ...] = ()


def take(
    line: Line,
    session: Session,
    carrier_call_id: str,
    read: Read,
    at: str | None = None,
    recorded: str | None = None,
    dialed: str = "",
    streamed: bool = False,
    from_us: bool = False,
    telephone: str | None = None,
) -> Turn:
    """Move the call by one webhook and write down where it stands now.

    at: the moment the webhook belongs to. recorded: id of the message whose recording has ended,
    streamed: by a stream to us and not by the carrier. dialed: the line of ours that was called;
    only its district is kept. from_us: it shows the hotline's own number, as a call does that we
    have placed to ourselves (and whoever forges that number). telephone: the day's pseudonym of
    the one that calls, where it shows a number.
    """
    now = line.runtime.clock()
    call = intake.open_call(session, carrier_call_id, now)
    session.flush()
    session.refresh(call, with_for_update=True)
    over = _recording_over(session, call, recorded, streamed, now)
    before = steps.Session.from_dict(call.menu)
    if not call.menu:
        callers.arrived(session, call, telephone, _day(line, now))
    if not call.menu and dialed:
        call.district = districts.of_line(session, dialed)
    if call.menu:
        event = read(before)
    else:
        event = Arrived(asked=from_us and synthetic.is_awaited(session, now))
    if over is not None and not isinstance(event, HungUp):
        event = over
    rules = _rules(line, session, call, before.language, now)
    after, step = _move(line, session, call, rules, before, event, at if call.menu else None)
    facts = _facts(line, session, call, after, step)
    if after.state is State.CONNECTED:
        after = replace(after, room=facts.conference or "")
    _write(session, call, before, after, now)
    marks.from_telephone(session, call, now)
    if isinstance(event, Keys) and after.turn != before.turn:
        _note_key(session, call, before.state, event, now)
    return Turn(after, step, facts, bells(session, call))


def _day(line: Line, now: datetime) -> str:
    return pseudonym.day_of(now, line.runtime.settings.repeat_day_begins)


def _rules(line: Line, session: Session, call: Call, language: str, now: datetime) -> steps.Rules:
    """The rules of this moment for the callers of this district, and for this telephone."""
    settings = line.runtime.settings
    word, digits = spoken.hearing(session, language) if settings.spoken_keys else (False, False)
    return replace(
        line.rules_now(session),
        help=resources.any_in(session, call.district),
        notice=bool(notices.told(session, call.district, now)),
        doubt=callers.doubt(session, call, settings.repeat_calls, now).value,
        word_key=word_key(call.id),
        say_word=word,
        say_digits=digits,
    )


def word_key(call_id: str) -> str:
    """The key that this call is asked for, one that does nothing in the menu: 5 to 8. Another one
    each time, so that it has to be listened for."""
    return str(5 + int(sha256(call_id.encode()).hexdigest(), 16) % 4)


def _recording_over(
    session: Session, call: Call, message_id: str | None, streamed: bool, now: datetime
) -> Event | None:
    """Write down that a recording has ended. The event, where it was a stream and we know it
    ourselves; a carrier's recording is told of in its request."""
    message = session.get(Message, message_id) if message_id is not None else None
    if message is None or message.call_id != call.id:
        return None
    if not streamed:
        intake.recording_ended(session, message.id, now)
        return None
    heard_s = streams.over(session, message, now)
    if heard_s is None:
        return StreamLost(heard=message.audio is AudioState.STORED)
    return Recorded(heard_s)


def _move(
    line: Line,
    session: Session,
    call: Call,
    rules: steps.Rules,
    place: steps.Session,
    event: Event | None,
    at: str | None,
) -> tuple[steps.Session, Step]:
    """Feed the event and whatever the core answers, until the menu asks for nothing more."""
    step = show(place, rules)
    for _ in range(MOVES):
        if event is None:
            break
        place, step = advance(place, event, rules, at)
        at = None
        call.language = place.language or call.language
        event = actions.run(line, session, call, step.command) if step.command else None
        event = event or _true_now(line, session, call, place)
    return place, step


def _true_now(line: Line, session: Session, call: Call, place: steps.Session) -> Event | None:
    """A person who is there already is not waited for; a bridge nobody is in is not entered."""
    if place.state is State.PARKED and not place.rejoin:
        now = actions.dispatch_is(line, session, call, line.runtime.clock())
        return now if now.state == "taken" else None
    if place.state is State.CONNECTED and actions.bridge_name(line, session, call) is None:
        return actions.dispatch_is(line, session, call, line.runtime.clock())
    return None


def _write(
    session: Session, call: Call, before: steps.Session, after: steps.Session, now: datetime
) -> None:
    call.menu = after.to_dict()
    if after.state not in WAITING:
        bridge.waiting_ended(call)
    kind = NOTED.get(after.state)
    if kind and before.state is not after.state and call.report_id:
        timeline.add(session, call.report_id, now, kind)


def _note_key(session: Session, call: Call, at: State, event: Keys, now: datetime) -> None:
    """A key of the menu, once there is a report; never a digit of a number or PIN."""
    if call.report_id and at not in SECRET:
        timeline.add(session, call.report_id, now, "key", key=event.digits[:1], where=at.value)


def _facts(line: Line, session: Session, call: Call, place: steps.Session, step: Step) -> Facts:
    if isinstance(step.then, Record) and step.then.streamed and place.message:
        return Facts(stream_token=_offer(line, session, place.message, step.then))
    if place.state is State.RECEIPT and call.report_id and call.ended_at is None:
        report = session.get_one(Report, call.report_id)
        receipt = intake.receipt(session, line.runtime.vault, call, report)
        return Facts(number=receipt.number, pin=receipt.pin)
    if NOTICE in place.lead:
        told = notices.told(session, call.district, line.runtime.clock())
        return Facts(notices=tuple(row.id for row in told))
    if LISTENED in place.lead and place.message:
        return Facts(said=session.get_one(Message, place.message).token)
    if place.state is State.RETURN_STATUS and call.report_id:
        report = session.get_one(Report, call.report_id)
        return Facts(replies=tuple(row.id for row in replies.of(session, report)))
    if place.state is State.WORD:
        return Facts(word_key=word_key(call.id))
    if place.state is State.HELP:
        return Facts(resources=tuple(r.id for r in resources.of_district(session, call.district)))
    if place.state is State.CALLBACK_CONFIRM and (row := callback.entered(session, call)):
        return Facts(left=row.token)
    if place.state is State.CONNECTED:
        return Facts(conference=actions.bridge_name(line, session, call))
    return Facts()


def _offer(line: Line, session: Session, message_id: str, then: Record) -> str:
    """Let the carrier open a stream for the message: the token that does so."""
    message = session.get_one(Message, message_id)
    now = line.runtime.clock()
    streams.offer(session, message, now, max_s=then.max_s, silence_s=then.silence_s)
    return streams.token(message)


def bells(session: Session, call: Call) -> tuple[str, ...]:
    """Ids of the worker's tasks that wait for this call's messages."""
    query = (
        select(Task.id)
        .join(Message, Message.id == Task.subject_id)
        .where(Message.call_id == call.id, Task.state == TaskState.PENDING)
        .where(Task.kind.in_(WORKER_KINDS), Task.tries == 0)
    )
    return tuple(session.scalars(query))
