"""<Play>: a sound file, or key tones."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import tones
from switch.verbs.base import Attributes, Verb, content, no_children

if TYPE_CHECKING:
    from switch.session import Session


@dataclass(frozen=True)
class Play(Verb):
    """Play `url` `loop` times (0: for ever), or the tones of `digits`."""

    url: str
    loop: int = 1
    digits: str = ""

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Play>; raises DocumentError."""
        no_children(element)
        attributes = Attributes(element, call_sid)
        verb = cls(content(element), attributes.number("loop", 1), attributes.string("digits"))
        attributes.done()
        return verb

    async def run(self, session: "Session") -> None:
        """Let the far end hear it; what cannot be played is skipped."""
        if self.digits:
            session.exchange.note(session.call, "tones", count=len(self.digits))
            await session.wait(session.line.play(tones.dtmf(self.digits), self.loop))
        elif self.url:
            await session.play(self.url, self.loop)
