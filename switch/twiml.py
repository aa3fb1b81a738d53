"""TwiML text -> typed verbs, or a DocumentError with Twilio's code."""

import logging
from xml.etree import ElementTree

from switch import errors
from switch.verbs.allowed import ALL
from switch.verbs.base import Verb
from switch.verbs.connect import Connect
from switch.verbs.dial import Dial
from switch.verbs.enqueue import Enqueue
from switch.verbs.gather import Gather
from switch.verbs.hangup import Hangup
from switch.verbs.leave import Leave
from switch.verbs.pause import Pause
from switch.verbs.play import Play
from switch.verbs.record import Record
from switch.verbs.redirect import Redirect
from switch.verbs.refer import Refer
from switch.verbs.reject import Reject
from switch.verbs.say import Say
from switch.verbs.start import Start
from switch.verbs.stop import Stop

log = logging.getLogger(__name__)

_VERBS: dict[str, type[Verb]] = {
    "Connect": Connect,
    "Dial": Dial,
    "Enqueue": Enqueue,
    "Gather": Gather,
    "Hangup": Hangup,
    "Leave": Leave,
    "Pause": Pause,
    "Play": Play,
    "Record": Record,
    "Redirect": Redirect,
    "Refer": Refer,
    "Reject": Reject,
    "Say": Say,
    "Start": Start,
    "Stop": Stop,
}

_XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


def read(body: bytes, content_type: str, call_sid: str, only: frozenset[str] = ALL) -> list[Verb]:
    """Verbs of an HTTP answer; plain text that is no TwiML is read aloud, as Twilio does."""
    if content_type in _XML_TYPES:
        return parse(body, call_sid, only)
    if content_type != "text/plain":
        raise errors.DocumentError(errors.CONTENT_TYPE, "not a document")
    try:
        return parse(body, call_sid, only)
    except errors.DocumentError:
        log.warning("call=%s answered with plain text, which is read aloud", call_sid)
        return [Say(loop=1)]


def parse(body: bytes, call_sid: str, only: frozenset[str] = ALL) -> list[Verb]:
    """Verbs of a document; raises DocumentError when any of it is not understood."""
    root = read_xml(body)
    if root.tag != "Response":
        raise errors.DocumentError(errors.PARSE_FAILED, "the root is not <Response>")
    return [_verb(element, call_sid, only) for element in root]


def read_xml(body: bytes) -> ElementTree.Element:
    """The root of an application's document; raises DocumentError for what is none."""
    if b"<!DOCTYPE" in body.replace(b"\0", b""):  # in UTF-16 too
        raise errors.DocumentError(errors.PARSE_FAILED, "a document type is not allowed")
    try:  # without a document type there are no entities to expand
        return ElementTree.fromstring(body)  # noqa: S314  # nosec B314
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise errors.DocumentError(errors.PARSE_FAILED, "not well-formed XML") from error


def _verb(element: ElementTree.Element, call_sid: str, only: frozenset[str]) -> Verb:
    verb = _VERBS.get(element.tag)
    if verb is None or element.tag not in only:
        raise errors.DocumentError(errors.SCHEMA, f"<{element.tag}> is not allowed here")
    return verb.parse(element, call_sid)
