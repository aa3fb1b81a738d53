"""What a page and its switch say to one another over a WebSocket.

The page's first message is the key from its address. Then it sends JSON (`{"do": ...}`) and, in
binary frames of 160 bytes, what the microphone hears; it gets `{"state": ...}`, `{"error": ...}`
and what the phone in its hand hears. Of all phones it has opened, the one it holds has the sound.
"""

import asyncio
import json
from collections import deque
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from switch.browser.handset import Handset
from switch.browser.room import Room, RoomError

FIRST_WORD_S = 5.0
"""Seconds that a page has for its key."""
ALIVE_S = 10.0
"""Seconds between questions whether the page is still there; half of it later it is gone."""
MOST_BYTES = 2048
"""Bytes of one message of a page."""
MOST_FRAMES = 50
"""Frames that wait for a slow page: a second. Then the oldest are dropped."""
WRONG_KEY = "This link is not valid any more. Take the newest one from the terminal."
POLICY = 1008


class Page:
    """One open page (`switch.browser.handset.Holder`)."""

    def __init__(self, room: Room, handsets: list[Handset], socket: web.WebSocketResponse) -> None:
        """A page that may use these phones."""
        self._room = room
        self._ids = {handset.id for handset in handsets}
        self._whole = len(handsets) == len(room.handsets)
        self._socket = socket
        self._frames: deque[bytes] = deque(maxlen=MOST_FRAMES)
        self._wake = asyncio.Event()
        self._stale = True
        self.held: Handset | None = None

    def play(self, handset: Handset, frame: bytes) -> None:
        """Queue a frame, if it is of the phone in the hand."""
        if handset is self.held:
            self._frames.append(frame)
            self._wake.set()

    def changed(self) -> None:
        """Something looks different now."""
        self._stale = True
        self._wake.set()

    async def serve(self) -> None:
        """Talk with the page until it goes."""
        self._room.changed.add(self.changed)
        sender = asyncio.create_task(self._send())
        try:
            async for message in self._socket:
                if message.type is WSMsgType.BINARY:
                    if self.held is not None:
                        self.held.microphone.put(message.data)
                elif message.type is WSMsgType.TEXT:
                    await self._obey(message.data)
        finally:
            self._room.changed.discard(self.changed)
            sender.cancel()
            self._room.left_by(self)

    async def _send(self) -> None:
        with suppress(ConnectionError):
            while True:
                self._wake.clear()
                if self._stale:
                    self._stale = False
                    await self._socket.send_json({"state": self._state()})
                while self._frames:
                    await self._socket.send_bytes(self._frames.popleft())
                await self._wake.wait()

    def _state(self) -> dict[str, Any]:
        state = self._room.as_dict(self._opened())
        mine = [each.id for each in self._opened() if each.holder is self]
        return state | {"held": self.held.id if self.held is not None else None, "mine": mine}

    def _opened(self) -> list[Handset]:
        every = self._room.handsets.values()
        return [each for each in every if self._whole or each.id in self._ids]

    async def _obey(self, text: str) -> None:
        try:
            wanted = json.loads(text)
            self._do(str(wanted["do"]), self._named(wanted), wanted)
        except RoomError as error:
            await self._socket.send_json({"error": str(error)})
        except (ValueError, KeyError, TypeError):
            await self._socket.send_json({"error": "The page said something we do not know."})

    def _named(self, wanted: dict[str, Any]) -> Handset:
        handset = next((h for h in self._opened() if h.id == wanted["phone"]), None)
        if handset is None:
            raise RoomError("This phone is not in the room any more.")
        return handset

    def _do(self, what: str, handset: Handset, wanted: dict[str, Any]) -> None:
        if what == "call":
            self._take(handset)
            self._room.call(handset)
        elif what == "answer":
            self._take(handset)
            self._room.answer(handset)
        elif what == "hold":
            self._take(handset)
        elif what == "hang_up":
            self._room.put_down(handset)
        elif what == "press":
            self._room.press(handset, str(wanted["digit"]))
        elif what == "say":
            self._room.say(handset, int(wanted["number"]))
        elif what == "mute":
            handset.muted = bool(wanted["on"])
        else:
            raise KeyError(what)
        self.changed()

    def _take(self, handset: Handset) -> None:
        if self.held is not None and self.held is not handset:
            self.held.microphone.clear()
        self._frames.clear()
        self.held = handset
        before, handset.holder = handset.holder, self
        if isinstance(before, Page) and before is not self:
            before.lose(handset)

    def lose(self, handset: Handset) -> None:
        """Another page has taken the phone."""
        if self.held is handset:
            self.held = None
            self.changed()


async def greet(room: Room, request: web.Request) -> web.WebSocketResponse:
    """A page opens its socket: ask for the key, then talk."""
    socket = web.WebSocketResponse(heartbeat=ALIVE_S, max_msg_size=MOST_BYTES)
    await socket.prepare(request)
    handsets = None
    with suppress(TimeoutError, TypeError, ValueError, KeyError):
        async with asyncio.timeout(FIRST_WORD_S):
            first = await socket.receive_json()
            handsets = room.opened_by(str(first["key"]))
    if handsets is None:
        with suppress(ConnectionError):
            await socket.send_json({"error": WRONG_KEY, "over": True})
        await socket.close(code=POLICY)
        return socket
    await Page(room, handsets, socket).serve()
    return socket
