"""Days, months and years."""

from datetime import UTC, date, datetime

import pytest

from hotline.statistics.period import BY_DAY_AT_MOST, Period, month_of, year_of


def test_a_month_has_its_days() -> None:
    month = month_of(date(2024, 2, 17))
    assert (month.first, month.last) == (date(2024, 2, 1), date(2024, 2, 29))
    assert month.whole_month
    assert not month.whole_year
    assert len(month.steps) == 29
    assert month.start == datetime(2024, 2, 1, tzinfo=UTC)
    assert month.end == datetime(2024, 3, 1, tzinfo=UTC)


def test_a_year_is_shown_by_month() -> None:
    year = year_of(2026)
    assert year.whole_year
    assert year.steps == tuple(date(2026, month, 1) for month in range(1, 13))


def test_a_fiscal_year_ends_in_its_year() -> None:
    year = year_of(2026, begins=7)
    assert (year.first, year.last) == (date(2025, 7, 1), date(2026, 6, 30))
    assert len(year.months) == 12
    assert not year.whole_year


@pytest.mark.parametrize(("last", "steps"), [(date(2026, 3, 3), 62), (date(2026, 3, 4), 3)])
def test_two_months_are_the_longest_by_day(last: date, steps: int) -> None:
    period = Period(date(2026, 1, 1), last)
    assert period.by_day == (period.days <= BY_DAY_AT_MOST)
    assert len(period.steps) == steps
