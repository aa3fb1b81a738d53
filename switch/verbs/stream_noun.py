"""<Stream>: where a call's sound goes, and with which parameters."""

import ipaddress
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from switch import errors
from switch.streams.target import Target
from switch.verbs.base import Attributes, no_children

WITHOUT_EFFECT = ("connectorName", "audioFormat", "sampleRate")
PARAMETER_LIMIT = 500
"""Characters of a <Parameter>'s name and value together must be fewer (Twilio)."""


def target(element: Element, call_sid: str, *, tracks: frozenset[str]) -> Target:
    """Read <Stream>, whose track is one of `tracks`; raises DocumentError."""
    attributes = Attributes(element, call_sid)
    found = Target(
        url=checked(attributes.string("url")),
        name=attributes.string("name"),
        parameters=dict(_parameter(child, call_sid) for child in element),
        status_callback=attributes.string("statusCallback"),
        status_method=attributes.method("statusCallbackMethod"),
        track=attributes.choice("track", "inbound_track", tracks),
    )
    attributes.done(*WITHOUT_EFFECT)
    return found


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


def checked(url: str) -> str:
    """A stream's URL, if it may be one; raises DocumentError."""
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
