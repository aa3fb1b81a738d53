"""Conversations of the text door: whose text it is, what it belongs to, and when that is forgotten.

The number of whoever writes is known to the carrier and named here by a keyed hash. It is kept only
where answers may be sent later (`keep_number`), sealed as a number to be called back at is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.database.types import Sealed
from hotline.privacy.cipher import DataKey, Vault, place
from hotline.reports import day_secrets, timeline
from hotline.reports.intake import Receipt
from hotline.reports.model import UNSENT, Report, ReportState
from hotline.reports.text_model import TextConversation, TextMessage, TextOut, TextSecret
from hotline.tasks import queue
from hotline.tasks.model import TaskKind

DAY = timedelta(days=1)
HOUR_LIMIT = 40
"""Texts an hour of one telephone that are kept: more than anybody types, less than a program
sends. A long text is one, however many pieces the network makes of it."""
HOUR = timedelta(hours=1)
TOLD_AGAIN = timedelta(minutes=10)
"""So long the same text, told again because our answer was lost, is answered with the PIN."""
FORGET_AFTER_S = 90.0
"""Before that the carrier is not asked to delete the record of a text: it takes a minute to finish
with one (Twilio's error 20009), and our answer must be there to be deleted too."""


class Gone(StrEnum):
    """Why a number is kept no more: stopped by whoever wrote · time: nothing was written for long ·
    closed: with its report."""

    STOPPED = "stopped"
    TIME = "time"
    CLOSED = "closed"


# --- what came --------------------------------------------------------------------------------


def arrived(session: Session, carrier_message_id: str) -> TextMessage | None:
    """The text of this carrier's id, if it is here already."""
    query = select(TextMessage).where(TextMessage.carrier_message_id == carrier_message_id)
    return session.scalar(query)


def conversation(
    session: Session, vault: Vault, sender: str, line: str, join_days: int, now: datetime
) -> TextConversation:
    """The conversation with this number, locked; a new one where none is young enough. It has a
    name of today's afterwards. line: our number that was written to."""
    today = day_secrets.name(session, vault, TextSecret, sender, now)
    names = day_secrets.known_names(session, vault, TextSecret, sender)
    query = select(TextConversation).where(TextConversation.name.in_(names)).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is not None and row.seen_at <= now - join_days * DAY:
        end(session, row, Gone.TIME, now)
        row = None
    if row is None:
        row = TextConversation(id=new_id(), name=today, line=line, began_at=now, seen_at=now)
        session.add(row)
    row.name, row.line, row.seen_at = today, line, now
    session.flush()
    return row


def report_of(session: Session, row: TextConversation) -> Report | None:
    """The report that its texts belong to; None where there is none, or its content is deleted."""
    report = session.get(Report, row.report_id) if row.report_id else None
    gone = report is None or report.purged_at is not None or report.state in UNSENT
    return None if gone else report


def count(session: Session, row: TextConversation, now: datetime) -> int:
    """How many of its texts came in the last hour."""
    query = select(func.count()).select_from(TextMessage)
    of_it = query.where(TextMessage.conversation_id == row.id, TextMessage.came_at > now - HOUR)
    return session.scalar(of_it) or 0


def note(
    session: Session,
    row: TextConversation,
    carrier_message_id: str,
    answer: list[str],
    language: str,
    now: datetime,
) -> None:
    """Write down that a text came and what it is answered with, and the task that has the carrier
    delete it. Raises IntegrityError when another webhook was faster."""
    text = TextMessage(
        id=new_id(),
        carrier_message_id=carrier_message_id,
        conversation_id=row.id,
        answer=answer,
        language=language,
        came_at=now,
    )
    session.add(text)
    if answer:
        row.answered_at = now
    row.language = language
    session.flush()
    queue.add(session, TaskKind.FORGET_TEXT, text.id, now)


def keep_receipt(
    session: Session, vault: Vault, row: TextConversation, report: Report, receipt: Receipt
) -> None:
    """Join the conversation to a new report, and hold number and PIN for a while."""
    row.report_id = report.id
    where = place("text_conversation", row.id, "receipt")
    pair = [receipt.number, receipt.pin]
    row.receipt = vault.seal_json(session, report.data_key_id, where, pair)


def receipt_of(
    session: Session, vault: Vault, row: TextConversation | None, text: TextMessage, now: datetime
) -> Receipt | None:
    """Number and PIN once more, for a text that is told again soon."""
    if row is None or row.receipt is None or text.came_at <= now - TOLD_AGAIN:
        return None
    report = session.get_one(Report, row.report_id)
    where = place("text_conversation", row.id, "receipt")
    return Receipt(*vault.open_json(session, report.data_key_id, where, row.receipt))


# --- the number, where answers may go out -----------------------------------------------------


def keep_number(session: Session, vault: Vault, row: TextConversation, sender: str) -> None:
    """Keep the number of whoever writes, sealed, so that an answer can be sent there."""
    report = report_of(session, row)
    if report is None or row.number is not None or row.stopped_at is not None:
        return
    row.data_key_id = vault.new_key(session)
    where = place("text_conversation", row.id, "number")
    inner = vault.seal_json(session, row.data_key_id, where, sender)
    row.number = vault.seal_bytes(session, report.data_key_id, where, inner)
    session.flush()


def number(session: Session, vault: Vault, row: TextConversation) -> str | None:
    """The number to send to, E.164; None where none is kept. It goes to the carrier and nowhere
    else. Raises CannotOpen."""
    if row.number is None or row.data_key_id is None or row.stopped_at is not None:
        return None
    report = session.get_one(Report, row.report_id)
    where = place("text_conversation", row.id, "number")
    inner = vault.open_bytes(session, report.data_key_id, where, row.number)
    return str(vault.open_json(session, row.data_key_id, where, Sealed(inner)))


def of_report(session: Session, report_id: str) -> TextConversation | None:
    """The conversation of a report to which a text can be sent now."""
    query = select(TextConversation).where(
        TextConversation.report_id == report_id,
        TextConversation.number.is_not(None),
        TextConversation.stopped_at.is_(None),
    )
    return session.scalar(query.order_by(TextConversation.id.desc()).limit(1))


def send(
    session: Session, vault: Vault, row: TextConversation, report: Report, body: str, now: datetime
) -> TextOut:
    """Write down that a text is to be sent to whoever wrote, and the task that sends it."""
    out = TextOut(id=new_id(), conversation_id=row.id, report_id=report.id, asked_at=now)
    where = place("text_out", out.id, "body")
    out.body = vault.seal_json(session, report.data_key_id, where, body)
    session.add(out)
    session.flush()
    queue.add(session, TaskKind.SEND_TEXT, out.id, now)
    return out


@dataclass(frozen=True)
class OutgoingText:
    """A text to be sent: from a line of ours to a number (both E.164)."""

    line: str
    to: str
    body: str


def to_send(session: Session, vault: Vault, out: TextOut) -> OutgoingText | None:
    """What is to be sent; None where it is not (any more). Raises CannotOpen."""
    row = session.get(TextConversation, out.conversation_id)
    if row is None or out.body is None or out.carrier_message_id is not None:
        return None
    to = number(session, vault, row)
    if to is None:
        return None
    report = session.get_one(Report, out.report_id)
    where = place("text_out", out.id, "body")
    body = str(vault.open_json(session, report.data_key_id, where, out.body))
    return OutgoingText(row.line, to, body)


# --- its end ----------------------------------------------------------------------------------


def stop(session: Session, row: TextConversation, now: datetime) -> None:
    """STOP came: nothing more is sent there, and the number is deleted."""
    if row.stopped_at is None:
        row.stopped_at = now
        if row.report_id is not None:
            timeline.add(session, row.report_id, now, "text_stopped")
    forget_number(session, row, Gone.STOPPED, now)


def forget_number(session: Session, row: TextConversation, why: Gone, now: datetime) -> bool:
    """Delete the number and shred its key. False: none is kept."""
    if row.number is None:
        return False
    _shred(session, row)
    if row.report_id is not None:
        timeline.add(session, row.report_id, now, "text_number_gone", why=why.value)
    return True


def end(session: Session, row: TextConversation, why: Gone, now: datetime) -> None:
    """Delete the conversation; its texts stay in their report."""
    forget_number(session, row, why, now)
    session.delete(row)
    session.flush()


def expire(session: Session, join_days: int, now: datetime) -> int:
    """Delete conversations in which nothing was written for so long, the numbers of those whose
    report is closed, receipts that are told no more, and secrets that name nobody; gives how many
    conversations and numbers."""
    done = 0
    old = TextConversation.seen_at <= now - join_days * DAY
    for row in session.scalars(select(TextConversation).where(old).with_for_update()).all():
        end(session, row, Gone.TIME, now)
        done += 1
    kept = select(TextConversation).where(TextConversation.number.is_not(None)).with_for_update()
    for row in session.scalars(kept).all():
        report = report_of(session, row)
        if report is None or report.state is not ReportState.OPEN:
            done += forget_number(session, row, Gone.CLOSED, now)
    receipts = TextConversation.receipt.is_not(None)
    stale = select(TextConversation).where(receipts, TextConversation.seen_at <= now - TOLD_AGAIN)
    for row in session.scalars(stale).all():
        row.receipt = None
    day_secrets.expire(session, TextSecret, now - (join_days + 1) * DAY)
    return done


def shred(session: Session, report_id: str) -> None:
    """With everything else of a report: its conversations, and what was to be sent."""
    query = select(TextConversation).where(TextConversation.report_id == report_id)
    for row in session.scalars(query).all():
        _shred(session, row)
        session.delete(row)
    for out in session.scalars(select(TextOut).where(TextOut.report_id == report_id)):
        out.body = None
    session.flush()


def _shred(session: Session, row: TextConversation) -> None:
    key_id, row.data_key_id, row.number = row.data_key_id, None, None
    session.flush()
    session.execute(delete(DataKey).where(DataKey.id == key_id))
