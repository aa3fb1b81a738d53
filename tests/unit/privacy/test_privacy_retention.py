"""How long a report is kept: each class by its clock, never while it is open or held."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.privacy.retention import Case, Clocks, Kept, Retention, judge

CLOSED = datetime(2026, 1, 10, 12, tzinfo=UTC)
CLOCKS = Clocks(routine_days=90, grave_days=365, draft_days=7)
moments = st.integers(0, 20 * 365 * 86400).map(lambda s: CLOSED + timedelta(seconds=s))
cases = st.builds(
    Case,
    st.sampled_from(["draft", "open", "closed"]),
    st.sampled_from(["routine", "urgent", "life-safety"]),
    moments,
    st.none() | moments,
    st.booleans(),
)
days = st.integers(1, 4000)
clocks = st.builds(Clocks, days, days, days)


def closed(urgency: str = "routine", *, held: bool = False) -> Case:
    return Case("closed", urgency, CLOSED - timedelta(days=3), CLOSED, held)


@pytest.mark.parametrize(
    ("urgency", "retention", "after_days"),
    [
        ("routine", Retention.ROUTINE, 90),
        ("urgent", Retention.GRAVE, 365),
        ("life-safety", Retention.GRAVE, 365),
    ],
)
def test_the_clock_of_a_class(urgency: str, retention: Retention, after_days: int) -> None:
    due = CLOSED + timedelta(days=after_days)
    before = judge(closed(urgency), CLOCKS, due - timedelta(seconds=1))
    assert (before.retention, before.due_at, before.kept) == (retention, due, Kept.TIME)
    assert judge(closed(urgency), CLOCKS, due).kept is None


def test_a_draft_counts_from_its_first_word() -> None:
    draft = Case("draft", "life-safety", CLOSED, None, held=False)
    assert judge(draft, CLOCKS, CLOSED + timedelta(days=6)).kept is Kept.TIME
    verdict = judge(draft, CLOCKS, CLOSED + timedelta(days=7))
    assert (verdict.retention, verdict.kept) == (Retention.DRAFT, None)


def test_one_that_was_opened_again_is_kept_though_it_was_closed_once() -> None:
    again = Case("open", "routine", CLOSED, CLOSED, held=False)
    assert judge(again, CLOCKS, CLOSED + timedelta(days=9999)).kept is Kept.OPEN


@given(cases, clocks, moments)
def test_nothing_open_or_held_is_ever_deleted(case: Case, clocks: Clocks, now: datetime) -> None:
    if judge(case, clocks, now).kept is None:
        assert case.state != "open"
        assert not case.held


@given(cases, clocks, moments, st.integers(0, 10**9))
def test_what_is_due_stays_due(case: Case, clocks: Clocks, now: datetime, later_s: int) -> None:
    if judge(case, clocks, now).kept is None:
        assert judge(case, clocks, now + timedelta(seconds=later_s)).kept is None


@given(cases, clocks, moments)
def test_nothing_is_deleted_before_its_days_are_over(
    case: Case, clocks: Clocks, now: datetime
) -> None:
    verdict = judge(case, clocks, now)
    if verdict.kept is None:
        begun = case.created_at if case.state == "draft" else case.closed_at
        assert begun is not None
        assert now - begun >= timedelta(days=clocks.days(verdict.retention))
