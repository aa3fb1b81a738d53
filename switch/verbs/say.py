"""<Say>: accepted, but there is no text to speech here: a warning and a short tone."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import tones
from switch.verbs.base import Attributes, Verb

if TYPE_CHECKING:
    from switch.session import Session

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Say(Verb):
    """Stand in for spoken text by a tone, `loop` times (0: for ever)."""

    loop: int = 1

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Say>; its text is not kept. Raises DocumentError."""
        attributes = Attributes(element, call_sid)
        verb = cls(attributes.number("loop", 1))
        attributes.done("voice", "language")
        return verb

    async def run(self, session: "Session") -> None:
        """Log that text would have been spoken, and play the tone."""
        log.warning("call=%s <Say> is a tone here, use <Play>", session.call.sid)
        session.exchange.note(session.call, "say")
        await session.wait(session.line.play(tones.spoken(), self.loop))
