"""Every event in every state: what moves (m), what is stale (-), what is illegal (!).

The tables are the whole promise of `hotline.dispatch.machine` in one look; whoever adds an event or
a state has to say here what it means everywhere.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hotline.dispatch.machine import IllegalMove, advance
from hotline.dispatch.words import (
    ENDINGS,
    EVENTS,
    LIVE,
    Accepted,
    Answered,
    Attempt,
    AttemptState,
    Begin,
    CallerBack,
    CallerLeft,
    Delayed,
    Dispatch,
    DispatchState,
    Dropped,
    Due,
    Ended,
    Event,
    Invite,
    Invited,
    OverlapDue,
    PhoneFollows,
    Placed,
    Resolved,
    Ringing,
    Role,
    SaidMore,
    Step,
    TakenAtDesk,
    TakeOver,
    Withdraw,
)
from tests.fakes.clock import START

LATER = START + timedelta(hours=1)
PLAN = (Step(("x",), 20, overlap_s=5), Step(("y",), 20))

# --- of the dispatch ------------------------------------------------------------------------


def waiting() -> Dispatch:
    """Begun; the desk has not said yet whom the step rings."""
    return advance(Dispatch(PLAN), Begin(), START)[0]


def ringing() -> Dispatch:
    """One phone rings, and the next one is to start beside it."""
    return advance(waiting(), Resolved(0, ("x",)), START)[0]


def taken() -> Dispatch:
    """Somebody has it."""
    return advance(ringing(), Accepted("x"), START)[0]


def inviting() -> Dispatch:
    """Somebody has it, and a colleague's phone rings."""
    return advance(taken(), Invited(Role.RELIEVE, ("y",), 30), START)[0]


def telling() -> Dispatch:
    """Somebody has it, and is rung because the caller has said more."""
    told = advance(taken(), SaidMore(PLAN, tell=True), START)[0]
    return advance(told, Invited(Role.TELL, ("y",), 30), START)[0]


def exhausted() -> Dispatch:
    """Everybody was rung in vain."""
    last, _ = advance(ringing(), Ended("x", AttemptState.BUSY), START)
    return advance(last, Resolved(1, ()), START)[0]


def withdrawn() -> Dispatch:
    """Nobody is needed any more."""
    return advance(ringing(), Withdraw(), START)[0]


def at_desk() -> Dispatch:
    """Somebody has it who took it without a phone."""
    return advance(ringing(), TakenAtDesk(), START)[0]


STATES: dict[str, Callable[[], Dispatch]] = {
    "new": lambda: Dispatch(PLAN),
    "waiting": waiting,
    "ringing": ringing,
    "taken": taken,
    "inviting": inviting,
    "telling": telling,
    "exhausted": exhausted,
    "withdrawn": withdrawn,
    "desk": at_desk,
}
#                               new waiting ringing taken inviting telling exhausted withdrawn desk
OF_THE_DISPATCH: dict[Event, str] = {
    Begin():                    "m    m       -      -      -       -        -         -         -",
    Resolved(0, ("z",)):        "!    m       m      !      !       !        !         !         !",
    Resolved(0, ()):            "!    m       m      !      !       !        !         !         !",
    Resolved(1, ("z",)):        "!    !       !      !      !       !        !         !         !",
    OverlapDue():               "-    -       m      -      -       -        -         -         -",
    TakeOver(PLAN):             "m    m       m      !      !       !        !         !         !",
    CallerLeft(False):          "m    m       m      -      m       -        -         -         -",
    CallerLeft(True):           "-    -       -      -      m       -        -         -         -",
    CallerBack():               "m    m       -      m      m       m        -         m         -",
    CallerBack(anew=True):      "m    m       -      m      m       m        -         m         m",
    Withdraw():                 "m    m       m      !      !       !        !         -         !",
    TakenAtDesk():              "m    m       m      -      -       m        m         m         -",
    SaidMore(PLAN, tell=True):  "m    m       m      m      !       -        m         m         m",
    SaidMore(PLAN, tell=False): "m    m       m      m      m       -        m         m         m",
    SaidMore((), tell=False):   "m    m       m      m      m       m        m         m         m",
    Invite(Role.ADD):           "!    !       !      m      -       -        !         !         !",
    Invite(Role.RELIEVE):       "!    !       !      m      -       -        !         !         !",
    Invite(Role.SEEK):          "!    !       !      !      !       !        !         !         !",
    Invite(Role.TELL):          "!    !       !      !      !       !        !         !         !",
    Invited(Role.ADD, ("z",), 9): "!  !       !      m      !       !        !         !         !",
    Invited(Role.ADD, (), 9):   "!    !       !      -      !       !        !         !         !",
    Invited(Role.SEEK, ("z",), 9): "! !       !      !      !       !        !         !         !",
    Invited(Role.TELL, ("z",), 9): "! !       !      !      !       !        !         !         !",
    PhoneFollows("z", "n", 9):  "!    !       !      !      !       !        !         !         !",
    PhoneFollows("x", "n", 9):  "!    !       !      !      !       !        !         !         !",
    Placed("z"):                "!    !       !      !      !       !        !         !         !",
    Delayed("z"):               "!    !       !      !      !       !        !         !         !",
    Ringing("z"):               "!    !       !      !      !       !        !         !         !",
    Answered("z"):              "!    !       !      !      !       !        !         !         !",
    Accepted("z"):              "!    !       !      !      !       !        !         !         !",
    Ended("z", ENDINGS[0]):     "!    !       !      !      !       !        !         !         !",
    Due("z"):                   "!    !       !      !      !       !        !         !         !",
    Dropped("z"):               "!    !       !      !      !       !        !         !         !",
    Accepted("x"):              "!    !       m      -      -       -        m         -         -",
    Dropped("x"):               "!    !       -      m      m       m        -         -         -",
}  # fmt: skip


