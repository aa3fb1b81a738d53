"""A notice before the menu: after the danger line and the promise, and never in their place."""

from dataclasses import replace

import pytest

from ivr.scenes import show
from ivr.steps import Gather, Rules, Session, Silence, StartLive, State
from tests.support.menu import RULES, Caller

TOLD = replace(RULES, notice=True)
FIRST = ["danger", "recording_notice", "promise_anonymous"]


def test_it_comes_after_the_promise_and_before_the_menu() -> None:
    caller = Caller(rules=TOLD).press("1")
    assert caller.hears[:5] == [*FIRST, "@notice", "menu_speak"]
    assert isinstance(caller.step.then, Gather)
    assert caller.core.commands == []


def test_without_one_nothing_is_different() -> None:
    assert Caller().press("1").hears[:4] == [*FIRST, "menu_speak"]


def test_where_one_language_is_spoken_it_is_heard_at_once() -> None:
    one = Caller(rules=Rules(languages=("en",), notice=True))
    assert one.hears[:5] == [*FIRST, "@notice", "menu_speak"]


def test_the_key_that_repeats_all_repeats_it_and_a_wrong_key_does_not() -> None:
    caller = Caller(rules=TOLD).press("1", "9")
    assert caller.hears[:4] == [*FIRST, "@notice"]
    assert "@notice" not in caller.press("7").hears


def test_whoever_is_led_past_the_menu_to_a_person_is_not_kept_waiting_by_it() -> None:
    caller = Caller(rules=TOLD).feed(Silence()).feed(Silence())
    assert caller.session.state is State.OPENING
    assert "danger" in caller.hears
    assert "@notice" not in caller.hears
    assert caller.core.commands == [StartLive()]


@pytest.mark.parametrize("languages", [("en",), ("en", "es")])
def test_a_call_that_is_asked_for_its_code_hears_what_it_always_does(
    languages: tuple[str, ...],
) -> None:
    asked, rules = Session(State.PROOF), Rules(languages=languages)
    assert show(asked, replace(rules, notice=True)) == show(asked, rules)
