"""The task FETCH_RECORDING: bring a recording from the carrier, and have it deleted there."""

from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from hotline import crash
from hotline.carrier.port import CarrierError, Media
from hotline.reports import audio, intake, timeline
from hotline.reports.model import AudioState, Message, MessageState
from hotline.tasks import queue
from hotline.tasks.model import TaskKind
from hotline.tasks.queue import Lease
from transcription import apart, containers
from transcription.audio import MAX_DURATION_S, AudioError
from transcription.ears import leave_to_ears
from transcription.sandbox import ChildDied
from transcription.workshop import Workshop

log = structlog.get_logger()

# A recording not there yet is asked for after 2, 4, 8 … 300 s, for a day (docs/facts.md T6).
FETCH_FIRST_S, FETCH_MOST_S, FETCH_FOR_S = 2.0, 300.0, 86400.0
# Something that is not audio is fetched so often before a human is told.
FETCH_TRIES_NOT_AUDIO = 3


def fetch_recording(workshop: Workshop, lease: Lease) -> None:
    """Do the task. Raises LeaseLost when somebody else has it by now: then nothing is committed."""
    runtime = workshop.runtime
    with runtime.database.reading() as session:
        message = session.get_one(Message, lease.subject_id)
        recording_id, told_s = message.carrier_recording_id or "", message.duration_s
        done = message.audio is AudioState.UNUSABLE or audio.has_recording(session, message)
    if done:
        with runtime.database.transaction() as session:
            return queue.finish(session, lease, runtime.clock())
    try:
        with workshop.renewed(lease):  # a large one may take a minute
            media = runtime.carrier.fetch_recording(recording_id)
    except CarrierError as error:
        waited_s = (runtime.clock() - lease.created_at).total_seconds()
        return _not_fetched(workshop, lease, error.code, None, last=waited_s >= FETCH_FOR_S)
    crash.point("recording.fetched")
    problem = _problem(workshop, lease, media, told_s)
    if problem is not None:
        last = lease.tries >= FETCH_TRIES_NOT_AUDIO
        return _not_fetched(workshop, lease, problem, media, last=last)
    with runtime.database.transaction() as session:
        message = session.get_one(Message, lease.subject_id, with_for_update=True)
        now = runtime.clock()
        if message.state is not MessageState.DISCARDED:
            audio.store(session, runtime.vault, message, media.data, media.content_type)
            timeline.add(session, message.report_id, now, "audio_stored", message=message.id)
        intake.transcribe_if_sent(session, message, now)
        queue.add(session, TaskKind.DELETE_RECORDING, message.id, now)
        queue.finish(session, lease, now)
    return None


def _problem(workshop: Workshop, lease: Lease, media: Media, told_s: float | None) -> str | None:
    """Why it is no recording, as a code; None when it is one.

    What the telephone network mostly sends can be told by its header, which costs no child. Should
    a decoder find fault with it after all, the transcriber tells a human.
    """
    plain_s = containers.plain_s(media.data)
    if plain_s is not None and plain_s <= MAX_DURATION_S:
        return None
    try:
        apart.check([(media.content_type, media.data)], workshop.room(lease), told_s)
    except AudioError as error:
        return f"not_audio:{type(error).__name__}"
    except ChildDied as died:
        return f"decoder:{died.code}"
    return None


def _not_fetched(
    workshop: Workshop, lease: Lease, code: str, media: Media | None, *, last: bool
) -> None:
    """Ask again later; the last time a human is told and dispatch goes on without words."""
    runtime = workshop.runtime
    log.warning("recording_not_fetched", message=lease.subject_id, code=code, tries=lease.tries)
    with runtime.database.transaction() as session:
        now = runtime.clock()
        if not last:
            delay = min(FETCH_FIRST_S * 2.0 ** min(lease.tries - 1, 10), FETCH_MOST_S)
            return queue.postpone(session, lease, now + timedelta(seconds=delay), code)
        message = session.get_one(Message, lease.subject_id, with_for_update=True)
        if media is not None and message.state is not MessageState.DISCARDED:
            _keep_as_received(session, workshop, message, media)
        elif message.audio is not AudioState.STORED:
            message.audio = AudioState.UNUSABLE
        message.audio_problem = code
        leave_to_ears(session, runtime, message, "audio_unusable", code)
        return queue.give_up(session, lease, now, code)


def _keep_as_received(session: Session, workshop: Workshop, message: Message, media: Media) -> None:
    """Store what cannot be read: somebody may be able to one day. What was streamed stays good."""
    good = message.audio is AudioState.STORED
    audio.store(session, workshop.runtime.vault, message, media.data, media.content_type)
    if not good:
        message.audio = AudioState.UNUSABLE
