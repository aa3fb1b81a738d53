"""Connection overrides: `#rc=2&rp=5xx` behind a webhook URL, stripped before it is requested."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag

CEILING_S = 15.0
"""Wall seconds over everything that belongs to one webhook, retries included."""

_WORDS = re.compile(r"^[a-z]+=[^&]*(&[a-z]+=[^&]*)*$")
_RETRY_KINDS = frozenset({"4xx", "5xx", "ct", "rt", "all"})


@dataclass(frozen=True)
class Overrides:
    """How to connect: seconds, and what to try again; the defaults are Twilio's."""

    connect_s: float = 5.0
    read_s: float = 15.0
    total_s: float = CEILING_S
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})

    def retries_for(self, failure: str) -> bool:
        """Whether a failure of this kind (`ct`, `rt`, `4xx`, `5xx`) is tried again."""
        return "all" in self.retry_on or failure in self.retry_on


def split(url: str) -> tuple[str, Overrides]:
    """A URL without its fragment, and the overrides its fragment held.

    Values out of range are moved into it; words that are not known are left out.
    """
    plain, fragment = urldefrag(url)
    values = dict(parse_qsl(fragment)) if _WORDS.match(fragment) else {}
    kinds = frozenset(values.get("rp", "ct").split(",")) & _RETRY_KINDS
    return plain, Overrides(
        connect_s=_number(values.get("ct"), 5000, 100, 10000) / 1000,
        read_s=_number(values.get("rt"), 15000, 100, 15000) / 1000,
        total_s=_number(values.get("tt"), 15000, 100, 15000) / 1000,
        retries=_number(values.get("rc"), 1, 0, 5),
        retry_on=kinds,
    )


def _number(text: str | None, default: int, low: int, high: int) -> int:
    if text is None or not text.isdecimal():
        return default
    return min(high, max(low, int(text)))
