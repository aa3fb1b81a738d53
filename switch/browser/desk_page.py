"""What a page of the application and the switch say to one another over a WebSocket.

The page's first message is `{"ticket": …}`, and it sends a new one before the last is over; then
`{"do": "answer" | "hang_up" | "press" | "mute"}` and frames of its microphone, as in
`switch.browser.page`. It gets `{"phone": …}`, what the phone hears, `{"beat": true}` every few
seconds, by which it tells its application that it is there (browsers slow down the clocks of pages
that nobody looks at, but no messages), and `{"over": code}` before it is closed: `ticket` (it opens
nothing, or another phone), `expired`, or `replaced`.
"""

import asyncio
import json
import time
from collections import deque
from contextlib import suppress

from aiohttp import WSMsgType, web

from switch.browser.desk import Desk
from switch.browser.handset import Handset, State
from switch.browser.page import FIRST_WORD_S, MOST_BYTES, MOST_FRAMES, POLICY
from switch.browser.ticket import Ticket, TicketError, read

KEYS = "0123456789*#"
BEAT_S = 3.0
"""Wall seconds between questions whether a page is still there; half of it later it is gone. More
often than in the room: somebody's telephone waits for it."""
LOOK_EVERY_S = 1.0
"""Wall seconds between two looks at the ticket."""
TELL_EVERY = 4
"""Looks between two beats."""


class DeskPage:
    """One open page (`switch.browser.handset.Holder`)."""

    def __init__(self, desk: Desk, ticket: Ticket, socket: web.WebSocketResponse) -> None:
        """A page that takes the phone of its ticket in its hand."""
        self._desk, self._ticket, self._socket = desk, ticket, socket
        self._frames: deque[bytes] = deque(maxlen=MOST_FRAMES)
        self._wake = asyncio.Event()
        self._stale = True
        self._over = ""
        self._beats = True
        self._handset, before = desk.hold(ticket.address, self)
        if isinstance(before, DeskPage):
            before.lose()

    def play(self, handset: Handset, frame: bytes) -> None:
        """Queue a frame for the ears of the page."""
        self._frames.append(frame)
        self._wake.set()

    def changed(self) -> None:
        """The phone does something else now."""
        self._stale = True
        self._wake.set()

    def lose(self) -> None:
        """Another page holds the phone."""
        self._end("replaced")

    async def serve(self) -> None:
        """Talk with the page until it goes, or may not stay."""
        self._handset.on_change = self.changed
        others = [asyncio.create_task(self._send()), asyncio.create_task(self._look())]
        try:
            async for message in self._socket:
                if self._over:
                    break
                if message.type is WSMsgType.BINARY:
                    self._handset.microphone.put(message.data)
                elif message.type is WSMsgType.TEXT:
                    self._obey(message.data)
        finally:
            for other in others:
                other.cancel()
            self._desk.let_go(self._handset, self)

    async def _send(self) -> None:
        with suppress(ConnectionError):
            while not self._over:
                self._wake.clear()
                if self._stale:
                    self._stale = False
                    await self._socket.send_json({"phone": self._handset.as_dict()})
                if self._beats:
                    self._beats = False
                    await self._socket.send_json({"beat": True})
                while self._frames:
                    await self._socket.send_bytes(self._frames.popleft())
                await self._wake.wait()
            await self._socket.send_json({"over": self._over})
            await self._socket.close(code=POLICY)

    async def _look(self) -> None:
        """Whether the ticket still holds. A talk is not cut off by it, as none is at a telephone
        when its owner signs out somewhere else."""
        looks = 0
        while time.time() < self._ticket.until or self._handset.state is State.TALKING:
            await asyncio.sleep(LOOK_EVERY_S)
            looks += 1
            if looks % TELL_EVERY == 0:
                self._beats = True
                self._wake.set()
        self._end("expired")

    def _end(self, code: str) -> None:
        self._over = self._over or code
        self._wake.set()

    def _obey(self, text: str) -> None:
        """Do what the page asks; what nobody knows, or has no sense now, changes nothing."""
        with suppress(ValueError, KeyError, TypeError):
            wanted = json.loads(text)
            if "ticket" in wanted:
                self._renew(str(wanted["ticket"]))
            else:
                self._do(str(wanted["do"]), wanted)

    def _renew(self, text: str) -> None:
        try:
            ticket = read(text, self._desk.token)
        except TicketError:
            return self._end("ticket")
        if (ticket.address, ticket.origin) != (self._ticket.address, self._ticket.origin):
            return self._end("ticket")
        if ticket.until > self._ticket.until:
            self._ticket = ticket
        return None

    def _do(self, what: str, wanted: dict[str, object]) -> None:
        handset, control = self._handset, self._handset.control
        if control is None:
            return
        if what == "answer" and handset.state is State.RINGING:
            control.answer()
        elif what == "hang_up":
            control.hang_up()
        elif what == "press" and handset.state is State.TALKING:
            digit = str(wanted["digit"])
            if len(digit) == 1 and digit in KEYS:
                control.press(digit)
        elif what == "mute":
            handset.muted = bool(wanted["on"])
            self.changed()


async def greet(desk: Desk, request: web.Request) -> web.WebSocketResponse:
    """A page opens its socket: ask for its ticket, then talk."""
    socket = web.WebSocketResponse(heartbeat=BEAT_S, max_msg_size=MOST_BYTES)
    await socket.prepare(request)
    ticket = None
    with suppress(TimeoutError, TypeError, ValueError, KeyError):
        async with asyncio.timeout(FIRST_WORD_S):
            first = await socket.receive_json()
            ticket = read(str(first["ticket"]), desk.token)
    ours = ticket is not None and request.headers.get("Origin") == ticket.origin
    if ticket is None or not ours or ticket.until <= time.time():
        with suppress(ConnectionError):
            await socket.send_json({"over": "ticket"})
        await socket.close(code=POLICY)
        return socket
    await DeskPage(desk, ticket, socket).serve()
    return socket
