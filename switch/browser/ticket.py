"""Tickets of an application for pages of its own: whose phone a page is, and until when. Pure.

An application that shares the account's token with the switch makes one for somebody who has
signed in there, and a new one every few seconds for as long as they may be rung. It is
``base64url(JSON) "." base64url(HMAC-SHA-256)``, over ``"browser-phone." JSON`` and with the token
as the key; the JSON holds ``address``, ``origin`` (of the application's page) and ``until`` (Unix
time in seconds).
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from dataclasses import dataclass

PURPOSE = b"browser-phone."
"""Stands before what is signed, so that nothing else that is signed with the token is a ticket."""
MOST_BYTES = 1024
_ADDRESS = re.compile(r"client:[A-Za-z0-9_-]{16,64}")


class TicketError(ValueError):
    """What a page has shown opens nothing."""


@dataclass(frozen=True)
class Ticket:
    """address: what is dialed (`client:…`). origin: of the page. until: Unix time in seconds."""

    address: str
    origin: str
    until: float


def read(text: str, token: str) -> Ticket:
    """The ticket that a text is, whatever the time. Raises TicketError."""
    given, _, seal = text.partition(".")
    if len(text) > MOST_BYTES or not given.isascii() or not seal.isascii():
        raise TicketError("no ticket")
    try:
        body = _bytes(given)
        wanted = hmac.new(token.encode(), PURPOSE + body, hashlib.sha256).digest()
        if not hmac.compare_digest(wanted, _bytes(seal)):
            raise TicketError("not made with the token of this account")
        said = json.loads(body)
        found = Ticket(str(said["address"]), str(said["origin"]), float(said["until"]))
    except (binascii.Error, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise TicketError("no ticket") from error
    if not _ADDRESS.fullmatch(found.address):
        raise TicketError("no address of a browser")
    return found


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
