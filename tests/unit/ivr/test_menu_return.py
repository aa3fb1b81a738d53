"""Coming back with a number and a PIN."""

import json

from ivr.steps import BeginMessage, CheckReturn, Found, NotFound, Recorded, State
from tests.support.menu import Caller


def test_returning_with_number_and_pin() -> None:
    caller = Caller().press("1", "3", "123456", "654321")
    assert caller.core.commands == [CheckReturn("123456", "654321")]
    assert caller.hears[:2] == ["status_taken", "reply_none"]
    caller.press("1")
    assert caller.core.commands[-1] == BeginMessage("addition")
    caller.feed(Recorded(4))
    assert caller.hears == ["sent", "goodbye"]


def test_replies_are_read_to_the_returning_caller() -> None:
    caller = Caller()
    caller.core.found = Found("closed", replies=1)
    caller.press("1", "3", "123456", "654321")
    assert caller.hears[:3] == ["status_closed", "reply_intro", "@replies"]


def test_a_wrong_pair_is_asked_for_again_and_then_leads_back() -> None:
    caller = Caller()
    caller.core.found = NotFound()
    caller.press("1", "3", "123456", "000000")
    assert caller.hears == ["return_unknown", "return_number"]
    caller.press("123456", "000000", "123456", "000000")
    assert caller.hears[0] == "return_failed"
    assert caller.session.state is State.MENU


def test_too_many_guesses_are_told_so() -> None:
    caller = Caller()
    caller.core.found = NotFound(locked=True)
    assert caller.press("1", "3", "123456", "000000").hears[0] == "return_locked"


def test_a_pin_is_never_kept_in_the_session() -> None:
    caller = Caller()
    caller.core.found = NotFound()
    caller.press("1", "3", "123456", "918273")
    assert "918273" not in json.dumps(caller.session.to_dict())
