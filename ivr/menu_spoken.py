"""The part of the caller's menu in which something is said in place of keys. Pure.

Keys are asked for first, each time; only who presses none is asked to speak. What was understood
counts as the keys it stands for, wrong ones included.
"""

from collections.abc import Callable
from dataclasses import replace

from ivr import menu_doubt, menu_return
from ivr.menu_parts import TRIES, Move, to
from ivr.spoken_steps import AnswerBegun, FindAnswer, Understood
from ivr.steps import Event, Keys, Recorded, Rules, Session, State

ANSWER_POLLS = 4
"""How often to look whether it is understood, some 6 s apart."""
_ASKING = {**menu_doubt.HANDLERS, **menu_return.HANDLERS}


def _say(session: Session, event: Event, rules: Rules) -> Move:
    match event:
        case AnswerBegun(answer):
            return replace(session, answer=answer), None
        case Recorded(seconds) if seconds > 0 and session.answer is not None:
            return replace(session, state=State.UNDERSTAND, polls=0, lead=()), None
    return _unheard(_asking(session))


def _understand(session: Session, event: Event, rules: Rules) -> Move:
    match event:
        case Understood(None) if session.polls >= ANSWER_POLLS:
            return _too_late(_asking(session))
        case Understood(None):
            return replace(session, lead=()), None
        case Understood(keys) if keys is not None:
            return _answered(_asking(session), keys, rules)
    if session.answer is None:
        return _unheard(_asking(session))
    return replace(session, polls=session.polls + 1), FindAnswer(session.answer)


def _asking(session: Session) -> Session:
    """Back in the state that had asked, its tries as they were."""
    return replace(session, state=State(session.asks), answer=None, asks="", polls=0, lead=())


def _answered(asking: Session, keys: str, rules: Rules) -> Move:
    lengths = {State.RETURN_NUMBER: rules.number_digits, State.RETURN_PIN: rules.pin_digits}
    if asking.state is State.WORD and keys:
        return menu_doubt.passed(asking)
    if len(keys) != lengths.get(asking.state):
        return _unheard(asking)
    return _ASKING[asking.state](asking, Keys(keys), rules)


def _too_late(asking: Session) -> Move:
    """That we do not understand in time is no fault of the caller's."""
    return menu_doubt.passed(asking) if asking.state is State.WORD else _unheard(asking)


def _unheard(asking: Session) -> Move:
    """From here on by keys alone."""
    if asking.tries + 1 < TRIES:
        return replace(asking, tries=asking.tries + 1, lead=("not_heard",)), None
    if asking.state is State.WORD:
        return menu_doubt.to_message(asking)
    return to(asking, State.MENU), None


HANDLERS: dict[State, Callable[[Session, Event, Rules], Move]] = {
    State.SAY: _say,
    State.UNDERSTAND: _understand,
}
