"""<Connect><Stream>: the call's sound goes to a server of the application until that closes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from switch.clock import FRAME_S
from switch.errors import BAD_URL, SCHEMA, DocumentError, HungUp, Replaced, Transfer
from switch.stream import (
    FAILED,
    HANGUP,
    REPLACED,
    SERVER,
    MediaStream,
    StreamError,
    Target,
    tell,
)
from switch.verbs.base import Attributes, Verb, no_children

if TYPE_CHECKING:
    from switch.session import Session

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_PARAMETER = 500
"""Characters of a parameter's name and value together."""


@dataclass(frozen=True)
class Connect(Verb):
    """Open the stream; when it is over, the action, or the next verb without one."""

    target: Target
    action: str | None = None
    method: str = "POST"

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Connect>; raises DocumentError."""
        attributes = Attributes(element, call_sid)
        action, method = attributes.text("action") or None, attributes.method()
        attributes.done()
        if [child.tag for child in element] != ["Stream"]:
            raise DocumentError(SCHEMA, "<Connect> holds one <Stream>")
        return cls(_target(element[0], call_sid), action, method)

    async def run(self, session: "Session") -> None:
        """Stream until the server ends it; raises Transfer to the action, HungUp or Replaced."""
        stream, reason = MediaStream(session, self.target), SERVER
        try:
            await session.wait(stream.open())
            await session.wait(stream.pump())
        except StreamError as error:
            reason = FAILED
            session.exchange.note(session.call, "stream_error", sid=stream.sid, why=str(error))
            tell(session, self.target, stream.sid, "stream-error", str(error))
        except HungUp:
            reason = HANGUP
            raise
        except Replaced:
            reason = REPLACED
            raise
        finally:
            self._over(session, stream, reason)
        if self.action is not None:
            raise Transfer(session.action(self.action, self.method, StreamSid=stream.sid))

    def _over(self, session: "Session", stream: MediaStream, reason: str) -> None:
        duration_s = round(stream.frames * FRAME_S, 2)
        session.exchange.note(
            session.call, "stream_ended", sid=stream.sid, duration_s=duration_s, reason=reason
        )
        if reason != FAILED:
            tell(session, self.target, stream.sid, "stream-stopped")
        session.exchange.spawn(stream.close(reason))


def _target(element: Element, call_sid: str) -> Target:
    attributes = Attributes(element, call_sid)
    url = attributes.string("url")
    attributes.choice("track", "inbound_track", frozenset({"inbound_track"}))
    target = Target(
        url=_checked(url),
        name=attributes.string("name"),
        parameters=dict(_parameter(child, call_sid) for child in element),
        callback_url=attributes.string("statusCallback"),
        callback_method=attributes.method("statusCallbackMethod"),
    )
    attributes.done()
    return target


def _checked(url: str) -> str:
    parts = urlsplit(url)
    safe = parts.scheme == "wss" or (parts.scheme == "ws" and parts.hostname in LOOPBACK)
    if not safe or not parts.hostname:
        raise DocumentError(BAD_URL, "a stream's URL begins with wss://", url)
    if parts.query or parts.fragment:
        raise DocumentError(BAD_URL, "a stream's URL has no query; use <Parameter>", url)
    return url


def _parameter(element: Element, call_sid: str) -> tuple[str, str]:
    if element.tag != "Parameter":
        raise DocumentError(SCHEMA, f"<Stream> may not hold <{element.tag}>")
    no_children(element)
    attributes = Attributes(element, call_sid)
    name, value = attributes.string("name"), attributes.string("value")
    attributes.done()
    if not name or len(name) + len(value) >= MOST_PARAMETER:
        raise DocumentError(SCHEMA, "a <Parameter> needs a name and fewer than 500 characters")
    return name, value
