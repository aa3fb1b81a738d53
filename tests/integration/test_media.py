"""The media process's server on real sockets, real recognizers and both databases."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import soundfile
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from hotline.context import Runtime
from hotline.dispatch.model import Alarm
from hotline.reports import audio, intake, streams, transcripts
from hotline.reports.model import (
    AudioChunk,
    AudioStream,
    Call,
    Message,
    MessageState,
    Report,
    StreamState,
    Transcript,
)
from hotline.tasks import heartbeat
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.conftest import MakeRuntime
from tests.support.streams import URL, Carrier, Door, open_door
from transcription.media import g711, server
from transcription.media import stream as stream_module
from transcription.media.journal import Journal
from transcription.media.stream import BEEP

FOLDER = Path(__file__).parent.parent / "data" / "speech" / "en" / "seen"
WAV = (FOLDER / "001.wav").read_bytes()
SAID = (FOLDER / "manifest.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")[1]
SECOND = b"\xff" * g711.RATE


def ulaw() -> bytes:
    """A sentence as the telephone carries it."""
    with soundfile.SoundFile(io.BytesIO(WAV)) as file:
        return WAV[-file.frames :]


@pytest.fixture
def runtime(make_runtime: MakeRuntime, database_url: str) -> Runtime:
    return make_runtime(database_url, languages=["en"], media_url=URL)


@pytest.fixture
def on_sqlite(make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
    return make_runtime(sqlite_url, languages=["en"], media_url=URL)


def run(runtime: Runtime, test: Callable[[Door], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with open_door(runtime) as door:
            await test(door)

    asyncio.run(whole())


def stored(door: Door, message_id: str) -> bytes:
    with door.runtime.database.transaction() as session:
        parts = audio.load_parts(session, door.runtime.vault, session.get_one(Message, message_id))
    assert [kind for kind, _ in parts] == [audio.STREAMED_TYPE] * len(parts)
    return b"".join(data for _, data in parts)


def stream_of(door: Door, message_id: str) -> AudioStream:
    with door.runtime.database.transaction() as session:
        return session.get_one(AudioStream, message_id)


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not met():
            await asyncio.sleep(0.005)


def test_what_is_said_is_stored_and_written_down_when_the_key_comes(runtime: Runtime) -> None:
    async def test(door: Door) -> None:
        given, sound = door.message(), ulaw()
        async with door.carrier() as carrier:
            await carrier.start(**given)
            assert await carrier.beep() == BEEP
            await carrier.say(sound)
            await carrier.press("#")
            assert await carrier.closed() == 1000
        assert stored(door, given["message"]) == sound
        row = stream_of(door, given["message"])
        assert (row.state, row.ended_by) == (StreamState.ENDED, "key")
        assert 0.5 < (row.heard_s or 0.0) <= len(sound) / g711.RATE
        with door.runtime.database.transaction() as session:
            message = session.get_one(Message, given["message"])
            assert message.state is MessageState.RECORDED
            assert message.duration_s == len(sound) / g711.RATE
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
        given, sound = door.message(), ulaw()
        async with door.carrier() as carrier:
            await carrier.start(**given)
            await carrier.beep()
            await carrier.say(sound)
            with door.runtime.database.transaction() as session:
                call = session.scalars(select(Call)).one()
                streams.settle(session, call, door.runtime.clock())
                intake.caller_left(session, call, door.runtime.clock(), 20.0)
            await carrier.send("stop", stop={"callSid": "CA1"})
            assert await carrier.closed() == 1000
        with door.runtime.database.transaction() as session:
            assert session.get_one(Message, given["message"]).state is MessageState.SENT
            report = session.scalars(select(Report)).one()
            assert (report.category, report.urgency) == ("weapons", "life-safety")
            query = select(Task.due_at).where(Task.kind == TaskKind.START_DISPATCH)
            assert session.scalars(query).one() <= door.runtime.clock()
            assert session.scalars(select(Alarm)).all() == []

    run(runtime, test)


def test_silence_ends_it_and_so_does_its_length(on_sqlite: Runtime) -> None:
    async def test(door: Door) -> None:
        quiet = door.message(1, silence_s=2.0)
        async with door.carrier(1) as carrier:
            await carrier.start(**quiet)
            await carrier.say(SECOND * 5)
            assert await carrier.closed() == 1000
        row = stream_of(door, quiet["message"])
        assert (row.ended_by, row.heard_s) == ("silence", 0.0)
        long = door.message(2, max_s=3.0)
        async with door.carrier(2) as carrier:
            await carrier.start(**long)
            await carrier.say(ulaw() * 3)
            assert await carrier.closed() == 1000
        assert stream_of(door, long["message"]).ended_by == "length"
        assert 3.0 <= len(stored(door, long["message"])) / g711.RATE < 4.1

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
        assert stored(door, given["message"]) == ulaw()

    run(on_sqlite, test)


def test_only_a_signed_handshake_opens_a_socket(on_sqlite: Runtime) -> None:
    async def test(door: Door) -> None:
        for headers in ({}, {"X-Twilio-Signature": "bm8="}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with door.carrier(headers=headers):
                    raise AssertionError
            assert refused.value.status == 403
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"http://{door.address}/health") as answer,
        ):
            assert (await answer.json())["status"] == "ok"

    run(on_sqlite, test)


async def no_start(carrier: Carrier, given: dict[str, str]) -> None:
    await carrier.say(SECOND)


async def nonsense(carrier: Carrier, given: dict[str, str]) -> None:
    await carrier.socket.send_str("{")


async def binary(carrier: Carrier, given: dict[str, str]) -> None:
    await carrier.socket.send_bytes(b"\x00")


async def too_much(carrier: Carrier, given: dict[str, str]) -> None:
    await carrier.start(**given)
    await carrier.socket.send_str("x" * 1024 * 1024)


async def wrong_token(carrier: Carrier, given: dict[str, str]) -> None:
    await carrier.start(message=given["message"], token="guessed")


async def no_parameters(carrier: Carrier, given: dict[str, str]) -> None:
    await carrier.start()


async def another_format(carrier: Carrier, given: dict[str, str]) -> None:
    media = {"encoding": "audio/l16", "sampleRate": 16000, "channels": 1}
    start = {"callSid": "CA1", "mediaFormat": media, "customParameters": given}
    await carrier.send("start", start=start)


@pytest.mark.parametrize(
    ("opening", "code"),
    [
        (no_start, 1008),
        (nonsense, 1002),
        (binary, 1002),
        (too_much, 1009),
        (wrong_token, 1008),
        (no_parameters, 1008),
        (another_format, 1002),
    ],
)
def test_what_is_wrong_is_closed_with_its_code(
    on_sqlite: Runtime, monkeypatch: pytest.MonkeyPatch, opening: Any, code: int
) -> None:
    monkeypatch.setattr(stream_module, "START_S", 0.5)

    async def test(door: Door) -> None:
        given = door.message()
        async with door.carrier() as carrier:
            await opening(carrier, given)
            assert await carrier.closed() == code
        await until(lambda: door.house.open == 0)
        expected = StreamState.LOST if opening is too_much else StreamState.OFFERED
        assert stream_of(door, given["message"]).state is expected

    run(on_sqlite, test)


def test_a_token_opens_one_stream_only(on_sqlite: Runtime) -> None:
    async def test(door: Door) -> None:
        given = door.message()
        async with door.carrier() as first, door.carrier() as second:
            await first.start(**given)
            await first.beep()
            await second.start(**given)
            assert await second.closed() == 1008
            await first.say(ulaw())
            await first.press("#")
            assert await first.closed() == 1000
        assert stored(door, given["message"]) == ulaw()

    run(on_sqlite, test)


def test_a_connection_that_breaks_keeps_what_was_said_and_hands_the_call_on(
    runtime: Runtime,
) -> None:
    async def test(door: Door) -> None:
        given = door.message()
        async with door.carrier() as carrier:
            await carrier.start(**given)
            await carrier.say(ulaw())
            await carrier.beep()
            transport = carrier.socket._response.connection
            assert transport is not None
            assert transport.transport is not None
            transport.transport.close()
        await until(lambda: door.house.open == 0)
        assert stored(door, given["message"]) == ulaw()
        row = stream_of(door, given["message"])
        assert (row.state, row.ended_by) == (StreamState.LOST, "broken")
        assert door.read(given["message"]).state is MessageState.RECORDING

    run(runtime, test)


def test_a_silent_connection_is_given_up(
    on_sqlite: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "QUIET_S", 0.3)

    async def test(door: Door) -> None:
        given = door.message()
        async with door.carrier() as carrier:
            await carrier.start(**given)
            await carrier.say(SECOND)
            assert await carrier.closed() == 1011
        row = stream_of(door, given["message"])
        assert (row.state, row.ended_by) == (StreamState.LOST, "quiet")
        assert stored(door, given["message"]) == SECOND

    run(on_sqlite, test)


def test_sound_is_safe_every_second_while_it_comes(runtime: Runtime) -> None:
    async def test(door: Door) -> None:
        given = door.message()
        async with door.carrier() as carrier:
            await carrier.start(**given)
            for count in (1, 2, 3):
                await carrier.say(SECOND)
                await until(lambda: len(stored(door, given["message"])) == count * g711.RATE)  # noqa: B023
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
            await until(lambda: next(iter([stored(door, given["message"])])) != b"")
            await carrier.say(sound[8000:])
            await carrier.press("#")
            assert await carrier.closed() == 1000
        assert stored(door, given["message"]) == sound

    run(on_sqlite, test)


def test_a_stream_given_up_by_the_dispatcher_ends(on_sqlite: Runtime) -> None:
    async def test(door: Door) -> None:
        given = door.message()
        async with door.carrier() as carrier:
            await carrier.start(**given)
            await carrier.beep()
            with door.runtime.database.transaction() as session:
                later = door.runtime.clock() + timedelta(seconds=60)
                streams.watch(session, given["message"], later)
            while not carrier.socket.closed:
                await carrier.say(SECOND)
                await asyncio.sleep(0.1)
                if door.house.open == 0:
                    break
        await until(lambda: door.house.open == 0)
        assert stream_of(door, given["message"]).ended_by == "dead"
        assert stored(door, given["message"]) == b""

    run(on_sqlite, test)


def test_without_a_recognizer_a_worker_makes_the_transcript(
    on_sqlite: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr("transcription.live.Recognition.finish", nothing)

    async def test(door: Door) -> None:
        given = door.message()
        async with door.carrier() as carrier:
            await carrier.start(**given)
            await carrier.beep()
            await carrier.say(ulaw())
            with door.runtime.database.transaction() as session:
                call = session.scalars(select(Call)).one()
                intake.caller_left(session, call, door.runtime.clock(), 20.0)
            await carrier.send("stop", stop={})
            assert await carrier.closed() == 1000
        with door.runtime.database.transaction() as session:
            assert session.scalars(select(Transcript)).all() == []
            query = select(Task.state).where(Task.kind == TaskKind.TRANSCRIBE)
            assert session.scalars(query).one() is TaskState.PENDING

    run(on_sqlite, test)


def is_alive(runtime: Runtime) -> bool:
    with runtime.database.transaction() as session:
        return heartbeat.alive(session, heartbeat.MEDIA, runtime.clock(), 10.0)


def test_in_doubt_about_the_language_a_worker_looks_again(
    make_runtime: MakeRuntime, sqlite_url: str
) -> None:
    runtime = make_runtime(sqlite_url, languages=["en", "es"], media_url=URL)
    spanish = (FOLDER.parents[1] / "es" / "seen" / "001.wav").read_bytes()
    with soundfile.SoundFile(io.BytesIO(spanish)) as file:
        sound = spanish[-file.frames :]

    async def test(door: Door) -> None:
        given = door.message()
        async with door.carrier() as carrier:
            await carrier.start(**given)
            await carrier.beep()
            await carrier.say(sound)
            with door.runtime.database.transaction() as session:
                call = session.scalars(select(Call)).one()
                intake.caller_left(session, call, door.runtime.clock(), 20.0)
            await carrier.send("stop", stop={})
            assert await carrier.closed() == 1000
        with door.runtime.database.transaction() as session:
            row = session.scalars(select(Transcript)).one()
            assert (row.language, row.parts) == ("en", 0)
            query = select(Task.state).where(Task.kind == TaskKind.TRANSCRIBE)
            assert session.scalars(query).one() is TaskState.PENDING

    run(runtime, test)


def test_the_heart_beats_and_an_ending_process_hands_streams_back(
    on_sqlite: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcription.media.server.HANDOVER_S", 0.3)

    async def whole() -> None:
        async with open_door(on_sqlite) as door:
            given = door.message()
            await until(lambda: is_alive(on_sqlite))
            async with door.carrier() as carrier:
                await carrier.start(**given)
                await carrier.beep()

                async def speak() -> None:
                    while not carrier.socket.closed:
                        await carrier.say(SECOND[:1600])
                        await asyncio.sleep(0.02)

                speaking = asyncio.create_task(speak())
                await asyncio.gather(server._hand_over(door.house), carrier.closed())
                speaking.cancel()
                assert carrier.socket.close_code == 1012
            assert stream_of(door, given["message"]).ended_by == "restart"
            assert len(stored(door, given["message"])) > 0

    asyncio.run(whole())
