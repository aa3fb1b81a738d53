"""Intake: what becomes of a caller's call and words. Each function runs in one transaction.

Every function is safe to repeat: webhooks come twice, late and out of order. What must happen next
is written as a task row in the same transaction (docs/design.md §4).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import add_once, new_id
from hotline.privacy.cipher import Vault, place
from hotline.reports import audio, codes, synthetic, timeline
from hotline.reports.casework import versions
from hotline.reports.model import (
    UNSENT,
    AudioState,
    Call,
    Message,
    MessageKind,
    MessageState,
    Report,
    ReportState,
)
from hotline.tasks import queue
from hotline.tasks.model import TaskKind

# After so long without a webhook of the caller's leg the carrier is asked whether the call lives.
SETTLE_AFTER_S = 20.0


@dataclass(frozen=True)
class Receipt:
    """What the caller is read out: report number and PIN, digits as text."""

    number: str
    pin: str


def open_call(session: Session, carrier_call_id: str, now: datetime) -> Call:
    """The call of this carrier id, made at its first webhook, and its heartbeat."""
    call = find_call(session, carrier_call_id)
    if call is None:
        call = Call(
            id=new_id(), carrier_call_id=carrier_call_id, menu={}, started_at=now, seen_at=now
        )
        if not add_once(session, call):  # another webhook of this call was faster
            return session.scalars(
                select(Call).where(Call.carrier_call_id == carrier_call_id)
            ).one()
        due = now + timedelta(seconds=SETTLE_AFTER_S)
        queue.add(session, TaskKind.SETTLE_CALL, call.id, now, due_at=due)
    call.seen_at = now
    return call


def find_call(session: Session, carrier_call_id: str) -> Call | None:
    """The call of this carrier id, if it is known."""
    return session.scalar(select(Call).where(Call.carrier_call_id == carrier_call_id))


def draft_report(session: Session, vault: Vault, call: Call, now: datetime) -> Report:
    """The report of this call, begun now when there is none yet."""
    if call.report_id is not None:
        return session.get_one(Report, call.report_id)
    report = Report(
        id=new_id(),
        number=free_number(session),
        language=call.language or "en",
        district=call.district,
        data_key_id=vault.new_key(session),
        created_at=now,
        state=ReportState.DRAFT,
    )
    session.add(report)
    session.flush()
    call.report_id = report.id
    synthetic.begun(session, call, report)
    timeline.add(session, report.id, now, "call_began", language=report.language)
    return report


def go_live(session: Session, vault: Vault, call: Call, now: datetime) -> Report:
    """The caller wants to speak to somebody now: the report is open before a word is said."""
    report = draft_report(session, vault, call, now)
    if not report.live:
        report.live = True
        report.state = ReportState.OPEN
        report.sent_at = now
        timeline.add(session, report.id, now, "wants_to_speak")
    return report


def begin_message(
    session: Session, vault: Vault, call: Call, kind: MessageKind, now: datetime
) -> Message:
    """A message about to be recorded. A second call gives the one that is still being recorded."""
    report = draft_report(session, vault, call, now)
    under_way = session.scalar(
        select(Message)
        .where(Message.call_id == call.id, Message.kind == kind)
        .where(Message.state == MessageState.RECORDING)
    )
    if under_way is not None:
        return under_way
    message = Message(
        id=new_id(),
        report_id=report.id,
        call_id=call.id,
        kind=kind,
        state=MessageState.RECORDING,
        audio=AudioState.AWAITED,
        token=secrets.token_urlsafe(24),
        created_at=now,
    )
    session.add(message)
    session.flush()
    timeline.add(session, report.id, now, "recording_began", message=message.id, part=kind)
    return message


def recording_ended(session: Session, message_id: str, now: datetime) -> None:
    """The caller finished recording (the carrier's action request); audio may come later."""
    message = session.get(Message, message_id)
    lock_call_of(session, message)
    if message is not None and message.state is MessageState.RECORDING:
        message.state = MessageState.RECORDED
        message.recorded_at = now
        _send_if_due(session, message, now)


def recording_arrived(
    session: Session,
    vault: Vault,
    *,
    carrier_call_id: str,
    message_id: str | None,
    recording_id: str,
    duration_s: float | None,
    now: datetime,
) -> Message | None:
    """The carrier has the audio. One recording id makes one message, however often this is told.

    A recording whose message we do not know becomes a message of its own: nothing said is lost.
    None when the recording belongs to a message that has another one already and is a duplicate,
    and when it is of a synthetic call that is over and deleted.
    """
    known = session.scalar(select(Message).where(Message.carrier_recording_id == recording_id))
    if known is not None:
        return known
    message = None
    if message_id:  # locked: the same callback may be told twice at once
        lock_call_of(session, session.get(Message, message_id))
        message = session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if message is not None and message.carrier_recording_id == recording_id:
        return message
    if message is None and synthetic.is_gone(session, carrier_call_id):
        return None
    if message is None or message.carrier_recording_id is not None:
        message = _stray_message(session, vault, carrier_call_id, now)
    message.carrier_recording_id = recording_id
    if message.audio is AudioState.STORED and duration_s is not None:  # after a stream that broke
        message.duration_s = (message.duration_s or 0.0) + duration_s
    else:
        message.duration_s = duration_s
    if message.state is MessageState.RECORDING:
        message.state = MessageState.RECORDED
        message.recorded_at = now
    if message.state is MessageState.DISCARDED:
        message.audio = AudioState.UNUSABLE
        message.audio_problem = "discarded"
        queue.add(session, TaskKind.DELETE_RECORDING, message.id, now)
        return message
    queue.add(session, TaskKind.FETCH_RECORDING, message.id, now)
    _send_if_due(session, message, now)
    return message


def nothing_recorded(session: Session, message_id: str, now: datetime) -> None:
    """The carrier says there is no recording (absent, failed, 0 s)."""
    message = session.get(Message, message_id)
    if message is None or message.carrier_recording_id is not None:
        return
    if message.audio is AudioState.STORED:  # streamed until it broke: that much was said
        recording_ended(session, message_id, now)
        return
    message.state = MessageState.DISCARDED
    message.audio = AudioState.UNUSABLE
    message.audio_problem = "absent"


def send(session: Session, vault: Vault, call: Call, now: datetime, wait_s: float) -> Receipt:
    """The caller sends what was recorded. Gives the receipt; a second call gives the same one.

    `wait_s`: how long dispatch waits for the transcript at most (I8). The report is open, its
    dispatch is a task row, all in this transaction: only after it may "received" be said.
    """
    report = session.get_one(Report, call.report_id)
    for message in messages_of(session, call):
        if message.state in (MessageState.RECORDING, MessageState.RECORDED):
            mark_sent(session, message, now)
    open_report(session, report, now, wait_s)
    return receipt(session, vault, call, report)


def receipt(session: Session, vault: Vault, call: Call, report: Report) -> Receipt:
    """Number and PIN of the call's report, made once per call and sealed until the call ends."""
    where = place("call", call.id, "receipt")
    if call.receipt is not None:
        number, pin = vault.open_json(session, report.data_key_id, where, call.receipt)
        return Receipt(number, pin)
    pin = codes.new_pin()
    report.pin_hash = codes.hash_pin(pin)
    sealed = vault.seal_json(session, report.data_key_id, where, [report.number, pin])
    call.receipt = sealed
    return Receipt(report.number, pin)


def open_report(session: Session, report: Report, now: datetime, wait_s: float) -> None:
    """Make a draft a report that somebody must take, and write the task that sees to it."""
    if report.state is ReportState.DRAFT:
        report.state = ReportState.OPEN
        report.sent_at = now
        timeline.add(session, report.id, now, "report_sent")
    elif report.state is ReportState.SYNTHETIC:
        report.sent_at = report.sent_at or now
    due = now + timedelta(seconds=wait_s)
    queue.add(session, TaskKind.START_DISPATCH, report.id, now, due_at=due)


def discard_message(session: Session, message: Message, now: datetime) -> None:
    """Drop one message, its audio here and at the carrier included; not one that was sent."""
    _relock(session, message)
    if message.state not in (MessageState.RECORDING, MessageState.RECORDED):
        return
    message.state = MessageState.DISCARDED
    timeline.add(session, message.report_id, now, "message_discarded", message=message.id)
    audio.drop(session, message)
    if message.carrier_recording_id is not None:
        queue.add(session, TaskKind.DELETE_RECORDING, message.id, now)


def caller_left(session: Session, call: Call, now: datetime, wait_s: float) -> bool:
    """The call is over. What was said and not discarded is sent; true if anything was (or may be).

    Safe before the recording arrives: `recording_arrived` then finds the call ended and sends it;
    so does the end of a stream that is still open (`streams.settle` goes before this).
    """
    _lock(session, call)
    if call.ended_at is None:
        call.ended_at = now
        call.receipt = None
        if call.report_id is not None:
            timeline.add(session, call.report_id, now, "caller_left")
    if call.report_id is None:
        return False
    report = session.get_one(Report, call.report_id)
    messages = messages_of(session, call)
    for message in messages:
        if message.state is MessageState.RECORDED:
            mark_sent(session, message, now)
            open_report(session, report, now, wait_s)
    return any(m.state is not MessageState.DISCARDED for m in messages)


def messages_of(session: Session, call: Call) -> list[Message]:
    """The messages of a call, oldest first."""
    query = select(Message).where(Message.call_id == call.id)
    query = query.order_by(Message.created_at, Message.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def transcribe_if_sent(session: Session, message: Message, now: datetime) -> None:
    """Write the task that turns what is stored of a sent message into text, once for each part."""
    if message.state is MessageState.SENT and message.audio is AudioState.STORED:
        count = audio.parts(session, message)
        again = f"parts-{count}" if count > 1 else ""
        queue.add(session, TaskKind.TRANSCRIBE, message.id, now, again=again)


def find_report(session: Session, number: str, pin: str) -> Report | None:
    """The sent report of that number, if the PIN is right. A wrong number costs what a wrong PIN
    does, so that how long the answer takes tells nothing. Count tries by `guesses.look_up`."""
    report = session.scalar(select(Report).where(Report.number == number))
    known = report is not None and report.pin_hash is not None and report.state not in UNSENT
    pin_hash = report.pin_hash if report is not None and known else None
    matches = codes.pin_matches(pin_hash or codes.NOBODYS, pin)
    return report if known and matches else None


def _lock(session: Session, call: Call) -> None:
    """Let one transaction at a time change what becomes of a call's messages.

    Otherwise the end of a call and the arrival of its recording, told at the same moment, could
    each miss the other, and nobody would send what was said.
    """
    session.flush()
    session.refresh(call, with_for_update={"key_share": True})


def lock_call_of(session: Session, message: Message | None) -> None:
    """Lock the call of a message and read the message anew."""
    call = session.get(Call, message.call_id) if message is not None and message.call_id else None
    if call is not None:
        _lock(session, call)
        session.refresh(message)


def _send_if_due(session: Session, message: Message, now: datetime) -> None:
    """Send at once what nobody will review: opening words, additions, and of ended calls."""
    call = session.get(Call, message.call_id) if message.call_id else None
    ended = call is None or call.ended_at is not None
    if message.state is not MessageState.RECORDED:
        return
    if not ended and message.kind is MessageKind.MESSAGE:
        return
    mark_sent(session, message, now)
    if ended:
        open_report(session, session.get_one(Report, message.report_id), now, 0.0)


def mark_sent(session: Session, message: Message, now: datetime) -> None:
    """The message is received: what follows from that, once. Safe to repeat."""
    _relock(session, message)
    if message.state is MessageState.SENT:
        return
    message.state = MessageState.SENT
    message.sent_at = now
    timeline.add(session, message.report_id, now, "message_received", message=message.id)
    transcribe_if_sent(session, message, now)
    report = session.get_one(Report, message.report_id)
    if report.state is ReportState.CLOSED:
        open_again(session, report, now)
    elif report.state is ReportState.OPEN and message.kind is not MessageKind.OPENING:
        queue.add(session, TaskKind.SAID_MORE, message.id, now)


def open_again(session: Session, report: Report, now: datetime) -> None:
    """The caller has said more, and whoever had it has put it down: somebody must take it anew, at
    once. `closed_at` stays until the search has begun, which is how dispatch knows of it."""
    report.state, report.disposition, report.reviewed_at = ReportState.OPEN, None, None
    versions.change(session, report, now, "opened_by_words")
    again = f"opened-{report.version}"
    queue.add(session, TaskKind.START_DISPATCH, report.id, now, again=again)


def _relock(session: Session, message: Message) -> None:
    """Lock a message and read it anew: the worker may be storing its audio at this moment.

    Whoever comes second sees what the first has written, and adds the task or drops the audio.
    """
    session.flush()
    session.refresh(message, with_for_update={"key_share": True})


def _stray_message(session: Session, vault: Vault, carrier_call_id: str, now: datetime) -> Message:
    call = open_call(session, carrier_call_id, now)
    message = begin_message(session, vault, call, MessageKind.MESSAGE, now)
    timeline.add(session, message.report_id, now, "stray_recording", message=message.id)
    return message


def free_number(session: Session) -> str:
    """A report number that no report has."""
    while True:
        number = codes.new_number()
        if session.scalar(select(Report.id).where(Report.number == number)) is None:
            return number
