"""Faults put on streams, and the other form of their start."""

from typing import Any

import pytest

from switch.faults import Faults
from tests.unit.switch.stream_server import Peer, StreamServer


def page(url: str) -> str:
    inside = '<Parameter name="token" value="t1"/>'
    return f'<Connect><Stream url="{url}">{inside}</Stream></Connect><Redirect>/next</Redirect>'


async def prepared(b: Any, server: StreamServer, **faults: str) -> None:
    b.voice(page(server.url))
    b.hooks.on("/next", "<Hangup/>")
    answer = await b.control("PUT", "faults", faults)
    assert faults.items() <= answer.items()


async def test_refused_for_ever(bench) -> None:
    async with bench() as b, StreamServer() as server:
        await prepared(b, server, stream="refuse")
        await b.call()
        await b.call()
        assert len(b.hooks.at("/next")) == 2
        assert [e["code"] for e in b.events("stream_error")] == [31920, 31920]
        assert server.requests == 0


async def test_refused_once(bench) -> None:
    async with bench() as b, StreamServer() as server:
        server.script = Peer.close
        await prepared(b, server, stream="refuse:1")
        await b.call()
        await b.call()
        assert len(b.events("stream_error")) == len(b.events("stream_started")) == 1
        assert b.exchange.faults.stream == "normal"


async def test_cut_after_some_frames(bench) -> None:
    async with bench() as b, StreamServer() as server:
        await prepared(b, server, stream="cut:25")
        sid = await b.call()
        peer = await server.peer()
        await peer.ended.wait()
        assert len(peer.all("media")) == 25
        assert not peer.all("stop")
        assert peer.socket.close_code in (None, 1006)  # no close frame came
        assert b.hooks.at("/next")
        assert b.events("stream_error", sid)[0]["reason"] == "the connection was cut"
        assert b.events("stream_ended", sid)[0]["reason"] == "error"


async def test_late_frames_are_all_sent_in_order(bench) -> None:
    async with bench() as b, StreamServer() as server:
        await prepared(b, server, stream="delay:2")
        sid = await b.dial({"recording": True, "press": "1"}, {"after_s": 3, "hangup": True})
        started = await b.event("stream_started", sid)
        peer = await server.peer()
        assert round(b.exchange.clock.now - started["at"], 6) >= 2  # binary fractions
        await peer.wait("stop")
        assert [m["event"] for m in peer.messages[:2]] == ["connected", "start"]
        assert len(peer.all("dtmf")) == 1
        numbers = [int(m["sequenceNumber"]) for m in peer.messages[1:]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(peer.all("media")) >= 150
        assert not b.events("stream_error")


async def test_parameters_in_the_place_of_another_carrier(bench) -> None:
    async with bench() as b, StreamServer() as server:
        server.script = Peer.close
        await prepared(b, server, stream_form="somleng")
        await b.call()
        start = (await server.peer()).all("start")[0]
        assert start["customParameters"] == {"token": "t1"}
        assert "customParameters" not in start["start"]
        assert start["sequenceNumber"] == "1"


@pytest.mark.parametrize(
    "changes", [{"stream": "cut"}, {"stream": "cut:x"}, {"stream_form": "other"}]
)
def test_unknown_faults(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        Faults().update(changes)


def test_the_number_of_a_fault() -> None:
    faults = Faults(stream="cut:25")
    assert faults.amount("stream", "cut") == 25
    assert faults.amount("stream", "delay") == 0
    assert Faults(stream="refuse").amount("stream", "refuse") == 0
