"""<Stop>: end a stream that <Start> or the REST API began."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch.errors import SCHEMA, DocumentError
from switch.streams.fork import running
from switch.verbs.base import Attributes, Verb

if TYPE_CHECKING:
    from switch.session import Session

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stop(Verb):
    """End the stream called `name`."""

    name: str

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Stop> and the name of its <Stream>; raises DocumentError."""
        Attributes(element, call_sid).done()
        if [child.tag for child in element] != ["Stream"]:
            raise DocumentError(SCHEMA, "<Stop> must hold one <Stream>")
        attributes = Attributes(element[0], call_sid)
        name = attributes.string("name")
        attributes.done()
        if not name:
            raise DocumentError(SCHEMA, "<Stop><Stream> has no name")
        return cls(name)

    async def run(self, session: "Session") -> None:
        """End it; a name that nobody has is logged."""
        found = [f for f in running(session.exchange, session.call.sid) if f.name == self.name]
        for fork in found:
            fork.stop()
        if not found:
            log.warning("call=%s <Stop> names no running stream", session.call.sid)
