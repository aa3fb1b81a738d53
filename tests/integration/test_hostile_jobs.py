"""The hostile files on the worker's whole way, from the carrier to the report: none loses anything.

One after the other through one worker, so that whatever harms it shows in the next one. Vosk takes
40 s for 29 minutes of silence: HOTLINE_HOSTILE_ALL=1 takes that one too (it is always decoded in
test_hostile_audio).
"""

import os

import pytest
from sqlalchemy import select

from hotline.carrier.port import Media
from hotline.context import Runtime
from hotline.dispatch.model import Alarm
from hotline.reports import audio, intake
from hotline.reports.model import AudioState, Message, MessageKind, Report, Transcript
from hotline.tasks.model import Task, TaskKind
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.hostile_audio import CASES, HEARD, Case
from transcription import fetching, jobs

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")

LONG = "29 minutes of silence"
CHOSEN = CASES if os.environ.get("HOTLINE_HOSTILE_ALL") else [c for c in CASES if c.name != LONG]


def test_every_hostile_file_is_kept_and_reaches_a_human(
    make_runtime: MakeRuntime,
    sqlite_url: str,
    carrier: FakeCarrier,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "FETCH_TRIES_NOT_AUDIO", 1)  # that it tries again: test_jobs.py
    runtime = make_runtime(sqlite_url, languages=["en"])
    workshop = jobs.prepare(runtime)
    for number, case in enumerate(CHOSEN):
        data = case.make()
        carrier.media[f"RE{number}"] = Media(data, case.media_type)
        message_id = left(runtime, number)
        work(workshop, message_id, clock)
        check(runtime, message_id, case, data)


def left(runtime: Runtime, number: int) -> str:
    """A caller has left a message, which the carrier has recorded. Gives the message's id."""
    now = runtime.clock()
    with runtime.database.transaction() as session:
        call = intake.open_call(session, f"CA{number}", now)
        call.language = "en"
        message = intake.begin_message(session, runtime.vault, call, MessageKind.MESSAGE, now)
        intake.recording_arrived(
            session,
            runtime.vault,
            carrier_call_id=f"CA{number}",
            message_id=message.id,
            recording_id=f"RE{number}",
            duration_s=3.0,
            now=now,
        )
        intake.send(session, runtime.vault, call, now, 20.0)
        return message.id


def work(workshop: jobs.Workshop, message_id: str, clock: VirtualClock) -> None:
    """Do the message's tasks until the worker is done with it."""
    for _ in range(fetching.FETCH_TRIES_NOT_AUDIO):
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
