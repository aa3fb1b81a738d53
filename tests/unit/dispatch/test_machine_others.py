"""The machine with several phones: in order, overlapping, another policy, invitations."""

from datetime import timedelta

from hotline.dispatch.effect_words import (
    CancelCall,
    ConnectCaller,
    Effect,
    PlaceCall,
    Resolve,
    ResolveInvited,
)
from hotline.dispatch.machine import advance
from hotline.dispatch.words import (
    Accepted,
    AttemptState,
    Begin,
    CallerLeft,
    Dispatch,
    DispatchState,
    Dropped,
    Ended,
    Event,
    Invite,
    Invited,
    OverlapDue,
    Resolved,
    Role,
    Step,
    TakeOver,
)
from tests.fakes.clock import START

IN_ORDER = (Step(("a", "b"), 20, in_order=True), Step(("c",), 20))
OVERLAP = (Step(("a",), 20, overlap_s=5), Step(("b",), 20))
BUSY = AttemptState.BUSY


def after(plan: tuple[Step, ...], *events: Event) -> tuple[Dispatch, tuple[Effect, ...]]:
    """The state after the events, the effects of the last one. Overlaps are always due."""
    state, effects = Dispatch(plan), ()
    for event in events:
        at = START + timedelta(hours=1) if isinstance(event, OverlapDue) else START
        state, effects = advance(state, event, at)
    return state, effects


def live(state: Dispatch) -> list[str]:
    return [a.id for a in state.live]


# --- in order, overlapping ------------------------------------------------------------------


def test_in_order_the_step_is_asked_again_until_nobody_is_left() -> None:
    first = (Begin(), Resolved(0, ("a",)), Ended("a", BUSY))
    assert after(IN_ORDER, *first)[1] == (Resolve(0, 1),)
    second = (*first, Resolved(0, ("b",)), Ended("b", BUSY))
    assert after(IN_ORDER, *second)[1] == (Resolve(0, 1),)
    assert after(IN_ORDER, *second, Resolved(0, ()))[1] == (Resolve(1, 2),)


def test_an_overlap_rings_the_next_beside_the_first() -> None:
    rung = (Begin(), Resolved(0, ("a",)))
    state, _ = after(OVERLAP, *rung)
    assert state.due_at == START + timedelta(seconds=5)
    assert advance(state, OverlapDue(), START + timedelta(seconds=4.9)) == (state, ())
    state, effects = after(OVERLAP, *rung, OverlapDue(), Resolved(1, ("b",)))
    assert (live(state), state.due_at, effects) == (["a", "b"], None, (PlaceCall("b"),))


def test_with_an_overlap_the_end_waits_for_the_last_phone() -> None:
    both = (Begin(), Resolved(0, ("a",)), OverlapDue(), Resolved(1, ("b",)))
    state, effects = after(OVERLAP, *both, Ended("b", BUSY))
    assert (state.state, effects) == (DispatchState.RINGING, ())
    state, _ = after(OVERLAP, *both, Ended("b", BUSY), Ended("a", BUSY))
    assert state.state is DispatchState.EXHAUSTED


def test_the_first_may_take_it_while_the_next_rings() -> None:
    both = (Begin(), Resolved(0, ("a",)), OverlapDue(), Resolved(1, ("b",)))
    state, effects = after(OVERLAP, *both, Accepted("a"))
    assert (state.taken_by, effects) == ("a", (CancelCall("b"), ConnectCaller()))


def test_who_ends_before_the_overlap_is_followed_at_once() -> None:
    state, effects = after(OVERLAP, Begin(), Resolved(0, ("a",)), Ended("a", BUSY))
    assert (effects, state.due_at) == ((Resolve(1, 2),), None)


def test_in_order_with_an_overlap_they_start_one_after_the_other() -> None:
    plan = (Step(("a", "b"), 20, in_order=True, overlap_s=5), Step(("c",), 20))
    first = (Begin(), Resolved(0, ("a",)), OverlapDue())
    assert after(plan, *first)[1] == (Resolve(0, 1),)
    second = (*first, Resolved(0, ("b",)))
    assert live(after(plan, *second)[0]) == ["a", "b"]
    third = (*second, OverlapDue(), Resolved(0, ()))
    assert after(plan, *third)[1] == (Resolve(1, 2),)


# --- another policy -------------------------------------------------------------------------


def test_a_stricter_policy_begins_at_once_while_phones_ring_on() -> None:
    stricter = (Step(("p",), 30, unasked=True), Step(("q",), 30, unasked=True))
    state, effects = after(IN_ORDER, Begin(), Resolved(0, ("a",)), TakeOver(stricter))
    assert (live(state), effects) == (["a"], (Resolve(1, 2),))
    assert state.plan == (IN_ORDER[0], *stricter)
    state, _ = advance(state, Resolved(1, ("p",)), START)
    assert live(state) == ["a", "p"]
    state, effects = advance(state, Ended("a", BUSY), START)
    assert effects == ()
    state, effects = advance(state, Ended("p", BUSY), START)
    assert effects == (Resolve(2, 3),)


