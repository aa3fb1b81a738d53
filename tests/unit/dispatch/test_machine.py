"""The machine, step by step: the plain way and each thing that can come in between."""

from datetime import timedelta

import pytest

from hotline.dispatch.effect_words import (
    CancelCall,
    ConnectCaller,
    Effect,
    LookUp,
    PlaceCall,
    RaiseAlarm,
    Resolve,
)
from hotline.dispatch.limits import (
    CANCEL_LIMIT_S,
    PLACE_LIMIT_S,
    RING_SLACK_S,
    SCREENING_LIMIT_S,
    longest_s,
)
from hotline.dispatch.machine import IllegalMove, advance
from hotline.dispatch.words import (
    Accepted,
    Answered,
    AttemptState,
    Begin,
    CallerBack,
    CallerLeft,
    Dispatch,
    DispatchState,
    Dropped,
    Due,
    Ended,
    Event,
    Invited,
    OverlapDue,
    Placed,
    Resolved,
    Ringing,
    Role,
    Step,
    Withdraw,
)
from tests.fakes.clock import START

ONE_BY_ONE = (Step(("a",), 20), Step(("b",), 20))
TOGETHER = (Step(("a", "b"), 20), Step(("c",), 20))


def after(plan: tuple[Step, ...], *events: Event) -> tuple[Dispatch, tuple[Effect, ...]]:
    """The state after the events, all at START, and the effects of the last one."""
    state = Dispatch(plan)
    effects: tuple[Effect, ...] = ()
    for event in events:
        state, effects = advance(state, event, START)
    return state, effects


def states(state: Dispatch) -> list[AttemptState]:
    return [a.state for a in state.attempts]


RUNG = (Begin(), Resolved(0, ("a",)))
SCREENED = (*RUNG, Placed("a"), Ringing("a"), Answered("a"))


def test_it_rings_in_order_until_somebody_takes_it() -> None:
    assert after(ONE_BY_ONE, Begin())[1] == (Resolve(0, 1),)
    assert after(ONE_BY_ONE, *RUNG)[1] == (PlaceCall("a"),)
    state, effects = after(ONE_BY_ONE, *RUNG, Ended("a", AttemptState.BUSY))
    assert effects == (Resolve(1, 2),)
    state, effects = after(
        ONE_BY_ONE, *RUNG, Ended("a", AttemptState.BUSY), Resolved(1, ("b",)), Accepted("b")
    )
    assert (state.state, state.taken_by) == (DispatchState.TAKEN, "b")
    assert states(state) == [AttemptState.BUSY, AttemptState.TAKEN]
    assert effects == (ConnectCaller(),)


def test_each_stage_has_its_own_limit() -> None:
    limits: dict[tuple[Event, ...], float] = {
        (): PLACE_LIMIT_S,
        (Placed("a"),): 20 + RING_SLACK_S,
        (Ringing("a"),): 20 + RING_SLACK_S,
        (Answered("a"),): SCREENING_LIMIT_S,
    }
    for events, limit in limits.items():
        state, _ = after(ONE_BY_ONE, *RUNG, *events)
        assert state.attempts[0].due_at == START + timedelta(seconds=limit)


def test_answering_is_not_accepting() -> None:
    state, effects = after(ONE_BY_ONE, *SCREENED)
    assert (state.state, effects) == (DispatchState.RINGING, ())
    state, effects = after(ONE_BY_ONE, *SCREENED, Ended("a", AttemptState.MACHINE))
    assert effects == (Resolve(1, 2),)


def test_a_step_that_resolves_to_nobody_is_passed_over() -> None:
    assert after(ONE_BY_ONE, Begin(), Resolved(0, ()))[1] == (Resolve(1, 2),)


def test_after_the_last_step_comes_the_alarm() -> None:
    state, effects = after(ONE_BY_ONE, Begin(), Resolved(0, ()), Resolved(1, ()))
    assert (state.state, effects) == (DispatchState.EXHAUSTED, (RaiseAlarm(),))
    assert after((), Begin())[1] == (RaiseAlarm(),)


def test_begin_again_does_not_pass_over_a_step() -> None:
    assert after(ONE_BY_ONE, Begin(), Begin())[1] == (Resolve(0, 1),)
    assert after(ONE_BY_ONE, *RUNG, Begin()) == (after(ONE_BY_ONE, *RUNG)[0], ())


def test_who_rings_together_is_waited_for_together() -> None:
    both = (Begin(), Resolved(0, ("a", "b")))
    _, effects = after(TOGETHER, *both, Ended("a", AttemptState.DECLINED))
    assert effects == ()
    assert after(TOGETHER, *both, Ended("a", AttemptState.BUSY), Ended("b", AttemptState.BUSY))[
        1
    ] == (Resolve(1, 2),)


def test_who_takes_it_stops_the_other_phones() -> None:
    state, effects = after(TOGETHER, Begin(), Resolved(0, ("a", "b")), Accepted("b"))
    assert effects == (CancelCall("a"), ConnectCaller())
    assert states(state) == [AttemptState.CANCELLED, AttemptState.TAKEN]


def test_the_second_press_of_1_changes_nothing() -> None:
    taken = (Begin(), Resolved(0, ("a", "b")), Accepted("b"))
    state, _ = after(TOGETHER, *taken)
    for late in (Accepted("a"), Accepted("b")):
        assert after(TOGETHER, *taken, late) == (state, ())


