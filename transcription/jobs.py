"""The worker's tasks: fetch a recording from the carrier, and transcribe it.

An RQ job carries one task id to `run`. The task row is claimed with a lease that is renewed while
the work goes on, which a child of this process does (`apart`). The result is committed only under
the lease's fence: a killed worker's work is done again by another, an orphan's result is thrown
away (docs/design.md §4).
"""

from collections.abc import Callable, Collection

import structlog
from sqlalchemy import Select, select
from sqlalchemy.exc import SQLAlchemyError

from hotline import crash
from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.reports import spoken
from hotline.reports.model import Message, Report
from hotline.reports.spoken_model import SpokenAnswer
from hotline.reports.triage import Rules
from hotline.tasks import queue
from hotline.tasks.model import Task, TaskKind, TaskState
from hotline.tasks.queue import Lease, LeaseLost
from transcription import answering, apart, catalogue
from transcription.engine import Engine
from transcription.fetching import fetch_recording
from transcription.transcribing import transcribe
from transcription.workshop import LEASE_S, Workshop

log = structlog.get_logger()

HANDLERS: dict[TaskKind, Callable[[Workshop, Lease], None]] = {
    TaskKind.FETCH_RECORDING: fetch_recording,
    TaskKind.TRANSCRIBE: transcribe,
    TaskKind.UNDERSTAND: answering.understand,
}

_workshop: Workshop | None = None


def prepare(runtime: Runtime, languages: Collection[str] | None = None) -> Workshop:
    """Load the models and rules; done once, in the parent, before any fork.

    languages: those whose messages it will transcribe, of the runtime's; None for all.
    Raises ModelMissing, ModelBroken or ValueError with a sentence that says what to mend.
    """
    global _workshop
    known = runtime.languages
    wanted = {c: known[c] for c in known if languages is None or c in languages}
    chosen = catalogue.choose_all(wanted, runtime.settings.models_folder)
    catalogue.warn(chosen.values())
    engine = Engine({code: one.folder for code, one in chosen.items()})
    engine.preload()
    apart.warm_up(engine)
    rules = {code: Rules.parse(lang.triage) for code, lang in runtime.languages.items()}
    _workshop = Workshop(runtime, engine, rules)
    note_hearing(_workshop)
    return _workshop


def note_hearing(workshop: Workshop) -> None:
    """Tell the voice menu what callers may say in place of keys. Without it they use the keys."""
    runtime = workshop.runtime
    try:
        with runtime.database.transaction() as session:
            for language in workshop.engine.languages:
                word, digits = answering.can_hear(workshop, language, runtime.languages[language])
                spoken.note_hearing(session, language, runtime.clock(), word=word, digits=digits)
    except SQLAlchemyError as error:
        log.warning("hearing_not_noted", error=type(error).__name__)


def run(task_id: str) -> None:
    """Do one task, if it is still to be done and nobody else has it; then whatever follows it.

    Called in the process that has called `prepare` or a child of it. Raises RuntimeError otherwise.
    """
    if _workshop is None:
        raise RuntimeError("prepare() has not been called in the parent process")
    _workshop.runtime.database.after_fork()
    next_id: str | None = task_id
    while next_id is not None:
        if not knows(_workshop, next_id):
            if next_id != task_id:  # nobody else has heard of it yet
                _workshop.runtime.doorbell.ring(next_id)
            return
        next_id = perform(_workshop, next_id)


def knows(workshop: Workshop, task_id: str) -> bool:
    """Whether its language is one of ours; a recording can be fetched by anybody."""
    if workshop.runtime.languages.keys() <= set(workshop.engine.languages):
        return True
    query = (
        select(Report.language)
        .join(Message, Message.report_id == Report.id)
        .join(Task, Task.subject_id == Message.id)
        .where(Task.id == task_id, Task.kind == TaskKind.TRANSCRIBE)
    )
    with workshop.runtime.database.reading() as session:
        language = session.scalar(query) or session.scalar(_of_answer(task_id))
    return language is None or language in workshop.engine.languages or workshop.unread(language)


def _of_answer(task_id: str) -> Select[str]:
    query = select(SpokenAnswer.language).join(Task, Task.subject_id == SpokenAnswer.id)
    return query.where(Task.id == task_id, Task.kind == TaskKind.UNDERSTAND)


def perform(workshop: Workshop, task_id: str) -> str | None:
    """Claim and do one task. Gives the id of the task that now waits for the same message."""
    runtime = workshop.runtime
    with runtime.database.transaction() as session:
        lease = queue.claim(session, task_id, f"worker-{new_id()}", runtime.clock(), LEASE_S)
    if lease is None:
        return None
    crash.point("task.claimed")
    try:
        HANDLERS[lease.kind](workshop, lease)
    except LeaseLost:
        log.info("lease_lost", task=task_id)
        return None
    crash.point("task.finished")
    return _follow_up(runtime, lease)


def _follow_up(runtime: Runtime, lease: Lease) -> str | None:
    with runtime.database.reading() as session:
        query = select(Task.id).where(
            Task.subject_id == lease.subject_id,
            Task.kind == TaskKind.TRANSCRIBE,
            Task.state == TaskState.PENDING,
            Task.id != lease.task_id,
        )
        return session.scalar(query)
