"""A stretch of whole days in UTC, and the days or months it is shown by. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

BY_DAY_AT_MOST = 62
"""Longer periods are shown by month: two months of days still fit on a phone."""
LONGEST_DAYS = 3660
"""Ten years: more than a school-safety line has kept so far."""


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included, in UTC."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The moment it begins."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The moment it is over; not in it any more."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def by_day(self) -> bool:
        """Whether it is shown by day; by month otherwise."""
        return self.days <= BY_DAY_AT_MOST

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of each month it touches."""
        return tuple(_months(self.first, self.last))

    @property
    def steps(self) -> tuple[date, ...]:
        """The days, or the first days of the months, that it is shown by."""
        if not self.by_day:
            return self.months
        return tuple(self.first + timedelta(days=n) for n in range(self.days))

    @property
    def whole_month(self) -> bool:
        """Whether it is exactly one month."""
        return self == month_of(self.first)

    @property
    def whole_year(self) -> bool:
        """Whether it is exactly one calendar year."""
        return self == year_of(self.first.year)


def month_of(day: date) -> Period:
    """The month a day is in."""
    first = day.replace(day=1)
    return Period(first, _next_month(first) - timedelta(days=1))


def year_of(year: int, begins: int = 1) -> Period:
    """The year that ends in `year` and begins with that month: January, or July where the law
    counts by fiscal years (7: July of the year before to June)."""
    first = date(year if begins == 1 else year - 1, begins, 1)
    return Period(first, first.replace(year=first.year + 1) - timedelta(days=1))


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _next_month(month)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
