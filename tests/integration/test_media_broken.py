"""Streams that break, fall silent or are given up: what was said is kept, the call goes on."""

import asyncio
from datetime import timedelta

import pytest

from hotline.context import Runtime
from hotline.reports import streams
from hotline.reports.model import MessageState, StreamState
from tests.conftest import MakeRuntime
from tests.support.streams import SECOND, URL, Door, run, ulaw, until
from transcription.media import server
from transcription.media import stream as stream_module


@pytest.fixture
def runtime(make_runtime: MakeRuntime, database_url: str) -> Runtime:
    return make_runtime(database_url, languages=["en"], media_url=URL)


@pytest.fixture
def on_sqlite(make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
    return make_runtime(sqlite_url, languages=["en"], media_url=URL)


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
        assert door.stored(given["message"]) == ulaw()
        row = door.stream(given["message"])
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
        row = door.stream(given["message"])
        assert (row.state, row.ended_by) == (StreamState.LOST, "quiet")
        assert door.stored(given["message"]) == SECOND

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
        assert door.stream(given["message"]).ended_by == "dead"
        assert door.stored(given["message"]) == b""

    run(on_sqlite, test)


def test_the_heart_beats_and_an_ending_process_hands_streams_back(
    on_sqlite: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcription.media.server.HANDOVER_S", 0.3)

    async def test(door: Door) -> None:
        given = door.message()
        await until(door.alive)
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
        assert door.stream(given["message"]).ended_by == "restart"
        assert len(door.stored(given["message"])) > 0

    run(on_sqlite, test)
