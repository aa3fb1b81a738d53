"""Somebody who is rung in the browser first: one turn of two rings, within the time of one."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.dispatch.effect_words import CancelCall, Effect, PlaceCall, Resolve, ResolvePhone
from hotline.dispatch.limits import (
    BROWSER_LEAST_S,
    BROWSER_MOST_S,
    browser_s,
    longest_s,
    ring_longest_s,
)
from hotline.dispatch.machine import IllegalMove, advance
from hotline.dispatch.turns import latest
from hotline.dispatch.words import (
    ENDINGS,
    Accepted,
    Answered,
    Attempt,
    AttemptState,
    Begin,
    Dispatch,
    DispatchState,
    Due,
    Ended,
    Event,
    Invited,
    PhoneFollows,
    Placed,
    Resolved,
    Ringing,
    Role,
    Step,
)
from tests.fakes.clock import START

ONE = (Step(("a",), 24.0), Step(("b",), 24.0))
RUNG = (Begin(), Resolved(0, ("a",), ("a",)))
NOT_TAKEN = [state for state in ENDINGS if state is not AttemptState.DECLINED]


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def after(
    *events: Event, plan: tuple[Step, ...] = ONE, seconds: float = 0.0
) -> tuple[Dispatch, tuple[Effect, ...]]:
    """All of them at once, and the last one so many seconds later."""
    state = Dispatch(plan)
    for event in events[:-1]:
        state, _ = advance(state, event, START)
    return advance(state, events[-1], at(seconds))


def only(state: Dispatch, attempt_id: str) -> Attempt:
    found = state.attempt(attempt_id)
    assert found is not None
    return found


def test_the_browser_gets_a_part_of_the_time_and_its_turn_an_end() -> None:
    state, effects = after(*RUNG)
    ring = only(state, "a")
    assert effects == (PlaceCall("a"),)
    assert (ring.ring_s, ring.phone_s, ring.ends_by) == (8.0, 16.0, at(ring_longest_s(24.0)))


@pytest.mark.parametrize("outcome", NOT_TAKEN)
def test_the_phone_is_next_for_what_is_left(outcome: AttemptState) -> None:
    state, effects = after(*RUNG, Placed("a"), Ended("a", outcome), seconds=3)
    assert effects == (ResolvePhone("a", 21.0),)
    state, effects = advance(state, PhoneFollows("a", "p", 21.0), at(3))
    phone = only(state, "p")
    assert effects == (PlaceCall("p"),)
    assert (phone.state, phone.turn, phone.position) == (AttemptState.INTENDED, 1, 0)
    assert (phone.phone_s, phone.ends_by) == (None, only(state, "a").ends_by)
    assert advance(state, Ended("p", AttemptState.BUSY), at(9))[1] == (Resolve(1, 2),)


def test_whoever_has_passed_is_not_rung_again() -> None:
    passed = Ended("a", AttemptState.DECLINED)
    assert after(*RUNG, Ringing("a"), Answered("a"), passed)[1] == (Resolve(1, 2),)


def test_nobody_waits_for_a_browser_that_does_not_answer() -> None:
    state, effects = after(*RUNG, Placed("a"), Ringing("a"), Due("a"), seconds=10)
    assert effects == (CancelCall("a"),)
    _, effects = advance(state, Due("a"), at(15))
    assert effects == (CancelCall("a"), ResolvePhone("a", 16.0))


def test_a_late_press_in_the_browser_stops_the_phone() -> None:
    rung = (*RUNG, Placed("a"), Ended("a", AttemptState.LOST), PhoneFollows("a", "p", 20.0))
    state, effects = after(*rung, Accepted("a"))
    assert (state.state, state.taken_by) == (DispatchState.TAKEN, "a")
    assert CancelCall("p") in effects


def test_a_phone_follows_a_browser_that_is_over_and_nothing_else() -> None:
    with pytest.raises(IllegalMove):
        after(*RUNG, PhoneFollows("a", "p", 20.0))
    with pytest.raises(IllegalMove):
        after(
            Begin(), Resolved(0, ("a",)), Ended("a", AttemptState.BUSY), PhoneFollows("a", "p", 2)
        )


def test_who_is_asked_to_take_over_is_rung_in_the_browser_too() -> None:
    invited = (*RUNG, Accepted("a"), Invited(Role.RELIEVE, ("c",), 24.0, ("c",)))
    state, effects = after(*invited, Ended("c", AttemptState.UNANSWERED))
    assert effects == (ResolvePhone("c", 24.0),)
    state, _ = advance(state, PhoneFollows("c", "p", 24.0), START)
    assert (only(state, "p").role, state.state) == (Role.RELIEVE, DispatchState.TAKEN)


@given(st.floats(0.5, 600.0))
def test_a_part_is_whole_seconds_and_leaves_most_to_the_phone(ring_s: float) -> None:
    part = browser_s(ring_s)
    assert part == 0 or BROWSER_LEAST_S <= part <= BROWSER_MOST_S
    assert part == int(part)
    assert part <= ring_s / 3


LATE = st.lists(
    st.sampled_from([Placed, Ringing, Answered, Due]).flatmap(
        lambda kind: st.tuples(st.just(kind), st.floats(0.0, 130.0))
    ),
    max_size=12,
)


@given(st.floats(15.0, 120.0), LATE, LATE)
def test_both_rings_end_within_the_time_of_one(
    ring_s: float, browser: list[tuple[type, float]], phone: list[tuple[type, float]]
) -> None:
    """Whatever is told and when, if timers fire: what doctor and pages promise stays true."""
    state, _ = advance(Dispatch((Step(("a",), ring_s),)), Begin(), START)
    state, _ = advance(state, Resolved(0, ("a",), ("a",)), START)
    now = START
    for ring, told in (("a", browser), ("p", phone)):
        for kind, seconds in [*told, (Due, 1000.0)]:
            until = now + timedelta(seconds=seconds)
            while state.live and (due := only(state, state.live[0].id).due_at) and due <= until:
                now = max(now, due)
                state = answered(state, Due(state.live[0].id), now)
            if state.live and state.live[0].id == ring:
                now = max(now, until)
                state = answered(state, kind(ring), now)
    assert not state.live
    assert now <= at(longest_s((Step(("a",), ring_s),)))


def answered(state: Dispatch, event: Event, now: datetime) -> Dispatch:
    """The event, and what the desk says to what follows."""
    state, effects = advance(state, event, now)
    for effect in effects:
        if isinstance(effect, ResolvePhone):
            state, _ = advance(state, PhoneFollows("a", "p", effect.ring_s), now)
    return state


class Row:
    """What `latest` asks of a ring."""

    def __init__(self, ring_id: str, follows: str | None = None) -> None:
        self.id, self.follows = ring_id, follows


def test_people_count_turns() -> None:
    rows = [Row("a"), Row("b"), Row("p", "a")]
    assert [row.id for row in latest(rows)] == ["b", "p"]
