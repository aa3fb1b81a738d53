"""The worker's tasks on real audio, the real engine and both databases; the carrier is scripted."""

import ctypes
import io
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import soundfile
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.carrier.port import Media
from hotline.context import Runtime
from hotline.dispatch.model import Alarm
from hotline.reports import audio, intake, peaks, streams, timeline, transcripts
from hotline.reports.model import AudioState, Message, MessageKind, Report, Transcript
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.messages import message_left
from tests.support.work import perform, task_of
from transcription import fetching, jobs, transcribing

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")

PAGE = b"<!doctype html><p>Not found</p>"


def segfault(*_args: object) -> Any:
    return ctypes.string_at(0)


def eat(*_args: object) -> Any:
    return bytearray(100 * 1024**3)


def leave(*_args: object) -> Any:
    os._exit(7)


DEATHS = {"crashed:SIGSEGV": segfault, "memory": eat, "crashed:exit_7": leave}


def test_a_recording_becomes_words_and_pulls_its_dispatch_forward(
    workshop: jobs.Workshop, carrier: FakeCarrier, speech: tuple[bytes, str]
) -> None:
    runtime = workshop.runtime
    carrier.media["RE1"] = Media(speech[0], "audio/x-wav")
    with runtime.database.transaction() as session:
        message_id = message_left(session, runtime)
    following = perform(workshop, TaskKind.FETCH_RECORDING)
    assert following is not None
    assert jobs.perform(workshop, following) is None
    with runtime.database.transaction() as session:
        message = session.get_one(Message, message_id)
        report = session.get_one(Report, message.report_id)
        (spoken,) = transcripts.read(session, runtime.vault, report)
        assert spoken.text == speech[1]
        assert audio.load_parts(session, runtime.vault, message)[0][1] == speech[0]
        wave = peaks.read(session, runtime.vault, message)
        assert wave is not None
        assert (len(wave.values), max(wave.values) > 20) == (400, True)
        assert wave.duration_s == spoken.duration_s
        assert report.category == "weapons"
        assert report.urgency == "life-safety"
        assert task_of(session, TaskKind.START_DISPATCH).due_at <= runtime.clock()
        assert task_of(session, TaskKind.DELETE_RECORDING).state is TaskState.PENDING


def test_two_runs_of_one_task_make_one_transcript(
    workshop: jobs.Workshop, carrier: FakeCarrier, speech: tuple[bytes, str]
) -> None:
    runtime = workshop.runtime
    carrier.media["RE1"] = Media(speech[0], "audio/x-wav")
    with runtime.database.transaction() as session:
        message_left(session, runtime)
    following = perform(workshop, TaskKind.FETCH_RECORDING)
    assert following is not None
    for _ in range(2):
        jobs.perform(workshop, following)
    with runtime.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Transcript)) == 1


def test_who_pressed_the_wrong_key_is_understood_all_the_same(
    make_runtime: MakeRuntime, sqlite_url: str, carrier: FakeCarrier
) -> None:
    runtime = make_runtime(sqlite_url, languages=["en", "es"])
    workshop = jobs.prepare(runtime)
    folder = Path(__file__).parent.parent / "data" / "speech" / "es" / "seen"
    name, text, _voice = (folder / "manifest.tsv").read_text().splitlines()[0].split("\t")
    carrier.media["RE1"] = Media((folder / name).read_bytes(), "audio/x-wav")
    with runtime.database.transaction() as session:
        message_id = message_left(session, runtime)  # in English
    following = perform(workshop, TaskKind.FETCH_RECORDING)
    assert following is not None
    jobs.perform(workshop, following)
    assert said(runtime, message_id) == [text]
    with runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        row = session.scalars(select(Transcript)).one()
        assert (report.language, row.language) == ("en", "es")
        (told,) = [e for e in timeline.read(session, report.id) if e.kind == "spoken_language"]
        assert told.detail["language"] == "es"


