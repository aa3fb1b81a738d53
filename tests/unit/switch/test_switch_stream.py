"""<Connect><Stream>: what the server is sent, what the far end hears, and how it ends."""

import asyncio
import re
from typing import Any

from switch import tones
from switch.g711 import FRAME, SILENCE
from switch.signature import sign
from tests.unit.switch.stream_server import Peer, StreamServer, connect

ACCOUNT, TOKEN = "AC" + "0" * 31 + "1", "12345"
SAY = {"beep": True, "say_tone": {"hz": 700, "seconds": 2}}


async def heard(b: Any, sid: str) -> bytes:
    """The frames the caller heard."""
    phone = b.exchange.phones.find("+15550100001", sid)
    return bytes(phone.heard)


async def test_handshake_and_start(bench) -> None:
    async with bench() as b, StreamServer() as server:
        inside = '<Parameter name="token" value="t&amp;1"/><Parameter name="n" value=""/>'
        b.voice(connect(server.url, inside))
        sid = await b.dial()
        peer = await server.peer()
        assert peer.headers["X-Twilio-Signature"] == sign(TOKEN, server.url)
        assert peer.headers["User-Agent"].startswith("HotlineSwitch/")
        assert peer.path == "/voice/stream"
        assert peer.messages[0] == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
        stream_sid = peer.messages[1]["streamSid"]
        assert re.fullmatch("MZ[0-9a-f]{32}", stream_sid)
        assert peer.messages[1] == {
            "event": "start",
            "sequenceNumber": "1",
            "streamSid": stream_sid,
            "start": {
                "accountSid": ACCOUNT,
                "streamSid": stream_sid,
                "callSid": sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": {"token": "t&1", "n": ""},
            },
        }
        started = await b.event("stream_started", sid)
        assert (started["sid"], started["path"]) == (stream_sid, "/voice/stream")


async def test_every_frame_is_sent_in_telephone_time(bench) -> None:
    async with bench() as b, StreamServer() as server:
        b.voice(connect(server.url))
        speak = {"recording": True, "say_tone": {"hz": 700, "seconds": 3}}
        sid = await b.call(speak, {"after_s": 1, "hangup": True})
        peer = await server.peer()
        stop = await peer.wait("stop")
        assert stop["stop"] == {"accountSid": ACCOUNT, "callSid": sid}
        numbers = [int(m["sequenceNumber"]) for m in peer.messages[1:]]
        assert numbers == list(range(1, len(numbers) + 1))
        media = peer.all("media")
        assert [m["media"]["chunk"] for m in media] == [str(n + 1) for n in range(len(media))]
        assert [m["media"]["timestamp"] for m in media] == [str(20 * n) for n in range(len(media))]
        assert {m["media"]["track"] for m in media} == {"inbound"}
        assert len(peer.audio) == len(media) * FRAME
        said = bytes(b.exchange.phones.find("+15550100001", sid).said)
        assert peer.audio in said  # not a frame is missing
        assert tones.tone(700, seconds=3) in peer.audio
        ended = b.events("stream_ended", sid)[0]
        assert (ended["reason"], ended["chunks"]) == ("hangup", len(media))
        # By the clock, which a busy machine lets run on between the last frame and the end.
        assert ended["duration_s"] >= (len(media) - 1) * 0.02


async def test_keys_are_sent(bench) -> None:
    async with bench() as b, StreamServer() as server:
        b.voice(connect(server.url))
        await b.call(
            {"recording": True, "press": "1#"},
            {"after_s": 0.1, "press": "*"},
            {"after_s": 0.1, "hangup": True},
        )
        peer = await server.peer()
        await peer.wait("stop")
        keys = [m["dtmf"] for m in peer.all("dtmf")]
        assert keys == [{"track": "inbound_track", "digit": digit} for digit in "1#*"]


async def test_server_closes_and_the_next_verb_runs(bench) -> None:
    async with bench() as b, StreamServer() as server:

        async def script(peer: Peer) -> None:
            await peer.wait("media", 10)
            await peer.close()

        server.script = script
        b.voice(connect(server.url) + "<Redirect>/next?stream=over</Redirect>")
        b.hooks.on("/next", "<Hangup/>")
        sid = await b.call()
        assert b.hooks.at("/next")
        assert not b.hooks.at("/next")[0]["form"].get("StreamSid")
        ended = b.events("stream_ended", sid)[0]
        assert (ended["reason"], ended["close_code"]) == ("server", 1000)
        assert not b.events("stream_error")
        line = b.exchange.calls[sid].line
        assert line.sink is line.on_key is line.source is None


