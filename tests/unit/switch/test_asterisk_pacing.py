"""Sound that waits at Asterisk: a line that neither runs dry nor lags behind."""

from hypothesis import given
from hypothesis import strategies as st

from switch.asterisk import pacing
from switch.asterisk.pacing import ENOUGH, MOST, RESERVE, Ahead
from switch.clock import FRAME_S
from switch.g711 import FRAME, SILENCE

LOUD = b"\x20" * FRAME


def play(gaps: list[float], frame: bytes) -> tuple[list[bytes], Ahead, float]:
    ahead, now, sent = Ahead(), 0.0, []
    for gap in gaps:
        now += gap
        sent.append(ahead.take(frame, now))
    return sent, ahead, now


def test_steady_frames_all_go_behind_a_reserve() -> None:
    sent, ahead, now = play([FRAME_S] * 500, LOUD)
    assert sent[0] == SILENCE * RESERVE + LOUD
    assert all(each == LOUD for each in sent[1:])
    assert RESERVE <= ahead.waiting(now) <= RESERVE + 1.5


@given(st.lists(st.floats(0, 1), max_size=200))
def test_the_line_is_never_longer_than_its_bound(gaps: list[float]) -> None:
    _, ahead, now = play(gaps, LOUD)
    assert ahead.waiting(now) < MOST + 1


@given(st.lists(st.floats(0, 1), max_size=200))
def test_silence_takes_delay_back_and_adds_none(gaps: list[float]) -> None:
    ahead = Ahead()
    ahead.begin([LOUD] * 50, 0.0)
    now = 0.0
    for gap in gaps:
        now += gap
        before = ahead.waiting(now)
        ahead.take(SILENCE, now)
        assert ahead.waiting(now) <= max(before, ENOUGH + 1)


@given(st.lists(st.floats(0, FRAME_S * RESERVE - 0.001), max_size=200))
def test_frames_that_are_late_by_no_more_than_the_reserve_leave_no_gap(late: list[float]) -> None:
    # Frame n is due at n * 20 ms and comes up to 39 ms later; none of them finds the line empty.
    ahead = Ahead()
    ahead.take(LOUD, 0.0)
    moments = sorted((n + 1) * FRAME_S + delay for n, delay in enumerate(late))
    for moment in moments:
        assert len(ahead.take(LOUD, moment)) <= FRAME


def test_what_was_kept_goes_whole_and_counts() -> None:
    ahead = Ahead()
    assert ahead.begin([LOUD * 3, LOUD], 0.0) == LOUD * 4
    assert ahead.waiting(0.0) == 4
    assert ahead.waiting(pacing.FRAME_S * 9) == 0
