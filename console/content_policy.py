"""What a page may load and do: our own, and by a nonce the one style that a player makes."""

import secrets

from flask import g
from werkzeug.wrappers import Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{nonce}; img-src 'self'; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'{sockets}; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PERMISSIONS = "camera=(), microphone=({microphone}), geolocation=(), payment=(), usb=()"


def nonce() -> str:
    """This page's nonce for a style element (the player draws its wave in a shadow tree)."""
    if "style_nonce" not in g:
        g.style_nonce = secrets.token_urlsafe(16)
    return str(g.style_nonce)


def use_microphone() -> None:
    """Let this one page ask for the microphone: a reply by voice is recorded there."""
    g.microphone = True


def reach(socket: str) -> None:
    """Let this one page open a WebSocket there (`wss://host/path`)."""
    g.socket = f" {socket}"


def apply(response: Response) -> Response:
    """Set the headers of the page that was made."""
    allowed = f" 'nonce-{g.style_nonce}'" if "style_nonce" in g else ""
    response.headers["Content-Security-Policy"] = POLICY.format(
        nonce=allowed, sockets=g.get("socket", "")
    )
    microphone = "self" if g.get("microphone") else ""
    response.headers["Permissions-Policy"] = PERMISSIONS.format(microphone=microphone)
    return response
