"""<Hangup>: end the call."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch.verbs.base import Attributes, Verb, no_children

if TYPE_CHECKING:
    from switch.session import Session


@dataclass(frozen=True)
class Hangup(Verb):
    """End the call; as the first verb it answers it before."""

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Hangup>; raises DocumentError."""
        no_children(element)
        Attributes(element, call_sid).done()
        return cls()

    async def run(self, session: "Session") -> None:
        """Hang up."""
        session.hang_up()
