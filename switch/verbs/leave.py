"""<Leave>: out of the queue, and on with the verb after <Enqueue>."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch.errors import Left
from switch.verbs.base import Attributes, Verb, no_children

if TYPE_CHECKING:
    from switch.session import Session

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Leave(Verb):
    """Leave the queue; outside of one nothing happens."""

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Leave>; raises DocumentError."""
        no_children(element)
        Attributes(element, call_sid).done()
        return cls()

    async def run(self, session: "Session") -> None:
        """Leave."""
        if session.in_queue:
            raise Left
        log.warning("call=%s <Leave> outside of a queue does nothing", session.call.sid)
