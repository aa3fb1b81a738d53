"""<Connect><Stream>: the call's sound over a real WebSocket, to a tiny server."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from switch import tones
from switch.signature import sign
from tests.unit.switch.conftest import HOTLINE, TOKEN, Bench

SAY = {"after_s": 0.2, "say_tone": {"hz": 700, "seconds": 1}}
SECOND = tones.tone(440, seconds=1.0)
Behaviour = Callable[["Ears"], Awaitable[None]]


class Ears:
    """The server's end of one stream: what came, and a way to answer."""

    def __init__(self, socket: web.WebSocketResponse, headers: Any) -> None:
        self.socket, self.headers = socket, headers
        self.messages: list[dict[str, Any]] = []

    async def until(self, event: str, count: int = 1) -> dict[str, Any]:
        """Read until the `count`th message of that event came."""
        while len(self.of(event)) < count:
            message = await asyncio.wait_for(self.socket.receive(), 20)
            assert message.type is aiohttp.WSMsgType.TEXT, message
            self.messages.append(json.loads(message.data))
        return self.of(event)[count - 1]

    async def to_the_end(self) -> None:
        """Read until the other side closes."""
        async for message in self.socket:
            self.messages.append(json.loads(message.data))

    def of(self, event: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["event"] == event]

    def sound(self) -> bytes:
        payloads = [message["media"]["payload"] for message in self.of("media")]
        return b"".join(base64.b64decode(payload) for payload in payloads)

    async def say(self, event: str, **content: Any) -> None:
        start = self.of("start")[0]
        await self.socket.send_json({"event": event, "streamSid": start["streamSid"], **content})

    async def play(self, audio: bytes) -> None:
        await self.say("media", media={"payload": base64.b64encode(audio).decode()})


