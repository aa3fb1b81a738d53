"""What the interpreter and the process of sound tell each other over their socket pair.

A message is four bytes of length, one of its kind and a body: `J` is a command or an event as JSON,
`A` all sound of one tick and one direction (for each leg four bytes of its number and one frame).
"""

import json
import socket
import struct
from collections.abc import Iterable
from typing import Any

from switch.g711 import FRAME

WAITING = 1_000_000
"""Bytes that may wait for the other process; while more do, sound is left out (events never)."""

CHUNK = 262_144
MOST = 4_000_000
_LENGTH = struct.Struct("!I")
_LEG = struct.Struct("!I")
_ENTRY = _LEG.size + FRAME

Message = dict[str, Any]
Sound = list[tuple[int, bytes]]
"""Frames of one tick, each with the number of its leg."""


class BrokenWireError(Exception):
    """The other process sent what is no message."""


def told(message: Message) -> bytes:
    """A command or an event as bytes."""
    return _message(b"J", json.dumps(message, separators=(",", ":")).encode())


def sounded(frames: Iterable[tuple[int, bytes]]) -> bytes:
    """The sound of one tick as bytes."""
    return _message(b"A", b"".join(_LEG.pack(leg) + frame for leg, frame in frames))


def _message(kind: bytes, body: bytes) -> bytes:
    return _LENGTH.pack(len(body) + 1) + kind + body


class Reader:
    """Bytes as they come -> messages."""

    def __init__(self) -> None:
        """Nothing read."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message | Sound]:
        """Take some bytes; returns the messages that are whole now. Raises BrokenWireError."""
        self._buffer += data
        messages: list[Message | Sound] = []
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if not 1 <= length <= MOST:
                raise BrokenWireError("a message has no length that can be")
            if len(self._buffer) < _LENGTH.size + length:
                break
            body = bytes(self._buffer[_LENGTH.size : _LENGTH.size + length])
            del self._buffer[: _LENGTH.size + length]
            messages.append(_read(body))
        return messages


def _read(body: bytes) -> Message | Sound:
    if body[:1] == b"A" and len(body) % _ENTRY == 1:
        return [
            (_LEG.unpack_from(body, at)[0], body[at + _LEG.size : at + _ENTRY])
            for at in range(1, len(body), _ENTRY)
        ]
    if body[:1] == b"J":
        try:
            message = json.loads(body[1:])
        except ValueError as error:
            raise BrokenWireError("a message is no JSON") from error
        if isinstance(message, dict):
            return message
    raise BrokenWireError("a message is of no kind that is known")


class Wire:
    """One end of the socket pair; nothing of it blocks."""

    def __init__(self, end: socket.socket) -> None:
        """Take over one end."""
        self.socket = end
        self._reader = Reader()
        self._waiting = bytearray()
        end.setblocking(False)

    def tell(self, message: Message) -> None:
        """Send a command or an event, after what waits already; raises OSError: nobody is there."""
        self._waiting += told(message)
        self.flush()

    def sound(self, frames: Sound) -> None:
        """Send the sound of a tick, unless the other process is far behind; raises OSError."""
        if frames and len(self._waiting) < WAITING:
            self._waiting += sounded(frames)
        self.flush()

    @property
    def behind(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._waiting)

    def flush(self) -> None:
        """Send what waits, as far as it goes; raises OSError: nobody is there."""
        while self._waiting:
            try:
                sent = self.socket.send(self._waiting)
            except (BlockingIOError, InterruptedError):
                return
            del self._waiting[:sent]

    def receive(self) -> list[Message | Sound]:
        """All messages that are there; raises EOFError when the other process is gone, and
        BrokenWireError."""
        messages: list[Message | Sound] = []
        while True:
            try:
                data = self.socket.recv(CHUNK)
            except (BlockingIOError, InterruptedError):
                return messages
            except OSError as error:
                raise EOFError("the other process is gone") from error
            if not data:
                raise EOFError("the other process is gone")
            messages += self._reader.feed(data)
