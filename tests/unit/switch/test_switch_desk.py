"""Phones in pages of an application: tickets, and what a page that goes away leaves behind."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch import tones
from switch.browser import desk_page, ticket
from switch.g711 import FRAME
from tests.unit.switch.conftest import PATIENCE_S, TOKEN

ADDRESS = "client:" + "0a" * 16
ORIGIN = "https://hotline.example"
TALK = '<Gather numDigits="1" timeout="60" action="/key"/>'


def made(token: str = TOKEN, until: float | None = None, **said: Any) -> str:
    """A ticket as an application makes it."""
    until = time.time() + 60 if until is None else until
    body = json.dumps({"address": ADDRESS, "origin": ORIGIN, "until": until} | said).encode()
    seal = hmac.new(token.encode(), b"browser-phone." + body, hashlib.sha256).digest()
    return ".".join(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in (body, seal))


class Tab:
    """A page of the application."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.phone: dict[str, Any] = {}
        self.over = ""
        self.frames: list[bytes] = []
        self._news = asyncio.Event()

    async def read(self) -> None:
        async for message in self.socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                self.frames.append(message.data)
            else:
                told = json.loads(message.data)
                self.phone = told.get("phone", self.phone)
                self.over = told.get("over", self.over)
            self._news.set()

    async def until(self, met: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not met():
                self._news.clear()
                await self._news.wait()

    async def comes(self, state: str) -> None:
        await self.until(lambda: self.phone.get("state") == state)


@asynccontextmanager
async def opened(b: Any, shown: str, origin: str = ORIGIN) -> AsyncIterator[Tab]:
    url = b.exchange.public_url
    async with b.http.ws_connect(f"{url}/phones/line", headers={"Origin": origin}) as socket:
        await socket.send_json({"ticket": shown})
        tab = Tab(socket)
        reading = asyncio.create_task(tab.read())
        try:
            await tab.until(lambda: tab.phone or tab.over)
            yield tab
        finally:
            reading.cancel()


def outcome(b: Any, sid: str) -> tuple[str, int | None]:
    call = b.exchange.calls[sid]
    return str(call.status), call.sip_code


async def test_it_rings_is_answered_hears_speaks_and_presses(bench) -> None:
    async with bench(1.0) as b:
        tone = b.tone("/tone.wav")
        asked = b.hooks.on("/ask", f'{TALK[:-2]}><Play loop="0">{tone}</Play></Gather>')
        b.hooks.on("/key", "<Hangup/>")
        async with opened(b, made()) as tab:
            sid = await b.place(ADDRESS, Url=asked, Timeout=20)
            await tab.comes("ringing")
            await tab.socket.send_json({"do": "answer"})
            await tab.comes("talking")
            await tab.until(lambda: any(frame != b"\xff" * FRAME for frame in tab.frames))
            await tab.socket.send_bytes(tones.tone(700, seconds=0.02))
            await tab.socket.send_json({"do": "press", "digit": "1"})
            await b.over(sid)
            assert (await b.hooks.wait("/key"))["params"]["Digits"] == "1"
            await tab.comes("idle")


async def test_whoever_declines_is_busy_and_whoever_is_away_is_not(bench) -> None:
    async with bench(1.0) as b:
        asked = b.hooks.on("/ask", TALK)
        nobody = await b.place(ADDRESS, Url=asked)
        await b.over(nobody)
        async with opened(b, made()) as tab:
            passed = await b.place(ADDRESS, Url=asked)
            await tab.comes("ringing")
            second = await b.place(ADDRESS, Url=asked)  # it is in a call already
            await b.over(second)
            await tab.socket.send_json({"do": "hang_up"})
            await b.over(passed)
            ringing = await b.place(ADDRESS, Url=asked, Timeout=60)
            await tab.comes("ringing")
        await b.over(ringing)  # the page went away: nobody waits for the 60 s
        later = await b.place(ADDRESS, Url=asked)
        await b.over(later)
        assert outcome(b, nobody) == outcome(b, later) == ("failed", 404)
        assert outcome(b, passed) == ("busy", 603)
        assert outcome(b, second) == outcome(b, ringing) == ("no-answer", 480)


async def test_a_talk_survives_a_reload_and_ends_with_its_page(bench) -> None:
    async with bench(1.0) as b:
        sid = ""
        async with opened(b, made()) as tab:
            sid = await b.place(ADDRESS, Url=b.hooks.on("/ask", TALK))
            await tab.comes("ringing")
            await tab.socket.send_json({"do": "answer"})
            await tab.comes("talking")
        async with opened(b, made()) as again:
            assert again.phone["state"] == "talking"
            async with opened(b, made()) as third:
                await again.until(lambda: again.over)
                assert (again.over, third.phone["state"]) == ("replaced", "talking")
        assert (await b.over(sid)).cause == "completed by phone"


async def test_without_a_new_ticket_it_is_over_but_no_talk_is_cut_off(
    bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_page, "LOOK_EVERY_S", 0.02)
    async with bench(1.0) as b:
        async with opened(b, made(until=time.time() + 60)) as tab:
            await b.place(ADDRESS, Url=b.hooks.on("/ask", TALK))
            await tab.comes("ringing")
            await tab.socket.send_json({"do": "answer"})
            await tab.comes("talking")
            clock = time.time
            monkeypatch.setattr(desk_page.time, "time", lambda: clock() + 3600)
            await tab.socket.send_json({"do": "mute", "on": True})
            await tab.until(lambda: tab.phone["muted"])
            assert not tab.over
            await tab.socket.send_json({"do": "hang_up"})
            await tab.until(lambda: tab.over)
            assert tab.over == "expired"
        assert not b.exchange.phones.known(ADDRESS)


@pytest.mark.parametrize(
    ("shown", "origin"),
    [
        (made(token="of another account"), ORIGIN),
        (made(until=1.0), ORIGIN),
        (made(address="+15550100002"), ORIGIN),
        (made(), "https://elsewhere.example"),
        ("", ORIGIN),
    ],
    ids=["another token", "too old", "a telephone", "another page", "nothing"],
)
async def test_what_is_no_ticket_opens_nothing(bench, shown: str, origin: str) -> None:
    async with bench(1.0) as b, opened(b, shown, origin) as tab:
        assert (tab.over, tab.phone) == ("ticket", {})
        assert not b.exchange.phones.known(ADDRESS)


async def test_a_new_ticket_is_for_the_same_phone(bench) -> None:
    async with bench(1.0) as b, opened(b, made()) as tab:
        await tab.socket.send_json({"ticket": made(until=time.time() + 90)})
        await tab.socket.send_json({"do": "nothing we know"})
        await tab.socket.send_str("no JSON")
        await tab.socket.send_json({"ticket": made(address="client:" + "0b" * 16)})
        await tab.until(lambda: tab.over)
        assert tab.over == "ticket"


@given(st.text() | st.binary().map(lambda b: base64.urlsafe_b64encode(b).decode() + "." + "AA"))
def test_nothing_but_a_ticket_is_one(text: str) -> None:
    with pytest.raises(ticket.TicketError):
        ticket.read(text, TOKEN)
