"""What people enter for a year's report, as it is typed and as it is shown. Pure.

Counts are typed one a line, "prank calls: 7": what was counted, and how often.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

LONGEST_TEXT = 8000
"""Letters; two printed pages."""
MOST_COUNTS = 40
LONGEST_NAME = 120
LARGEST = 9_999_999
Count = tuple[str, int]


class NotACount(ValueError):
    """A line that is none. line: its number, from 1; text: what stands there."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line}")
        self.line, self.text = line, text


@dataclass(frozen=True)
class Entered:
    """What somebody has entered for an item. id: of this version; by: account id."""

    id: str
    counts: tuple[Count, ...]
    text: str
    by: str
    at: datetime


def parse_counts(typed: str) -> tuple[Count, ...]:
    """The counts of the lines, empty lines left out. Raises NotACount for the first that is none,
    and for one too many."""
    found: list[Count] = []
    for number, line in enumerate(typed.splitlines(), 1):
        if not line.strip():
            continue
        name, _, figure = line.rpartition(":")
        name, figure = name.strip(), figure.strip()
        digits = figure.isascii() and figure.isdigit() and int(figure) <= LARGEST
        if not (0 < len(name) <= LONGEST_NAME and digits) or len(found) == MOST_COUNTS:
            raise NotACount(number, line.strip()[:LONGEST_NAME])
        found.append((name, int(figure)))
    return tuple(found)


def typed(counts: Sequence[Count]) -> str:
    """The lines that give these counts."""
    return "\n".join(f"{name}: {count}" for name, count in counts)
