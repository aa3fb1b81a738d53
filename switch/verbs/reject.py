"""<Reject>: refuse an incoming call without answering it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self
from xml.etree.ElementTree import Element

from switch.calls import Status
from switch.errors import HungUp
from switch.verbs.base import Attributes, Verb, no_children

if TYPE_CHECKING:
    from switch.session import Session


@dataclass(frozen=True)
class Reject(Verb):
    """Refuse with `reason` rejected (the caller's status is no-answer) or busy."""

    answers: ClassVar[bool] = False
    reason: str = "rejected"

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Reject>; raises DocumentError."""
        no_children(element)
        attributes = Attributes(element, call_sid)
        verb = cls(attributes.choice("reason", "rejected", frozenset({"rejected", "busy"})))
        attributes.done()
        return verb

    async def run(self, session: "Session") -> None:
        """End the call; one that was answered before is hung up."""
        refused = Status.BUSY if self.reason == "busy" else Status.NO_ANSWER
        status = Status.COMPLETED if session.call.live else refused
        session.exchange.end(session.call, status, by="twiml")
        raise HungUp
