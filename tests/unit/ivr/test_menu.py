"""The caller's menu: the first words, its keys, and callers who press none or the wrong one."""

from dataclasses import replace

import pytest

from ivr.steps import (
    Connect,
    DialEnded,
    DispatchIs,
    HungUp,
    Leave,
    Park,
    Record,
    Recorded,
    Rules,
    Session,
    Silence,
    StartLive,
    State,
    Transfer,
)
from tests.support.menu import RULES, Caller


def test_the_first_words_offer_each_language_in_itself() -> None:
    caller = Caller()
    offers = [(p.name, p.language) for p in caller.step.prompts]
    assert offers == [
        ("offer_language", "en"),
        ("digit_1", "en"),
        ("offer_language", "es"),
        ("digit_2", "es"),
        ("offer_language", "ar"),
        ("digit_3", "ar"),
    ]


def test_one_language_needs_no_choice() -> None:
    caller = Caller(rules=Rules(languages=("es",)))
    assert caller.session.state is State.MENU
    assert caller.session.language == "es"


def test_the_danger_line_comes_right_after_the_language() -> None:
    caller = Caller().press("2")
    assert caller.session.language == "es"
    assert caller.hears[:3] == ["danger", "recording_notice", "promise_anonymous"]


@pytest.mark.parametrize("promise", ["anonymous", "confidential"])
def test_only_one_promise_is_ever_made(promise: str) -> None:
    caller = Caller(rules=replace(RULES, promise=promise)).press("1")
    promised = [name for name in caller.hears if name.startswith("promise_")]
    assert promised == [f"promise_{promise}"]


def test_key_0_transfers_to_the_crisis_line_and_falls_back_to_a_person() -> None:
    caller = Caller().press("1", "0")
    assert isinstance(caller.step.then, Transfer)
    caller.feed(DialEnded(answered=False))
    assert caller.hears[0] == "crisis_failed"
    assert caller.core.commands == [StartLive()]


def test_the_menu_comes_back_after_the_crisis_line() -> None:
    assert Caller().press("1", "0").feed(DialEnded(answered=True)).session.state is State.MENU


def test_key_9_repeats_the_menu() -> None:
    caller = Caller().press("1")
    first = caller.hears
    assert caller.press("9").hears == first


@pytest.mark.parametrize("key", ["7", "*", "5"])
def test_wrong_keys_twice_mean_speak_now(key: str) -> None:
    caller = Caller().press("1", key)
    assert caller.hears[0] == "not_understood"
    assert caller.press(key).session.state is State.OPENING


def test_a_silent_caller_reaches_a_person_within_a_few_steps() -> None:
    caller = Caller()
    for event in (Silence(), Silence(), Silence(), Recorded(0)):
        caller.feed(event)
    assert isinstance(caller.step.then, Park)
    assert caller.core.commands[0] == StartLive()
    assert isinstance(caller.feed(DispatchIs("taken")).step.then, Connect)


def test_a_silent_caller_hears_danger_and_notice_before_any_recording() -> None:
    caller = Caller().feed(Silence()).feed(Silence())
    assert caller.hears[:4] == ["no_key_heard", "danger", "recording_notice", "promise_anonymous"]
    assert isinstance(caller.feed(Silence()).step.then, Record)


def test_hanging_up_sends_what_was_said() -> None:
    for caller in (Caller().press("1", "2"), Caller().press("1", "2").feed(Recorded(3))):
        caller.feed(HungUp())
        assert caller.core.commands[-1] == Leave()
        assert caller.session.state is State.ENDED
        before = list(caller.core.commands)
        caller.feed(HungUp())
        assert caller.core.commands == before


def test_a_nudge_in_the_middle_of_the_menu_changes_nothing() -> None:
    caller = Caller().press("1")
    before = caller.session
    assert caller.feed(DispatchIs("taken")).session == before


def test_an_unreadable_session_begins_anew() -> None:
    assert Session.from_dict({"state": "nowhere"}) == Session()
    assert Session.from_dict({"unheard_of": 1}) == Session()
