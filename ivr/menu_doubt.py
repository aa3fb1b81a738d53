"""The part of the caller's menu between a telephone that calls again and again and a person. Pure.

It stands only before the talk that is asked for at once. A message can be left from each of its
states, by a key and by doing nothing; what becomes of a message is the same for every telephone.
"""

from collections.abc import Callable
from dataclasses import replace

from ivr.menu_parts import Move, ask_aloud, key, missed, record, speak_now, stay, to
from ivr.steps import Event, Rules, Session, Silence, State


def speak(session: Session, rules: Rules, *lead: str) -> Move:
    """Towards a person: at once, by way of the word, or not from here today."""
    if rules.doubt == "blocked":
        return to(session, State.BLOCKED, *lead), None
    if rules.doubt == "word" and not session.passed:
        return to(session, State.WORD, *lead), None
    return speak_now(session, *lead)


def passed(session: Session) -> Move:
    """The key was pressed or the word said: once in a call is enough."""
    return speak_now(replace(session, passed=True))


def _word(session: Session, event: Event, rules: Rules) -> Move:
    match key(event):
        case pressed if pressed == rules.word_key:
            return passed(session)
        case "2":
            return record(session, "message")
        case "0":
            return to(session, State.CRISIS), None
    if isinstance(event, Silence) and rules.say_word and session.tries == 0:
        return ask_aloud(session, "word")
    return missed(session, event, lambda: to_message(session))


def to_message(session: Session) -> Move:
    """Whoever does nothing is not cut off: they may not be able to, and a message takes all."""
    return record(session, "message", "word_to_message")


def _blocked(session: Session, event: Event, rules: Rules) -> Move:
    match key(event):
        case "2":
            return record(session, "message")
        case "3":
            return to(replace(session, checks=0), State.RETURN_NUMBER), None
        case "9":
            return stay(session)
        case "0":
            return to(session, State.CRISIS), None
    return missed(session, event, lambda: to_message(session))


HANDLERS: dict[State, Callable[[Session, Event, Rules], Move]] = {
    State.WORD: _word,
    State.BLOCKED: _blocked,
}
