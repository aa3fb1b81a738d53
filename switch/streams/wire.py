"""A stream's WebSocket: messages go out in order without anybody waiting for them.

The sound path calls `send` once per frame; what the server does not take in time is kept, and when
that is more than `BACKLOG_S` of real life the wire breaks: nothing is ever left out in silence.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from socket import SO_SNDBUF, SOL_SOCKET

import aiohttp
from yarl import URL

from switch import errors
from switch.clock import FRAME_S, Clock

log = logging.getLogger(__name__)

CONNECT_S = 5.0
"""Wall seconds until the server must have accepted the handshake."""

BACKLOG_S = 30.0
"""Wall seconds that the server may be behind, and that it gets to take in the rest at the end."""

CLOSE_S = 2.0
"""Wall seconds that closing a broken wire may take."""

SEND_BUFFER = 64 * 1024
"""Bytes that the system may keep for the server: with megabytes nobody would see it fall behind."""

MESSAGE_LIMIT = 4 * 1024 * 1024
"""Bytes of one message of the server's."""

NO_STATUS = 1005
"""A close frame without a code (RFC 6455 §7.4.1)."""


class StreamError(Exception):
    """A stream could not be opened, or broke; `code` is Twilio's."""

    def __init__(self, code: int, reason: str) -> None:
        """`reason` tells nothing of the caller, nor of what was said."""
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Wire:
    """One WebSocket to a server; `open` it, `listen`, and `close` it in any case."""

    def __init__(self, clock: Clock, on_text: Callable[[str], None], delay_s: float = 0.0) -> None:
        """`on_text` takes the server's messages; ours are held back for `delay_s` of `clock`."""
        self._clock = clock
        self._on_text = on_text
        self._delay_s = delay_s
        self._queue: asyncio.Queue[tuple[float, str | None]] = asyncio.Queue()
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._over = asyncio.Event()
        self._error: StreamError | None = None
        self._close_code = 0

    async def open(self, url: str, headers: dict[str, str]) -> None:
        """Shake hands; raises StreamError."""
        self._http = aiohttp.ClientSession(middlewares=[_switching_protocols])
        try:
            async with asyncio.timeout(CONNECT_S):
                self._socket = await self._http.ws_connect(
                    # The very characters that were signed: yarl must not write the URL anew.
                    URL(url, encoded=True),
                    headers=headers,
                    max_msg_size=MESSAGE_LIMIT,
                    timeout=aiohttp.ClientWSTimeout(ws_close=BACKLOG_S),
                )
        except TimeoutError as error:
            raise StreamError(errors.STREAM_TIMEOUT, "no answer in time") from error
        except aiohttp.WSServerHandshakeError as error:
            raise StreamError(errors.STREAM_HANDSHAKE, "not a WebSocket handshake") from error
        except aiohttp.ClientSSLError as error:
            raise StreamError(errors.STREAM_TLS, "no TLS connection") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise StreamError(errors.STREAM_TIMEOUT, "no connection") from error
        _keep_little(self._socket)
        work = (self._pump(self._socket), self._receive(self._socket))
        self._tasks = [asyncio.create_task(each) for each in work]

    def send(self, text: str) -> None:
        """Queue a message; breaks the wire when the server is too far behind."""
        limit = (BACKLOG_S * max(1.0, self._clock.speed) + self._delay_s) / FRAME_S
        if self._queue.qsize() >= limit:
            self._break(StreamError(errors.STREAM_CLOSED, "the server is too slow"))
        if self._error is None:
            self._queue.put_nowait((self._clock.now + self._delay_s, text))

    def cut(self) -> None:
        """Break the connection, without a word, once all that is queued was sent."""
        self._queue.put_nowait((0.0, None))

    async def listen(self) -> int:
        """Wait until the server closes, and return its close code; raises StreamError."""
        await self._over.wait()
        if self._error is not None:
            raise self._error
        return self._close_code

    async def close(self) -> None:
        """Send what is queued, unless the wire broke; then close.

        Raises StreamError when the server did not take in everything.
        """
        try:
            if self._socket is not None and not self._over.is_set():
                async with asyncio.timeout(BACKLOG_S):
                    await self._part(self._socket)
        except TimeoutError as error:
            raise StreamError(errors.STREAM_CLOSED, "the server is too slow") from error
        finally:
            await self._let_go()

    async def _part(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        sent = asyncio.create_task(self._queue.join())
        over = asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait({sent, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sent.cancel()
            over.cancel()
        if self._error is not None:
            raise self._error
        await socket.close()
        if socket.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE:
            raise StreamError(errors.STREAM_CLOSED, "the connection broke")

    async def _let_go(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_S):
                if self._socket is not None:
                    await self._socket.close(code=aiohttp.WSCloseCode.INTERNAL_ERROR)
        except TimeoutError:
            log.warning("a stream's server does not let go of its WebSocket")
        finally:
            for task in self._tasks:
                task.cancel()
            for fault in await asyncio.gather(*self._tasks, return_exceptions=True):
                if isinstance(fault, Exception):
                    log.error("a stream was ended by a fault of the switch", exc_info=fault)
            if self._http is not None:
                await self._http.close()

    async def _pump(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            due, text = await self._queue.get()
            await self._wait_until(due)
            if text is None:
                await self._drop()
                return
            try:
                await socket.send_str(text)
            except (aiohttp.ClientError, ConnectionError):
                return  # it is `_receive` who learns whether the server closed or died
            self._queue.task_done()

    async def _wait_until(self, due: float) -> None:
        if self._delay_s and due > self._clock.now:
            await self._clock.sleep(due - self._clock.now)

    async def _drop(self) -> None:
        self._break(StreamError(errors.STREAM_CLOSED, "the connection was cut"))
        if self._http is not None:
            await self._http.close()

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            self._ended(await self._until_the_end(socket))
        finally:
            self._over.set()

    async def _until_the_end(self, socket: aiohttp.ClientWebSocketResponse) -> aiohttp.WSMessage:
        while True:
            message = await socket.receive()
            if message.type is aiohttp.WSMsgType.TEXT:
                self._on_text(message.data)
            elif message.type is aiohttp.WSMsgType.BINARY:
                self._on_text("")  # is not JSON either
            else:
                return message

    def _ended(self, last: aiohttp.WSMessage) -> None:
        if last.type is aiohttp.WSMsgType.CLOSE:
            self._close_code = int(last.data or NO_STATUS)
        elif last.type is aiohttp.WSMsgType.ERROR:
            self._break(StreamError(errors.STREAM_PROTOCOL, "not the WebSocket protocol"))
        elif last.type is aiohttp.WSMsgType.CLOSED:
            self._break(StreamError(errors.STREAM_CLOSED, "the connection broke"))

    def _break(self, error: StreamError) -> None:
        if not self._over.is_set():
            self._error = error
            self._over.set()


def _keep_little(socket: aiohttp.ClientWebSocketResponse) -> None:
    system = socket.get_extra_info("socket")
    if system is not None:  # None: the server has let go already
        with suppress(OSError):
            system.setsockopt(SOL_SOCKET, SO_SNDBUF, SEND_BUFFER)


async def _switching_protocols(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    # Redirects are answers like any other: Twilio knows nothing but 101.
    response = await handler(request)
    if response.status != 101:
        response.close()
        raise StreamError(errors.STREAM_HANDSHAKE, f"HTTP status {response.status}")
    return response
