"""The media process's server on real sockets, real recognizers and both databases."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from hotline.context import Runtime
from hotline.dispatch.model import Alarm
from hotline.reports import intake, transcripts
from hotline.reports.model import (
    AudioChunk,
    Call,
    Message,
    MessageState,
    Report,
    StreamState,
    Transcript,
)
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.conftest import MakeRuntime
from tests.support.streams import SECOND, SPEECH, URL, Door, run, ulaw, until
from transcription.media.g711 import RATE
from transcription.media.journal import Journal, Track
from transcription.media.stream import BEEP

MANIFEST = SPEECH / "en" / "seen" / "manifest.tsv"
SAID = MANIFEST.read_text(encoding="utf-8").splitlines()[0].split("\t")[1]


@pytest.fixture
def runtime(make_runtime: MakeRuntime, database_url: str) -> Runtime:
    return make_runtime(database_url, languages=["en"], media_url=URL)


@pytest.fixture
def on_sqlite(make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
    return make_runtime(sqlite_url, languages=["en"], media_url=URL)


def test_what_is_said_is_stored_and_written_down_when_the_key_comes(runtime: Runtime) -> None:
    async def test(door: Door) -> None:
        given, sound = door.message(), ulaw()
        async with door.carrier() as carrier:
            await carrier.start(**given)
            assert await carrier.beep() == BEEP
            await carrier.say(sound)
            await carrier.press("#")
            assert await carrier.closed() == 1000
        assert door.stored(given["message"]) == sound
        row = door.stream(given["message"])
        assert (row.state, row.ended_by) == (StreamState.ENDED, "key")
        assert 0.5 < (row.heard_s or 0.0) <= len(sound) / RATE
        with door.runtime.database.transaction() as session:
            message = session.get_one(Message, given["message"])
            assert message.state is MessageState.RECORDED
            assert message.duration_s == len(sound) / RATE
            words = session.scalars(select(Transcript)).one()
            assert words.assessed_at is None  # not before it is sent
            call = session.get_one(Call, message.call_id)
            intake.send(session, door.runtime.vault, call, door.runtime.clock(), 20.0)
            report = session.get_one(Report, message.report_id)
            (spoken,) = transcripts.read(session, door.runtime.vault, report)
            assert spoken.text == SAID

    run(runtime, test)


def test_who_hangs_up_while_speaking_has_sent_it_all_sorted_at_once(runtime: Runtime) -> None:
    async def test(door: Door) -> None:
        message_id = await door.said_and_hung_up(ulaw())
        with door.runtime.database.transaction() as session:
            assert session.get_one(Message, message_id).state is MessageState.SENT
            report = session.scalars(select(Report)).one()
            assert (report.category, report.urgency) == ("weapons", "life-safety")
            query = select(Task.due_at).where(Task.kind == TaskKind.START_DISPATCH)
            assert session.scalars(query).one() <= door.runtime.clock()
            assert session.scalars(select(Alarm)).all() == []

    run(runtime, test)


def test_time_before_the_beep_is_not_the_callers_silence(on_sqlite: Runtime) -> None:
    async def test(door: Door) -> None:
        quiet = door.message(1, silence_s=2.0)
        async with door.carrier(1) as carrier:
            await carrier.start(**quiet)
            await carrier.say(SECOND * 5)
            await carrier.beep()
            await carrier.say(SECOND * 5)
            assert await carrier.closed() == 1000
        assert door.stream(quiet["message"]).ended_by == "silence"
        assert len(door.stored(quiet["message"])) / RATE >= 7.0

    run(on_sqlite, test)


def test_silence_ends_it_and_so_does_its_length(on_sqlite: Runtime) -> None:
    async def test(door: Door) -> None:
        quiet = door.message(1, silence_s=2.0)
        async with door.carrier(1) as carrier:
            await carrier.start(**quiet)
            await carrier.beep()
            await carrier.say(SECOND * 5)
            assert await carrier.closed() == 1000
        row = door.stream(quiet["message"])
        assert (row.ended_by, row.heard_s) == ("silence", 0.0)
        long = door.message(2, max_s=3.0)
        async with door.carrier(2) as carrier:
            await carrier.start(**long)
            await carrier.say(ulaw() * 3)
            assert await carrier.closed() == 1000
        assert door.stream(long["message"]).ended_by == "length"
        assert 3.0 <= len(door.stored(long["message"])) / RATE < 4.1

    run(on_sqlite, test)


def test_parameters_may_stand_where_somleng_has_them(on_sqlite: Runtime) -> None:
    async def test(door: Door) -> None:
        given = door.message()
        async with door.carrier() as carrier:
            media = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
            start = {"callSid": "CA1", "mediaFormat": media}
            await carrier.send("start", start=start, customParameters=given)
            await carrier.say(ulaw())
            await carrier.press("#")
            assert await carrier.closed() == 1000
        assert door.stored(given["message"]) == ulaw()

    run(on_sqlite, test)


def test_sound_is_safe_every_second_while_it_comes(runtime: Runtime) -> None:
    async def test(door: Door) -> None:
        given = door.message()
        async with door.carrier() as carrier:
            await carrier.start(**given)
            for count in (1, 2, 3):
                await carrier.say(SECOND, frame=len(SECOND))
                safe = count * len(SECOND)
                await until(lambda safe=safe: len(door.stored(given["message"])) == safe)
            with door.runtime.database.transaction() as session:
                assert session.scalar(select(func.count()).select_from(AudioChunk)) == 3
            await carrier.press("#")
            assert await carrier.closed() == 1000

    run(runtime, test)


def test_a_database_that_fails_for_a_while_loses_and_doubles_nothing(
    on_sqlite: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where a commit went through and its answer got lost."""
    append, answers = Journal._append, iter(["fails", "lost", "fails"])

    def troubled(self: Journal, session: Any, track: Any) -> bool:
        trouble = next(answers, "")
        if trouble == "fails":
            raise OperationalError("", None, Exception())
        done = append(self, session, track)
        if trouble == "lost":
            session.commit()
            raise OperationalError("", None, Exception())
        return done

    monkeypatch.setattr(Journal, "_append", troubled)

    async def test(door: Door) -> None:
        given, sound = door.message(), ulaw()
        async with door.carrier() as carrier:
            await carrier.start(**given)
            await carrier.say(sound[:8000])
            await until(lambda: door.stored(given["message"]) != b"")
            await carrier.say(sound[8000:])
            await carrier.press("#")
            assert await carrier.closed() == 1000
        assert door.stored(given["message"]) == sound

    run(on_sqlite, test)


