"""A busy day of a whole state, in which every promise is checked after every event."""

import pytest

from hotline.simulate import day
from hotline.simulate.kept import play_and_count
from hotline.simulate.play import play

HOURS = 3600.0


@pytest.mark.parametrize(
    "calls", [80, pytest.param(day.CALLS, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
def test_every_promise_holds_all_day(calls: int) -> None:
    outcome, kept = play_and_count(day.scenario(1, calls))
    assert outcome.violation is None
    assert kept.under_way == {}
    assert kept.rows["call"] >= calls
    assert kept.rows["task"] < 40 * calls
    assert outcome.lasted_s > 20 * HOURS
    assert outcome.states["dispatch taken"] > calls / 2
    assert sum(outcome.faults.values()) > calls


def test_a_lost_end_of_a_talk_does_not_keep_a_counselor_for_hours() -> None:
    """Seed 1 with 100 callers is the day on which this came out."""
    assert play(day.scenario(1, 100)).violation is None


def test_a_day_is_the_same_every_time() -> None:
    assert day.scenario(7, 50) == day.scenario(7, 50)
    assert day.scenario(7, 50) != day.scenario(8, 50)