async def test_nothing_after_it_ends_the_call(bench) -> None:
    async with bench() as b, StreamServer() as server:
        server.script = Peer.close
        b.voice(connect(server.url))
        sid = await b.call()
        assert b.exchange.calls[sid].cause == "completed by twiml"


async def test_action_is_requested_instead_of_the_next_verb(bench) -> None:
    async with bench() as b, StreamServer() as server:
        server.script = Peer.close
        b.voice(
            connect(server.url, verb='action="/action"', stream='name="n1"') + "<Play>/x</Play>"
        )
        b.hooks.on("/action", "<Hangup/>")
        await b.call()
        told = b.hooks.at("/action")[0]["params"]
        assert told["StreamSid"] == (await server.peer()).sid
        assert told["StreamName"] == "n1"
        assert told["CallStatus"] == "in-progress"
        assert not b.hooks.at("/x")


async def test_action_is_told_of_a_hang_up(bench) -> None:
    async with bench() as b, StreamServer() as server:
        b.voice(connect(server.url, verb='action="/action" method="GET"'))
        b.hooks.on("/action", "")
        await b.call({"recording": True, "hangup": True})
        seen = await b.hooks.wait("/action")
        assert seen["method"] == "GET"
        assert seen["params"]["CallStatus"] == "completed"


async def test_sound_of_the_server_is_heard_in_order(bench) -> None:
    first, second = tones.tone(500, seconds=0.333), tones.tone(900, seconds=0.25)

    async def script(peer: Peer) -> None:
        await peer.say(first[:1000])
        await peer.say(first[1000:])
        await peer.say(b"")
        await peer.say(second)
        await peer.mark("end")
        await peer.wait("mark")
        await peer.close()

    async with bench() as b, StreamServer() as server:
        server.script = script
        b.voice(connect(server.url))
        sid = await b.call()
        assert first + second in await heard(b, sid)  # without a gap where one ended in a frame


async def test_marks_come_back_once_all_before_them_was_heard(bench) -> None:
    async def script(peer: Peer) -> None:
        await peer.mark("nothing queued")
        await peer.wait("mark")
        peer.messages.append({"event": "said"})
        await peer.say(tones.tone(500, seconds=1))
        await peer.mark("one")
        await peer.say(tones.tone(500, seconds=1))
        await peer.mark("two")
        await peer.mark("three")
        await peer.wait("mark", 4)
        await peer.close()

    async with bench() as b, StreamServer() as server:
        server.script = script
        b.voice(connect(server.url))
        await b.call()
        peer = await server.peer()
        names = [m["mark"]["name"] for m in peer.all("mark")]
        assert names == ["nothing queued", "one", "two", "three"]
        at = [peer.messages.index(m) for m in peer.all("mark")]
        between = [m["event"] for m in peer.messages[at[1] : at[2]]]
        assert between.count("media") == 50  # a second between one and two
        assert at[3] == at[2] + 1
        said = peer.messages.index({"event": "said"})
        assert [m["event"] for m in peer.messages[said : at[1]]].count("media") >= 50


async def test_clear_drops_what_was_not_heard(bench) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(tones.tone(500, seconds=300))
        await peer.mark("first")
        await peer.mark("second")
        await peer.wait("media", 20)
        await peer.clear()
        await peer.wait("mark", 2)
        await peer.say(tones.tone(900, seconds=1))
        await peer.mark("third")
        await peer.wait("mark", 3)
        await peer.close()

    async with bench() as b, StreamServer() as server:
        server.script = script
        b.voice(connect(server.url))
        sid = await b.call()
        names = [m["mark"]["name"] for m in (await server.peer()).all("mark")]
        assert names == ["first", "second", "third"]
        sound = await heard(b, sid)
        assert tones.tone(900, seconds=1) in sound
        assert len(sound) < 8000 * 300
        assert not b.events("beep")  # the first sound was never heard to its end


