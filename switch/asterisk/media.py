"""The sound of one call: 20 ms frames of µ-law as binary messages of a WebSocket, both ways.

What Asterisk's `chan_websocket` says as text beside it (plain, or as JSON: its owner chooses) does
not matter here, but for the two words by which it stops a sender that is far ahead.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable

import aiohttp

from switch.asterisk.pacing import Ahead
from switch.g711 import FRAME
from switch.sip.playout import Playout

KEPT = 50
"""Frames (1 s) kept while there is no way to send them: the beginning of what is said first."""

STOP, GO = "MEDIA_XOFF", "MEDIA_XON"


class Media:
    """Both directions; `carry` a WebSocket as long as it lasts, `open` it once somebody hears."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Silent and deaf. `now` is a clock of the wall's pace: Asterisk plays at that."""
        self._now = now
        self._playout = Playout()
        self._waiting: deque[bytes] = deque(maxlen=KEPT)
        self._news = asyncio.Event()
        self._open = False
        self._stopped = False
        self._ahead = Ahead()
        self._rest = b""

    def speak(self) -> bytes:
        """The next frame of the far end."""
        return self._playout.pull()

    def hear(self, frame: bytes) -> None:
        """Send a frame, or keep it until there is a way."""
        if self._stopped:
            return
        if self._open:
            frame = self._ahead.take(frame, self._now())
        if frame:
            self._waiting.append(frame)
            self._news.set()

    def open(self) -> None:
        """From now on somebody hears what is sent: what was kept goes first."""
        kept = list(self._waiting)
        self._waiting.clear()
        if kept:
            self._waiting.append(self._ahead.begin(kept, self._now()))
        self._open = True
        self._news.set()

    async def carry(self, wire: aiohttp.ClientWebSocketResponse) -> None:
        """Take and send sound until the WebSocket is over; then nobody hears any more."""
        sending = asyncio.create_task(self._send(wire))
        try:
            async for message in wire:
                if message.type is aiohttp.WSMsgType.BINARY:
                    self._take(message.data)
                elif message.type is aiohttp.WSMsgType.TEXT:
                    self._told(message.data)
        finally:
            self._open = self._stopped = False
            self._ahead, self._rest = Ahead(), b""
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            await wire.close()

    async def _send(self, wire: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._open and self._waiting:
                frames = b"".join(self._waiting)
                self._waiting.clear()
                await wire.send_bytes(frames)

    def _take(self, data: bytes) -> None:
        """Cut what came into frames: a message is as long as the far end's packets are."""
        data = self._rest + data
        whole = len(data) - len(data) % FRAME
        for begin in range(0, whole, FRAME):
            self._playout.put(data[begin : begin + FRAME])
        self._rest = data[whole:]

    def _told(self, text: str) -> None:
        if STOP in text:
            self._stopped = True
        elif GO in text:
            self._stopped = False
            self._ahead = Ahead()
