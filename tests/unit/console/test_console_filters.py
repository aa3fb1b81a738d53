"""What an address asks the list for, and back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.reports.filters import CHOICES, VIEWS, Filters, Offered, parse

OFFERED = Offered(
    urgency=("urgent",), category=("weapons",), language=("en",), school=("north-high",)
)
FULL = {
    "show": "mine",
    "q": "gun locker",
    "urgency": "urgent",
    "category": "weapons",
    "language": "en",
    "school": "north-high",
    "state": "open",
    "assignee": "me",
    "from": "2026-11-01",
    "to": "2026-11-30",
    "before": "019ab000-0000-7000-8000-000000000000",
}


def test_what_is_asked_for_is_read_and_written_back() -> None:
    filters, wrong = parse(FULL, OFFERED, "all")
    assert wrong == {}
    assert (filters.first, filters.last) == (date(2026, 11, 1), date(2026, 11, 30))
    assert filters.query() == FULL


def test_nothing_asked_for_is_the_first_view() -> None:
    assert parse({}, OFFERED, "unreviewed") == (Filters(show="unreviewed"), {})


def test_a_filter_can_be_taken_away() -> None:
    filters, _ = parse(FULL, OFFERED, "all")
    assert set(filters.active()) == set(FULL) - {"show", "before"}
    rest = filters.without("category")
    assert "category" not in rest
    assert "before" not in rest  # from the beginning: another list has other places
    assert rest["q"] == "gun locker"


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("show", "nonsense", "There is no such view. These are all reports."),
        ("category", "nonsense", "There is nothing of that name. Choose from the list."),
        ("school", "'; DROP TABLE report", "There is nothing of that name. Choose from the list."),
        ("assignee", "somebody", "There is nothing of that name. Choose from the list."),
        ("from", "yesterday", "Write the day like 2026-11-24."),
        ("from", "0001-01-01", "Write the day like 2026-11-24."),
        ("to", "9999-12-31", "Write the day like 2026-11-24."),
        ("q", "x" * 201, "Ask for 200 letters at most."),
        ("before", "1 OR 1=1", "There is no such place in the list. This is its beginning."),
    ],
)
def test_what_cannot_be_is_told_and_left_out(key: str, value: str, sentence: str) -> None:
    filters, wrong = parse({key: value}, OFFERED, "all")
    assert wrong == {key: sentence}
    assert filters == Filters()


def test_the_last_day_is_not_before_the_first() -> None:
    filters, wrong = parse({"from": "2026-11-02", "to": "2026-11-01"}, OFFERED, "all")
    assert list(wrong) == ["to"]
    assert (filters.first, filters.last) == (date(2026, 11, 2), None)


@given(st.dictionaries(st.sampled_from(list(FULL)), st.text(max_size=250)))
def test_any_address_gives_a_list(args: dict[str, str]) -> None:
    filters, wrong = parse(args, OFFERED, "all")
    assert filters.show in VIEWS
    assert all(getattr(filters, key) in ("", *getattr(OFFERED, key)) for key in CHOICES)
    assert set(wrong) <= set(FULL)
    assert parse(filters.query(), OFFERED, "all") == (filters, {})