async def test_first_sound_is_the_beep(bench) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(tones.beep())
        await peer.say(tones.tone(900, seconds=0.2))
        await peer.wait("media", 200)
        await peer.close()

    async with bench() as b, StreamServer() as server:
        server.script = script
        b.voice(connect(server.url))
        sid = await b.call(SAY)
        assert len(b.events("beep", sid)) == 1
        assert b.events("said", sid)
        assert b.events("recording_started", sid)[0]["sid"] == (await server.peer()).sid
        names = [e["event"] for e in b.exchange.journal.entries if e["call_sid"] == sid]
        order = ["stream_started", "recording_started", "beep", "said", "stream_ended"]
        assert [name for name in names if name in order] == order


async def test_rest_moves_the_call_on(bench) -> None:
    async with bench() as b, StreamServer() as server:
        b.voice(connect(server.url, verb='action="/action"'))
        b.hooks.on("/moved", "<Hangup/>")
        sid = await b.dial()
        peer = await server.peer()
        await peer.wait("media", 5)
        status, _ = await b.rest("POST", f"Calls/{sid}.json", {"Url": b.hooks.url + "/moved"})
        assert status == 200
        await b.over(sid)
        assert b.hooks.at("/moved")
        assert not b.hooks.at("/action")
        await peer.wait("stop")
        async with asyncio.timeout(20):
            await peer.ended.wait()
        assert peer.socket.close_code == 1000
        assert b.events("stream_ended", sid)[0]["reason"] == "replaced"


async def test_rest_ends_the_call(bench) -> None:
    async with bench() as b, StreamServer() as server:
        b.voice(connect(server.url))
        sid = await b.dial()
        peer = await server.peer()
        await b.rest("POST", f"Calls/{sid}.json", {"Status": "completed"})
        assert (await peer.wait("stop")) is peer.messages[-1]
        await asyncio.wait_for(peer.ended.wait(), 20)
        assert b.events("stream_ended", sid)[0]["reason"] == "hangup"


async def test_nothing_is_sent_after_stop(bench) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(tones.tone(500, seconds=60))
        await peer.mark("never heard")
        await peer.wait("media", 5)
        await b.control("POST", f"calls/{sid}/hangup")
        await b.event("stream_ended", sid)
        await peer.clear()

    async with bench() as b, StreamServer() as server:
        server.script = script
        await b.control("PUT", "faults", {"stream": "delay:4"})  # time for the clear to come
        b.voice(connect(server.url))
        sid = await b.dial()
        peer = await server.peer()
        await asyncio.wait_for(peer.ended.wait(), 20)
        assert peer.messages[-1]["event"] == "stop"
        assert not peer.all("mark")


async def test_a_switch_that_stops_still_says_stop(bench) -> None:
    async with StreamServer() as server:
        async with bench() as b:
            b.voice(connect(server.url))
            await b.dial()
            peer = await server.peer()
        await peer.wait("stop")
        await asyncio.wait_for(peer.ended.wait(), 20)
        assert peer.socket.close_code == 1000


async def test_status_callbacks(bench) -> None:
    async with bench() as b, StreamServer() as server:
        server.script = Peer.close
        b.voice(connect(server.url, stream='name="n1" statusCallback="/status"'))
        b.hooks.on("/status", "")
        sid = await b.call()
        await b.hooks.wait("/status", 2)
        seen = {each["form"]["StreamEvent"]: each["form"] for each in b.hooks.at("/status")}
        assert set(seen) == {"stream-started", "stream-stopped"}
        moment = seen["stream-started"].pop("Timestamp")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", moment)
        assert seen["stream-started"] == {
            "AccountSid": ACCOUNT,
            "CallSid": sid,
            "StreamSid": (await server.peer()).sid,
            "StreamName": "n1",
            "StreamEvent": "stream-started",
        }


async def test_two_streams_one_after_the_other(bench) -> None:
    async with bench() as b, StreamServer() as server:
        server.script = Peer.close
        b.voice(connect(server.url) + connect(server.url) + "<Hangup/>")
        sid = await b.call()
        first, second = await server.peer(0), await server.peer(1)
        assert first.sid != second.sid
        assert len(b.events("stream_ended", sid)) == 2


async def test_after_the_stream_the_line_is_silent(bench) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(tones.tone(500, seconds=60))
        await peer.wait("media", 10)
        await peer.close()

    async with bench() as b, StreamServer() as server:
        server.script = script
        b.voice(connect(server.url) + '<Pause length="2"/><Hangup/>')
        sid = await b.call()
        assert (await heard(b, sid)).endswith(SILENCE * 90)