def test_a_policy_that_has_nobody_left_waits_for_the_phones_that_ring() -> None:
    stricter = (Step(("a",), 30, unasked=True),)
    begun = (Begin(), Resolved(0, ("a",)), TakeOver(stricter), Resolved(1, ()))
    state, effects = after(IN_ORDER, *begun)
    assert (live(state), state.state, effects) == (["a"], DispatchState.RINGING, ())
    state, _ = after(IN_ORDER, *begun, Ended("a", BUSY))
    assert state.state is DispatchState.EXHAUSTED


# --- invitations ----------------------------------------------------------------------------

TAKEN = (Begin(), Resolved(0, ("a",)), Accepted("a"))


def states(state: Dispatch) -> dict[str, AttemptState]:
    return {a.id: a.state for a in state.attempts}


def test_an_invitation_asks_the_desk_and_only_one_at_a_time() -> None:
    assert after(IN_ORDER, *TAKEN, Invite(Role.ADD))[1] == (ResolveInvited(Role.ADD),)
    ringing = (*TAKEN, Invited(Role.ADD, ("p",), 30))
    state, effects = after(IN_ORDER, *ringing)
    assert (live(state), effects) == (["p"], (PlaceCall("p"),))
    assert after(IN_ORDER, *ringing, Invite(Role.RELIEVE)) == (state, ())


def test_who_is_added_joins_and_the_other_phones_stop() -> None:
    ringing = (*TAKEN, Invited(Role.ADD, ("p", "q"), 30))
    state, effects = after(IN_ORDER, *ringing, Accepted("q"))
    assert effects == (CancelCall("p"),)
    assert (state.taken_by, state.state) == ("a", DispatchState.TAKEN)
    assert states(state)["q"] is AttemptState.JOINED


def test_who_relieves_has_it_from_then_on() -> None:
    state, effects = after(IN_ORDER, *TAKEN, Invited(Role.RELIEVE, ("b",), 30), Accepted("b"))
    assert (state.taken_by, effects) == ("b", ())
    assert states(state) == {"a": AttemptState.LEFT, "b": AttemptState.TAKEN}


def test_an_invitation_nobody_follows_changes_nothing() -> None:
    ringing = (*TAKEN, Invited(Role.RELIEVE, ("b",), 30))
    state, effects = after(IN_ORDER, *ringing, Ended("b", BUSY))
    assert (state.taken_by, state.state, effects) == ("a", DispatchState.TAKEN, ())
    assert after(IN_ORDER, *ringing, Ended("b", BUSY), Accepted("b")) == (state, ())


def test_the_caller_who_leaves_stops_the_phones_of_the_invitation() -> None:
    ringing = (*TAKEN, Invited(Role.ADD, ("p",), 30))
    state, effects = after(IN_ORDER, *ringing, CallerLeft(said_something=False))
    assert (state.taken_by, effects) == ("a", (CancelCall("p"),))


def test_who_has_joined_has_it_when_the_owner_drops() -> None:
    joined = (*TAKEN, Invited(Role.ADD, ("p",), 30), Accepted("p"))
    state, effects = after(IN_ORDER, *joined, Dropped("a"))
    assert (state.taken_by, state.state, effects) == ("p", DispatchState.TAKEN, ())
    state, effects = after(IN_ORDER, *joined, Dropped("a"), Dropped("p"))
    assert (state.taken_by, effects) == (None, (Resolve(0, 1),))  # the next one of the step


def test_who_joined_and_hung_up_does_not_have_it_when_the_owner_drops() -> None:
    joined = (*TAKEN, Invited(Role.ADD, ("p",), 30), Accepted("p"), Ended("p", BUSY))
    assert states(after(IN_ORDER, *joined)[0])["p"] is AttemptState.LEFT
    state, effects = after(IN_ORDER, *joined, Dropped("a"))
    assert (state.taken_by, effects) == (None, (Resolve(0, 1),))


def test_who_is_being_invited_is_sought_for_the_whole_when_the_owner_drops() -> None:
    ringing = (*TAKEN, Invited(Role.ADD, ("p",), 30), Dropped("a"))
    state, effects = after(IN_ORDER, *ringing)
    assert (live(state), state.state, effects) == (["p"], DispatchState.RINGING, ())
    assert after(IN_ORDER, *ringing, Accepted("p"))[0].taken_by == "p"
    assert after(IN_ORDER, *ringing, Ended("p", BUSY))[1] == (Resolve(0, 1),)
