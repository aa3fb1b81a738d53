"""<Pause>: silence. As the first verb it delays answering."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self
from xml.etree.ElementTree import Element

from switch.verbs.base import Attributes, Verb, no_children

if TYPE_CHECKING:
    from switch.session import Session


@dataclass(frozen=True)
class Pause(Verb):
    """Be silent for `length` telephone seconds."""

    answers: ClassVar[bool] = False
    length: int = 1

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Pause>; raises DocumentError."""
        no_children(element)
        attributes = Attributes(element, call_sid)
        verb = cls(attributes.number("length", 1))
        attributes.done()
        return verb

    async def run(self, session: "Session") -> None:
        """Wait."""
        await session.wait(session.clock.sleep(self.length))
