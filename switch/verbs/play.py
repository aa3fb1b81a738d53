"""<Play>: a sound file, or key tones."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import tones
from switch.verbs.base import Attributes, Verb, content, no_children

if TYPE_CHECKING:
    from switch.session import Session

KEYS = "0123456789*#"


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
            await self._press(session)
        elif self.url:
            await session.play(self.url, self.loop)

    async def _press(self, session: "Session") -> None:
        """Play the tones; who takes tones for keys is told of each once it is over."""
        told = session.line.on_tone
        if told is None:
            return await session.wait(session.line.play(tones.dtmf(self.digits), self.loop))
        for digit in self.digits:
            await session.wait(session.line.play(tones.dtmf(digit)))
            if digit in KEYS:
                told(digit)
        return None