def outcome(state: Dispatch, event: Event) -> str:
    """One letter of the tables."""
    try:
        return "-" if advance(state, event, LATER) == (state, ()) else "m"
    except IllegalMove:
        return "!"


@pytest.mark.parametrize("event", OF_THE_DISPATCH, ids=repr)
def test_what_an_event_means_in_each_state_of_the_dispatch(event: Event) -> None:
    met = [outcome(make(), event) for make in STATES.values()]
    assert dict(zip(STATES, met, strict=True)) == dict(
        zip(STATES, OF_THE_DISPATCH[event].split(), strict=True)
    )


# --- of one ring ----------------------------------------------------------------------------

ATTEMPTS = (*LIVE, AttemptState.TAKEN, AttemptState.JOINED, AttemptState.LEFT, *ENDINGS)
#                             intended placed ringing screening taken joined left  and the endings
OF_AN_ATTEMPT: dict[Event, str] = {
    Placed("a"):                "m        -      -       -        -     -     -    m m m m m m m",
    Delayed("a"):               "-        -      -       -        -     -     -    - - - - - - -",
    Ringing("a"):               "m        m      -       -        -     -     -    - - - - - - -",
    Answered("a"):              "m        m      m       -        -     -     -    - - - - - - -",
    Accepted("a"):              "m        m      m       m        -     -     -    m m m m m m m",
    Ended("a", ENDINGS[0]):     "m        m      m       m        -     m     -    - - - - - - -",
    Ended("a", AttemptState.TAKEN): "!    !      !       !        !     !     !    ! ! ! ! ! ! !",
    Due("a"):                   "m        m      m       m        -     -     -    - - - - - - -",
    Dropped("a"):               "-        -      -       -        m     -     -    - - - - - - -",
}  # fmt: skip


def with_attempt(state: AttemptState) -> Dispatch:
    """A dispatch with the attempt `a` in that state and, where somebody else must have it, `b`."""
    due = START if state in LIVE else None
    attempt = Attempt("a", 0, state, due, turn=1)
    if state in (AttemptState.TAKEN, AttemptState.JOINED):
        other = () if state is AttemptState.TAKEN else (Attempt("b", 0, AttemptState.TAKEN, None),)
        taker = "a" if state is AttemptState.TAKEN else "b"
        return Dispatch(PLAN, DispatchState.TAKEN, 0, (attempt, *other), taker, None, 1)
    other = (Attempt("b", 1, AttemptState.PLACED, LATER + timedelta(hours=1), turn=2),)
    return Dispatch(PLAN, DispatchState.RINGING, 1, (attempt, *other), None, None, 2)


@pytest.mark.parametrize("event", OF_AN_ATTEMPT, ids=repr)
def test_what_an_event_means_in_each_state_of_a_ring(event: Event) -> None:
    states = (*ATTEMPTS, AttemptState.CANCELLED)
    met = [outcome(with_attempt(state), event) for state in states]
    assert dict(zip(states, met, strict=True)) == dict(
        zip(states, OF_AN_ATTEMPT[event].split(), strict=True)
    )


def test_the_tables_leave_nothing_out() -> None:
    assert {type(e) for e in (*OF_THE_DISPATCH, *OF_AN_ATTEMPT)} == set(EVENTS)
    assert {*ATTEMPTS, AttemptState.CANCELLED} == set(AttemptState)
    assert {make().state for make in STATES.values()} == set(DispatchState)
