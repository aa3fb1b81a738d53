"""X-Twilio-Signature: HMAC-SHA1 over the URL and the sorted form parameters."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit


def signed_url(url: str) -> str:
    """The form of a URL that is signed: no user info, no fragment, no port when https."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "https" and parts.port is not None:
        host = host.rpartition(":")[0]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def sign(token: str, url: str, params: Iterable[tuple[str, str]] = ()) -> str:
    """Signature of a request to `url` with the form parameters `params` (none for a GET)."""
    text = signed_url(url) + "".join(name + value for name, value in sorted(set(params)))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
