"""The sound path of one call: a source the far end hears and a sink for what it says."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from switch.g711 import FRAME, SILENCE


class Source(Protocol):
    """Something that can be heard."""

    def read(self) -> bytes:
        """The next frame of 160 µ-law bytes."""


Tap = Callable[[bytes, bytes], None]
"""Called once per frame with what the far end said and what it heard."""


class Clip:
    """Audio that is heard once, `loops` times, or for ever (`loops` 0); `done` when it is over."""

    def __init__(self, audio: bytes, loops: int = 1) -> None:
        """`audio` is µ-law; its last frame is filled up with silence."""
        self._audio = audio + b"\xff" * (-len(audio) % FRAME)
        self._left = loops
        self._at = 0
        self.done = asyncio.Event()
        if not self._audio:
            self.done.set()

    def read(self) -> bytes:
        """The next frame; silence once the clip is over."""
        if self.done.is_set():
            return SILENCE
        frame = self._audio[self._at : self._at + FRAME]
        self._at += FRAME
        if self._at >= len(self._audio):
            self._rewind()
        return frame

    def _rewind(self) -> None:
        self._at = 0
        if self._left == 1:
            self.done.set()
        elif self._left > 1:
            self._left -= 1


class Line:
    """One call's media: at each frame `receive` what the phone says, then `send` what it hears."""

    def __init__(self) -> None:
        """A silent line that nobody listens to."""
        self.source: Source | None = None
        self.sink: Callable[[bytes], None] | None = None
        self.on_key: Callable[[str], None] | None = None
        self.on_tone: Callable[[str], None] | None = None
        """Told of each key whose tone was played to a far end that takes it for the key."""
        self.taps: list[Tap] = []
        self._said = SILENCE

    def receive(self, frame: bytes) -> None:
        """Take one frame from the far end."""
        self._said = frame
        if self.sink is not None:
            self.sink(frame)

    def send(self) -> bytes:
        """The next frame for the far end."""
        heard = SILENCE if self.source is None else self.source.read()
        for tap in tuple(self.taps):
            tap(self._said, heard)
        return heard

    def press(self, digit: str) -> None:
        """The far end pressed a key; keys that nothing collects are lost."""
        if self.on_key is not None:
            self.on_key(digit)

    async def play(self, audio: bytes, loops: int = 1) -> None:
        """Let the far end hear µ-law `audio`; returns when it is over."""
        clip = Clip(audio, loops)
        self.source = clip
        try:
            await clip.done.wait()
        finally:
            self.stop(clip)

    def stop(self, source: Source) -> None:
        """Fall silent, unless something else is heard by now."""
        if self.source is source:
            self.source = None
