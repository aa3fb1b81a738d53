"""A bench for switch tests: a real switch, and a tiny application that serves it TwiML."""

import asyncio
import base64
import inspect
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from switch import tones
from switch.audio import to_wav
from switch.config import Config, NumberHooks
from switch.exchange import Exchange
from switch.phones.script import parse
from switch.server import listen

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "12345"
HOTLINE = "+15550100911"
CALLER = "+15550100001"
COUNSELOR = "+15550100002"
POLICE = "+15550100003"
SPEED = 40.0
PATIENCE_S = 20.0


class Webhooks:
    """Serves documents by path and keeps every request: (path, params, headers, full URL)."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.seen: list[dict[str, Any]] = []
        self.url = ""
        self._news = asyncio.Event()

    def on(self, path: str, page: Any) -> str:
        """Serve `page` (TwiML text, bytes of a WAV, a Response or a function of params)."""
        self.pages[path] = page
        return self.url + path

    async def handle(self, request: web.Request) -> web.StreamResponse:
        form = dict(await request.post()) if request.method == "POST" else dict(request.query)
        self.seen.append(
            {
                "path": request.path,
                "params": form,
                "form": dict(await request.post()),
                "headers": dict(request.headers),
                "url": self.url + request.raw_path,
                "method": request.method,
            }
        )
        self._news.set()
        page = self.pages.get(request.path)
        if callable(page):
            page = page(form)
            if inspect.isawaitable(page):
                page = await page
        return _response(page)

    async def wait(self, path: str, count: int = 1) -> dict[str, Any]:
        """The `count`th request to a path, once it came."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.at(path)) < count:
                self._news.clear()
                await self._news.wait()
        return self.at(path)[count - 1]

    def at(self, path: str) -> list[dict[str, Any]]:
        return [seen for seen in self.seen if seen["path"] == path]


def _response(page: Any) -> web.StreamResponse:
    if page is None:
        return web.Response(status=404)
    if isinstance(page, web.StreamResponse):
        return page
    if isinstance(page, bytes):
        return web.Response(body=page, content_type="audio/wav")
    return web.Response(text=f"<Response>{page}</Response>", content_type="text/xml")


class Bench:
    """A switch and its webhooks; use it as an async context manager."""

    def __init__(self, speed: float = SPEED) -> None:
        self._speed = speed
        self.hooks = Webhooks()

    async def __aenter__(self) -> "Bench":
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self.hooks.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self.hooks.url = f"http://127.0.0.1:{port}"
        number = NumberHooks(voice_url=self.hooks.url + "/voice")
        self.exchange = Exchange(Config(ACCOUNT, TOKEN, HOTLINE), number, self._speed)
        self._server = await listen(self.exchange, "127.0.0.1", 0)
        self.exchange.start()
        self.http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()
        await self.exchange.stop()
        await self._server.cleanup()
        await self._runner.cleanup()

    def voice(self, twiml: str) -> None:
        """What the hotline's number answers."""
        self.hooks.on("/voice", twiml)

    def tone(self, path: str, seconds: float = 1.0, hz: float = 440) -> str:
        """Serve a tone at a path; answers with its URL."""
        return self.hooks.on(path, to_wav(tones.tone(hz, seconds=seconds)))

    def phone(self, number: str, *steps: dict[str, Any], **script: Any) -> None:
        """Register a phone."""
        self.exchange.phones.register(number, parse({"steps": list(steps), **script}))

    async def dial(self, *steps: dict[str, Any], number: str = CALLER, **script: Any) -> str:
        """A phone with these steps dials the hotline; the call's identifier."""
        self.phone(number, *steps, **script)
        answer = await self.control("POST", "calls", {"from": number, "to": HOTLINE})
        return str(answer["call_sid"])

    async def call(self, *steps: dict[str, Any], **script: Any) -> str:
        """Dial, and wait until the call is over."""
        sid = await self.dial(*steps, **script)
        await self.over(sid)
        return sid

    async def over(self, sid: str) -> Any:
        """Wait until a call is over; the call."""
        async with asyncio.timeout(PATIENCE_S):
            await self.exchange.calls[sid].over.wait()
        return self.exchange.calls[sid]

    async def control(self, method: str, path: str, data: Any = None, status: int = 0) -> Any:
        """One request to the control API; fails unless it is answered 2xx (or `status`)."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        url = f"{self.exchange.public_url}/control/{path}"
        async with self.http.request(method, url, json=data, headers=headers) as response:
            assert response.status == status or (not status and response.ok), response.status
            if response.content_type == "application/json":
                return await response.json()
            return await response.read()

    async def rest(self, method: str, path: str, data: Any = None, auth: Any = None) -> Any:
        """One request to the REST API: (status, body)."""
        url = f"{self.exchange.public_url}/2010-04-01/Accounts/{ACCOUNT}/{path}"
        user = ":".join(auth or (ACCOUNT, TOKEN)).encode()
        headers = {"Authorization": "Basic " + base64.b64encode(user).decode()}
        async with self.http.request(method, url, data=data, headers=headers) as response:
            body = await response.read()
            is_json = response.content_type == "application/json"
            return response.status, json.loads(body) if is_json else body

    async def place(self, to: str = COUNSELOR, **fields: Any) -> str:
        """Place a call by REST; its identifier."""
        status, body = await self.rest("POST", "Calls.json", {"To": to, "From": HOTLINE, **fields})
        assert status == 201, body
        return str(body["sid"])

    def events(self, name: str, sid: str | None = None) -> list[dict[str, Any]]:
        """Journal events of a name, of one call or of all."""
        entries = self.exchange.journal.entries
        return [e for e in entries if e["event"] == name and sid in (None, e["call_sid"])]

    async def event(self, name: str, sid: str | None = None, count: int = 1) -> dict[str, Any]:
        """Wait for a journal event."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.events(name, sid)) < count:
                await self.exchange.journal.after(len(self.exchange.journal.entries), 1.0)
        return self.events(name, sid)[count - 1]


@pytest.fixture
def bench() -> Callable[..., Bench]:
    """Makes benches."""
    return Bench


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run coroutine tests in an event loop of their own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True
