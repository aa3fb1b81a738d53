"""The control API, the journal and the faults."""

import asyncio

import aiohttp
import pytest

from switch.faults import Faults
from switch.sip.numbers import GivenNumbers
from tests.unit.switch.conftest import CALLER

RECORD = '<Record action="/action" recordingStatusCallback="/recorded" maxLength="1"/>'


async def test_without_the_token_nothing_is_allowed(bench) -> None:
    async with bench() as b:
        for method, path in [("PUT", "number"), ("GET", "journal"), ("POST", "calls")]:
            url = f"{b.exchange.public_url}/control/{path}"
            async with b.http.request(method, url, json={"voice_url": "http://x/"}) as response:
                assert response.status == 401
        assert b.exchange.number.voice_url == b.hooks.url + "/voice"


async def test_number_is_set(bench) -> None:
    async with bench() as b:
        data = {"voice_url": "http://a/", "status_callback": "http://b/", "fallback_url": None}
        await b.control("PUT", "number", data)
        number = b.exchange.number
        assert (number.voice_url, number.status_callback) == ("http://a/", "http://b/")
        assert number.fallback_url == ""
        assert "bogus" in (await b.control("PUT", "number", {"bogus": 1}, 400))["error"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
async def test_bodies_that_are_no_objects(bench, body: bytes) -> None:
    async with bench() as b:
        headers = {"Authorization": "Bearer 12345"}
        url = f"{b.exchange.public_url}/control/faults"
        async with b.http.put(url, data=body, headers=headers) as response:
            assert response.status == 400


async def test_wrong_script_is_answered_with_its_fault(bench) -> None:
    async with bench() as b:
        answer = await b.control("PUT", "phones/%2B1555", {"steps": [{"beep": True}]}, 400)
        assert answer["error"] == "step 0 must hold exactly one act"


async def test_dialing_needs_a_phone_and_a_voice_url(bench) -> None:
    async with bench() as b:
        await b.control("POST", "calls", {"from": "+15550109999"}, 404)
        await b.control("POST", "calls", {"from": "+1", "to": "+15550100001"}, 400)
        b.exchange.number.voice_url = ""
        await b.control("POST", "calls", {"from": "+1"}, 409)


async def test_webhooks_say_what_the_network_knows_of_a_caller(bench) -> None:
    async with bench() as b:
        b.voice('<Pause length="1"/><Hangup/>')
        await b.control("PUT", f"phones/{CALLER}/about", {"FromCity": "Quillvarren"})
        await b.dial()
        assert (await b.hooks.wait("/voice"))["params"]["FromCity"] == "Quillvarren"


async def test_legs_are_listed(bench) -> None:
    async with bench() as b:
        b.voice('<Pause length="1"/><Hangup/>')
        sid = await b.call()
        leg = (await b.control("GET", "calls"))["calls"][0]
        assert leg["call_sid"] == sid
        assert leg["number"] == "+15550100001"
        assert (leg["status"], leg["cause"]) == ("completed", "completed by twiml")
        assert leg["started"] <= leg["answered"] <= leg["ended"]


async def test_far_end_can_be_moved_by_hand(bench) -> None:
    async with bench() as b:
        b.voice('<Gather timeout="600" action="/action"/>')
        b.hooks.on("/action", '<Gather timeout="600"/>')
        sid = await b.dial()
        await b.event("answered", sid)
        await b.control("POST", f"calls/{sid}/key", {"digits": "12#"})
        assert (await b.hooks.wait("/action"))["params"]["Digits"] == "12"
        await b.control("POST", f"calls/{sid}/key", {"digits": "x"}, 400)
        await b.control("POST", f"calls/{sid}/hangup")
        assert b.exchange.calls[sid].cause == "completed by control"
        await b.control("POST", f"calls/{sid}/key", {"digits": "1"}, 409)
        await b.control("POST", "calls/CA0/hangup", status=404)


async def test_journal_is_a_long_poll(bench) -> None:
    async with bench() as b:
        empty = await b.control("GET", "journal?after=0&wait=0")
        assert empty == {"events": [], "next": 0}
        waiting = asyncio.create_task(b.control("GET", "journal?after=0&wait=20"))
        b.voice("<Hangup/>")
        await b.call()
        first = await waiting
        assert first["events"][0]["event"] == "dialed"
        rest = await b.control("GET", f"journal?after={first['next']}")
        numbers = [event["n"] for event in first["events"] + rest["events"]]
        assert numbers == list(range(1, rest["next"] + 1))
        names = [event["event"] for event in first["events"] + rest["events"]]
        assert names == ["dialed", "ringing", "webhook", "answered", "hangup"]
        assert {"at", "wall", "call_sid", "number"} <= set(first["events"][0])
        await b.control("GET", "journal?after=x", status=400)


async def test_what_a_phone_heard_on_a_given_call(bench) -> None:
    async with bench() as b:
        b.voice(f"<Play>{b.tone('/a.wav')}</Play>")
        first = await b.call()
        b.voice("<Hangup/>")
        await b.call()
        path = "phones/%2B15550100001/heard.wav"
        assert len(await b.control("GET", f"{path}?call_sid={first}")) > 16000
        assert len(await b.control("GET", path)) < 16000
        await b.control("GET", "phones/%2B1/heard.wav", status=404)


async def test_speed(bench) -> None:
    async with bench() as b:
        assert await b.control("PUT", "speed", {"speed": 3}) == {"speed": 3.0}
        for speed in (0, -1, "fast", None):
            await b.control("PUT", "speed", {"speed": speed}, 400)


@pytest.mark.parametrize(
    "changes",
    [{"bogus": "normal"}, {"media": "404"}, {"rest": "500:x"}, {"status_callback": "late"}],
)
def test_faults_that_there_are_not(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        Faults().update({"recording_callback": "drop"} | changes)


async def leave_message(b, count: int) -> list[dict[str, str]]:
    """Recording callbacks that came before the call and `count` requests were over."""
    b.voice(RECORD)
    b.hooks.on("/action", "<Hangup/>")
    b.hooks.on("/recorded", "")
    await b.call()
    await b.exchange.clock.sleep(1)
    if count:
        await b.hooks.wait("/recorded", count)
    return [seen["params"] for seen in b.hooks.at("/recorded")]


async def test_recording_callback_dropped_and_doubled(bench) -> None:
    async with bench() as b:
        await b.control("PUT", "faults", {"recording_callback": "drop"})
        assert await leave_message(b, 0) == []
        await b.control("PUT", "faults", {"recording_callback": "twice"})
        first, second = await leave_message(b, 2)
        assert first == second


async def test_recording_callback_delayed_though_the_media_is_there(bench) -> None:
    async with bench() as b:
        await b.control("PUT", "faults", {"recording_callback": "delay:20"})
        assert await leave_message(b, 0) == []
        sid = b.exchange.recordings.listed()[0].sid
        assert (await b.rest("GET", f"Recordings/{sid}.wav"))[0] == 200
        await b.hooks.wait("/recorded")


async def test_media_missing_at_first_then_html(bench) -> None:
    async with bench() as b:
        sid = (await leave_message(b, 1))[0]["RecordingSid"]
        await b.control("PUT", "faults", {"media": "404:2"})
        statuses = [(await b.rest("GET", f"Recordings/{sid}.wav"))[0] for _ in range(3)]
        assert statuses == [404, 404, 200]
        await b.control("PUT", "faults", {"media": "html"})
        status, body = await b.rest("GET", f"Recordings/{sid}.wav")
        assert (status, body[:6]) == (200, b"<html>")


async def test_rest_failing(bench) -> None:
    async with bench() as b:
        await b.control("PUT", "faults", {"rest": "500:1"})
        assert [(await b.rest("GET", "Calls.json"))[0] for _ in range(2)] == [500, 200]
        await b.control("PUT", "faults", {"rest": "429:1"})
        status, body = await b.rest("GET", "Calls.json")
        assert (status, body["code"]) == (429, 20429)


async def test_rest_that_does_it_and_drops_the_answer(bench) -> None:
    async with bench() as b:
        b.phone("+15550100002", answer="never")
        await b.control("PUT", "faults", {"rest": "accept_then_drop:1"})
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await b.place(Twiml="<Response/>")
        _, listed = await b.rest("GET", "Calls.json")
        assert len(listed["calls"]) == 1


@pytest.mark.parametrize(
    ("fault", "count"), [("drop", 0), ("twice", 2), ("times:10", 10), ("scatter:0.5", 1)]
)
async def test_status_callback_dropped_doubled_and_late(bench, fault: str, count: int) -> None:
    async with bench() as b:
        b.exchange.number.status_callback = b.hooks.on("/status", "")
        b.voice("<Hangup/>")
        await b.control("PUT", "faults", {"status_callback": fault})
        await b.call()
        if count:
            await b.hooks.wait("/status", count)
        await b.exchange.clock.sleep(1)
        assert len(b.hooks.at("/status")) == count


async def test_whom_lines_may_ring_is_told_where_there_are_lines_that_ask(bench) -> None:
    async with bench() as b:
        assert (await b.control("GET", "lines"))["sip_port"] == 0
        told = await b.control("PUT", "lines/numbers", {"numbers": ["+15550100201"]}, 409)
        assert "--sip-allowed -" in told["error"]
        b.exchange.ringable = GivenNumbers()
        await b.control("PUT", "lines/numbers", {"numbers": ["+15550100201"]})
        assert "+15550100201" in b.exchange.ringable
        for wrong in (["secret"], "+15550100201", [1], None):
            told = await b.control("PUT", "lines/numbers", {"numbers": wrong}, 400)
            assert "secret" not in told["error"]
        assert "+15550100201" in b.exchange.ringable
        await b.control("PUT", "lines/numbers", {"numbers": []})
        assert "+15550100201" not in b.exchange.ringable
