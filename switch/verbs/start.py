"""<Start>: stream a call's sound to a server while its document goes on."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch.errors import SCHEMA, DocumentError
from switch.streams.fork import MOST_TRACKS, TRACKS, Fork, running
from switch.streams.target import Target
from switch.verbs.base import Attributes, Verb
from switch.verbs.stream_noun import target

if TYPE_CHECKING:
    from switch.session import Session

WITHOUT_EFFECT = ("action", "method")


@dataclass(frozen=True)
class Start(Verb):
    """Stream to `target`, one way."""

    target: Target

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Start> and its <Stream>; raises DocumentError."""
        Attributes(element, call_sid).done(*WITHOUT_EFFECT)
        if [child.tag for child in element] != ["Stream"]:
            raise DocumentError(SCHEMA, "<Start> must hold one <Stream>")
        return cls(target(element[0], call_sid, tracks=frozenset(TRACKS)))

    async def run(self, session: "Session") -> None:
        """Begin; raises DocumentError when the call has too many tracks streamed by now."""
        callback = session.absolute(self.target.status_callback)
        fork = Fork(session.exchange, session.call, replace(self.target, status_callback=callback))
        others = running(session.exchange, session.call.sid)
        if sum(each.width for each in [*others, fork]) > MOST_TRACKS:
            raise DocumentError(SCHEMA, "more than four tracks of a call would be streamed")
        fork.begin()