def transcribing(runtime: Runtime) -> TaskState:
    """How far the worker's task is."""
    with runtime.database.transaction() as session:
        return session.scalars(select(Task.state).where(Task.kind == TaskKind.TRANSCRIBE)).one()


def test_one_streams_trouble_is_not_the_others(
    on_sqlite: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, bad = Journal._append, dict[str, str]()

    def troubled(self: Journal, session: Any, track: Track) -> bool:
        if track.opened.message_id == bad["message"]:
            raise KeyError
        return append(self, session, track)

    monkeypatch.setattr(Journal, "_append", troubled)

    async def test(door: Door) -> None:
        bad.update(door.message(1))
        good = door.message(2)
        async with door.carrier(1) as first, door.carrier(2) as second:
            for carrier, given in ((first, bad), (second, good)):
                await carrier.start(**given)
                await carrier.say(SECOND)
            await until(lambda: door.stored(good["message"]) == SECOND)
            assert door.stored(bad["message"]) == b""
            for carrier in (first, second):
                await carrier.press("#")
                assert await carrier.closed() == 1000
        assert door.stored(bad["message"]) == SECOND  # with the last transaction, all of it

    run(on_sqlite, test)


def test_a_transcript_that_cannot_be_written_does_not_cost_the_sound(
    on_sqlite: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OperationalError("", None, Exception())

    monkeypatch.setattr("transcription.committing.commit", fails)
    monkeypatch.setattr("transcription.media.stream.RETRY_S", 0.01)

    async def test(door: Door) -> None:
        message_id = await door.said_and_hung_up(ulaw())
        assert door.stored(message_id) == ulaw()
        assert transcribing(door.runtime) is TaskState.PENDING

    run(on_sqlite, test)


def test_without_a_recognizer_a_worker_makes_the_transcript(
    on_sqlite: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr("transcription.live.Recognition.finish", nothing)

    async def test(door: Door) -> None:
        await door.said_and_hung_up(ulaw())
        with door.runtime.database.transaction() as session:
            assert session.scalars(select(Transcript)).all() == []
        assert transcribing(door.runtime) is TaskState.PENDING

    run(on_sqlite, test)


def test_in_doubt_about_the_language_a_worker_looks_again(
    make_runtime: MakeRuntime, sqlite_url: str
) -> None:
    runtime = make_runtime(sqlite_url, languages=["en", "es"], media_url=URL)

    async def test(door: Door) -> None:
        await door.said_and_hung_up(ulaw("es"))
        with door.runtime.database.transaction() as session:
            row = session.scalars(select(Transcript)).one()
            assert (row.language, row.parts) == ("en", 0)
        assert transcribing(door.runtime) is TaskState.PENDING

    run(runtime, test)
