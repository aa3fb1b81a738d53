"""The worker's tasks: fetch a recording from the carrier, and transcribe it.

An RQ job carries one task id to `run`. The task row is claimed with a lease that is renewed while
the work goes on, and the result is committed only under the lease's fence: a killed worker's work
is done again by another, an orphan's result is thrown away (docs/design.md §4).
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.carrier.port import CarrierError
from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.dispatch import alarms, desk
from hotline.dispatch.sql import SqlBooks
from hotline.reports import assess, audio, intake, timeline, transcripts
from hotline.reports.model import AudioState, Message, MessageState, Report, Transcript
from hotline.reports.triage import Rules
from hotline.tasks import queue
from hotline.tasks.model import Task, TaskKind, TaskState
from hotline.tasks.queue import Lease, LeaseLost
from transcription import catalogue
from transcription.audio import AudioError, decode, decode_parts
from transcription.engine import Engine

log = structlog.get_logger()

# A dead worker's task is free again after so long.
LEASE_S = 15.0
# A recording not there yet is asked for after 2, 4, 8 … 300 s, for a day (docs/facts.md T6).
FETCH_FIRST_S, FETCH_MOST_S, FETCH_FOR_S = 2.0, 300.0, 86400.0
# Something that is not audio is fetched so often before a human is told.
FETCH_TRIES_NOT_AUDIO = 3
# A message that has killed or failed the transcriber so often is left to human ears.
TRANSCRIBE_TRIES = 3


@dataclass(frozen=True)
class Workshop:
    """What the tasks work with: the runtime, the loaded engine, triage rules by language."""

    runtime: Runtime
    engine: Engine
    rules: Mapping[str, Rules]


_workshop: Workshop | None = None


def prepare(runtime: Runtime) -> Workshop:
    """Load the models and rules of all languages; done once, in the parent, before any fork.

    Raises ModelMissing, ModelBroken or ValueError with a sentence that says what to mend.
    """
    global _workshop
    chosen = catalogue.choose_all(runtime.languages, runtime.settings.models_folder)
    catalogue.warn(chosen.values())
    engine = Engine({code: one.folder for code, one in chosen.items()})
    engine.preload()
    rules = {code: Rules.parse(lang.triage) for code, lang in runtime.languages.items()}
    _workshop = Workshop(runtime, engine, rules)
    return _workshop


def run(task_id: str) -> None:
    """Do one task, if it is still to be done and nobody else has it; then whatever follows it.

    Called in a child of the process that has called `prepare`. Raises RuntimeError otherwise.
    """
    if _workshop is None:
        raise RuntimeError("prepare() has not been called in the parent process")
    _workshop.runtime.database.after_fork()
    next_id: str | None = task_id
    while next_id is not None:
        next_id = perform(_workshop, next_id)


def perform(workshop: Workshop, task_id: str) -> str | None:
    """Claim and do one task. Gives the id of the task that now waits for the same message."""
    runtime = workshop.runtime
    with runtime.database.transaction() as session:
        lease = queue.claim(session, task_id, f"worker-{new_id()}", runtime.clock(), LEASE_S)
    if lease is None:
        return None
    try:
        with renewed(runtime, lease):
            HANDLERS[lease.kind](workshop, lease)
    except LeaseLost:
        log.info("lease_lost", task=task_id)
        return None
    return _follow_up(runtime, lease)


@contextmanager
def renewed(runtime: Runtime, lease: Lease) -> Iterator[None]:
    """Hold the lease while the block runs; a lost lease is noticed when the result is committed."""
    over = threading.Event()

    def hold() -> None:
        while not over.wait(LEASE_S / 3):
            try:
                with runtime.database.transaction() as session:
                    queue.renew(session, lease, runtime.clock(), LEASE_S)
            except LeaseLost:
                return

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def fetch_recording(workshop: Workshop, lease: Lease) -> None:
    """Bring the audio from the carrier into the database, encrypted, and have it deleted there."""
    runtime = workshop.runtime
    with runtime.database.transaction() as session:
        message = session.get_one(Message, lease.subject_id)
        recording_id = message.carrier_recording_id or ""
        if message.audio is AudioState.UNUSABLE or audio.has_recording(session, message):
            return queue.finish(session, lease, runtime.clock())
    try:
        media = runtime.carrier.fetch_recording(recording_id)
        decode(media.data)
    except CarrierError as error:
        return _fetch_later(runtime, lease, error.code, patience_s=FETCH_FOR_S)
    except AudioError as error:
        code = f"not_audio:{type(error).__name__}"
        if lease.tries < FETCH_TRIES_NOT_AUDIO:
            return _fetch_later(runtime, lease, code, patience_s=FETCH_FOR_S)
        return _fetch_later(runtime, lease, code, patience_s=0.0)
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


def transcribe(workshop: Workshop, lease: Lease) -> None:
    """Turn a stored message into text, sort it, and let its dispatch begin."""
    runtime = workshop.runtime
    with runtime.database.transaction() as session:
        message = session.get_one(Message, lease.subject_id)
        query = select(Transcript.parts).where(Transcript.message_id == message.id)
        done = session.scalar(query) or 0
        if done >= audio.parts(session, message) or message.state is not MessageState.SENT:
            return queue.finish(session, lease, runtime.clock())
        if lease.tries > TRANSCRIBE_TRIES:
            _leave_to_ears(session, runtime, message, "not_transcribed", "gave_up")
            return queue.give_up(session, lease, runtime.clock(), "gave_up")
        language = session.get_one(Report, message.report_id).language
        parts = audio.load_parts(session, runtime.vault, message)
    result = workshop.engine.transcribe(decode_parts(parts), language)
    words = [(w.word, w.start_s, w.end_s, w.confidence) for w in result.words]
    with runtime.database.transaction() as session:
        now = runtime.clock()
        queue.finish(session, lease, now)
        message = session.get_one(Message, lease.subject_id)
        report = session.get_one(Report, message.report_id, with_for_update={"key_share": True})
        transcripts.drop(session, message)  # of what there was before the message's next part came
        row = transcripts.write(
            session,
            runtime.vault,
            message,
            language=language,
            model=result.model,
            text=result.text,
            words=words,
            average_confidence=result.confidence if words else None,
            duration_s=result.duration_s,
            now=now,
        )
        row.parts, row.assessed_at = len(parts), now
        timeline.add(session, report.id, now, "transcribed", message=message.id)
        spoken = [word[0] for word in words]
        rules = workshop.rules[language]
        assess.assess(session, runtime.vault, report, message.id, spoken, rules, now)
        queue.pull_forward(session, TaskKind.START_DISPATCH, report.id, now)
        desk.reconsider(SqlBooks(session, runtime.vault), report, now)
    return None


HANDLERS: dict[TaskKind, Callable[[Workshop, Lease], None]] = {
    TaskKind.FETCH_RECORDING: fetch_recording,
    TaskKind.TRANSCRIBE: transcribe,
}


def _fetch_later(runtime: Runtime, lease: Lease, code: str, *, patience_s: float) -> None:
    """Ask again later; after the patience a human is told and dispatch goes on without words."""
    now = runtime.clock()
    delay = min(FETCH_FIRST_S * 2.0 ** min(lease.tries - 1, 10), FETCH_MOST_S)
    log.warning("recording_not_fetched", message=lease.subject_id, code=code, tries=lease.tries)
    with runtime.database.transaction() as session:
        if now - lease.created_at < timedelta(seconds=patience_s):
            return queue.postpone(session, lease, now + timedelta(seconds=delay), code)
        message = session.get_one(Message, lease.subject_id)
        if message.audio is not AudioState.STORED:  # a part of it may have been streamed to us
            message.audio = AudioState.UNUSABLE
        message.audio_problem = code
        _leave_to_ears(session, runtime, message, "audio_unusable", code)
        queue.give_up(session, lease, now, code)
    return None


def _leave_to_ears(
    session: Session, runtime: Runtime, message: Message, kind: str, why: str
) -> None:
    """Mark the report for a human, raise the alarm, and let dispatch begin without a transcript."""
    now = runtime.clock()
    report = session.get_one(Report, message.report_id)
    report.needs_listening = True
    timeline.add(session, report.id, now, kind, message=message.id, why=why)
    alarms.raise_alarm(SqlBooks(session, runtime.vault), report.id, kind, now)
    if message.state is MessageState.SENT:
        intake.open_report(session, report, now, 0.0)
        queue.pull_forward(session, TaskKind.START_DISPATCH, report.id, now)


def _follow_up(runtime: Runtime, lease: Lease) -> str | None:
    with runtime.database.transaction() as session:
        query = select(Task.id).where(
            Task.subject_id == lease.subject_id,
            Task.kind == TaskKind.TRANSCRIBE,
            Task.state == TaskState.PENDING,
            Task.id != lease.task_id,
        )
        return session.scalar(query)
