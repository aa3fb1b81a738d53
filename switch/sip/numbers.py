"""Numbers as SIP writes them, and the list of those that may be rung."""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

ANONYMOUS = "anonymous"
"""What a caller's number is when the line does not tell one."""

_LISTED = re.compile(r"\+[1-9][0-9]{6,14}|[1-9][0-9]{2,5}")
"""A number of a list: an international one, or a short one such as 988 that the trunk knows."""

_DIGITS = re.compile(r"(?:\+|00)?([1-9][0-9]{6,14})")
_VISUAL = re.compile(r"[ ().-]")


def from_sip(user: str | None) -> str:
    """The user part of a SIP address as an international number, or `anonymous`.

    Trunks write `+15550100123`, `0015550100123` or `15550100123`; anything else is no number that
    could be called back.
    """
    match = _DIGITS.fullmatch(_VISUAL.sub("", (user or "").split(";")[0][:40]))
    return f"+{match[1]}" if match else ANONYMOUS


class Ringable(Protocol):
    """The numbers that may be rung from here. Whoever takes over the application, or a number in
    it, cannot ring any other: calls to numbers that cost are what stolen telephone systems are used
    for."""

    def __contains__(self, number: str) -> bool:
        """Whether the number may be rung."""


class GivenNumbers:
    """Numbers that the control interface gives, in memory alone; none until it has."""

    def __init__(self) -> None:
        """None yet."""
        self._numbers: frozenset[str] = frozenset()

    def __contains__(self, number: str) -> bool:
        """Whether the number may be rung."""
        return number in self._numbers

    def give(self, numbers: Iterable[str]) -> None:
        """These may be rung, and no others any more; raises ValueError, which names none."""
        given = frozenset(numbers)
        if not all(_LISTED.fullmatch(number) for number in given):
            raise ValueError("numbers are written like +15550100123, or short like 988")
        self._numbers = given


class AllowedNumbers:
    """The same from a file with one number in each line, which is read again when it changed."""

    def __init__(self, file: Path) -> None:
        """Read `file`; raises OSError when it cannot be read and ValueError for a wrong line."""
        self._file = file
        self._stamp: tuple[int, int] | None = None
        self._numbers: frozenset[str] = frozenset()
        self._read()

    def __contains__(self, number: str) -> bool:
        """Whether the number may be rung. A file that can no longer be read changes nothing."""
        with contextlib.suppress(OSError, ValueError):
            self._read()
        return number in self._numbers

    def _read(self) -> None:
        status = self._file.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        if stamp != self._stamp:
            self._numbers = parse(self._file.read_text(encoding="utf-8"))
            self._stamp = stamp


def parse(text: str) -> frozenset[str]:
    """The numbers of a list; raises ValueError, which names the line and not what is in it."""
    numbers = set()
    for count, line in enumerate(text.splitlines(), 1):
        number = line.split("#")[0].strip()
        if number and not _LISTED.fullmatch(number):
            raise ValueError(f"line {count} is no number like +15550100123")
        if number:
            numbers.add(number)
    return frozenset(numbers)
