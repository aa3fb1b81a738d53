"""Shares of waits."""

from hypothesis import given
from hypothesis import strategies as st

from hotline.statistics.waits import waits


def test_nothing_has_no_median() -> None:
    assert waits([(None, 4)]).median is None
    assert waits([]).total == 0


def test_a_clock_that_ran_back_is_no_wait() -> None:
    assert waits([(-2, 1)]).counts == ((0, 1),)


def test_what_did_not_take_longer() -> None:
    assert waits([(10, 2), (60, 1), (61, 1), (10, 1)]).within(60) == 4


@given(st.lists(st.integers(0, 600), min_size=1), st.floats(0, 1))
def test_a_quantile_is_one_that_happened(seconds: list[int], share: float) -> None:
    found = waits((each, 1) for each in seconds)
    quantile = found.quantile(share)
    assert quantile in seconds
    assert found.within(quantile) >= share * len(seconds)
    shorter = [each for each in seconds if each < quantile]
    assert len(shorter) < max(1, share * len(seconds))
