"""The task TRANSCRIBE: turn a stored message into text, sort it, and let its dispatch begin."""

from datetime import timedelta
from enum import Enum, auto

import structlog
from sqlalchemy.orm import Session

from hotline import crash
from hotline.reports import audio
from hotline.reports.model import Message, MessageState, Report
from hotline.tasks import queue
from hotline.tasks.queue import Lease
from transcription import apart, committing
from transcription.audio import AudioError
from transcription.ears import leave_to_ears, to_be_heard, wait_no_longer
from transcription.sandbox import ChildDied
from transcription.workshop import Workshop

log = structlog.get_logger()

# A message that has ended its process so often is left to human ears.
TRANSCRIBE_TRIES = 2
RETRY_S = 1.0


class Hindrance(Enum):
    """Why nothing is to be recognized: its words are known or it is not sent, whole workers died of
    it, or its language has no model."""

    KNOWN = auto()
    DEADLY = auto()
    UNREAD = auto()


def transcribe(workshop: Workshop, lease: Lease) -> None:
    """Do the task. Raises LeaseLost when somebody else has it by now: then nothing is committed."""
    runtime = workshop.runtime
    with runtime.database.reading() as session:  # to open minutes of sound makes no webhook wait
        message = session.get_one(Message, lease.subject_id)
        report = session.get_one(Report, message.report_id)
        hindrance = _hindrance(session, workshop, lease, message, report.language)
        parts = [] if hindrance else audio.load_parts(session, runtime.vault, message)
        language, told_s = report.language, message.duration_s
    if hindrance:
        return _without(workshop, lease, hindrance)
    try:
        result = apart.heard(workshop.engine, parts, language, workshop.room(lease), told_s)
    except ChildDied as died:
        return _again(workshop, lease, died.code, last=lease.tries >= TRANSCRIBE_TRIES)
    except AudioError as error:
        return _again(workshop, lease, f"not_audio:{type(error).__name__}", last=True)
    crash.point("speech.recognized")
    with runtime.database.transaction() as session:
        now = runtime.clock()
        queue.finish(session, lease, now)
        message = session.get_one(Message, lease.subject_id)
        committing.commit(session, runtime.vault, workshop.rules, message, result, len(parts), now)
    return None


def _hindrance(
    session: Session, workshop: Workshop, lease: Lease, message: Message, language: str
) -> Hindrance | None:
    known = committing.read_parts(session, message)
    if known >= audio.parts(session, message) or message.state is not MessageState.SENT:
        return Hindrance.KNOWN
    if lease.tries > TRANSCRIBE_TRIES:
        return Hindrance.DEADLY
    return Hindrance.UNREAD if workshop.unread(language) else None


def _without(workshop: Workshop, lease: Lease, hindrance: Hindrance) -> None:
    """End the task without recognizing anything."""
    runtime = workshop.runtime
    with runtime.database.transaction() as session:
        message, now = session.get_one(Message, lease.subject_id), runtime.clock()
        if hindrance is Hindrance.DEADLY:
            leave_to_ears(session, runtime, message, "not_transcribed", "gave_up")
            return queue.give_up(session, lease, now, "gave_up")
        if hindrance is Hindrance.UNREAD:
            to_be_heard(session, message, now)
        else:
            committing.follow(session, runtime.vault, workshop.rules, message, now)
        return queue.finish(session, lease, now)


def _again(workshop: Workshop, lease: Lease, code: str, *, last: bool) -> None:
    """There is no transcript: try once more or leave it to ears. Dispatch waits for neither."""
    runtime = workshop.runtime
    log.warning("not_transcribed", message=lease.subject_id, code=code, tries=lease.tries)
    with runtime.database.transaction() as session:
        now = runtime.clock()
        message = session.get_one(Message, lease.subject_id)
        if last:
            leave_to_ears(session, runtime, message, "not_transcribed", code)
            return queue.give_up(session, lease, now, code)
        wait_no_longer(session, message, now)
        return queue.postpone(session, lease, now + timedelta(seconds=RETRY_S), code)