class Server:
    """A bench with a stream server beside it."""

    def __init__(self, bench: Bench, behave: Behaviour, status: int = 0) -> None:
        self.bench, self._behave, self._status = bench, behave, status
        self.streams: list[Ears] = []
        self.failure: BaseException | None = None
        self.done = asyncio.Event()

    async def __aenter__(self) -> "Server":
        app = web.Application()
        app.router.add_get("/stream", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"ws://127.0.0.1:{self._runner.addresses[0][1]}/stream"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self._status:
            return web.Response(status=self._status)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        ears = Ears(socket, request.headers)
        self.streams.append(ears)
        try:
            await self._behave(ears)
        except BaseException as error:
            self.failure = error
            raise
        finally:
            self.done.set()
        await socket.close()
        return socket

    def connect(self, more: str = "", attributes: str = "") -> str:
        """TwiML: the stream with one parameter, then whatever follows."""
        parameter = '<Parameter name="token" value="t&amp;1"/>'
        stream = f'<Stream url="{self.url}"{attributes}>{parameter}</Stream>'
        return f"<Connect>{stream}</Connect>{more}"

    async def ended(self) -> Ears:
        await asyncio.wait_for(self.done.wait(), 20)
        assert self.failure is None, self.failure
        return self.streams[0]


async def test_the_messages_are_those_of_the_real_thing(bench: Callable[..., Bench]) -> None:
    async def behave(ears: Ears) -> None:
        await ears.until("dtmf")

    async with bench() as made, Server(made, behave) as server:
        made.voice(server.connect("<Hangup/>"))
        sid = await made.call({"after_s": 0.5, "press": "7"})
        ears = await server.ended()
        assert [m["event"] for m in ears.messages[:3]] == ["connected", "start", "media"]
        start = ears.of("start")[0]
        assert start["sequenceNumber"] == "1"
        assert start["streamSid"] == start["start"]["streamSid"]
        assert start["streamSid"].startswith("MZ")
        assert start["start"]["callSid"] == sid
        assert start["start"]["customParameters"] == {"token": "t&1"}
        assert start["start"]["mediaFormat"] == {
            "encoding": "audio/x-mulaw",
            "sampleRate": 8000,
            "channels": 1,
        }
        times = [int(m["media"]["timestamp"]) for m in ears.of("media")]
        assert times == list(range(0, 20 * len(times), 20))
        assert ears.of("dtmf")[0]["dtmf"] == {"track": "inbound_track", "digit": "7"}
        numbers = [int(m["sequenceNumber"]) for m in ears.messages[1:]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert ears.headers["X-Twilio-Signature"] == sign(TOKEN, server.url)


async def test_what_the_phone_says_arrives_whole_and_hanging_up_says_stop(
    bench: Callable[..., Bench],
) -> None:
    async def behave(ears: Ears) -> None:
        await ears.to_the_end()

    async with bench() as made, Server(made, behave) as server:
        made.voice(server.connect("<Say>never</Say>"))
        sid = await made.call(SAY, then="hangup")
        ears = await server.ended()
        assert tones.tone(700, seconds=1)[160:4000] in ears.sound()
        assert ears.messages[-1]["event"] == "stop"
        assert ears.messages[-1]["stop"]["callSid"] == sid
        assert ears.socket.close_code == 1000
        assert (await made.event("stream_ended", sid))["reason"] == "hangup"


async def test_sound_is_heard_in_order_and_marks_come_back(bench: Callable[..., Bench]) -> None:
    async def behave(ears: Ears) -> None:
        await ears.until("start")
        await ears.say("mark", mark={"name": "at once"})
        await ears.until("mark")
        before = len(ears.of("media"))
        await ears.play(SECOND)
        await ears.say("mark", mark={"name": "heard"})
        await ears.until("mark", 2)
        assert len(ears.of("media")) - before >= 50
        await ears.play(SECOND * 60)
        await ears.say("mark", mark={"name": "never"})
        await ears.say("clear")
        await ears.until("mark", 3)

    async with bench() as made, Server(made, behave) as server:
        made.voice(server.connect("<Hangup/>"))
        sid = await made.call()
        ears = await server.ended()
        assert [m["mark"]["name"] for m in ears.of("mark")] == ["at once", "heard", "never"]
        assert len(made.events("beep", sid)) == len(made.events("recording_started", sid)) == 1


async def test_the_document_goes_on_when_the_server_closes(bench: Callable[..., Bench]) -> None:
    async def behave(ears: Ears) -> None:
        await ears.until("media", 5)

    async with bench() as made, Server(made, behave) as server:
        made.hooks.on("/next", "<Hangup/>")
        hook = made.hooks.on("/progress", "")
        made.voice(
            server.connect('<Redirect method="POST">/next</Redirect>', f' statusCallback="{hook}"')
        )
        sid = await made.call()
        await made.hooks.wait("/next")
        assert (await made.event("stream_ended", sid))["reason"] == "server"
        told = [await made.hooks.wait("/progress", n) for n in (1, 2)]
        events = {seen["params"]["StreamEvent"] for seen in told}
        assert events == {"stream-started", "stream-stopped"}


async def test_an_action_is_asked_for_if_there_is_one(bench: Callable[..., Bench]) -> None:
    async def behave(ears: Ears) -> None:
        await ears.until("start")

    async with bench() as made, Server(made, behave) as server:
        made.hooks.on("/after", "<Hangup/>")
        made.voice(server.connect().replace("<Connect>", '<Connect action="/after">'))
        await made.call()
        seen = await made.hooks.wait("/after")
        assert seen["params"]["StreamSid"].startswith("MZ")


async def test_the_call_is_moved_on_by_rest(bench: Callable[..., Bench]) -> None:
    async def behave(ears: Ears) -> None:
        await ears.to_the_end()

    async with bench() as made, Server(made, behave) as server:
        made.voice(server.connect())
        sid = await made.dial()
        await made.event("stream_started", sid)
        made.hooks.on("/elsewhere", "<Hangup/>")
        fields = {"Url": made.hooks.url + "/elsewhere"}
        status, _ = await made.rest("POST", f"Calls/{sid}.json", fields)
        assert status == 200
        await made.hooks.wait("/elsewhere")
        ears = await server.ended()
        assert ears.messages[-1]["event"] == "stop"
        assert made.events("stream_ended", sid)[0]["reason"] == "replaced"


async def test_a_refused_handshake_goes_on_with_the_next_verb(bench: Callable[..., Bench]) -> None:
    async def behave(_: Ears) -> None:
        raise AssertionError

    async with bench() as made, Server(made, behave, status=403) as server:
        made.hooks.on("/next", "<Hangup/>")
        made.voice(server.connect('<Redirect method="POST">/next</Redirect>'))
        sid = await made.call()
        await made.hooks.wait("/next")
        assert "403" in made.events("stream_error", sid)[0]["why"]


@pytest.mark.parametrize("fault", ["refuse", "cut:25"])
async def test_faults_break_it_and_the_call_goes_on(
    bench: Callable[..., Bench], fault: str
) -> None:
    async def behave(ears: Ears) -> None:
        await ears.to_the_end()

    async with bench() as made, Server(made, behave) as server:
        await made.control("PUT", "faults", {"stream": fault})
        made.hooks.on("/next", "<Hangup/>")
        made.voice(server.connect('<Redirect method="POST">/next</Redirect>'))
        sid = await made.call()
        await made.hooks.wait("/next")
        assert len(made.events("stream_error", sid)) == 1
        assert made.events("stream_ended", sid)[0]["reason"] == "error"


async def test_a_server_that_dies_is_noticed(bench: Callable[..., Bench]) -> None:
    async def behave(ears: Ears) -> None:
        await ears.until("media", 5)
        transport = ears.socket._req.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.abort()

    async with bench() as made, Server(made, behave) as server:
        made.hooks.on("/next", "<Hangup/>")
        made.voice(server.connect('<Redirect method="POST">/next</Redirect>'))
        sid = await made.call()
        await made.hooks.wait("/next")
        assert len(made.events("stream_error", sid)) == 1


async def test_somleng_puts_the_parameters_elsewhere(bench: Callable[..., Bench]) -> None:
    async def behave(ears: Ears) -> None:
        await ears.until("start")

    async with bench() as made, Server(made, behave) as server:
        await made.control("PUT", "faults", {"stream": "somleng"})
        made.voice(server.connect("<Hangup/>"))
        await made.call()
        start = (await server.ended()).of("start")[0]
        assert start["customParameters"] == {"token": "t&1"}
        assert "customParameters" not in start["start"]


async def test_nonsense_from_the_server_is_noted_and_survived(bench: Callable[..., Bench]) -> None:
    async def behave(ears: Ears) -> None:
        await ears.until("start")
        for text in ("{", "[]", '{"event": "media"}', '{"event": "what"}'):
            await ears.socket.send_str(text)
        await ears.say("mark", mark={"name": "alive"})
        await ears.until("mark")

    async with bench() as made, Server(made, behave) as server:
        made.voice(server.connect("<Hangup/>"))
        sid = await made.call()
        await server.ended()
        assert len(made.events("error", sid)) == 4


@pytest.mark.parametrize(
    "twiml",
    [
        "<Connect/>",
        '<Connect><Stream url="ws://example.org/x"/></Connect>',
        '<Connect><Stream url="https://127.0.0.1/x"/></Connect>',
        '<Connect><Stream url="wss://example.org/x?a=1"/></Connect>',
        '<Connect><Stream url="/x"/></Connect>',
        '<Connect><Stream url="wss://example.org/x"><Say/></Stream></Connect>',
        '<Connect><Stream url="wss://e.org/x"><Parameter name="" value="1"/></Stream></Connect>',
    ],
)
async def test_a_wrong_document_is_an_error(bench: Callable[..., Bench], twiml: str) -> None:
    async with bench() as made:
        made.voice(twiml)
        sid = await made.call()
        assert len(made.events("error", sid)) == 1
        assert made.exchange.config.hotline_number == HOTLINE
