"""The hostile files on the worker's whole way, from the carrier to the report: none loses anything.

One after the other through one worker, so that whatever harms it shows in the next one.
"""

import pytest
from sqlalchemy import select

from hotline.carrier.port import Media
from hotline.context import Runtime
from hotline.dispatch.model import Alarm
from hotline.reports import audio
from hotline.reports.model import AudioState, Message, Report, Transcript
from hotline.tasks.model import Task, TaskKind
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.hostile_audio import CASES, HEARD, Case
from tests.support.messages import message_left
from transcription import fetching, jobs

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")

LONG = "29 minutes of silence"


@pytest.fixture
def workshop(
    make_runtime: MakeRuntime, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> jobs.Workshop:
    """A worker that asks once: that it asks again is shown in test_jobs.py."""
    monkeypatch.setattr(fetching, "FETCH_TRIES_NOT_AUDIO", 1)
    return jobs.prepare(make_runtime(sqlite_url, languages=["en"]))


def test_a_few_hostile_files_are_kept_and_reach_a_human(
    workshop: jobs.Workshop, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    for number, case in enumerate(every_case()[::8]):
        comes(workshop, carrier, clock, number, case)


@pytest.mark.slow
def test_every_hostile_file_is_kept_and_reaches_a_human(
    workshop: jobs.Workshop, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    for number, case in enumerate(every_case()):
        comes(workshop, carrier, clock, number, case)


@pytest.mark.slow
@pytest.mark.timeout(900)  # it is work, and on a busy machine minutes of it
def test_half_an_hour_of_silence(
    workshop: jobs.Workshop, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    (case,) = (case for case in CASES if case.name == LONG)
    comes(workshop, carrier, clock, 1, case)


def every_case() -> list[Case]:
    """All but the one that Vosk takes 40 s for: that is a test of its own."""
    chosen = [case for case in CASES if case.name != LONG]
    assert len(chosen) == len(CASES) - 1 >= 60
    return chosen


def comes(
    workshop: jobs.Workshop, carrier: FakeCarrier, clock: VirtualClock, number: int, case: Case
) -> None:
    """The file is what the carrier has recorded of a message."""
    data = case.make()
    carrier.media[f"RE{number}"] = Media(data, case.media_type)
    with workshop.runtime.database.transaction() as session:
        message_id = message_left(session, workshop.runtime, number)
    work(workshop, message_id, clock)
    check(workshop.runtime, message_id, case, data)


def work(workshop: jobs.Workshop, message_id: str, clock: VirtualClock) -> None:
    """Do the message's tasks until the worker is done with it."""
    with workshop.runtime.database.transaction() as session:
        query = select(Task.id).where(
            Task.subject_id == message_id, Task.kind == TaskKind.FETCH_RECORDING
        )
        task_id: str | None = session.scalars(query).one()
    while task_id is not None:
        task_id = jobs.perform(workshop, task_id)
    clock.advance(60)


def check(runtime: Runtime, message_id: str, case: Case, data: bytes) -> None:
    """Nothing is lost: what came is kept, and there is a transcript or a human is told."""
    with runtime.database.transaction() as session:
        message = session.get_one(Message, message_id)
        report = session.get_one(Report, message.report_id)
        if data:
            assert audio.load_parts(session, runtime.vault, message)[0][1] == data, case.name
        rows = session.scalars(select(Transcript).where(Transcript.message_id == message_id)).all()
        alarms = session.scalars(select(Alarm.reason).where(Alarm.report_id == report.id)).all()
        if case.expected == HEARD:
            assert (len(rows), alarms, report.needs_listening) == (1, [], False), case.name
            assert message.audio is AudioState.STORED, case.name
        else:
            assert (rows, alarms, report.needs_listening) == ([], ["audio_unusable"], True), (
                case.name
            )
            assert (message.audio, message.audio_problem) == (
                AudioState.UNUSABLE,
                f"not_audio:{case.expected}",
            ), case.name
        start = select(Task.due_at).where(
            Task.subject_id == report.id, Task.kind == TaskKind.START_DISPATCH
        )
        assert session.scalars(start).one() <= runtime.clock(), case.name
