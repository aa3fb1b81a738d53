"""The figures of a period and a district: everything that the pages and files show. Pure data."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from hotline.statistics.period import Period
from hotline.statistics.waits import NONE, Waits

Key = TypeVar("Key")


@dataclass(frozen=True)
class Disclosed:
    """Reports that were disclosed, by recipient; one report may be in several.

    both: to law enforcement and to a school. either: to one of the two at least.
    """

    by_recipient: Mapping[str, int] = field(default_factory=dict)
    both: int = 0
    either: int = 0


@dataclass(frozen=True)
class Alarms:
    """Reports that nobody took until an alarm was raised.

    answered: seconds from the alarm until a person answered for it. open: nobody has, so far.
    """

    reports: int = 0
    answered: Waits = NONE
    open: int = 0


@dataclass(frozen=True)
class Gathered:
    """reports: that a person has said to tell of the same as others; incidents: how many they tell
    of; largest: reports of the one with the most; undecided: suggested, and nobody has said so."""

    reports: int = 0
    incidents: int = 0
    largest: int = 0
    undecided: int = 0


@dataclass(frozen=True)
class Reached:
    """Reports whose caller was left an answer, has heard one, and was called back and spoken to."""

    answered: int = 0
    heard: int = 0
    called_back: int = 0


@dataclass(frozen=True)
class Figures:
    """What a period's reports add up to. Counts are reports, unless they say otherwise.

    cells: (day or first of month, category, urgency) -> reports. languages, doors, schools,
    outcomes: by code; school and outcome None: not known, not closed. live: wanted to speak to a
    person. hours: (weekday, Monday is 0; hour in UTC) -> reports. ring: seconds from the beginning
    of the search to the first ring. human: to the first person who took it, of all whom somebody
    took; the same of callers on the line. unheard: with a message that has no words, for a person
    to listen to. silent: callers who wanted to speak and hung up without a word; they are not among
    the reports. duplicates: named as telling of the same as another; incidents: how many they tell
    of. takers: by the kind of responder who took it on a phone; None: nobody did.
    """

    period: Period
    cells: Mapping[tuple[date, str, str], int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    doors: Mapping[str, int] = field(default_factory=dict)
    schools: Mapping[str | None, int] = field(default_factory=dict)
    outcomes: Mapping[str | None, int] = field(default_factory=dict)
    live: int = 0
    hours: Mapping[tuple[int, int], int] = field(default_factory=dict)
    ring: Waits = NONE
    human: Waits = NONE
    human_live: Waits = NONE
    alarms: Alarms = field(default_factory=Alarms)
    unheard: int = 0
    silent: int = 0
    duplicates: int = 0
    incidents: int = 0
    disclosed: Disclosed = field(default_factory=Disclosed)
    takers: Mapping[str | None, int] = field(default_factory=dict)
    gathered: Gathered = field(default_factory=Gathered)
    reached: Reached = field(default_factory=Reached)

    @property
    def total(self) -> int:
        """All reports."""
        return sum(self.cells.values())

    @property
    def taken(self) -> int:
        """Reports that a person took."""
        return self.human.total

    @property
    def by_category(self) -> dict[str, int]:
        """Reports of each category, most first."""
        return ordered((category, n) for (_, category, _), n in self.cells.items())

    @property
    def by_urgency(self) -> dict[str, int]:
        """Reports of each urgency, most first."""
        return ordered((urgency, n) for (_, _, urgency), n in self.cells.items())

    @property
    def by_step(self) -> dict[tuple[date, str], int]:
        """Reports by (day or month, urgency)."""
        return dict(_summed(((step, urgency), n) for (step, _, urgency), n in self.cells.items()))

    @property
    def by_month(self) -> dict[tuple[date, str], int]:
        """Reports by (first of the month, category)."""
        pairs = (((s.replace(day=1), category), n) for (s, category, _), n in self.cells.items())
        return dict(_summed(pairs))


def ordered(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The pairs summed up by name, most first, then by name."""
    return dict(sorted(_summed(pairs).items(), key=lambda pair: (-pair[1], pair[0])))


def _summed(pairs: Iterable[tuple[Key, int]]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for key, count in pairs:
        found[key] += count
    return found
