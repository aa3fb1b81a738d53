"""One phone of the page: who it belongs to, its call, and who holds it."""

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from switch.browser.jitter import Jitter
from switch.media import Clip
from switch.phones.base import LineControl

CAPTIONS = 4
"""Pieces of what is heard that are shown at once."""


class Role(StrEnum):
    """What a phone is for."""

    CALLER = "caller"
    RESPONDER = "responder"


class State(StrEnum):
    """What a phone does."""

    IDLE = "idle"
    CALLING = "calling"
    RINGING = "ringing"
    TALKING = "talking"


class Holder(Protocol):
    """A page with a phone in its hand."""

    def play(self, handset: "Handset", frame: bytes) -> None:
        """Let the visitor hear a frame; must not block."""


@dataclass(eq=False)
class Handset:
    """A phone; `key` opens it alone. It is in one call at a time, as a phone is."""

    id: str
    name: str
    role: Role
    number: str
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    state: State = State.IDLE
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    control: LineControl | None = None
    holder: Holder | None = None
    muted: bool = False
    connected: bool = False
    """Whether it is joined with somebody else's phone."""
    captions: list[str] = field(default_factory=list)
    microphone: Jitter = field(default_factory=Jitter)
    utterance: Clip | None = None
    pressed_at: float = -math.inf
    """Telephone time of the last key."""
    on_change: Callable[[], None] = lambda: None

    def enter(self, state: State, control: LineControl | None) -> None:
        """Take up another state; what belonged to an earlier call is forgotten."""
        if state is not State.TALKING:
            self.captions.clear()
            self.muted = self.connected = False
        self.state, self.control = state, control
        self.since = datetime.now(UTC)
        self.microphone.clear()
        self.utterance = None
        self.on_change()

    def caption(self, text: str) -> None:
        """Show what is heard now, behind what was heard before."""
        self.captions.append(text)
        del self.captions[:-CAPTIONS]
        self.on_change()

    def hear_anew(self) -> None:
        """What was heard before is over: a key was pressed."""
        self.captions.clear()
        self.on_change()

    def speak(self) -> bytes:
        """The next frame: what was chosen to be said, else the microphone."""
        said = self.microphone.get()
        if self.utterance is not None:
            if not self.utterance.done.is_set():
                return self.utterance.read()
            self.utterance = None
            self.on_change()
        return b"\xff" * len(said) if self.muted else said

    def as_dict(self) -> dict[str, object]:
        """What the page shows of it. Its number is not among it."""
        return {
            "id": self.id,
            "name": self.name,
            "role": str(self.role),
            "state": str(self.state),
            "since": self.since.isoformat(),
            "muted": self.muted,
            "connected": self.connected,
            "captions": self.captions,
            "saying": self.utterance is not None,
        }
