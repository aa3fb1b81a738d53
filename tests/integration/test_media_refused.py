"""Streams that are not taken: unsigned, without a right to it, or nonsense; on real sockets."""

from typing import Any

import aiohttp
import pytest

from hotline.context import Runtime
from hotline.reports.model import StreamState
from tests.conftest import MakeRuntime
from tests.support.streams import SECOND, URL, Carrier, Door, run, ulaw, until
from transcription.media import stream as stream_module


@pytest.fixture
def on_sqlite(make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
    return make_runtime(sqlite_url, languages=["en"], media_url=URL)


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
        assert door.stream(given["message"]).state is expected

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
        assert door.stored(given["message"]) == ulaw()

    run(on_sqlite, test)