def test_a_worker_leaves_other_sets_languages_alone(
    make_runtime: MakeRuntime,
    sqlite_url: str,
    carrier: FakeCarrier,
    speech: tuple[bytes, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It fetches the recording all the same, and rings for the one who can read it."""
    rung: list[str] = []
    runtime = make_runtime(sqlite_url, languages=["en", "ar"], worker_sets="en;ar")
    monkeypatch.setattr(runtime.doorbell, "ring", rung.append)
    jobs.prepare(runtime, ["ar"])
    carrier.media["RE1"] = Media(speech[0], "audio/x-wav")
    with runtime.database.transaction() as session:
        message_id = message_left(session, runtime)  # in English
        fetch = task_of(session, TaskKind.FETCH_RECORDING).id
    jobs.run(fetch)
    with runtime.database.transaction() as session:
        task = task_of(session, TaskKind.TRANSCRIBE)
        assert (task.state, task.tries) == (TaskState.PENDING, 0)
    assert rung == [task.id]
    jobs.run(task.id)
    assert rung == [task.id]
    jobs.prepare(runtime, ["en"])
    jobs.run(task.id)
    assert said(runtime, message_id) == [speech[1]]


def test_words_that_come_in_two_parts_become_one_transcript(
    workshop: jobs.Workshop, carrier: FakeCarrier, speech: tuple[bytes, str]
) -> None:
    """A stream broke, what it brought is read at once; the carrier's recording completes it."""
    runtime = workshop.runtime
    carrier.media["RE1"] = Media(speech[0], "audio/x-wav")
    with runtime.database.transaction() as session:
        message_id = streamed_until_it_broke(session, runtime, ulaw(speech[0]))
    perform(workshop, TaskKind.TRANSCRIBE)
    assert said(runtime, message_id) == [speech[1]]
    with runtime.database.transaction() as session:
        call_id = session.get_one(Message, message_id).call_id
        recording_came(session, runtime, message_id)
        assert session.get_one(Message, message_id).call_id == call_id
    following = perform(workshop, TaskKind.FETCH_RECORDING)
    assert following is not None
    assert jobs.perform(workshop, following) is None
    assert said(runtime, message_id) == [f"{speech[1]} {speech[1]}"]
    with runtime.database.transaction() as session:
        assert session.scalars(select(Transcript.parts)).one() == 2
        report = session.scalars(select(Report)).one()
        places = [
            (reason["first_word"], reason["last_word"])
            for reason in transcripts.read_reasons(session, runtime.vault, report)
        ]
        assert places
        assert len(set(places)) == len(places)  # none is left of the first transcript


def streamed_until_it_broke(session: Session, runtime: Runtime, sound: bytes) -> str:
    """A caller has hung up after the stream of the message broke. Gives the message's id."""
    now = runtime.clock()
    call = intake.open_call(session, "CA1", now)
    call.language = "en"
    message = intake.begin_message(session, runtime.vault, call, MessageKind.MESSAGE, now)
    streams.offer(session, message, now, max_s=300, silence_s=10)
    given = streams.token(message)
    stream = streams.open_stream(session, message.id, given, "CA1", now)
    streams.append(session, runtime.vault, stream, 0, sound, now)
    streams.over(session, message, now)
    streams.settle(session, call, now)
    intake.caller_left(session, call, now, 20.0)
    return message.id


def recording_came(session: Session, runtime: Runtime, message_id: str) -> None:
    """The carrier tells of the recording of what was said after the stream broke."""
    intake.recording_arrived(
        session,
        runtime.vault,
        carrier_call_id="CA1",
        message_id=message_id,
        recording_id="RE1",
        duration_s=3.0,
        now=runtime.clock(),
    )


def ulaw(wav: bytes) -> bytes:
    """The sound of a µ-law WAV file without its header."""
    with soundfile.SoundFile(io.BytesIO(wav)) as file:
        assert (file.subtype, file.samplerate) == ("ULAW", 8000)
        return wav[-file.frames :]


def said(runtime: Runtime, message_id: str) -> list[str]:
    """The texts of the transcripts of the message's report."""
    with runtime.database.transaction() as session:
        report = session.get_one(Report, session.get_one(Message, message_id).report_id)
        return [spoken.text for spoken in transcripts.read(session, runtime.vault, report)]


def test_a_recording_that_is_not_there_yet_is_asked_for_again(
    workshop: jobs.Workshop,
    carrier: FakeCarrier,
    clock: VirtualClock,
    speech: tuple[bytes, str],
) -> None:
    runtime = workshop.runtime
    with runtime.database.transaction() as session:
        message_left(session, runtime)
    assert perform(workshop, TaskKind.FETCH_RECORDING) is None
    with runtime.database.transaction() as session:
        task = task_of(session, TaskKind.FETCH_RECORDING)
        assert task.state is TaskState.PENDING
        assert task.due_at == clock() + timedelta(seconds=fetching.FETCH_FIRST_S)
    carrier.media["RE1"] = Media(speech[0], "audio/x-wav")
    clock.advance(fetching.FETCH_FIRST_S)
    assert perform(workshop, TaskKind.FETCH_RECORDING) is not None


def test_html_instead_of_audio_is_kept_as_received_and_a_human_is_told(
    workshop: jobs.Workshop, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    runtime = workshop.runtime
    carrier.media["RE1"] = Media(PAGE, "text/html")
    with runtime.database.transaction() as session:
        message_id = message_left(session, runtime)
    for _ in range(fetching.FETCH_TRIES_NOT_AUDIO):
        perform(workshop, TaskKind.FETCH_RECORDING)
        clock.advance(60)
    with runtime.database.transaction() as session:
        message = session.get_one(Message, message_id)
        assert message.audio is AudioState.UNUSABLE
        assert audio.load_parts(session, runtime.vault, message) == [("text/html", PAGE)]
        assert session.get_one(Report, message.report_id).needs_listening
        assert session.scalars(select(Alarm.reason)).one() == "audio_unusable"
        assert task_of(session, TaskKind.FETCH_RECORDING).state is TaskState.FAILED
        assert task_of(session, TaskKind.START_DISPATCH).due_at <= runtime.clock()
    assert carrier.deleted == []


@pytest.mark.parametrize("death", DEATHS)
def test_a_message_that_always_kills_the_transcriber_is_left_to_ears(
    workshop: jobs.Workshop,
    carrier: FakeCarrier,
    clock: VirtualClock,
    speech: tuple[bytes, str],
    death: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runtime = workshop.runtime
    carrier.media["RE1"] = Media(speech[0], "audio/x-wav")
    with runtime.database.transaction() as session:
        message_left(session, runtime)
    following = perform(workshop, TaskKind.FETCH_RECORDING)
    assert following is not None

    due = dispatch_due(runtime)
    assert due > clock()

    monkeypatch.setattr(workshop.engine, "transcribe", DEATHS[death])
    jobs.perform(workshop, following)
    assert dispatch_due(runtime) == clock() < due  # nobody waits for a second try
    clock.advance(transcribing.RETRY_S)
    assert jobs.perform(workshop, following) is None
    with runtime.database.transaction() as session:
        assert session.get_one(Task, following).state is TaskState.FAILED
        assert session.scalars(select(Report)).one().needs_listening
        assert session.scalars(select(Alarm.reason)).one() == "not_transcribed"
        (code,) = [
            e.detail["why"]
            for e in timeline.read(session, report_id(session))
            if e.kind == "not_transcribed"
        ]
        assert code == death


def dispatch_due(runtime: Runtime) -> datetime:
    """When the report's dispatch begins."""
    with runtime.database.transaction() as session:
        return task_of(session, TaskKind.START_DISPATCH).due_at


def report_id(session: Session) -> str:
    return session.scalars(select(Report.id)).one()


def test_a_discarded_message_is_not_stored_and_deleted_at_the_carrier(
    workshop: jobs.Workshop, carrier: FakeCarrier, speech: tuple[bytes, str]
) -> None:
    runtime = workshop.runtime
    carrier.media["RE1"] = Media(speech[0], "audio/x-wav")
    with runtime.database.transaction() as session:
        message_id = message_left(session, runtime, send=False)
        intake.discard_message(session, session.get_one(Message, message_id), runtime.clock())
    assert perform(workshop, TaskKind.FETCH_RECORDING) is None
    with runtime.database.transaction() as session:
        message = session.get_one(Message, message_id)
        assert message.audio is not AudioState.STORED
        assert task_of(session, TaskKind.DELETE_RECORDING).state is TaskState.PENDING
