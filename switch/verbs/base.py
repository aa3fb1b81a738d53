"""What all verbs share, and typed reading of XML attributes."""

import logging
from typing import TYPE_CHECKING, ClassVar, Self
from xml.etree.ElementTree import Element

from switch.errors import SCHEMA, DocumentError

if TYPE_CHECKING:
    from switch.session import Session

log = logging.getLogger(__name__)


class Verb:
    """A parsed verb; `answers` tells whether executing it answers the call."""

    answers: ClassVar[bool] = True

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read and validate one element; raises DocumentError."""
        raise NotImplementedError

    async def run(self, session: "Session") -> None:
        """Execute the verb; raises Transfer, HungUp or Replaced to leave the document."""
        raise NotImplementedError


class Attributes:
    """The attributes of one element; `done` warns of those that nobody asked for."""

    def __init__(self, element: Element, call_sid: str) -> None:
        """Read from `element`; `call_sid` is for the log."""
        self._tag = element.tag
        self._values = dict(element.attrib)
        self._call_sid = call_sid

    def text(self, name: str) -> str | None:
        """The value as written, or None."""
        return self._values.pop(name, None)

    def string(self, name: str, default: str = "") -> str:
        """The value as written, or `default`."""
        value = self.text(name)
        return default if value is None else value

    def number(self, name: str, default: int, low: int = 0, high: int = 2**31) -> int:
        """A whole number from `low` to `high`."""
        value = self.text(name)
        if value is None or value == "":
            return default
        if not value.strip().isdecimal() or not low <= int(value) <= high:
            raise self._wrong(name)
        return int(value)

    def optional_number(self, name: str, low: int = 1) -> int | None:
        """A whole number, or None when it is not given."""
        return self.number(name, 0, low) or None

    def flag(self, name: str, default: bool) -> bool:
        """`true` or `false`."""
        value = self.text(name)
        if value is None:
            return default
        if value.lower() not in {"true", "false"}:
            raise self._wrong(name)
        return value.lower() == "true"

    def choice(self, name: str, default: str, allowed: frozenset[str]) -> str:
        """One of some words."""
        value = self.string(name, default)
        if value not in allowed:
            raise self._wrong(name)
        return value

    def method(self, name: str = "method") -> str:
        """`POST` (the default) or `GET`."""
        return self.choice(name, "POST", frozenset({"POST", "GET"}))

    def words(self, name: str, default: str, allowed: frozenset[str]) -> frozenset[str]:
        """A space-separated list of some words."""
        words = frozenset(self.string(name, default).split())
        if not words <= allowed:
            raise self._wrong(name)
        return words

    def done(self, *without_effect: str) -> None:
        """Warn of attributes that are unknown, or known but `without_effect` here."""
        for name in self._values:
            kind = "has no effect" if name in without_effect else "is unknown"
            log.warning("call=%s attribute %s of <%s> %s", self._call_sid, name, self._tag, kind)

    def _wrong(self, name: str) -> DocumentError:
        return DocumentError(SCHEMA, f"wrong value of {name} in <{self._tag}>")


def no_children(element: Element) -> None:
    """Raise DocumentError if an element has child elements."""
    if len(element):
        raise DocumentError(SCHEMA, f"<{element.tag}> may not hold <{element[0].tag}>")


def content(element: Element) -> str:
    """The text of an element, without white space at its ends."""
    return (element.text or "").strip()
