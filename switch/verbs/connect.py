"""<Connect>: hand the call's sound to a server by a <Stream>, until the server closes it."""

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from switch import errors
from switch.streams.stream import Stream, Target
from switch.verbs.base import Attributes, Verb, no_children

if TYPE_CHECKING:
    from switch.session import Session

PARAMETER_LIMIT = 500
"""Characters of a <Parameter>'s name and value together must be fewer (Twilio)."""

_TRACKS = frozenset({"inbound_track"})


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
        return cls(_target(element[0], call_sid), action, method)

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


def _target(element: Element, call_sid: str) -> Target:
    attributes = Attributes(element, call_sid)
    target = Target(
        url=_checked(attributes.string("url")),
        name=attributes.string("name"),
        parameters=dict(_parameter(child, call_sid) for child in element),
        status_callback=attributes.string("statusCallback"),
        status_method=attributes.method("statusCallbackMethod"),
    )
    attributes.choice("track", "inbound_track", _TRACKS)
    attributes.done()
    return target


def _parameter(element: Element, call_sid: str) -> tuple[str, str]:
    if element.tag != "Parameter":
        raise errors.DocumentError(errors.SCHEMA, f"<Stream> may not hold <{element.tag}>")
    no_children(element)
    attributes = Attributes(element, call_sid)
    name, value = attributes.string("name"), attributes.string("value")
    attributes.done()
    if not name or len(name) + len(value) >= PARAMETER_LIMIT:
        raise errors.DocumentError(errors.SCHEMA, "a <Parameter> without a name, or too long")
    return name, value


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise errors.DocumentError(errors.BAD_URL, "not an absolute wss URL") from error
    if not host:
        raise errors.DocumentError(errors.BAD_URL, "not an absolute wss URL")
    if parts.scheme != "wss" and not (parts.scheme == "ws" and _is_loopback(host)):
        raise errors.DocumentError(errors.STREAM_SCHEME, "streams go to wss URLs only")
    if "?" in url:
        raise errors.DocumentError(
            errors.BAD_URL, "a stream's URL may have no query: use <Parameter>"
        )
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
