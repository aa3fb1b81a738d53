"""<Refer>: ask a SIP phone to call somebody else instead of us."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch.errors import SCHEMA, DocumentError, Transfer
from switch.verbs.address import sip
from switch.verbs.base import Attributes, Verb, content, no_children

if TYPE_CHECKING:
    from switch.session import Session

ACCEPTED, OK, NOT_FOUND = "202", "200", "404"


@dataclass(frozen=True)
class Refer(Verb):
    """Refer the far end to `address`; then the action, or the next verb when there is none."""

    address: str
    action: str | None = None
    method: str = "POST"

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Refer> and its <Sip>; raises DocumentError."""
        attributes = Attributes(element, call_sid)
        action, method = attributes.text("action") or None, attributes.method()
        attributes.done()
        if [child.tag for child in element] != ["Sip"]:
            raise DocumentError(SCHEMA, "<Refer> must hold one <Sip>")
        no_children(element[0])
        Attributes(element[0], call_sid).done()
        return cls(sip(content(element[0])), action, method)

    async def run(self, session: "Session") -> None:
        """Refer; raises Transfer to the action, DocumentError when the call is no SIP call.

        The far end accepts, and reaches the address if a phone is registered by it. It does not
        hang up by itself.
        """
        if not session.call.far_number.lower().startswith(("sip:", "sips:")):
            raise DocumentError(SCHEMA, "<Refer> is for SIP calls only")
        reached = session.exchange.phones.known(self.address)
        params = {
            "ReferCallStatus": "in-progress" if reached else "failed",
            "ReferSipResponseCode": ACCEPTED,
            "NotifySipResponseCode": OK if reached else NOT_FOUND,
        }
        session.exchange.note(session.call, "referred", status=params["ReferCallStatus"])
        if self.action is not None:
            raise Transfer(session.action(self.action, self.method, **params))
