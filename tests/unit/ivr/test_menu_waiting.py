"""Speaking now: the wait for a person, its ends, and being joined and joined again."""

from dataclasses import replace

from ivr.menu import advance
from ivr.steps import (
    BeginMessage,
    Connect,
    DialEnded,
    DispatchIs,
    GoOn,
    HangUp,
    Keys,
    LeaveRoom,
    Park,
    Record,
    Recorded,
    Rejoin,
    Silence,
    StartLive,
    State,
)
from tests.support.menu import RULES, Caller, Core


def test_speak_now_rings_at_once_then_parks_then_connects() -> None:
    caller = Caller().press("1", "1")
    assert caller.core.commands == [StartLive()]
    assert (caller.hears, caller.step.then) == (["opening_question"], GoOn())
    caller.feed(Silence())
    assert caller.core.commands == [StartLive(), BeginMessage("opening")]
    assert (caller.hears, caller.step.then) == ([], Record("message-2", 30, 4))
    caller.feed(Recorded(4))
    assert caller.hears == ["parked_1"]
    assert isinstance(caller.step.then, Park)
    caller.feed(DispatchIs("ringing", 10))
    assert caller.hears == ["hold", "parked_message"]
    caller.feed(DispatchIs("taken", 15))
    assert isinstance(caller.step.then, Connect)


def test_someone_reassures_the_waiting_caller_in_every_third_turn() -> None:
    caller = Caller().asked().feed(Silence())
    heard = []
    for second in range(12):
        heard.append(caller.hears)
        caller.feed(DispatchIs("ringing", second))
    assert [h[0] for h in heard[::3]] == ["parked_1", "parked_2", "parked_3", "parked_4"]


def test_the_wait_has_a_cap_and_ends_at_the_recorder() -> None:
    caller = Caller().asked().feed(Silence()).feed(DispatchIs("ringing", 120))
    assert caller.core.commands[-1] == BeginMessage("message", instead_of_waiting=True)
    assert caller.hears == ["nobody_free", "message_instructions"]


def test_an_exhausted_dispatch_ends_at_the_recorder() -> None:
    caller = Caller().asked().feed(Silence()).feed(DispatchIs("exhausted", 9))
    assert isinstance(caller.step.then, Record)


def test_a_waiting_caller_may_leave_a_message_instead() -> None:
    caller = Caller().asked().feed(Silence()).press("1")
    assert caller.core.commands[-1] == BeginMessage("message", instead_of_waiting=True)
    assert caller.session.state is State.MESSAGE


def test_a_person_who_answers_at_the_last_moment_wins_over_the_recorder() -> None:
    caller = Caller().asked().feed(Silence())
    session, step = advance(caller.session, Keys("1"), RULES)
    assert isinstance(step.command, BeginMessage)
    session, step = advance(session, DispatchIs("taken"), RULES)
    assert isinstance(step.then, Connect)


def bridged() -> Caller:
    """A caller who talks with a responder."""
    return Caller().asked().feed(Silence()).feed(DispatchIs("taken"))


def test_a_person_who_is_there_at_the_end_of_the_question_is_met_without_a_recording() -> None:
    caller = Caller(Core(DispatchIs("taken"))).asked()
    assert isinstance(caller.step.then, Connect)
    caller = Caller().press("1", "1").feed(DispatchIs("taken"))
    assert isinstance(caller.step.then, Connect)


def test_a_responder_who_drops_out_is_replaced_with_the_next_poll() -> None:
    caller = bridged().feed(DialEnded(answered=True))
    assert caller.core.commands[-1:] == [LeaveRoom("")]
    assert caller.hears == ["one_moment", "hold"]
    assert isinstance(caller.step.then, Park)
    caller.feed(DispatchIs("dropped", 6))
    assert caller.core.commands[-1:] == [Rejoin()]
    assert caller.hears == ["other_left", "parked_1"]
    assert isinstance(caller.step.then, Park)


def test_a_caller_on_hold_never_hears_that_anybody_has_left() -> None:
    caller = bridged().feed(DialEnded(answered=True))
    heard = []
    for second in range(7, 60, 7):
        caller.feed(DispatchIs("held", second))
        heard += caller.hears
        assert isinstance(caller.step.then, Park)
    assert set(heard) == {"one_moment", "hold"}
    caller.press("1")
    assert caller.session.state is State.PARKED
    caller.feed(DispatchIs("taken", 60))
    assert caller.hears == ["connecting"]
    assert Rejoin() not in caller.core.commands


def test_a_caller_left_alone_in_the_bridge_is_fetched_onto_hold() -> None:
    caller = bridged().feed(DispatchIs("held"))
    assert caller.hears == ["one_moment", "hold"]
    assert isinstance(caller.step.then, Park)


def test_a_hold_is_longer_than_the_cap_on_waiting() -> None:
    caller = bridged().feed(DialEnded(answered=True)).feed(DispatchIs("held", 500))
    assert isinstance(caller.step.then, Park)


def test_the_call_that_was_ended_for_both_says_goodbye_at_whatever_comes_next() -> None:
    for event in (DispatchIs("taken"), DialEnded(answered=True), Silence(), Keys("1")):
        caller = bridged().feed(DialEnded(answered=True))
        caller.session = replace(caller.session, over=True)
        caller.feed(event)
        if event == DialEnded(answered=True):  # it means nothing out of the bridge
            assert caller.session.state is State.PARKED
            continue
        assert caller.hears == ["call_ended", "goodbye"]
        assert caller.step.then == HangUp()
