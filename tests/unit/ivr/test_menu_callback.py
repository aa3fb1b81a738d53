"""Leaving a number to be called back at: asked once, read back, kept only after 1."""

import json

import pytest

from ivr.callback_steps import (
    CheckNumber,
    ForgetNumber,
    KeepNumber,
    NumberGone,
    NumberIs,
    NumberKept,
)
from ivr.steps import Command as AnyCommand
from ivr.steps import Event, Found, Gather, Recorded, Rules, Silence, State
from tests.support.menu import Caller, Core

RULES = Rules(languages=("en", "es", "ar"), callback=True)
NUMBER = "2175550142"


class Keeper(Core):
    """A core that takes numbers, or says of each what `says` says."""

    says: NumberIs = NumberIs("ok")

    def run(self, command: AnyCommand) -> Event | None:
        answer = super().run(command)
        match command:
            case CheckNumber():
                return self.says
            case KeepNumber():
                return NumberKept()
            case ForgetNumber(entered=False):
                return NumberGone()
        return answer


def asked(rules: Rules = RULES) -> Caller:
    """A caller who has left a message and heard the numbers of the report."""
    return Caller(Keeper(), rules).press("1", "2").feed(Recorded(5)).press("1").feed(Silence())


def returned(*, callback: bool, rules: Rules = RULES) -> Caller:
    """A caller who has come back with number and PIN."""
    caller = Caller(Keeper(), rules)
    caller.core.found = Found("taken", callback=callback)
    return caller.press("1", "3", "123456", "654321")


def test_after_the_receipt_the_caller_is_asked() -> None:
    caller = asked()
    assert caller.hears == ["callback_offer"]
    assert isinstance(caller.step.then, Gather)
    assert caller.step.then.digits >= 15


def test_where_nobody_is_called_back_nobody_is_asked() -> None:
    caller = asked(Rules(languages=("en", "es", "ar")))
    assert caller.hears == ["goodbye"]
    caller = returned(callback=False, rules=Rules(languages=("en", "es", "ar")))
    assert "return_callback" not in caller.hears
    caller.press("4")
    assert caller.hears[0] == "not_understood"


def test_silence_or_the_pound_key_alone_leaves_none() -> None:
    caller = asked().feed(Silence())
    assert caller.hears == ["goodbye"]
    assert not [c for c in caller.core.commands if isinstance(c, CheckNumber)]


def test_a_number_is_read_back_and_kept_after_1_only() -> None:
    caller = asked().press(NUMBER)
    assert caller.hears == ["callback_heard", "@left", "callback_keys"]
    assert KeepNumber() not in caller.core.commands
    caller.press("1")
    assert caller.core.commands[-1] == KeepNumber()
    assert caller.hears == ["callback_is_kept", "goodbye"]


def test_kept_is_said_only_when_the_core_has_said_so() -> None:
    caller = asked().press(NUMBER)
    caller.core.run = lambda command: None  # type: ignore[method-assign]
    caller.press("1")
    assert caller.session.state is State.CALLBACK_CONFIRM
    assert "callback_is_kept" not in caller.hears


@pytest.mark.parametrize("keys", [("3",), ("5", "5")], ids=["3", "wrong keys"])
def test_otherwise_it_is_dropped(keys: tuple[str, ...]) -> None:
    caller = asked().press(NUMBER, *keys)
    assert caller.core.commands[-1] == ForgetNumber(entered=True)
    assert caller.hears == ["callback_none", "goodbye"]


def test_silence_twice_drops_it() -> None:
    caller = asked().press(NUMBER).feed(Silence()).feed(Silence())
    assert caller.core.commands[-1] == ForgetNumber(entered=True)
    assert caller.hears == ["callback_none", "goodbye"]


def test_it_may_be_keyed_in_again() -> None:
    caller = asked().press(NUMBER, "2")
    assert caller.hears == ["callback_offer"]
    caller.press("2175550143", "1")
    assert caller.hears == ["callback_is_kept", "goodbye"]


def test_a_number_that_is_refused_may_be_corrected_twice() -> None:
    caller = asked()
    caller.core.says = NumberIs("refused")  # type: ignore[attr-defined]
    assert caller.press("911").hears == ["callback_refused"]
    assert caller.press("911").hears == ["callback_refused"]
    assert caller.press("911").hears == ["callback_none", "goodbye"]


def test_when_no_more_are_taken_the_caller_is_told() -> None:
    caller = asked()
    caller.core.says = NumberIs("full")  # type: ignore[attr-defined]
    assert caller.press(NUMBER).hears == ["callback_full", "goodbye"]


def test_a_number_is_never_kept_in_the_session() -> None:
    caller = asked().press(NUMBER)
    assert NUMBER not in json.dumps(caller.session.to_dict())
    assert NUMBER not in repr(caller.step)


def test_whoever_comes_back_may_leave_one() -> None:
    caller = returned(callback=False)
    assert caller.hears[-1] == "return_callback"
    assert caller.press("4").hears == ["callback_offer"]


def test_whoever_comes_back_may_delete_theirs() -> None:
    caller = returned(callback=True).press("4")
    assert caller.hears == ["callback_kept", "callback_kept_keys"]
    caller.press("1")
    assert caller.core.commands[-1] == ForgetNumber()
    assert caller.hears[0] == "callback_deleted"
    assert caller.press("4").hears == ["callback_offer"]


def test_or_leave_another_one_instead() -> None:
    caller = returned(callback=True).press("4", "2", NUMBER, "1")
    assert caller.hears == ["callback_is_kept", "goodbye"]


def test_silence_about_a_number_that_is_kept_leads_back() -> None:
    caller = returned(callback=True).press("4").feed(Silence()).feed(Silence())
    assert caller.session.state is State.RETURN_STATUS


def test_a_number_kept_can_be_deleted_where_none_is_taken_any_more() -> None:
    caller = returned(callback=True, rules=Rules(languages=("en", "es", "ar")))
    assert caller.hears[-1] == "return_callback"
    caller.press("4")
    assert caller.hears == ["callback_kept", "callback_kept_delete"]
    assert caller.press("2").hears[0] == "not_understood"
    assert caller.press("1").hears[0] == "callback_deleted"
