"""The page of phones and its switch: real sockets, telephone time as in life."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from switch import tones
from switch.audio import to_wav
from switch.browser import room as rooms
from switch.browser.routes import ROOM
from switch.g711 import FRAME, SILENCE
from tests.unit.switch.conftest import CALLER, COUNSELOR, PATIENCE_S, POLICE, TOKEN

PEOPLE = [
    {"number": CALLER, "name": "A caller", "role": "caller"},
    {"number": COUNSELOR, "name": "Rosa", "role": "responder"},
    {"number": POLICE, "name": "Desk", "role": "responder"},
]
DIAL = f'<Dial timeout="20"><Number>{COUNSELOR}</Number></Dial>'


class Tab:
    """A page as a browser has it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.state: dict[str, Any] = {}
        self.errors: list[str] = []
        self.frames: list[bytes] = []
        self.closed = False
        self._news = asyncio.Event()

    async def read(self) -> None:
        async for message in self.socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                self.frames.append(message.data)
            else:
                told = json.loads(message.data)
                self.state = told.get("state", self.state)
                self.errors += [told["error"]] if "error" in told else []
            self._news.set()
        self.closed = True
        self._news.set()

    async def until(self, met: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not met():
                self._news.clear()
                await self._news.wait()

    def phone(self, name: str) -> dict[str, Any]:
        return next(phone for phone in self.state["phones"] if phone["name"] == name)

    async def do(self, what: str, name: str, **more: Any) -> None:
        await self.socket.send_json({"do": what, "phone": self.phone(name)["id"], **more})

    async def comes(self, name: str, state: str) -> None:
        await self.until(lambda: self.phone(name)["state"] == state)

    def texts(self) -> list[str]:
        return [entry["text"] for entry in self.state["story"]]


@asynccontextmanager
async def opened(b: Any, key: str) -> AsyncIterator[Tab]:
    url = b.exchange.public_url
    headers = {"Origin": url}
    async with b.http.ws_connect(f"{url}/phones/socket", headers=headers) as socket:
        await socket.send_json({"key": key})
        tab = Tab(socket)
        reading = asyncio.create_task(tab.read())
        try:
            await tab.until(lambda: tab.state or tab.closed)
            yield tab
        finally:
            reading.cancel()


def talks(b: Any) -> str:
    """A hotline that answers and goes on speaking."""
    return f'<Play loop="0">{b.tone("/tone.wav")}</Play>'


async def furnished(b: Any, **more: Any) -> str:
    answer = await b.control("PUT", "room", {"people": PEOPLE, **more})
    return str(answer["url"]).partition("#")[2]


async def test_a_caller_and_a_counselor_talk_on_two_pages(bench) -> None:
    async with bench(1.0) as b:
        b.voice(DIAL)
        key = await furnished(b, home="http://127.0.0.1:8080")
        async with opened(b, key) as caller:
            rosas = caller.phone("Rosa")["key"]
            async with opened(b, rosas) as rosa:
                assert [phone["name"] for phone in rosa.state["phones"]] == ["Rosa"]
                assert "key" not in rosa.phone("Rosa")
                await caller.do("call", "A caller")
                await rosa.comes("Rosa", "ringing")
                await rosa.do("answer", "Rosa")
                await caller.until(lambda: caller.phone("A caller")["connected"])
                said, answered = tones.tone(700, seconds=1.0), tones.tone(1100, seconds=1.0)
                caller.frames.clear()
                rosa.frames.clear()
                for at in range(0, len(said), FRAME):
                    await caller.socket.send_bytes(said[at : at + FRAME])
                    await rosa.socket.send_bytes(answered[at : at + FRAME])
                    await asyncio.sleep(0.02)  # as a microphone does
                await caller.until(lambda: answered[-5 * FRAME :] in b"".join(caller.frames))
                await rosa.until(lambda: said[-5 * FRAME :] in b"".join(rosa.frames))
                await rosa.do("hang_up", "Rosa")
                await caller.comes("A caller", "idle")
                assert caller.texts()[:2] == ["You called.", "The hotline answered."]
                assert "Rosa and the caller can talk." in caller.texts()
                assert "Rosa hung up." in caller.texts()
                assert rosa.errors == caller.errors == []


async def test_one_page_may_hold_both_phones_and_hears_the_one_in_the_hand(bench) -> None:
    async with bench(1.0) as b:
        b.voice(DIAL)
        async with opened(b, await furnished(b)) as tab:
            await tab.do("call", "A caller")
            await tab.comes("Rosa", "ringing")
            await tab.do("answer", "Rosa")
            await tab.until(lambda: tab.phone("A caller")["connected"])
            assert tab.state["held"] == tab.phone("Rosa")["id"]
            assert set(tab.state["mine"]) == {tab.phone(n)["id"] for n in ("A caller", "Rosa")}
            await tab.do("hold", "A caller")
            await tab.until(lambda: tab.state["held"] == tab.phone("A caller")["id"])
            await tab.do("hang_up", "A caller")
            await tab.comes("Rosa", "idle")


async def test_keys_captions_and_sentences(bench, tmp_path: Path) -> None:
    async with bench(1.0) as b:
        wav = to_wav(tones.tone(440, seconds=0.2))
        spoken = aiohttp.web.Response(body=wav, content_type="audio/wav")
        spoken.headers.update({"X-Prompt-Text": "Pulse%20el%20n%C3%BAmero.", "ETag": '"1"'})
        b.hooks.on("/prompt.wav", lambda _: spoken)
        b.voice('<Gather numDigits="1" action="/went"><Play>/prompt.wav</Play></Gather>')
        b.hooks.on("/went", '<Record maxLength="30" action="/went"/>')
        (tmp_path / "said.wav").write_bytes(to_wav(tones.tone(900, seconds=0.4)))
        said = {"text": "help me", "language": "en", "file": str(tmp_path / "said.wav")}
        async with opened(b, await furnished(b, utterances=[said])) as tab:
            assert tab.state["utterances"] == [{"text": "help me", "language": "en"}]
            await tab.do("press", "A caller", digit="1")
            await tab.until(lambda: tab.errors == ["A key does nothing without a call."])
            await tab.do("call", "A caller")
            await tab.until(lambda: tab.phone("A caller")["captions"] == ["Pulse el número."])
            await tab.do("press", "A caller", digit="12")
            await tab.until(lambda: "That is no key of a phone." in tab.errors)
            await tab.do("press", "A caller", digit="4")
            await tab.until(lambda: tab.phone("A caller")["captions"] == [])
            assert (await b.hooks.wait("/went"))["params"]["Digits"] == "4"
            await b.event("recording_started")
            await tab.do("say", "A caller", number=0)
            await tab.until(lambda: tab.phone("A caller")["saying"])
            await tab.until(lambda: not tab.phone("A caller")["saying"])
            await tab.do("press", "A caller", digit="#")
            await b.hooks.wait("/went", 2)
            recording = b.exchange.recordings.get((await b.event("recording_started"))["sid"])
            assert tones.tone(900, seconds=0.2) in bytes(recording.audio)
            await tab.do("hang_up", "A caller")
            await tab.comes("A caller", "idle")


async def test_who_declines_is_busy_and_a_phone_is_in_one_call_at_a_time(bench) -> None:
    async with bench(1.0) as b:
        b.hooks.on("/after", "<Hangup/>")
        b.voice(f'<Dial action="/after"><Number>{COUNSELOR}</Number></Dial>')
        async with opened(b, await furnished(b)) as tab:
            await tab.do("call", "A caller")
            await tab.do("call", "A caller")
            await tab.until(lambda: tab.errors == ["This phone is in a call; hang up first."])
            await tab.comes("Rosa", "ringing")
            sid = await b.place(COUNSELOR, Url=b.hooks.url + "/after")
            assert (await b.over(sid)).status == "busy"
            await tab.do("hang_up", "Rosa")
            assert (await b.hooks.wait("/after"))["params"]["DialCallStatus"] == "busy"
            await tab.until(lambda: "Rosa declined, or was busy." in tab.texts())
            await tab.do("answer", "Rosa")
            await tab.until(lambda: "This phone does not ring any more." in tab.errors)


async def test_a_page_that_vanishes_hangs_up_and_a_reload_does_not(
    bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "GRACE_S", 0.5)
    async with bench(1.0) as b:
        b.voice(talks(b))
        key = await furnished(b)
        async with opened(b, key) as tab:
            await tab.do("call", "A caller")
            await tab.comes("A caller", "talking")
        async with opened(b, key) as again:
            await again.do("hold", "A caller")
            await again.until(lambda: again.state["mine"])
            await b.exchange.clock.sleep(1.0)  # the grace of the first page passes
            assert again.phone("A caller")["state"] == "talking"
        hung_up = await b.event("hangup")
        assert (hung_up["cause"], hung_up["by"]) == ("completed", "phone")


async def test_another_page_takes_a_phone_out_of_the_hand(bench) -> None:
    async with bench(1.0) as b:
        b.voice(talks(b))
        key = await furnished(b)
        async with opened(b, key) as one, opened(b, key) as two:
            await one.do("call", "A caller")
            await two.comes("A caller", "talking")
            await two.do("hold", "A caller")
            await one.until(lambda: one.state["held"] is None)
            assert one.state["mine"] == []
            await two.until(lambda: two.state["held"] == two.phone("A caller")["id"])


@pytest.mark.parametrize("key", ["", "wrong", TOKEN, None, 7])
async def test_a_wrong_key_opens_nothing(bench, key: Any) -> None:
    async with bench(1.0) as b:
        await furnished(b)
        async with opened(b, key) as tab:
            assert tab.closed
            assert tab.state == {}
            assert tab.errors == [
                "This link is not valid any more. Take the newest one from the terminal."
            ]


async def test_pages_of_others_get_no_socket(bench) -> None:
    async with bench(1.0) as b:
        url = b.exchange.public_url
        port = url.rpartition(":")[2]
        for headers in (
            {},
            {"Origin": "http://example.com"},
            {"Origin": f"http://evil.example:{port}", "Host": f"evil.example:{port}"},
            {"Origin": "null"},
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await b.http.ws_connect(f"{url}/phones/socket", headers=headers)
            assert refused.value.status == 403


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"do": "fly", "phone": "%s"}', '{"do": "press", "phone": "%s"}']
)
async def test_a_page_that_says_nonsense_is_told_so_and_stays(bench, text: str) -> None:
    async with bench(1.0) as b, opened(b, await furnished(b)) as tab:
        named = text % tab.phone("Rosa")["id"] if "%s" in text else text
        await tab.socket.send_str(named)
        await tab.until(lambda: tab.errors)
        assert tab.errors == ["The page said something we do not know."]
        await tab.do("hold", "Rosa")
        await tab.until(lambda: tab.state["held"])


