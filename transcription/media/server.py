"""The WebSocket server of the media process: who may open a stream, and how many at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from hotline.carrier import signature
from hotline.context import Runtime
from hotline.tasks import heartbeat
from transcription.media.house import House
from transcription.media.stream import serve

log = structlog.get_logger()

MOST_STREAMS = 200
"""More than a machine can recognize at once; it can still write them all down."""
MESSAGE_BYTES = 256 * 1024
"""A carrier's message holds 20 ms of sound; nobody needs more than some seconds at once."""
BEAT_S = 2.0
HANDOVER_S = 5.0
"""When the process ends, recordings get so long to end by themselves."""


async def health(house: House, _request: web.Request) -> web.Response:
    """JSON {status, streams}: the process runs, and how many callers are speaking."""
    return web.json_response({"status": "ok", "streams": house.open})


async def stream(house: House, request: web.Request) -> web.StreamResponse:
    """A WebSocket: what a caller says while it is spoken. Its handshake must be signed (403); 503
    when there are too many, or the process ends; 426 for what is no handshake."""
    if not is_signed(house.runtime, request.headers.get("X-Twilio-Signature", "")):
        log.warning("stream_unsigned")
        return web.Response(status=403)
    if house.open >= MOST_STREAMS or house.stopping:
        log.error("streams_full", count=house.open)
        return web.Response(status=503)
    socket = web.WebSocketResponse(max_msg_size=MESSAGE_BYTES, compress=False, timeout=2.0)
    if not socket.can_prepare(request).ok:
        return web.Response(status=426, headers={"Upgrade": "websocket"})
    house.open += 1
    try:
        await socket.prepare(request)
        await serve(house, socket)
    finally:
        house.open -= 1
    return socket


ROUTES = (("/health", health), ("/{path:.*}", stream))
"""Every address, all by GET. A stream may have any path: a proxy decides which leads here."""


def application(house: House) -> web.Application:
    """The addresses of ROUTES."""
    app = web.Application()
    app.add_routes([web.get(path, partial(view, house)) for path, view in ROUTES])
    return app


def is_signed(runtime: Runtime, given: str) -> bool:
    """Whether the carrier has signed the address of our streams."""
    settings = runtime.settings
    url = settings.stream_url or ""
    return signature.verify(settings.auth_tokens, url, "", "", (), given)


@asynccontextmanager
async def serving(house: House, host: str, port: int) -> AsyncIterator[str]:
    """Serve, write sound down and beat the heart inside the block; gives host:port.

    At the end recordings under way end by themselves if they do so soon; the others are handed
    back, so that their calls go on by the carrier's means. Raises OSError when the port is taken.
    """
    runner = web.AppRunner(application(house), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        beating = asyncio.create_task(beat(house))
        writing = asyncio.create_task(house.journal.run())
        try:
            listening = runner.addresses[0]
            yield f"{listening[0]}:{listening[1]}"
        finally:
            beating.cancel()
            await _hand_over(house)
            writing.cancel()
            await asyncio.gather(beating, writing, return_exceptions=True)
    finally:
        await runner.cleanup()


async def _hand_over(house: House) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + HANDOVER_S
    while house.open and loop.time() < until + HANDOVER_S:
        house.stopping = loop.time() >= until
        await asyncio.sleep(0.02)


async def beat(house: House) -> None:
    """Say every two seconds that streams can be opened."""
    while True:
        try:
            await house.do(lambda s: heartbeat.beat(s, heartbeat.MEDIA, house.runtime.clock()))
        except SQLAlchemyError as error:
            log.warning("heartbeat_failed", error=type(error).__name__)
        await asyncio.sleep(BEAT_S)
