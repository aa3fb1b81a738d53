"""Which Asterisk, as whom, and how it rings a number."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

NUMBER, DIGITS = "{number}", "{digits}"
"""What stands in an endpoint for the number that is rung: +15550100123, or without the plus."""

_ENDPOINT = re.compile(r"[A-Za-z0-9]{2,20}/[A-Za-z0-9+@:;=._/{}-]{1,200}")
_APP = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True)
class AsteriskConfig:
    """One Asterisk. `url` is that of its HTTP server, its prefix included and nothing behind it."""

    url: str
    user: str
    app: str = "hotline"
    endpoint: str = ""
    """What is rung for a number, `PJSIP/{number}@trunk` for example; empty: nothing is."""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    """Whose certificates are believed; empty: those that this machine believes."""
    most_calls: int = 150
    """Calls at once; the next one goes on in Asterisk's dialplan."""

    @property
    def encrypted(self) -> bool:
        """Whether what goes there and comes back is encrypted."""
        return self.url.startswith("https://")

    def endpoint_for(self, number: str) -> str:
        """What Asterisk is told to ring for a number that may be rung."""
        return self.endpoint.replace(NUMBER, number).replace(DIGITS, number.removeprefix("+"))


def url(text: str) -> str:
    """The URL of an Asterisk, without a slash at its end; raises ValueError."""
    parts = urlsplit(text)
    bare = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not bare:
        raise ValueError("must be http(s)://HOST:PORT, https://pbx.example:8089 for example")
    return text.rstrip("/")


def endpoint(text: str) -> str:
    """An endpoint with a place for the number; raises ValueError."""
    if not _ENDPOINT.fullmatch(text) or text.count(NUMBER) + text.count(DIGITS) != 1:
        raise ValueError("must have {number} or {digits} once, PJSIP/{number}@trunk for example")
    return text


def app(text: str) -> str:
    """The name of a Stasis application; raises ValueError."""
    if not _APP.fullmatch(text):
        raise ValueError("must be letters, digits, - and _, hotline for example")
    return text
