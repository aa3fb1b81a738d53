"""<Redirect>: go on with another document."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self
from xml.etree.ElementTree import Element

from switch.errors import Transfer
from switch.verbs.base import Attributes, Verb, content, no_children

if TYPE_CHECKING:
    from switch.session import Session


@dataclass(frozen=True)
class Redirect(Verb):
    """Fetch `url` (None: this document again) and leave this document."""

    answers: ClassVar[bool] = False
    url: str | None
    method: str = "POST"

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Redirect>; raises DocumentError."""
        no_children(element)
        attributes = Attributes(element, call_sid)
        verb = cls(content(element) or None, attributes.method())
        attributes.done()
        return verb

    async def run(self, session: "Session") -> None:
        """Leave the document."""
        raise Transfer(session.action(self.url, self.method))
