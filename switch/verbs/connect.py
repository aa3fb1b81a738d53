"""<Connect>: hand the call's sound to a server by a <Stream>, until the server closes it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import errors
from switch.streams.stream import Stream
from switch.streams.target import Target
from switch.verbs.base import Attributes, Verb
from switch.verbs.stream_noun import target

if TYPE_CHECKING:
    from switch.session import Session

TRACKS = frozenset({"inbound_track"})
"""A stream in both directions has no others (Twilio)."""


@dataclass(frozen=True)
class Connect(Verb):
    """Stream to `target`, both ways; then the action, or the next verb when there is none."""

    target: Target
    action: str | None = None
    method: str = "POST"

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Connect> and its <Stream>; raises DocumentError."""
        attributes = Attributes(element, call_sid)
        action, method = attributes.text("action") or None, attributes.method()
        attributes.done()
        if [child.tag for child in element] != ["Stream"]:
            raise errors.DocumentError(errors.SCHEMA, "<Connect> must hold one <Stream>")
        return cls(target(element[0], call_sid, tracks=TRACKS), action, method)

    async def run(self, session: "Session") -> None:
        """Stream; raises Transfer to the action, or HungUp once the action has been told."""
        stream = Stream(session, self.target)
        try:
            await stream.run()
        except errors.HungUp:
            if self.action is not None:
                await session.notify(session.action(self.action, self.method, **stream.params))
            raise
        if self.action is not None:
            raise errors.Transfer(session.action(self.action, self.method, **stream.params))
