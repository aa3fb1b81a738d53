"""What a caller said, in memory: what `hotline.reports.intake` does on a database.

Only what dispatch can see of it: calls, reports, messages and their states. The simulation's runs
on a database (`tests/simulation/test_on_databases.py`) use the real intake in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hotline.carrier.port import Recording
from hotline.database.base import new_id
from hotline.reports.intake import SETTLE_AFTER_S
from hotline.reports.model import (
    AudioState,
    Call,
    Message,
    MessageKind,
    MessageState,
    Report,
    ReportState,
)
from hotline.tasks.model import TaskKind

if TYPE_CHECKING:
    from hotline.simulate.books import MemoryBooks


def open_call(books: MemoryBooks, carrier_call_id: str, now: datetime) -> Call:
    """The call of this carrier id, made at its first webhook, and its heartbeat."""
    every = books.store.all(Call).values()
    found = next((c for c in every if c.carrier_call_id == carrier_call_id), None)
    if found is not None:
        call = books.get(Call, found.id) or found
        call.seen_at = now
        return call
    call = Call(id=new_id(), carrier_call_id=carrier_call_id, started_at=now, seen_at=now)
    books.add(call)
    due = now + timedelta(seconds=SETTLE_AFTER_S)
    books.add_task(TaskKind.SETTLE_CALL, call.id, now, due_at=due)
    return call


def draft_report(books: MemoryBooks, call: Call, language: str, now: datetime) -> Report:
    """The report of this call, begun now when there is none yet."""
    found = books.get(Report, call.report_id) if call.report_id else None
    if found is not None:
        return found
    report = Report(id=new_id(), language=language, created_at=now, state=ReportState.DRAFT)
    books.add(report)
    call.report_id = report.id
    return report


def go_live(books: MemoryBooks, call: Call, language: str, now: datetime) -> Report:
    """The caller wants to speak to somebody now: the report is open before a word is said."""
    report = draft_report(books, call, language, now)
    report.live, report.state = True, ReportState.OPEN
    report.sent_at = report.sent_at or now
    return report


def begin_message(books: MemoryBooks, call: Call, kind: MessageKind, now: datetime) -> Message:
    """A message about to be recorded."""
    report_id = call.report_id
    if report_id is None:
        raise LookupError("a message without a report")
    message = Message(
        id=new_id(),
        report_id=report_id,
        call_id=call.id,
        kind=kind,
        state=MessageState.RECORDING,
        audio=AudioState.AWAITED,
        created_at=now,
    )
    books.add(message)
    return message


def recording_ended(books: MemoryBooks, message_id: str, now: datetime) -> None:
    """The caller finished recording."""
    message = books.get(Message, message_id)
    if message is not None and message.state is MessageState.RECORDING:
        message.state, message.recorded_at = MessageState.RECORDED, now
        _send_if_due(books, message, now)


def recording_arrived(
    books: MemoryBooks, message_id: str, recording_id: str, now: datetime
) -> None:
    """The carrier has the audio, however often this is told."""
    message = books.get(Message, message_id)
    if message is None or message.carrier_recording_id is not None:
        return
    message.carrier_recording_id = recording_id
    if message.state is MessageState.RECORDING:
        message.state, message.recorded_at = MessageState.RECORDED, now
    if message.state is not MessageState.DISCARDED:
        _send_if_due(books, message, now)


def nothing_recorded(books: MemoryBooks, message_id: str, now: datetime) -> None:
    """The carrier says there is no recording."""
    message = books.get(Message, message_id)
    if message is not None and message.carrier_recording_id is None:
        message.state = MessageState.DISCARDED


def send(books: MemoryBooks, call: Call, now: datetime, wait_s: float) -> None:
    """The caller sends what was recorded; only after its commit is "received" said."""
    for message in books.messages(call):
        if message.state in (MessageState.RECORDING, MessageState.RECORDED):
            _mark_sent(books, message, now)
    _open_report(books, call.report_id, now, wait_s)


def caller_left(books: MemoryBooks, call: Call, now: datetime, wait_s: float) -> bool:
    """The call is over. What was said and not discarded is sent; true if anything was."""
    call.ended_at = call.ended_at or now
    messages = books.messages(call)
    for message in messages:
        if message.state is MessageState.RECORDED:
            _mark_sent(books, message, now)
            _open_report(books, call.report_id, now, wait_s)
    return any(m.state is not MessageState.DISCARDED for m in messages)


def take_in(books: MemoryBooks, call: Call, recordings: Sequence[Recording], now: datetime) -> None:
    """Recordings the carrier lists and of which nobody has told us."""
    messages = books.messages(call)
    known = {m.carrier_recording_id for m in messages}
    without = [m for m in messages if m.carrier_recording_id is None]
    waiting = [m for m in without if m.state is not MessageState.DISCARDED] or without
    for recording in recordings:
        if recording.id not in known and waiting:
            recording_arrived(books, waiting.pop(0).id, recording.id, now)


def _send_if_due(books: MemoryBooks, message: Message, now: datetime) -> None:
    call = books.get(Call, message.call_id) if message.call_id else None
    ended = call is None or call.ended_at is not None
    if message.state is not MessageState.RECORDED:
        return
    if not ended and message.kind is MessageKind.MESSAGE:
        return
    _mark_sent(books, message, now)
    if ended:
        _open_report(books, message.report_id, now, 0.0)


def open_again(books: MemoryBooks, report: Report, now: datetime) -> None:
    """The caller has said more to a report that is closed."""
    report.state, report.disposition = ReportState.OPEN, None
    report.version = (report.version or 0) + 1
    books.add_task(TaskKind.START_DISPATCH, report.id, now, again=f"opened-{report.version}")


def _mark_sent(books: MemoryBooks, message: Message, now: datetime) -> None:
    message.state, message.sent_at = MessageState.SENT, now
    report = books.get(Report, message.report_id)
    if report is None:
        raise LookupError("words without a report")
    if report.state is ReportState.CLOSED:
        open_again(books, report, now)
    elif report.state is ReportState.OPEN and message.kind is not MessageKind.OPENING:
        books.add_task(TaskKind.SAID_MORE, message.id, now)


def _open_report(books: MemoryBooks, report_id: str | None, now: datetime, wait_s: float) -> None:
    report = books.get(Report, report_id) if report_id else None
    if report is None:
        raise LookupError("words without a report")
    if report.state is ReportState.DRAFT:
        report.state, report.sent_at = ReportState.OPEN, now
    due = now + timedelta(seconds=wait_s)
    books.add_task(TaskKind.START_DISPATCH, report.id, now, due_at=due)