async def test_a_key_for_one_phone_reaches_no_other(bench) -> None:
    async with (
        bench(1.0) as b,
        opened(b, await furnished(b)) as whole,
        opened(b, whole.phone("Rosa")["key"]) as rosa,
    ):
        await rosa.socket.send_json({"do": "hang_up", "phone": whole.phone("Desk")["id"]})
        await rosa.until(lambda: rosa.errors)
        assert rosa.errors == ["This phone is not in the room any more."]


async def test_the_room_follows_the_roster_and_calls_go_on(bench) -> None:
    async with bench(1.0) as b:
        b.voice(talks(b))
        async with opened(b, await furnished(b)) as tab:
            await tab.do("call", "A caller")
            await tab.comes("A caller", "talking")
            before = tab.phone("A caller")
            people = [PEOPLE[0], {**PEOPLE[2], "name": "Night desk"}]
            await b.control("PUT", "room", {"people": people})
            await tab.until(lambda: len(tab.state["phones"]) == 2)
            assert tab.phone("A caller")["state"] == "talking"
            assert tab.phone("A caller")["key"] == before["key"]
            assert tab.phone("Night desk")["state"] == "idle"
            assert not b.exchange.phones.known(COUNSELOR)


async def test_a_script_takes_a_number_and_gives_it_back(bench) -> None:
    async with bench(1.0) as b:
        b.hooks.on("/after", "<Hangup/>")
        async with opened(b, await furnished(b)) as tab:
            b.phone(COUNSELOR, answer="busy")
            sid = await b.place(COUNSELOR, Url=b.hooks.url + "/after")
            assert (await b.over(sid)).status == "busy"
            assert tab.phone("Rosa")["state"] == "idle"
            await furnished(b)  # the roster is looked at again: the script keeps the number
            sid = await b.place(COUNSELOR, Url=b.hooks.url + "/after")
            assert (await b.over(sid)).status == "busy"
            await b.control("POST", "room/attach")
            await b.place(COUNSELOR, Url=b.hooks.url + "/after")
            await tab.comes("Rosa", "ringing")


