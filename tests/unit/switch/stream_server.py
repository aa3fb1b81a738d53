"""A real WebSocket server for tests of streams: keeps what came, and does what a test tells it."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from socket import SO_RCVBUF, SOL_SOCKET
from typing import Any

from aiohttp import WSMsgType, web

PATIENCE_S = 20.0
Script = Callable[["Peer"], Awaitable[None]]


def connect(url: str, inside: str = "", stream: str = "", verb: str = "") -> str:
    """TwiML of one stream; `inside`, `stream` and `verb` go into and onto its elements."""
    return f'<Connect {verb}><Stream url="{url}" {stream}>{inside}</Stream></Connect>'


class Peer:
    """One stream as its server sees it."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.headers = dict(request.headers)
        self.path = request.path_qs
        self.socket = socket
        self.request = request
        self.messages: list[dict[str, Any]] = []
        self.ended = asyncio.Event()
        self.stopped = asyncio.Event()
        self._news = asyncio.Event()

    async def read(self) -> None:
        async for message in self.socket:
            if message.type is WSMsgType.TEXT:
                self.messages.append(json.loads(message.data))
                self._news.set()

    async def wait(self, event: str, count: int = 1) -> dict[str, Any]:
        """The `count`th message of a kind, once it came."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.all(event)) < count:
                self._news.clear()
                await self._news.wait()
        return self.all(event)[count - 1]

    def all(self, event: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["event"] == event]

    @property
    def sid(self) -> str:
        return str(self.all("start")[0]["streamSid"])

    @property
    def audio(self) -> bytes:
        """All sound that came."""
        return b"".join(base64.b64decode(m["media"]["payload"]) for m in self.all("media"))

    async def say(self, audio: bytes) -> None:
        payload = base64.b64encode(audio).decode()
        await self.send(event="media", media={"payload": payload})

    async def mark(self, name: str) -> None:
        await self.send(event="mark", mark={"name": name})

    async def clear(self) -> None:
        await self.send(event="clear")

    async def send(self, **message: Any) -> None:
        await self.socket.send_json({"streamSid": self.sid} | message)

    async def close(self, code: int = 1000) -> None:
        await self.socket.close(code=code)

    def stop_reading(self) -> None:
        """Take in nothing more, but keep the connection."""
        transport = self.request.transport
        assert isinstance(transport, asyncio.Transport)
        transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
        transport.pause_reading()
        self.stopped.set()

    def die(self) -> None:
        """Lose the connection without a word."""
        transport = self.request.transport
        assert transport is not None
        transport.abort()


class StreamServer:
    """Accepts streams at any path; an async context manager."""

    def __init__(self) -> None:
        self.script: Script | None = None
        self.status = 0
        self.url = ""
        self.drops = False
        self.requests = 0
        self._peers: list[Peer] = []
        self._news = asyncio.Event()

    async def __aenter__(self) -> "StreamServer":
        app = web.Application()
        app.router.add_get("/{tail:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"ws://127.0.0.1:{self._runner.addresses[0][1]}/voice/stream"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def peer(self, number: int = 0) -> Peer:
        """The stream with that number, once its start came."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self._peers) <= number:
                self._news.clear()
                await self._news.wait()
        await self._peers[number].wait("start")
        return self._peers[number]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        if self.status:
            headers = {"Location": self.url} if self.status // 100 == 3 else {}
            return web.Response(status=self.status, headers=headers)
        socket = web.WebSocketResponse(timeout=1.0)
        await socket.prepare(request)
        peer = Peer(request, socket)
        if self.drops:
            peer.die()
        self._peers.append(peer)
        self._news.set()
        reading = asyncio.create_task(peer.read())
        if self.script is not None:
            await peer.wait("start")
            await self.script(peer)
        await asyncio.gather(reading, return_exceptions=True)
        peer.ended.set()
        return socket
