"""How many hours each person is on call, so that nobody carries too much unseen. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.oncall import calendar
from hotline.oncall.calendar import Schedule

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Load:
    """What one person carries: hours of each week, counted from the beginning."""

    person: str
    weeks: tuple[float, ...]

    @property
    def total(self) -> float:
        """Hours of all weeks."""
        return sum(self.weeks)


def loads(schedules: Iterable[Schedule], start: datetime, weeks: int) -> tuple[Load, ...]:
    """Everybody's hours in so many weeks from an aware moment on, whoever carries most first.

    Whoever is on call in two schedules at once is counted once.
    """
    plans = tuple(schedules)
    found: dict[str, list[float]] = defaultdict(lambda: [0.0] * weeks)
    for number in range(weeks):
        begin = start + number * WEEK
        for person, spent in _spent(plans, begin, begin + WEEK).items():
            found[person][number] = spent / timedelta(hours=1)
    everybody = (Load(person, tuple(hours)) for person, hours in found.items())
    return tuple(sorted(everybody, key=lambda load: (-load.total, load.person)))


def _spent(plans: tuple[Schedule, ...], start: datetime, end: datetime) -> dict[str, timedelta]:
    shifts = sorted(
        (s for plan in plans for s in calendar.shifts(plan, start, end)), key=lambda s: s.start
    )
    spent: dict[str, timedelta] = defaultdict(timedelta)
    until: dict[str, datetime] = {}
    for shift in shifts:
        begin = max(shift.start, until.get(shift.person, shift.start))
        spent[shift.person] += max(shift.end - begin, timedelta())
        until[shift.person] = max(shift.end, until.get(shift.person, shift.end))
    return spent
