"""Speaking now: the wait for a person, its ends, and being joined and joined again."""

from ivr.menu import advance
from ivr.steps import (
    BeginMessage,
    Connect,
    DialEnded,
    DispatchIs,
    Keys,
    Park,
    Record,
    Recorded,
    Rejoin,
    Silence,
    StartLive,
    State,
)
from tests.support.menu import RULES, Caller


def test_speak_now_rings_at_once_then_parks_then_connects() -> None:
    caller = Caller().press("1", "1")
    assert caller.core.commands == [StartLive()]
    assert caller.step.then == Record("message-1", 30, 4)
    caller.feed(Recorded(4))
    assert caller.hears == ["parked_1"]
    assert isinstance(caller.step.then, Park)
    caller.feed(DispatchIs("ringing", 10))
    assert caller.hears == ["hold", "parked_message"]
    caller.feed(DispatchIs("taken", 15))
    assert isinstance(caller.step.then, Connect)


def test_someone_reassures_the_waiting_caller_in_every_third_turn() -> None:
    caller = Caller().press("1", "1").feed(Silence())
    heard = []
    for second in range(12):
        heard.append(caller.hears)
        caller.feed(DispatchIs("ringing", second))
    assert [h[0] for h in heard[::3]] == ["parked_1", "parked_2", "parked_3", "parked_4"]


def test_the_wait_has_a_cap_and_ends_at_the_recorder() -> None:
    caller = Caller().press("1", "1").feed(Silence()).feed(DispatchIs("ringing", 120))
    assert caller.core.commands[-1] == BeginMessage("message", instead_of_waiting=True)
    assert caller.hears == ["nobody_free", "message_instructions"]


def test_an_exhausted_dispatch_ends_at_the_recorder() -> None:
    caller = Caller().press("1", "1").feed(Silence()).feed(DispatchIs("exhausted", 9))
    assert isinstance(caller.step.then, Record)


def test_a_waiting_caller_may_leave_a_message_instead() -> None:
    caller = Caller().press("1", "1").feed(Silence()).press("1")
    assert caller.core.commands[-1] == BeginMessage("message", instead_of_waiting=True)
    assert caller.session.state is State.MESSAGE


def test_a_person_who_answers_at_the_last_moment_wins_over_the_recorder() -> None:
    caller = Caller().press("1", "1").feed(Silence())
    session, step = advance(caller.session, Keys("1"), RULES)
    assert isinstance(step.command, BeginMessage)
    session, step = advance(session, DispatchIs("taken"), RULES)
    assert isinstance(step.then, Connect)


def test_a_responder_who_drops_out_is_replaced() -> None:
    caller = Caller().press("1", "1").feed(Silence()).feed(DispatchIs("taken"))
    caller.feed(DialEnded(answered=True))
    assert caller.hears[0] == "other_left"
    assert isinstance(caller.step.then, Park)
    caller.feed(DispatchIs("taken", 6))
    assert caller.core.commands[-1] == Rejoin()
    assert isinstance(caller.step.then, Park)
