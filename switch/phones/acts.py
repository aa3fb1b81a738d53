"""Acts: what a scripted phone does at a cue."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from switch import tones


class Actor(Protocol):
    """What an act may use of its phone."""

    def press(self, digits: str) -> None:
        """Press keys."""

    async def sound(self, path: Path) -> bytes:
        """A file's µ-law, ready since the call began; raises OSError or NotAudioError."""

    async def say(self, audio: bytes) -> None:
        """Send µ-law audio; returns when it has been sent."""

    def note(self, event: str, **details: str) -> None:
        """Write to the journal."""

    def hang_up(self) -> None:
        """End the call."""

    async def sleep(self, seconds: float) -> None:
        """Wait telephone seconds."""


class Act(Protocol):
    """One thing to do."""

    async def perform(self, actor: Actor) -> None:
        """Do it; returns when it is done."""


@dataclass(frozen=True)
class Press:
    """Press keys, all at once."""

    digits: str

    async def perform(self, actor: Actor) -> None:
        """Press them."""
        actor.press(self.digits)


@dataclass(frozen=True)
class Say:
    """Say a sound file of any rate."""

    path: Path

    async def perform(self, actor: Actor) -> None:
        """Say it; raises OSError or NotAudioError. Only the file's name is written down."""
        audio = await actor.sound(self.path)
        actor.note("said", file=self.path.name)
        await actor.say(audio)


@dataclass(frozen=True)
class SayTone:
    """Say a tone."""

    hz: float
    seconds: float

    async def perform(self, actor: Actor) -> None:
        """Say it."""
        actor.note("said", file=f"tone {self.hz:g} Hz")
        await actor.say(tones.tone(self.hz, seconds=self.seconds))


@dataclass(frozen=True)
class HangUp:
    """Hang up."""

    async def perform(self, actor: Actor) -> None:
        """Do it."""
        actor.hang_up()


@dataclass(frozen=True)
class Note:
    """Write a note to the journal."""

    text: str

    async def perform(self, actor: Actor) -> None:
        """Write it."""
        actor.note("note", text=self.text)


@dataclass(frozen=True)
class Wait:
    """Do nothing for some telephone seconds."""

    seconds: float

    async def perform(self, actor: Actor) -> None:
        """Wait."""
        await actor.sleep(self.seconds)
