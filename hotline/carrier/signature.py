"""Is this webhook really from the carrier? Checked over the configured public URL, never a header.

Flask's `request.url` is decoded and built from what the client sent, so it cannot be used
(`%2F` and `%C3%A9` come back changed; docs/facts.md T4). `raw_target` gives the path and
query as they stood on the wire, and `verify` puts our own public URL before them.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha1
from typing import Any, Protocol, TypeAlias
from urllib.parse import quote

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped, unused-ignore]

Pairs: TypeAlias = Iterable[tuple[str, str]]
DEFAULT_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443"}
# RFC 3986 pchar plus "/": what a client leaves as it is in a path.
PATH_SAFE = "/:@!$&'()*+,;=-._~"
_URL = re.compile(
    r"^(?P<scheme>https?|wss?)://(?:[^/@]*@)?(?P<host>\[[^\]]*\]|[^/:]*)(?::(?P<port>\d+))?(?P<rest>/.*)?$"
)


class MultiDict(Protocol):
    """What werkzeug's form looks like: `items(multi=True)` gives every pair."""

    def items(self, multi: bool = False) -> Pairs:
        """All pairs when `multi`, else the first of each key."""


def verify(
    tokens: Sequence[str],
    public_url: str,
    raw_path: str,
    raw_query: str,
    form: Pairs | MultiDict,
    signature: str,
    *,
    each: bool = False,
) -> bool:
    """Whether one of our tokens made this signature over the request.

    `raw_path` and `raw_query` are as on the wire (`raw_target`), `form` is every posted pair
    (empty for a GET). each: every value of a repeated name counts, in its order (SignalWire), and
    not each different one once (Twilio). False without a token or a signature; never raises.
    """
    urls = signed_urls(public_url, raw_path, raw_query)
    posted = _Form(form)
    given = signature.encode("utf-8", "replace")
    sign = _sign_each if each else _sign
    matches = [
        hmac.compare_digest(sign(token, url, posted), given)
        for token in tokens
        if token
        for url in urls
    ]
    return any(matches)  # every pair was compared: the time does not tell which token fits


def signed_urls(public_url: str, raw_path: str, raw_query: str) -> tuple[str, ...]:
    """The spellings a carrier may have signed: without and with the port, never with user:pass.

    Twilio drops the port of https voice webhooks and keeps that of http ones. Empty when the public
    URL is not one.
    """
    match = _URL.match(public_url.rstrip("/"))
    if match is None:
        return ()
    scheme, host, port = match["scheme"], match["host"], match["port"] or ""
    target = (match["rest"] or "") + raw_path + (f"?{raw_query}" if raw_query else "")
    with_port = f"{host}:{port or DEFAULT_PORTS[scheme]}"
    return (f"{scheme}://{host}{target}", f"{scheme}://{with_port}{target}")


def raw_target(environ: Mapping[str, Any]) -> tuple[str, str]:
    """The path and the query of a WSGI request, still percent-encoded as the client sent them.

    Servers put the request line into `RAW_URI` (gunicorn) or `REQUEST_URI`; where both are missing
    the path is encoded again, which is right for every path we hand out ourselves.
    """
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if not raw:
        decoded = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        return quote(decoded.encode("latin-1"), safe=PATH_SAFE), environ.get("QUERY_STRING", "")
    raw = raw.encode("latin-1", "replace").decode(
        "utf-8", "replace"
    )  # PEP 3333 strings are latin-1
    if not raw.startswith("/"):  # absolute form: only its path counts, the host is the client's
        match = _URL.match(raw)
        raw = (match["rest"] or "/") if match else "/"
    path, _, query = raw.partition("#")[0].partition("?")
    return path, query or environ.get("QUERY_STRING", "")


class _Form(dict[str, list[str]]):
    """Posted pairs in the shape the validator reads: every value of a key by `getall`."""

    def __init__(self, form: Pairs | MultiDict) -> None:
        super().__init__()
        for key, value in form.items(multi=True) if hasattr(form, "items") else form:
            self.setdefault(key, []).append(value)

    def getall(self, key: str) -> list[str]:
        """Every value of the key; the validator sorts them and drops repeats."""
        return self[key]


def _sign(token: str, url: str, form: _Form) -> bytes:
    computed: str = RequestValidator(token).compute_signature(url, form)
    return computed.encode()


def _sign_each(token: str, url: str, form: _Form) -> bytes:
    pairs = (name + value for name in sorted(form) for value in form[name])
    digest = hmac.new(token.encode(), (url + "".join(pairs)).encode(), sha1).digest()
    return base64.b64encode(digest)
