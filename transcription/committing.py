"""A transcript becomes the hotline's: written, sorted, and dispatch told. In one transaction.

Used by whoever has recognized it: the worker, or the process that listened while it was spoken.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.dispatch import desk
from hotline.dispatch.sql import SqlBooks
from hotline.privacy.cipher import Vault
from hotline.reports import assess, incidents, marks, peaks, search, timeline, transcripts
from hotline.reports.model import Message, MessageKind, MessageState, Report
from hotline.reports.model import Transcript as Row
from hotline.reports.triage import Rules, Urgency
from hotline.tasks import queue
from hotline.tasks.model import TaskKind
from transcription.result import Transcript

log = structlog.get_logger()


def commit(
    session: Session,
    vault: Vault,
    rules: Mapping[str, Rules],
    message: Message,
    result: Transcript,
    parts: int,
    now: datetime,
) -> None:
    """Write the transcript, in the place of one made of fewer parts, and let follow what follows.

    rules: by language. parts: how many parts of the message's audio it was made of; 0 for a first
    one that a worker is to look at again.
    """
    report = session.get_one(Report, message.report_id)  # held: whoever asks for it finds it
    transcripts.drop(session, message)  # of what there was before the message's next part came
    row = transcripts.write(
        session,
        vault,
        message,
        language=result.language,
        model=result.model,
        text=result.text,
        words=[(w.word, w.start_s, w.end_s, w.confidence) for w in result.words],
        average_confidence=result.confidence if result.words else None,
        duration_s=result.duration_s,
        now=now,
    )
    row.parts = parts
    if result.peaks:
        loud = peaks.Peaks(result.duration_s, result.peaks)
        peaks.write(session, vault, message, loud, parts)
    timeline.add(session, report.id, now, "transcribed", message=message.id)
    if result.language != report.language:
        spoken = {"message": message.id, "language": result.language}
        timeline.add(session, report.id, now, "spoken_language", **spoken)
    _sort(session, vault, rules, message, row, [w.word for w in result.words], now)


def follow(
    session: Session, vault: Vault, rules: Mapping[str, Rules], message: Message, now: datetime
) -> None:
    """Sort a message by its transcript and let dispatch know, once, and not before it is sent."""
    row = session.scalar(select(Row).where(Row.message_id == message.id))
    if row is None or row.assessed_at is not None or message.state is not MessageState.SENT:
        return
    report = session.get_one(Report, message.report_id)
    (spoken,) = (s for s in transcripts.read(session, vault, report) if s.message_id == message.id)
    _sort(session, vault, rules, message, row, [word.text for word in spoken.words], now)


def _sort(
    session: Session,
    vault: Vault,
    rules: Mapping[str, Rules],
    message: Message,
    row: Row,
    words: Sequence[str],
    now: datetime,
) -> None:
    """What follows once a message is sent and its words are known: triage, search, dispatch."""
    if message.state is not MessageState.SENT:
        return
    report = session.get_one(Report, message.report_id, with_for_update={"key_share": True})
    found = assess.assess(session, vault, report, message.id, words, rules[row.language], now)
    _tell_of(session, message, found.urgency, now)
    row.assessed_at = now
    search.refresh(session, vault, report)
    _compare(session, vault, report, words, rules[row.language], now)
    marks.words(session, report, now)
    queue.pull_forward(session, TaskKind.START_DISPATCH, report.id, now)
    desk.reconsider(SqlBooks(session, vault), report, now)


def _compare(
    session: Session,
    vault: Vault,
    report: Report,
    words: Sequence[str],
    rules: Rules,
    now: datetime,
) -> None:
    """See whether others have told of the same. Whatever goes wrong with that costs a suggestion:
    the transcript stands, and the report rings as one of its own."""
    try:
        with session.begin_nested():
            incidents.look(session, vault, SqlBooks(session, vault), report, words, rules, now)
    except Exception as error:
        log.error("not_compared", report=report.id, error=type(error).__name__)


def _tell_of(session: Session, message: Message, urgency: Urgency, now: datetime) -> None:
    """What its words say is known: whoever has the report need not wait for it any longer. What was
    brought to them as less than it is now, since more of it has come, is brought once more."""
    before, message.urgency = message.urgency, urgency
    queue.pull_forward(session, TaskKind.SAID_MORE, message.id, now)
    if before is not None and urgency > before and message.kind is not MessageKind.OPENING:
        queue.add(session, TaskKind.SAID_MORE, message.id, now, again=urgency)


def read_parts(session: Session, message: Message) -> int:
    """How many parts of the message's audio its transcript was made of; 0 without one."""
    return session.scalar(select(Row.parts).where(Row.message_id == message.id)) or 0
