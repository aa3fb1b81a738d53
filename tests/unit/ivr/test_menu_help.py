"""Who else can help: key 4, where the roster names them."""

from dataclasses import replace

import pytest

from ivr.steps import Gather, Silence, StartLive, State
from tests.support.menu import RULES, Caller

HELP = replace(RULES, help=True)


def asks() -> Caller:
    """A caller who wants to hear who else can help."""
    return Caller(rules=HELP).press("1", "4")


def test_who_else_can_help_is_told() -> None:
    caller = asks()
    assert caller.hears == ["help_intro", "@resources", "help_keys"]
    assert isinstance(caller.step.then, Gather)
    assert caller.core.commands == []


def test_it_is_offered_only_where_there_is_somebody() -> None:
    assert "menu_help" in Caller(rules=HELP).press("1").hears
    caller = Caller().press("1")
    assert "menu_help" not in caller.hears
    assert caller.press("4").hears[0] == "not_understood"


def test_it_is_heard_again_and_leads_on() -> None:
    assert asks().press("2").hears == ["help_intro", "@resources", "help_keys"]
    assert asks().press("0").session.state is State.CRISIS
    assert asks().press("9").session.state is State.MENU
    caller = asks().press("1")
    assert caller.session.state is State.OPENING
    assert caller.core.commands == [StartLive()]


@pytest.mark.parametrize("key", ["", "7"])
def test_who_says_nothing_is_led_to_a_person(key: str) -> None:
    """Once more, then the menu, where twice nothing is a wish to speak."""
    caller = asks()

    def does_nothing() -> None:
        caller.press(key) if key else caller.feed(Silence())

    does_nothing()
    assert caller.session.state is State.HELP
    does_nothing()
    assert caller.session.state is State.MENU
    does_nothing()
    does_nothing()
    assert caller.session.state is State.OPENING
