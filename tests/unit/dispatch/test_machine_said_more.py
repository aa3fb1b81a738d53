"""The machine when the caller says more: whoever has it is told, else everybody is asked anew."""

import pytest

from hotline.dispatch.effect_words import (
    CancelCall,
    Effect,
    PlaceCall,
    RaiseAlarm,
    Resolve,
    ResolveInvited,
)
from hotline.dispatch.machine import IllegalMove, advance
from hotline.dispatch.words import (
    Accepted,
    AttemptState,
    Begin,
    CallerLeft,
    Dispatch,
    DispatchState,
    Dropped,
    Due,
    Ended,
    Event,
    Invited,
    Resolved,
    Role,
    SaidMore,
    Step,
    TakenAtDesk,
)
from tests.fakes.clock import START

PLAN = (Step(("a", "b"), 20, in_order=True), Step(("c",), 20))
NOW = (Step(("d",), 20), Step(("e",), 20))
TAKEN = (Begin(), Resolved(0, ("a",)), Accepted("a"))
TOLD = (*TAKEN, SaidMore(NOW, tell=True), Invited(Role.TELL, ("t",), 30))
MISSED = (*TOLD, Ended("t", AttemptState.UNANSWERED))


def after(*events: Event) -> tuple[Dispatch, tuple[Effect, ...]]:
    """The state after the events, the effects of the last one."""
    state, effects = Dispatch(PLAN), ()
    for event in events:
        state, effects = advance(state, event, START)
    return state, effects


def test_whoever_has_it_is_rung() -> None:
    assert after(*TAKEN, SaidMore(NOW, tell=True))[1] == (ResolveInvited(Role.TELL),)
    state, effects = after(*TOLD)
    assert effects == (PlaceCall("t"),)
    assert (state.state, state.taken_by, state.said_more) == (DispatchState.TAKEN, "a", True)


def test_who_presses_1_has_it_by_that_call_and_has_heard_it() -> None:
    state, effects = after(*TOLD, Accepted("t"))
    assert (state.state, state.taken_by, state.said_more) == (DispatchState.TAKEN, "t", False)
    assert [(a.id, a.state) for a in state.attempts] == [
        ("a", AttemptState.LEFT),
        ("t", AttemptState.TAKEN),
    ]
    assert effects == ()


@pytest.mark.parametrize("outcome", [AttemptState.DECLINED, AttemptState.MACHINE])
def test_where_it_is_not_taken_the_policy_of_now_begins_with_its_first_step(
    outcome: AttemptState,
) -> None:
    state, effects = after(*TOLD, Ended("t", outcome))
    assert (state.taken_by, state.said_more, effects) == (None, True, (Resolve(1, 2),))
    assert state.plan[state.position] == NOW[0]
    assert state.attempts[0].state is AttemptState.LEFT


def test_a_ring_of_which_nobody_tells_ends_by_its_timer() -> None:
    state, _ = after(*TOLD)
    for _ in range(2):
        [ring] = state.live
        assert ring.due_at is not None
        state, effects = advance(state, Due("t"), ring.due_at)
    assert effects == (CancelCall("t"), Resolve(1, 2))


def test_somebody_else_who_takes_it_then_has_heard_it() -> None:
    state, _ = after(*MISSED, Resolved(1, ("d",)), Accepted("d"))
    assert (state.taken_by, state.said_more) == ("d", False)


def test_who_was_told_and_presses_1_too_late_has_it_where_nobody_else_has() -> None:
    assert after(*MISSED, Accepted("t"))[0].taken_by == "t"
    late = (*MISSED, Resolved(1, ("d",)), Accepted("d"), Accepted("t"))
    assert after(*late)[0].taken_by == "d"


def test_where_nobody_takes_it_either_the_alarm_is_raised() -> None:
    state, effects = after(*MISSED, Resolved(1, ()), Resolved(2, ()))
    assert (state.state, effects) == (DispatchState.EXHAUSTED, (RaiseAlarm(),))


