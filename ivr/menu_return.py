"""The part of the caller's menu in which number and PIN of an earlier report are entered. Pure."""

from collections.abc import Callable
from dataclasses import replace

from ivr.menu_parts import CHECKS, Move, ask_aloud, missed, to
from ivr.steps import (
    CheckReturn,
    Event,
    Found,
    Keys,
    NotFound,
    Rules,
    Session,
    Silence,
    State,
)


def _number(session: Session, event: Event, rules: Rules) -> Move:
    if isinstance(event, Keys) and len(event.digits) == rules.number_digits:
        return to(replace(session, number=event.digits), State.RETURN_PIN), None
    if _may_say(session, event, rules):
        return ask_aloud(session, "digits")
    return missed(session, event, lambda: (to(session, State.MENU), None))


def _pin(session: Session, event: Event, rules: Rules) -> Move:
    match event:
        case Found(state, replies, callback):
            found = replace(session, found=state, replies=replies, callback=callback, number="")
            return to(found, State.RETURN_STATUS), None
        case NotFound(locked=True):
            return to(replace(session, number=""), State.MENU, "return_locked"), None
        case NotFound():
            return _wrong_pair(session)
        case Keys(digits) if len(digits) == rules.pin_digits:
            return session, CheckReturn(session.number, digits)
    if _may_say(session, event, rules):
        return ask_aloud(session, "digits")
    return missed(session, event, lambda: (to(session, State.MENU), None))


def _may_say(session: Session, event: Event, rules: Rules) -> bool:
    """Who presses nothing may say it, once; then the keys are asked for again."""
    return isinstance(event, Silence) and rules.say_digits and session.tries == 0


def _wrong_pair(session: Session) -> Move:
    checked = replace(session, checks=session.checks + 1, number="")
    if checked.checks >= CHECKS:
        return to(checked, State.MENU, "return_failed"), None
    return to(checked, State.RETURN_NUMBER, "return_unknown"), None


HANDLERS: dict[State, Callable[[Session, Event, Rules], Move]] = {
    State.RETURN_NUMBER: _number,
    State.RETURN_PIN: _pin,
}
