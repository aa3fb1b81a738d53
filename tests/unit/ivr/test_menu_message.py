"""Leaving a message: recorded, reviewed, said again, and sent only when the core says so."""

from ivr.menu import advance
from ivr.steps import (
    BeginMessage,
    HangUp,
    Keys,
    Record,
    Recorded,
    SendMessage,
    Silence,
    State,
    Wait,
)
from tests.support.menu import RULES, Caller


def test_a_message_is_recorded_reviewed_sent_and_gets_its_receipt() -> None:
    caller = Caller().press("1", "2")
    assert caller.core.commands == [BeginMessage("message")]
    assert caller.step.then == Record("message-1", 300, 10)
    caller.feed(Recorded(12))
    assert caller.hears == ["review_send", "review_listen", "review_again"]
    caller.press("1")
    assert caller.core.commands[-1] == SendMessage("message-1", None)
    assert caller.hears.count("@number") == 2
    assert caller.hears.count("@pin") == 2
    caller.press("1")
    assert caller.hears[0] == "report_number_is"
    caller.feed(Silence())
    assert caller.hears == ["goodbye"]
    assert isinstance(caller.step.then, HangUp)


def test_nothing_is_said_to_be_sent_before_the_core_has_committed() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5))
    session, step = advance(caller.session, Keys("1"), RULES)
    assert isinstance(step.command, SendMessage)
    assert session.state is State.REVIEW
    assert "sent" not in [prompt.name for prompt in step.prompts]


def test_listening_back_waits_for_the_recording() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5))
    caller.core.audible = False
    caller.press("2")
    assert isinstance(caller.step.then, Wait)
    caller.core.audible = True
    caller.feed(Silence())
    assert caller.hears[:2] == ["listen_intro", "@listened"]
    assert caller.session.state is State.REVIEW


def test_a_recording_that_never_arrives_is_not_waited_for_for_ever() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5))
    caller.core.audible = False
    caller.press("2")
    for _ in range(10):
        if caller.session.state is State.LISTENING:
            caller.feed(Silence())
    assert caller.hears[0] == "listen_unavailable"


def test_said_again_replaces_what_was_said() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5)).press("3")
    assert caller.hears == ["message_again"]
    caller.feed(Recorded(7)).press("1")
    assert caller.core.commands[-1] == SendMessage("message-2", "message-1")


def test_said_again_but_in_silence_keeps_the_first() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5)).press("3")
    caller.feed(Recorded(0)).feed(Recorded(0))
    assert caller.session.state is State.REVIEW
    caller.press("1")
    assert caller.core.commands[-1] == SendMessage("message-1", None)


def test_an_empty_recording_is_asked_for_again_and_then_sent() -> None:
    caller = Caller().press("1", "2").feed(Recorded(0))
    assert caller.hears == ["message_empty"]
    caller.feed(Recorded(0))
    assert caller.core.commands[-1] == SendMessage("message-2", None)


def test_a_silent_review_sends() -> None:
    caller = Caller().press("1", "2").feed(Recorded(5)).feed(Silence()).feed(Silence())
    assert isinstance(caller.core.commands[-1], SendMessage)