def test_where_nobody_is_to_be_told_everybody_is_asked_at_once() -> None:
    assert after(*TAKEN, SaidMore(NOW, tell=False))[1] == (Resolve(1, 2),)
    nobody = (*TAKEN, SaidMore(NOW, tell=True), Invited(Role.TELL, (), 0))
    assert after(*nobody)[1] == (Resolve(1, 2),)


def test_more_words_during_the_ring_need_no_second_one() -> None:
    later = (Step(("f",), 20),)
    state, effects = after(*TOLD, SaidMore(later, tell=True))
    assert ([a.id for a in state.live], effects) == (["t"], ())
    assert after(*TOLD, SaidMore(later, tell=True), Ended("t", AttemptState.BUSY))[0].plan[1:] == (
        later
    )


def test_after_an_alarm_everybody_is_asked_once_more() -> None:
    vain = (Begin(), Resolved(0, ()), Resolved(1, ()))
    state, effects = after(*vain, SaidMore(NOW, tell=True))
    assert (state.plan, effects) == ((*PLAN, *NOW), (Resolve(2, 3),))


def test_words_to_a_report_that_is_sought_wait_for_whoever_takes_it() -> None:
    sought = (Begin(), Resolved(0, ("a",)), SaidMore(NOW, tell=True))
    state, effects = after(*sought)
    assert (state.plan, [a.id for a in state.live], effects) == (PLAN, ["a"], ())
    assert after(*sought, CallerLeft(said_something=False))[0].state is DispatchState.RINGING
    assert after(*sought, Accepted("a"), CallerLeft(said_something=False))[0].taken_by == "a"


def test_who_is_told_is_not_cancelled_when_a_caller_leaves() -> None:
    state, effects = after(*TOLD, CallerLeft(said_something=False))
    assert ([a.id for a in state.live], effects) == (["t"], ())


def test_whoever_is_told_is_sought_for_a_caller_who_waits() -> None:
    state, _ = after(*TOLD, Dropped("a"))
    assert (state.state, [a.role for a in state.live]) == (DispatchState.RINGING, [Role.SEEK])
    assert after(*TOLD, Dropped("a"), Accepted("t"))[0].said_more is False


def test_reading_it_in_the_console_stops_the_ring_and_leaves_it_theirs() -> None:
    state, effects = after(*TOLD, TakenAtDesk())
    assert (state.taken_by, state.said_more, effects) == ("a", False, (CancelCall("t"),))
    assert after(*TOLD, TakenAtDesk(), Accepted("t"))[0].taken_by == "a"


def test_who_took_it_at_the_desk_is_told_by_phone() -> None:
    at_desk = (Begin(), TakenAtDesk(), SaidMore(NOW, tell=True), Invited(Role.TELL, ("t",), 30))
    assert after(*at_desk, Accepted("t"))[0].taken_by == "t"
    missed = after(*at_desk, Ended("t", AttemptState.BUSY))
    assert (missed[0].state, missed[1]) == (DispatchState.WAITING, (Resolve(1, 2),))
    read = after(*at_desk, TakenAtDesk(), Accepted("t"))[0]
    assert (read.state, read.taken_by) == (DispatchState.TAKEN, None)


def test_while_somebody_is_invited_the_desk_must_wait() -> None:
    state, _ = after(*TAKEN, Invited(Role.RELIEVE, ("r",), 30))
    with pytest.raises(IllegalMove):
        advance(state, SaidMore(NOW, tell=True), START)


def test_a_report_closed_while_somebody_is_invited_rings_them_for_the_whole() -> None:
    invited = (*TAKEN, Invited(Role.RELIEVE, ("r",), 30), SaidMore(NOW, tell=False))
    state, effects = after(*invited)
    assert (state.state, state.taken_by, effects) == (DispatchState.RINGING, None, ())
    assert [(a.id, a.role) for a in state.live] == [("r", Role.SEEK)]
    assert after(*invited, Accepted("r"))[0].said_more is False