@pytest.mark.parametrize("outcome", [AttemptState.UNANSWERED, AttemptState.LOST])
def test_a_late_press_of_1_is_welcome_while_nobody_has_it(outcome: AttemptState) -> None:
    moved_on = (*RUNG, Ended("a", outcome), Resolved(1, ("b",)))
    state, effects = after(ONE_BY_ONE, *moved_on, Accepted("a"))
    assert (state.taken_by, effects) == ("a", (CancelCall("b"), ConnectCaller()))
    exhausted = (*moved_on, Ended("b", AttemptState.BUSY))
    state, effects = after(ONE_BY_ONE, *exhausted, Accepted("a"))
    assert (state.state, state.taken_by) == (DispatchState.TAKEN, "a")


def test_a_timer_asks_the_carrier_before_it_goes_on() -> None:
    state, _ = after(ONE_BY_ONE, *RUNG)
    due = START + timedelta(seconds=PLACE_LIMIT_S)
    assert advance(state, Due("a"), due - timedelta(seconds=1)) == (state, ())
    asked, effects = advance(state, Due("a"), due)
    assert effects == (LookUp("a"),)
    assert advance(asked, Due("a"), due) == (asked, ())
    later = due + timedelta(seconds=CANCEL_LIMIT_S)
    gone, effects = advance(asked, Due("a"), later)
    assert effects == (CancelCall("a"), Resolve(1, 2))
    assert states(gone) == [AttemptState.LOST]


def test_a_timer_ends_a_call_that_was_placed() -> None:
    state, _ = after(ONE_BY_ONE, *SCREENED)
    asked, effects = advance(state, Due("a"), START + timedelta(seconds=SCREENING_LIMIT_S))
    assert effects == (CancelCall("a"),)
    _, effects = advance(asked, Ended("a", AttemptState.UNANSWERED), START)
    assert effects == (Resolve(1, 2),)


def test_a_call_placed_too_late_is_ended() -> None:
    lost = (*RUNG, Ended("a", AttemptState.LOST))
    state, effects = after(ONE_BY_ONE, *lost, Placed("a"))
    assert effects == (CancelCall("a"),)
    assert states(state) == [AttemptState.LOST]
    assert after(ONE_BY_ONE, *RUNG, Accepted("a"), Placed("a"))[1] == ()


@pytest.mark.parametrize("ends", [Withdraw(), CallerLeft(said_something=False)], ids=repr)
def test_the_end_of_the_search_stops_all_phones_and_refuses_acceptance(ends: Event) -> None:
    ringing = (Begin(), Resolved(0, ("a", "b")))
    state, effects = after(TOGETHER, *ringing, ends)
    assert effects == (CancelCall("a"), CancelCall("b"))
    assert state.state is DispatchState.WITHDRAWN
    for late in (Accepted("a"), Begin(), ends, OverlapDue()):
        assert after(TOGETHER, *ringing, ends, late) == (state, ())


def test_who_has_it_keeps_it_when_the_caller_leaves() -> None:
    taken = (Begin(), Resolved(0, ("a", "b")), Accepted("a"))
    state, _ = after(TOGETHER, *taken)
    for said in (True, False):
        assert after(TOGETHER, *taken, CallerLeft(said)) == (state, ())
    with pytest.raises(IllegalMove, match="taken"):
        after(TOGETHER, *taken, Withdraw())


def test_words_said_are_looked_after_though_the_caller_has_left() -> None:
    ringing, _ = after(TOGETHER, *RUNG)
    assert after(TOGETHER, *RUNG, CallerLeft(said_something=True)) == (ringing, ())


def test_dropped_it_goes_on_with_the_next_person_and_then_from_the_beginning() -> None:
    state, effects = after(ONE_BY_ONE, *RUNG, Accepted("a"), Dropped("a"))
    assert (state.taken_by, states(state)) == (None, [AttemptState.LEFT])
    assert effects == (Resolve(1, 2),)
    second = (*RUNG, Accepted("a"), Dropped("a"), Resolved(1, ("b",)), Accepted("b"))
    assert after(ONE_BY_ONE, *second, Dropped("b"))[1] == (Resolve(0, 3),)
    assert after(ONE_BY_ONE, *second, Dropped("a")) == (after(ONE_BY_ONE, *second)[0], ())
    assert after(ONE_BY_ONE, *RUNG, Dropped("a")) == (after(ONE_BY_ONE, *RUNG)[0], ())


def test_a_caller_who_is_back_is_searched_for_again() -> None:
    assert after(ONE_BY_ONE, *RUNG, Withdraw(), CallerBack())[1] == (Resolve(1, 2),)
    taken = (*RUNG, Accepted("a"))
    assert after(ONE_BY_ONE, *taken, CallerBack()) == (
        after(ONE_BY_ONE, *taken)[0],
        (ConnectCaller(),),
    )
    assert after(ONE_BY_ONE, *RUNG, CallerBack()) == (after(ONE_BY_ONE, *RUNG)[0], ())


def test_a_repeated_press_of_who_dropped_out_does_not_take_it_back() -> None:
    reopened = (*RUNG, Accepted("a"), Dropped("a"), Resolved(1, ("b",)))
    state, _ = after(ONE_BY_ONE, *reopened)
    assert after(ONE_BY_ONE, *reopened, Accepted("a")) == (state, ())


def test_nobody_is_cut_off_by_a_late_word_that_their_call_was_placed() -> None:
    taken = (*RUNG, Accepted("a"))
    assert after(ONE_BY_ONE, *taken, Placed("a"))[1] == ()
    handed_over = (*taken, Invited(Role.RELIEVE, ("b",), 30), Accepted("b"))
    assert after(ONE_BY_ONE, *handed_over, Placed("a"))[1] == ()


def test_the_longest_time_adds_up_over_the_plan() -> None:
    assert longest_s(()) == 0
    assert longest_s(ONE_BY_ONE) == 2 * longest_s(ONE_BY_ONE[:1])
