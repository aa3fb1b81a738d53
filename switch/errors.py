"""What can go wrong, with Twilio's error codes, and the control flow of a running document."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from switch.steps import Step

FETCH_FAILED = 11200
BAD_URL = 11100
TOO_MANY_REDIRECTS = 11215
TOO_LARGE = 11750
PARSE_FAILED = 12100
SCHEMA = 12200
CONTENT_TYPE = 12300
NO_COACHED = 13240
STREAM_TIMEOUT = 31901
STREAM_TLS = 31910
STREAM_HANDSHAKE = 31920
STREAM_CLOSED = 31921
STREAM_SCHEME = 31922
STREAM_PROTOCOL = 31924
STREAM_MESSAGE = 31951


class DocumentError(Exception):
    """A document could not be fetched or executed; leads to the fallback URL."""

    def __init__(self, code: int, reason: str, url: str = "") -> None:
        """`code` is Twilio's; `reason` never holds what a caller said or a number."""
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.url = url


class Left(Exception):
    """<Leave>: the caller goes on after its <Enqueue>."""


class Transfer(Exception):
    """Go on with another document; the rest of this one is not executed."""

    def __init__(self, step: "Step") -> None:
        """`step` is the document to go on with."""
        super().__init__("transfer")
        self.step = step


class Interruption(Exception):
    """Something outside the document ends what the call is doing."""


class HungUp(Interruption):
    """The call is over."""


class Replaced(Interruption):
    """A REST update gave the call a new document."""

    def __init__(self, step: "Step") -> None:
        """`step` is the new document."""
        super().__init__("replaced")
        self.step = step
