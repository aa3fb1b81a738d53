"""<Connect><Stream> with a server that is wrong, slow, dead or not there at all."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from switch.streams import wire
from switch.streams.messages import read
from tests.unit.switch.stream_server import Peer, StreamServer, connect

BAD = {
    "not JSON": "{",
    "not a media, mark or clear message": '{"event": "stop", "streamSid": "SID"}',
    "missing or unexpected fields": '{"event": "clear", "streamSid": "SID", "x": 1}',
    "the streamSid of another stream": '{"event": "clear", "streamSid": "MZ1"}',
    "the payload is not base64": '{"event":"media","streamSid":"SID","media":{"payload":"*"}}',
    "name is not a text": '{"event": "mark", "streamSid": "SID", "mark": {"name": 1}}',
}


def test_a_message_nested_without_end_is_not_json() -> None:
    with pytest.raises(ValueError, match="not JSON"):
        read("[" * 100_000, "MZ1")


async def test_wrong_messages_are_journalled_and_the_stream_goes_on(bench) -> None:
    async def script(peer: Peer) -> None:
        for text in BAD.values():
            await peer.socket.send_str(text.replace("SID", peer.sid))
        await peer.socket.send_bytes(b"\x00")
        await peer.mark("still here")
        await peer.wait("mark")
        await peer.close()

    async with bench() as b, StreamServer() as server:
        server.script = script
        b.voice(connect(server.url))
        sid = await b.call()
        wrong = b.events("error", sid)
        assert [e["reason"] for e in wrong] == [*BAD, "not JSON"]
        assert {e["code"] for e in wrong} == {31951}
        assert b.events("stream_ended", sid)[0]["reason"] == "server"


async def test_hang_up_during_the_handshake(bench) -> None:
    async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()
        await reader.read()
        writer.close()

    connected = asyncio.Event()
    listener = await asyncio.start_server(stall, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with listener, bench() as b:
        b.voice(connect(f"ws://127.0.0.1:{port}/"))
        sid = await b.dial()
        await connected.wait()
        await b.control("POST", f"calls/{sid}/hangup")
        await b.over(sid)
        assert not b.events("stream_started")
        assert not b.events("stream_error")


async def failing(b: Any, url: str, code: int) -> dict[str, str]:
    """A stream to `url` that breaks; what the status callback and the next verb were told."""
    b.voice(connect(url, stream='statusCallback="/status"') + "<Redirect>/next</Redirect>")
    b.hooks.on("/next", "<Hangup/>")
    b.hooks.on("/status", "")
    sid = await b.call()
    assert b.hooks.at("/next")
    assert [e["code"] for e in b.events("stream_error", sid)] == [code]
    while True:
        for seen in b.hooks.at("/status"):
            if seen["params"]["StreamEvent"] == "stream-error":
                return dict(seen["params"])
        await b.hooks.wait("/status", len(b.hooks.at("/status")) + 1)


@pytest.mark.parametrize("status", [403, 302, 200])
async def test_refused_handshake(bench, status: int) -> None:
    async with bench() as b, StreamServer() as server:
        server.status = status
        told = await failing(b, server.url, 31920)
        assert told["StreamError"] == f"HTTP status {status}"
        assert server.requests == 1
        assert not b.events("stream_started")
        assert not b.events("stream_ended")


async def test_unreachable_server(bench) -> None:
    async with bench() as b:
        async with StreamServer() as server:
            url = server.url
        assert (await failing(b, url, 31901))["StreamError"] == "no connection"


async def test_server_without_tls(bench) -> None:
    async with bench() as b, StreamServer() as server:
        told = await failing(b, server.url.replace("ws:", "wss:"), 31910)
        assert told["StreamError"] == "no TLS connection"


async def test_silent_server(bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "CONNECT_S", 0.05)

    async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(stall, "127.0.0.1", 0)
    async with listener, bench() as b:
        url = f"ws://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
        assert (await failing(b, url, 31901))["StreamError"] == "no answer in time"


async def test_server_dies_in_the_middle(bench) -> None:
    async def script(peer: Peer) -> None:
        await peer.wait("media", 5)
        peer.die()

    async with bench() as b, StreamServer() as server:
        server.script = script
        told = await failing(b, server.url, 31921)
        assert told["StreamError"] == "the connection broke"
        assert b.events("stream_ended")[0]["reason"] == "error"


async def test_server_dies_right_after_the_handshake(bench) -> None:
    async with bench() as b, StreamServer() as server:
        server.drops = True
        await failing(b, server.url, 31921)


async def test_server_breaks_the_protocol(bench) -> None:
    async def script(peer: Peer) -> None:
        assert peer.request.transport is not None
        peer.request.transport.write(b"\xff\xff\xff")

    async with bench() as b, StreamServer() as server:
        server.script = script
        await failing(b, server.url, 31924)


async def test_too_slow_a_server_breaks_the_stream(bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "BACKLOG_S", 0.01)
    monkeypatch.setattr(wire, "CLOSE_S", 0.01)

    async def look_away(peer: Peer) -> None:
        peer.stop_reading()

    async with bench(speed=400) as b, StreamServer() as server:
        server.script = look_away
        told = await failing(b, server.url, 31921)
        assert told["StreamError"] == "the server is too slow"
        assert b.events("stream_ended")[0]["reason"] == "error"


async def test_a_server_that_never_takes_in_the_end_is_reported(
    bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look_away(peer: Peer) -> None:
        peer.stop_reading()

    async with bench() as b, StreamServer() as server:
        server.script = look_away
        b.voice(connect(server.url))
        sid = await b.dial()
        peer = await server.peer()
        await peer.stopped.wait()
        monkeypatch.setattr(wire, "BACKLOG_S", 0.05)
        monkeypatch.setattr(wire, "CLOSE_S", 0.01)
        await b.control("POST", f"calls/{sid}/hangup")
        await b.event("stream_error", sid)
        assert b.events("stream_ended", sid)[0]["reason"] == "hangup"


async def test_too_large_a_message_breaks_the_stream(bench) -> None:
    async def script(peer: Peer) -> None:
        with suppress(ConnectionError):
            await peer.say(bytes(wire.MESSAGE_LIMIT))

    async with bench() as b, StreamServer() as server:
        server.script = script
        await failing(b, server.url, 31924)
