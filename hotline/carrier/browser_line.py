"""The way from somebody's browser to our own switch: where its socket is, and tickets for it.

A ticket says to the switch whose phone a page is, and until when (`switch.browser.ticket` reads
it). It is made with the secret that we share with the switch, goes to a signed-in page only, and is
the page's first message on the socket: it stands in no address.
"""

import base64
import hashlib
import hmac
import json
from typing import Final
from urllib.parse import urlsplit

from hotline.carrier.choice import capabilities_of
from hotline.settings import Settings
from hotline.settings.values import LOOPBACK

LASTS_S: Final = 30.0
"""Of a ticket: a few beats of a page. So long the switch may ring it at most once its owner has
signed out or gone off duty; dispatch asks it no more from that moment on."""
PATH: Final = "/phones/line"
_PURPOSE = b"browser-phone."


def socket_url(settings: Settings) -> str | None:
    """Where pages reach the switch; None: they cannot, because the carrier is another one, or
    because only this machine knows the way and the console is for others too."""
    if not capabilities_of(settings).browsers:
        return None
    if settings.browser_phone_url is not None:
        return settings.browser_phone_url
    here = settings.twilio_api_url or ""
    if not (_is_here(here) and _is_here(settings.public_url)):
        return None
    return "ws" + here.removeprefix("http") + PATH


def ticket(secret: str, address: str, origin: str, until: float) -> str:
    """A ticket for the phone of that address, in a page of that origin, until that moment of Unix
    time."""
    body = json.dumps({"address": address, "origin": origin, "until": until}).encode()
    seal = hmac.new(secret.encode(), _PURPOSE + body, hashlib.sha256).digest()
    return f"{_text(body)}.{_text(seal)}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK
