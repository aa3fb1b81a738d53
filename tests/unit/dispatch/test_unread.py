"""When people are told that nobody has read a report."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hotline.dispatch.unread import Told, tell_at

START = datetime(2026, 11, 24, 8, tzinfo=UTC)
MOMENTS = st.integers(0, 100_000).map(lambda s: START + timedelta(seconds=s))
ANSWERED = st.tuples(MOMENTS, st.integers(0, 5000)).map(
    lambda t: Told(t[0], t[0] + timedelta(seconds=t[1]))
)
AFTER_S = st.floats(60, 86_400)


@given(MOMENTS, AFTER_S)
def test_the_first_time_it_is_after_the_setting(since: datetime, after_s: float) -> None:
    assert tell_at(since, [], after_s) == since + timedelta(seconds=after_s)


@given(MOMENTS, st.lists(ANSWERED), MOMENTS, AFTER_S)
def test_nothing_is_due_while_one_rings(
    since: datetime, told: list[Told], raised: datetime, after_s: float
) -> None:
    assert tell_at(since, [*told, Told(raised, None)], after_s) is None


@given(MOMENTS, st.lists(ANSWERED, min_size=1), AFTER_S)
def test_nobody_is_told_twice_within_the_setting(
    since: datetime, told: list[Told], after_s: float
) -> None:
    due = tell_at(since, told, after_s)
    assert due is not None
    rest = timedelta(seconds=after_s)
    assert due >= since + rest
    assert all(due >= t.answered_at + rest for t in told if t.answered_at is not None)
    assert due in {since + rest, *(t.answered_at + rest for t in told if t.answered_at)}
