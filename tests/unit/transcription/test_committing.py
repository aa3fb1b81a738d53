"""What follows from a transcript for words that came after somebody had taken the report."""

import pytest
from sqlalchemy import select

from hotline.context import Runtime
from hotline.reports import intake
from hotline.reports.model import Call, Message, MessageKind
from hotline.reports.triage import Rules
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.fakes.clock import VirtualClock
from tests.support.office import Office
from transcription import committing
from transcription.result import Word, make_transcript

CALM, GRAVE = "somebody is sad", "there is a gun in the bathroom"


@pytest.fixture
def message_id(runtime: Runtime) -> str:
    """What a caller says who has come back to a report."""
    office = Office(runtime)
    office.on_duty(["c1"])
    report, call = office.started(), office.call()
    with runtime.database.transaction() as session:
        there = session.get_one(Call, call.id)
        there.report_id = report.id
        vault, kind, now = runtime.vault, MessageKind.ADDITION, runtime.clock()
        message = intake.begin_message(session, vault, there, kind, now)
        intake.recording_ended(session, message.id, now)
        return message.id


def understood(runtime: Runtime, message_id: str, text: str, parts: int = 1) -> None:
    words = [Word(w, n * 0.3, n * 0.3 + 0.2, 0.9) for n, w in enumerate(text.split())]
    result = make_transcript("en", "stand-in", [words], 2.0)
    rules = {"en": Rules.parse(runtime.languages["en"].triage)}
    with runtime.database.transaction() as session:
        message = session.get_one(Message, message_id)
        now = runtime.clock()
        committing.commit(session, runtime.vault, rules, message, result, parts, now)


def brought(runtime: Runtime) -> list[Task]:
    """The tasks that bring words to whoever has the report."""
    with runtime.database.transaction() as session:
        query = select(Task).where(Task.kind == TaskKind.SAID_MORE).order_by(Task.id)
        return list(session.scalars(query))


def is_brought(runtime: Runtime) -> None:
    """The dispatcher has done what there was to do."""
    with runtime.database.transaction() as session:
        for task in session.scalars(select(Task).where(Task.kind == TaskKind.SAID_MORE)):
            task.state = TaskState.DONE


@pytest.mark.parametrize(("text", "urgency"), [(CALM, "urgent"), (GRAVE, "life-safety")])
def test_a_message_knows_how_urgent_its_own_words_are(
    runtime: Runtime, message_id: str, text: str, urgency: str
) -> None:
    understood(runtime, message_id, text)
    with runtime.database.transaction() as session:
        assert session.get_one(Message, message_id).urgency == urgency


def test_words_that_are_known_wait_no_longer(
    runtime: Runtime, clock: VirtualClock, message_id: str
) -> None:
    with runtime.database.transaction() as session:
        [task] = session.scalars(select(Task).where(Task.kind == TaskKind.SAID_MORE))
        task.due_at = clock().replace(year=clock().year + 1)
    understood(runtime, message_id, CALM)
    assert [task.due_at for task in brought(runtime)] == [clock()]


def test_more_of_a_message_that_makes_it_graver_is_brought_once_more(
    runtime: Runtime, message_id: str
) -> None:
    understood(runtime, message_id, CALM)
    is_brought(runtime)
    understood(runtime, message_id, f"{CALM} {GRAVE}", parts=2)
    assert [t.state for t in brought(runtime)] == [TaskState.DONE, TaskState.PENDING]
    is_brought(runtime)
    understood(runtime, message_id, f"{CALM} {GRAVE} and", parts=3)
    assert [t.state for t in brought(runtime)] == [TaskState.DONE, TaskState.DONE]
