"""Telephones that call again and again, and blocked ones: what stands before a person."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.menu_rules import Rules
from ivr.spoken_steps import Say
from ivr.steps import (
    CheckReturn,
    Command,
    Connect,
    DialEnded,
    DispatchIs,
    Gather,
    HangUp,
    Keys,
    Park,
    Record,
    Recorded,
    SendMessage,
    Silence,
    StartLive,
    State,
    Transfer,
    Wait,
)
from tests.support.menu import RULES, Caller, Core
from tests.unit.ivr.test_menu_properties import EVENTS

WORD = replace(RULES, doubt="word", word_key="7")
ALOUD = replace(WORD, say_word=True)
BLOCKED = replace(RULES, doubt="blocked")


def asked(rules: Rules) -> Caller:
    """Has chosen English and wants to speak to a person now."""
    return Caller(rules=rules).press("1", "1")


def test_nothing_stands_before_whoever_calls_for_the_first_time() -> None:
    assert isinstance(asked(RULES).core.commands[-1], StartLive)


def test_the_danger_line_comes_first_and_then_the_question() -> None:
    caller = asked(WORD)
    assert caller.hears[:4] == ["danger", "word_ask", "word_press", "@word_key"]
    assert caller.hears[4:] == ["menu_message", "menu_crisis"]
    assert caller.core.commands == []


def test_the_key_that_is_named_lets_them_through_and_is_asked_for_once() -> None:
    caller = asked(WORD).press("7")
    assert caller.core.commands == [StartLive()]
    assert caller.session.state is State.OPENING
    caller.feed(Silence()).feed(Recorded(3.0)).feed(DispatchIs("exhausted"))
    assert caller.session.state is State.MESSAGE


def test_a_message_needs_no_key_of_that_kind() -> None:
    caller = asked(WORD).press("2")
    assert caller.session.state is State.MESSAGE
    assert Caller(rules=WORD).press("1", "2").session.state is State.MESSAGE


def test_the_crisis_line_is_one_key_away() -> None:
    assert isinstance(asked(WORD).press("0").step.then, Transfer)
    assert isinstance(asked(BLOCKED).press("0").step.then, Transfer)


@pytest.mark.parametrize("rules", [WORD, BLOCKED])
def test_whoever_does_nothing_leaves_a_message(rules: Rules) -> None:
    caller = asked(rules).feed(Silence()).feed(Silence())
    assert caller.hears[0] == "word_to_message"
    assert isinstance(caller.step.then, Record)


def test_wrong_keys_lead_to_the_recorder_too() -> None:
    caller = asked(WORD).press("1")
    assert caller.hears[0] == "not_understood"
    assert "danger" not in caller.hears
    assert isinstance(caller.press("1").step.then, Record)


def test_who_presses_nothing_in_the_whole_menu_hears_the_danger_line_once() -> None:
    caller = Caller(rules=WORD).feed(Silence()).feed(Silence())
    assert caller.session.state is State.WORD
    assert caller.hears.count("danger") == 1


def test_the_word_may_be_said_after_no_key_was_pressed() -> None:
    caller = asked(ALOUD)
    assert "word_say" in caller.hears
    caller.feed(Silence())
    assert isinstance(caller.step.then, Say)
    caller.core.understood = "#"
    caller.feed(Recorded(1.0))
    assert caller.hears == ["one_moment"]
    assert isinstance(caller.step.then, Wait)
    caller.feed(Silence())
    assert caller.core.commands[-1] == StartLive()


def test_another_word_is_asked_for_as_a_key_and_then_a_message_is_taken() -> None:
    caller = asked(ALOUD).feed(Silence()).feed(Recorded(1.0)).feed(Silence())
    assert caller.hears[0] == "not_heard"
    assert isinstance(caller.step.then, Gather)
    assert isinstance(caller.feed(Silence()).step.then, Record)


def test_what_we_do_not_understand_in_time_is_not_held_against_the_caller() -> None:
    caller = asked(ALOUD)
    caller.core.understood = None
    caller.feed(Silence()).feed(Recorded(1.0))
    for _ in range(10):
        if isinstance(caller.step.then, Wait):
            caller.feed(Silence())
    assert caller.core.commands[-1] == StartLive()


def test_silence_instead_of_the_word_is_no_word() -> None:
    caller = asked(ALOUD).feed(Silence()).feed(Recorded(0.0))
    assert caller.session.state is State.WORD
    assert caller.hears[0] == "not_heard"


def test_a_blocked_telephone_hears_the_danger_line_and_what_it_can_do() -> None:
    caller = asked(BLOCKED)
    assert caller.hears[:2] == ["danger", "blocked_ask"]
    assert caller.press("9").hears[0] == "danger"
    assert caller.press("3").session.state is State.RETURN_NUMBER


def test_a_failed_crisis_line_tells_a_blocked_caller_so() -> None:
    caller = asked(BLOCKED).press("0").feed(DialEnded(answered=False))
    assert caller.hears[:3] == ["crisis_failed", "danger", "blocked_ask"]


DOUBTS = st.builds(
    lambda doubt, say_word, say_digits: replace(
        RULES, doubt=doubt, word_key="7", say_word=say_word, say_digits=say_digits
    ),
    st.sampled_from(["none", "word", "blocked"]),
    st.booleans(),
    st.booleans(),
)
UNDERSTOOD = st.sampled_from([None, "", "#", "123456"])


def played(rules: Rules, understood: str | None, events: list[object]) -> Caller:
    core = Core()
    core.understood = understood
    caller = Caller(core, rules)
    for event in events:
        caller.feed(event)  # type: ignore[arg-type]
    return caller


KEYS = st.text("0123456789*", max_size=3).map(lambda keys: Keys(keys) if keys else Silence())


@given(st.sampled_from([WORD, ALOUD, BLOCKED]), UNDERSTOOD, st.lists(KEYS, max_size=12))
def test_from_everywhere_a_message_can_be_left_and_is_sent(
    rules: Rules, understood: str | None, events: list[object]
) -> None:
    """Whatever was pressed and however little is understood: whoever then does nothing but speak is
    recorded, and what is recorded goes to the core to be sent; unless a person is looked for."""
    caller = played(rules, understood, events)
    for _ in range(40):
        if _sent(caller.core.commands) or isinstance(caller.step.then, Park | Connect | HangUp):
            break
        match caller.step.then:
            case Record() | Say():
                caller.feed(Recorded(5.0))
            case Transfer():
                caller.feed(DialEnded(answered=False))
            case _:
                caller.feed(Silence())
    came_back = any(isinstance(c, CheckReturn) for c in caller.core.commands)
    assert _sent(caller.core.commands) or isinstance(caller.step.then, Park | Connect) or came_back


def _sent(commands: list[Command]) -> bool:
    return any(isinstance(c, SendMessage) for c in commands)


@given(DOUBTS, UNDERSTOOD, st.lists(EVENTS, max_size=20))
def test_a_blocked_telephone_never_has_a_person_rung_for_a_talk(
    rules: Rules, understood: str | None, events: list[object]
) -> None:
    caller = played(replace(rules, doubt="blocked"), understood, events)
    assert StartLive() not in caller.core.commands


@given(UNDERSTOOD, st.lists(EVENTS, max_size=20))
def test_the_menu_and_the_message_are_the_same_for_every_telephone(
    understood: str | None, events: list[object]
) -> None:
    """Until a person is wanted at once, doubt changes nothing that is heard."""
    plain, doubted, blocked = (Caller(Core(), rules) for rules in (RULES, WORD, BLOCKED))
    for event in events:
        for caller in (plain, doubted, blocked):
            caller.feed(event)  # type: ignore[arg-type]
        if StartLive() in plain.core.commands:
            return
        assert plain.hears == doubted.hears == blocked.hears


def test_the_number_may_be_said_too() -> None:
    rules = replace(RULES, say_digits=True)
    caller = Caller(rules=rules).press("1", "3")
    assert caller.hears == ["return_number", "say_digits"]
    caller.core.understood = "123456"
    caller.feed(Silence()).feed(Recorded(4.0)).feed(Silence())
    assert caller.hears == ["return_pin", "say_digits"]
    caller.feed(Silence()).feed(Recorded(4.0)).feed(Silence())
    assert caller.session.state is State.RETURN_STATUS
    assert "123456" not in repr(caller.session)


def test_digits_that_are_too_few_are_asked_for_by_keys() -> None:
    caller = Caller(rules=replace(RULES, say_digits=True)).press("1", "3")
    caller.core.understood = "123"
    caller.feed(Silence()).feed(Recorded(4.0)).feed(Silence())
    assert caller.hears == ["not_heard", "return_number"]
    assert caller.feed(Keys("123456")).hears == ["return_pin", "say_digits"]


def test_where_no_model_knows_the_digits_only_keys_are_offered() -> None:
    caller = Caller(rules=RULES).press("1", "3")
    assert caller.hears == ["return_number"]
    assert caller.feed(Silence()).session.state is State.RETURN_NUMBER
