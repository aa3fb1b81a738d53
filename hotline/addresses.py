"""Addresses that settings give: of the web and of e-mail.

Each function gives the address back, or raises ValueError with what it must be.
"""

import re
from urllib.parse import urlsplit

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MAIL = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*", re.ASCII)
"""The plain form of RFC 5321, section 4.1.2: no quotes, no address literals, no other letters."""
LONGEST_MAIL = 254
"""A path of 256 octets (RFC 5321, section 4.5.3.1.3) without its brackets."""


def web(value: str) -> str:
    """An address of the web with a host."""
    if any(c <= " " or c == "\x7f" for c in value):
        raise ValueError("must hold no spaces and no control characters")
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError("must be a complete address, https://host/path for example") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError("must begin with http:// or https://")
    if not parts.hostname:
        raise ValueError("must be a complete address, https://host/path for example")
    return value


def mail(value: str) -> str:
    """An address of e-mail."""
    if len(value) > LONGEST_MAIL or not MAIL.fullmatch(value):
        raise ValueError("must be an e-mail address, name@example.org for example")
    return value
