"""The way through the menu: every place, and only the keys that do something."""

import pytest

from console.voice_menu import walk
from ivr.menu import advance
from ivr.steps import Keys, Rules, Session, State

RULES = Rules(languages=("en", "es", "ar"), callback=True)


def keys(title: str) -> dict[str, str]:
    return next(dict(p.keys) for p in walk.places("en", RULES) if p.title == title)


def test_every_state_a_caller_meets_is_a_place() -> None:
    met = {session.state for _, session in walk.PLACES}
    # Waits of a second, for one's own voice and until it is understood; what only calls of the
    # hotline to itself meet.
    assert met == set(State) - {State.LISTENING, State.UNDERSTAND, State.PROOF}


def test_the_menu_has_its_keys() -> None:
    assert keys("The menu") == {
        "1": "to a person",
        "2": "to the recorder",
        "3": "to an earlier report",
        "9": "hear it again",
        "0": "to the crisis line",
    }
    assert keys("Which language") == dict.fromkeys("123", "on in this language")
    assert keys("The message is spoken") == {
        "1": "send it",
        "2": "listen to it",
        "3": "say it again",
    }
    assert keys("Speak now: waiting, first") == {"1": "to the recorder"}
    assert keys("Goodbye") == {}


@pytest.mark.parametrize("title", [title for title, _ in walk.PLACES])
def test_no_key_that_is_named_is_a_wrong_one(title: str) -> None:
    session = next(s for t, s in walk.PLACES if t == title)
    for key in keys(title):
        moved, _ = advance(Session(session.state, message="m", language="en"), Keys(key), RULES)
        assert "not_understood" not in moved.lead


def test_the_first_words_come_before_the_menu() -> None:
    menu = next(p for p in walk.places("es", RULES) if p.title == "The menu")
    assert [p.name for p in menu.said][:3] == ["danger", "recording_notice", "promise_anonymous"]


def test_digits_that_are_awaited_are_said() -> None:
    number = next(p for p in walk.places("en", RULES) if p.title == "Return: the number")
    assert number.after == "6 digits are awaited; # ends them early."
    assert number.keys == ()
