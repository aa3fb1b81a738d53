"""The commands of the menu, done by the core: one function per command, all in one transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from hotline.dispatch import bridge, desk, standing
from hotline.dispatch.model import Dispatch
from hotline.dispatch.words import DispatchState
from hotline.reports import callback, guesses, intake, spoken, synthetic, timeline
from hotline.reports.casework import replies
from hotline.reports.model import (
    AudioState,
    Call,
    Message,
    MessageKind,
    Report,
    ReportState,
)
from hotline.reports.spoken_model import AnswerKind
from ivr.callback_steps import (
    CheckNumber,
    ForgetNumber,
    KeepNumber,
    NumberGone,
    NumberIs,
    NumberKept,
)
from ivr.line import Line
from ivr.spoken_steps import AnswerBegun, BeginAnswer, FindAnswer, Understood
from ivr.steps import (
    Audible,
    BeginMessage,
    Begun,
    CheckReturn,
    Command,
    DispatchIs,
    Event,
    FindRecording,
    Found,
    Leave,
    LeaveRoom,
    NotFound,
    Prove,
    Proven,
    Rejoin,
    SendMessage,
    Sent,
    StartLive,
)


def run(line: Line, session: Session, call: Call, command: Command) -> Event | None:
    """Do what the menu asks for; the event is what the menu is told about it."""
    do: Callable[..., Event | None] = _ACTIONS[type(command)]
    return do(line, session, call, command, line.runtime.clock())


def dispatch_is(
    line: Line, session: Session, call: Call, now: datetime, *, rejoin: bool = False
) -> DispatchIs:
    """What is true now of the search for a person for this waiting caller.

    rejoin: the caller comes out of a bridge that is over. Only another bridge, which whoever has it
    opens on coming back, is a reason to go there again; without one they have left.
    """
    waited_s = _waited_s(call, now)
    row = _dispatch(line, session, call)
    if row is None:
        return DispatchIs("waiting", waited_s)
    if row.state is not DispatchState.TAKEN:
        return _is(row.state, waited_s)
    if row.call_id == call.id and (held := _held(line, session, row)):
        return DispatchIs(held, waited_s)
    if (call.conference if rejoin else bridge_name(line, session, call)) is not None:
        return DispatchIs("taken", waited_s)
    return DispatchIs("dropped" if rejoin else "exhausted", waited_s)


def _is(state: DispatchState, waited_s: float) -> DispatchIs:
    return DispatchIs(state.value, waited_s)


def _held(line: Line, session: Session, row: Dispatch) -> Literal["held", "dropped"] | None:
    """Whether whoever has it stands in the menu of `*`; after too long there they have left."""
    books = line.books(session)
    if not bridge.is_held(books, row):
        return None
    late = bridge.left_on_hold(books, row, line.runtime.clock())
    return "dropped" if late else "held"


def bridge_name(line: Line, session: Session, call: Call) -> str | None:
    """The conference this caller is expected in; None when nobody is there for them."""
    row = _dispatch(line, session, call)
    if row is None or row.state is not DispatchState.TAKEN or row.call_id != call.id:
        return None
    return bridge.name(line.books(session), row)


def _dispatch(line: Line, session: Session, call: Call) -> Dispatch | None:
    return line.books(session).dispatch_of(call.report_id) if call.report_id else None


def _waited_s(call: Call, now: datetime) -> float:
    return (now - call.parked_at).total_seconds() if call.parked_at else 0.0


def _start_live(line: Line, session: Session, call: Call, _: StartLive, now: datetime) -> None:
    _leave_earlier_report(session, call)
    report = intake.go_live(session, line.runtime.vault, call, now)
    bridge.waiting_began(call, now)
    desk.start(line.books(session), report, now, call)


def _leave_earlier_report(session: Session, call: Call) -> None:
    """Who returned to a report and now wants to speak begins a new one: the old one is theirs who
    took it, and nobody would be waiting in its bridge."""
    report = session.get(Report, call.report_id) if call.report_id else None
    if report is not None and report.state is not ReportState.DRAFT and not report.live:
        call.report_id = None


def _leave_room(
    line: Line, session: Session, call: Call, command: LeaveRoom, now: datetime
) -> None:
    """Out of that bridge; another one that has been opened since is where the caller goes next."""
    if call.conference == command.room:
        call.conference = None
    call.parked_at = call.parked_at or now


def _rejoin(line: Line, session: Session, call: Call, _: Rejoin, now: datetime) -> Event | None:
    """Look for the next person, unless the responder has pressed `*` at this very moment."""
    row = _locked(line, session, call)
    if row is not None and _held(line, session, row) == "held":
        return DispatchIs("held", _waited_s(call, now))
    bridge.ended(line.books(session), call, now)
    return None


def _begin(line: Line, session: Session, call: Call, command: BeginMessage, now: datetime) -> Event:
    kind = MessageKind(command.kind)
    if command.instead_of_waiting or kind is MessageKind.OPENING:
        row = _locked(line, session, call)
        if row is not None and row.state is DispatchState.TAKEN and row.call_id == call.id:
            return DispatchIs("taken", _waited_s(call, now))
    if command.instead_of_waiting:
        bridge.waiting_ended(call)
        call.conference = None  # whoever takes it from now on is not sent into an empty bridge
    return Begun(intake.begin_message(session, line.runtime.vault, call, kind, now).id)


def _locked(line: Line, session: Session, call: Call) -> Dispatch | None:
    """The dispatch, read anew: whoever presses 1 at this moment comes before or after."""
    row = _dispatch(line, session, call)
    if row is not None:
        session.refresh(row, with_for_update=True)
    return row


def _find(line: Line, session: Session, call: Call, command: FindRecording, now: datetime) -> Event:
    message = session.get(Message, command.message)
    return Audible(message is not None and message.audio is AudioState.STORED)


def _send(line: Line, session: Session, call: Call, command: SendMessage, now: datetime) -> Event:
    if command.instead_of is not None:
        _drop(session, call, command.instead_of, now)
    wait_s = line.runtime.settings.transcript_wait_s
    intake.send(session, line.runtime.vault, call, now, wait_s)
    return Sent()


def _drop(session: Session, call: Call, message_id: str, now: datetime) -> None:
    """The caller has said it again and sent that: what was said first goes, here and there."""
    message = session.get(Message, message_id)
    if message is not None and message.call_id == call.id:
        intake.discard_message(session, message, now)


def _check(line: Line, session: Session, call: Call, command: CheckReturn, now: datetime) -> Event:
    found = guesses.look_up(session, command.number, command.pin, now)
    report = found.report
    if report is None:
        return NotFound(locked=found.locked)
    call.report_id = report.id
    timeline.add(session, report.id, now, "returned")
    how, left = standing.of(line.books(session), report), callback.of(session, report.id)
    return Found(how, len(replies.of(session, report)), left is not None)


def _prove(line: Line, session: Session, call: Call, command: Prove, now: datetime) -> Event:
    return Proven(synthetic.prove(session, call, command.digits, now))


def _check_number(
    line: Line, session: Session, call: Call, command: CheckNumber, now: datetime
) -> Event:
    """What was keyed in is sealed at once; the menu is told only whether it will do."""
    limits = callback.limits_of(line.runtime.settings)
    if call.report_id is None or callback.is_full(session, call.report_id, limits, now):
        return NumberIs("full")
    held = callback.enter(session, line.runtime.vault, call, command.digits, limits, now)
    return NumberIs("ok" if held else "refused")


def _keep_number(
    line: Line, session: Session, call: Call, _: KeepNumber, now: datetime
) -> Event | None:
    return NumberKept() if callback.keep(session, call, now) else None


def _forget_number(
    line: Line, session: Session, call: Call, command: ForgetNumber, now: datetime
) -> Event | None:
    if command.entered:
        callback.drop_entered(session, call)
        return None
    if call.report_id is not None:
        callback.forget(session, call.report_id, callback.Gone.WITHDRAWN, now)
    return NumberGone()


def _begin_answer(
    line: Line, session: Session, call: Call, command: BeginAnswer, now: datetime
) -> Event:
    return AnswerBegun(spoken.begin(session, call, AnswerKind(command.kind), now).id)


def _find_answer(
    line: Line, session: Session, call: Call, command: FindAnswer, now: datetime
) -> Event:
    return Understood(spoken.take(session, line.runtime.vault, call, command.answer))


def _leave(line: Line, session: Session, call: Call, _: Leave, now: datetime) -> None:
    callback.drop_entered(session, call)
    spoken.drop(session, call)
    bridge.caller_left(line.books(session), call, now, line.runtime.settings.transcript_wait_s)


_ACTIONS: dict[type, Callable[..., Event | None]] = {
    StartLive: _start_live,
    LeaveRoom: _leave_room,
    Rejoin: _rejoin,
    BeginMessage: _begin,
    FindRecording: _find,
    SendMessage: _send,
    CheckReturn: _check,
    Prove: _prove,
    CheckNumber: _check_number,
    KeepNumber: _keep_number,
    ForgetNumber: _forget_number,
    BeginAnswer: _begin_answer,
    FindAnswer: _find_answer,
    Leave: _leave,
}
