"""The part of the caller's menu in which they may leave a number to be called back at. Pure.

Nobody has to: silence, the pound key alone or hanging up leaves none. A number is kept only when
the caller has heard it read back and pressed 1.
"""

from collections.abc import Callable
from dataclasses import replace

from ivr.callback_steps import (
    CheckNumber,
    ForgetNumber,
    KeepNumber,
    NumberGone,
    NumberIs,
    NumberKept,
)
from ivr.menu_parts import CHECKS, Move, key, missed, stay, to
from ivr.steps import Event, Keys, Rules, Session, State


def offer(session: Session, rules: Rules) -> Move:
    """After the receipt: the question, where the deployment calls back; else the end."""
    return (_ask(session), None) if rules.callback else _end(session)


def begin(session: Session) -> Move:
    """From the status of a report: the question, or what to do about the number that is kept."""
    return (to(session, State.CALLBACK_KEPT) if session.callback else _ask(session)), None


def _ask(session: Session) -> Session:
    return replace(to(session, State.CALLBACK), checks=0)


def _end(session: Session, *lead: str) -> Move:
    return to(session, State.ENDED, *lead), None


def _number(session: Session, event: Event, rules: Rules) -> Move:
    match event:
        case NumberIs("ok"):
            return to(session, State.CALLBACK_CONFIRM), None
        case NumberIs("full"):
            return _end(session, "callback_full")
        case NumberIs():
            checked = replace(session, checks=session.checks + 1)
            if checked.checks >= CHECKS:
                return _end(checked, "callback_none")
            return stay(checked, "callback_refused")
        case Keys(digits):
            return session, CheckNumber(digits)
    return _end(session)


def _confirm(session: Session, event: Event, rules: Rules) -> Move:
    if isinstance(event, NumberKept):
        return _end(session, "callback_is_kept")
    match key(event):
        case "1":
            return session, KeepNumber()
        case "2":
            return to(session, State.CALLBACK), ForgetNumber(entered=True)
        case "3":
            return _none(session)
    return missed(session, event, lambda: _none(session))


def _none(session: Session) -> Move:
    return to(session, State.ENDED, "callback_none"), ForgetNumber(entered=True)


def _kept(session: Session, event: Event, rules: Rules) -> Move:
    if isinstance(event, NumberGone):
        gone = replace(session, callback=False)
        return to(gone, State.RETURN_STATUS, "callback_deleted"), None
    match key(event):
        case "1":
            return session, ForgetNumber()
        case "2" if rules.callback:
            return _ask(session), None
    return missed(session, event, lambda: (to(session, State.RETURN_STATUS), None))


HANDLERS: dict[State, Callable[[Session, Event, Rules], Move]] = {
    State.CALLBACK: _number,
    State.CALLBACK_CONFIRM: _confirm,
    State.CALLBACK_KEPT: _kept,
}