async def test_nobody_talks_faster_than_life(bench) -> None:
    async with bench() as b:
        b.voice(talks(b))
        async with opened(b, await furnished(b)) as tab:
            await tab.do("call", "A caller")
            await tab.until(lambda: tab.errors)
            assert "faster than life" in tab.errors[0]
            assert tab.phone("A caller")["state"] == "idle"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"people": [{"number": "+1"}]}, "people have a number"),
        ({"people": [{**PEOPLE[0], "role": "king"}]}, "king"),
        ({"people": [PEOPLE[0], PEOPLE[0]]}, "a number of its own"),
        ({"utterances": [{"text": "a", "language": "en", "file": "/nowhere"}]}, "cannot be read"),
        ({"utterances": [{"text": "a"}]}, "utterances a text"),
    ],
)
async def test_a_room_that_cannot_be_furnished(bench, data: dict[str, Any], says: str) -> None:
    async with bench(1.0) as b:
        assert says in (await b.control("PUT", "room", data, 400))["error"]


async def test_the_page_and_what_it_is_made_of(bench) -> None:
    async with bench(1.0) as b:
        url = f"{b.exchange.public_url}/phones"
        for path, kind in [
            ("", "text/html"),
            ("/phones.css", "text/css"),
            *(
                (f"/{name}.js", "text/javascript")
                for name in ("phones", "show", "sound", "worklet")
            ),
        ]:
            async with b.http.get(url + path) as response:
                assert (response.status, response.content_type) == (200, kind)
                assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        for path in ("/phones.html", "/__init__.py", "/..%2fpage.py", "/x.js"):
            async with b.http.get(url + path) as response:
                assert response.status == 404


async def test_a_frame_for_nobody_is_lost_and_no_phone_blocks(bench) -> None:
    async with bench(1.0) as b:
        await furnished(b)
        room = b._server.app[ROOM]
        caller, *_ = room.handsets.values()
        b.voice(talks(b))
        room.call(caller)
        await b.event("answered")
        assert caller.speak() == SILENCE
