"""What a caller hears in each state of the menu. Pure: session in, step out.

A step depends on the session alone, so that a repeated webhook is answered with the same words.
"""

from collections.abc import Callable

from ivr.names import (
    HOLD,
    LEFT,
    LISTENED,
    NOTICE,
    NUMBER,
    PARKED,
    PIN,
    REPLIES,
    RESOURCES,
    WORD_KEY,
)
from ivr.spoken_steps import Say
from ivr.steps import (
    Connect,
    Gather,
    GoOn,
    HangUp,
    Park,
    Prompt,
    Record,
    Rules,
    Session,
    State,
    Step,
    Then,
    Transfer,
    Wait,
)

OPENING_MAX_S, OPENING_SILENCE_S = 30, 4
"""A few words: who says nothing joins the wait after four seconds (invariant I5)."""
MESSAGE_MAX_S, MESSAGE_SILENCE_S = 300, 10
"""Five minutes, and long pauses: a child who cries is not cut off (docs/design.md §2)."""
ANSWER_MAX_S, ANSWER_SILENCE_S = 12, 3
"""Six digits with pauses between them, or one word."""
NUMBER_TIMEOUT_S = 10
"""Between two digits of a number that is read from paper."""

CALLBACK_DIGITS = 18
"""The longest number there is has 15 digits (ITU-T E.164); before it, the prefix for calls abroad
has three (011)."""


def show(session: Session, rules: Rules) -> Step:
    """The step of this moment, without any command."""
    names, then = _SCENES[session.state](session, rules)
    prompts = (*(Prompt(name) for name in session.lead), *names)
    return Step(prompts, then)


Scene = tuple[tuple[Prompt, ...], Then]


def _say(*names: str) -> tuple[Prompt, ...]:
    return tuple(Prompt(name) for name in names)


def _proof(session: Session, rules: Rules) -> Scene:
    """What every caller hears first, with time for the whole code."""
    first = _language(session, rules)[0] if len(rules.languages) > 1 else _say(*greeting(rules))
    return first, Gather(rules.code_digits)


def _language(session: Session, rules: Rules) -> Scene:
    offers = [
        prompt
        for key, code in enumerate(rules.languages, start=1)
        for prompt in (Prompt("offer_language", code), Prompt(f"digit_{key}", code))
    ]
    return tuple(offers), Gather()


def greeting(rules: Rules) -> tuple[str, ...]:
    """The danger line, the recording notice and the deployment's one promise."""
    return ("danger", "recording_notice", f"promise_{rules.promise}")


def before_menu(rules: Rules) -> tuple[str, ...]:
    """The greeting, and after it what a supervisor has callers told now. Who is led past the menu
    to a person hears the greeting alone."""
    return (*greeting(rules), NOTICE) if rules.notice else greeting(rules)


def _menu(session: Session, rules: Rules) -> Scene:
    help_too = ("menu_help",) if rules.help else ()
    keys = ("menu_speak", "menu_message", "menu_return", *help_too, "menu_crisis", "menu_repeat")
    return _say(*keys), Gather()


def _opening(session: Session, rules: Rules) -> Scene:
    """A step of its own: who is there by the end of the question is met without any recording."""
    return _say("opening_question"), GoOn()


def _speaking(session: Session, rules: Rules) -> Scene:
    return (), _record(session, rules, OPENING_MAX_S, OPENING_SILENCE_S)


def _record(session: Session, rules: Rules, max_s: int, silence_s: int) -> Record:
    return Record(session.message, max_s, silence_s, rules.stream and not session.by_verb)


def _parked(session: Session, rules: Rules) -> Scene:
    """Three short turns, about 20 s together: a sentence, the offer, a sound. After a bridge only
    "one moment": the responder may be back in no time."""
    if session.rejoin:
        return _say(*(("one_moment",) if session.polls % 3 == 0 else ()), HOLD), Park()
    turn, part = divmod(session.polls, 3)
    if part == 0:
        return _say(PARKED[turn % len(PARKED)]), Park()
    if part == 1:
        return _say(HOLD, "parked_message"), Park()
    return (_say("parked_danger") if turn % 4 == 0 else _say(HOLD)), Park()


def _connected(session: Session, rules: Rules) -> Scene:
    return _say("connecting"), Connect()


def _message(session: Session, rules: Rules) -> Scene:
    recorder = _record(session, rules, MESSAGE_MAX_S, MESSAGE_SILENCE_S)
    if set(session.lead) & ASKS:
        return (), recorder
    if session.earlier is not None:
        return _say("message_again"), recorder
    name = "message_more" if session.kind == "addition" else "message_instructions"
    return _say(name), recorder


def _review(session: Session, rules: Rules) -> Scene:
    return _say("review_send", "review_listen", "review_again"), Gather()


def _listening(session: Session, rules: Rules) -> Scene:
    return _say("one_moment" if session.polls == 0 else HOLD), Wait()


def _receipt(session: Session, rules: Rules) -> Scene:
    once = ("report_number_is", NUMBER, "pin_is", PIN)
    return _say(*once, "receipt_repeat", *once, "receipt_again"), Gather()


def _return_number(session: Session, rules: Rules) -> Scene:
    return _say("return_number", *_aloud(session, rules)), Gather(
        rules.number_digits, NUMBER_TIMEOUT_S
    )


def _return_pin(session: Session, rules: Rules) -> Scene:
    return _say("return_pin", *_aloud(session, rules)), Gather(rules.pin_digits, NUMBER_TIMEOUT_S)


def _aloud(session: Session, rules: Rules) -> tuple[str, ...]:
    """That it may be said, where that comes next."""
    return ("say_digits",) if rules.say_digits and session.tries == 0 else ()


def _answer(session: Session, rules: Rules) -> Scene:
    return (), Say(session.answer, ANSWER_MAX_S, ANSWER_SILENCE_S)


def _word(session: Session, rules: Rules) -> Scene:
    """The danger line before all else, the question, and the ways that need no answer to it. Who
    has heard it and pressed something else hears only what to press."""
    key = ("word_press", WORD_KEY)
    if session.tries:
        return _say(*key, "menu_message", "menu_crisis"), Gather()
    first = () if "danger" in session.lead else ("danger",)
    say = ("word_say",) if rules.say_word else ()
    return _say(*first, "word_ask", *key, *say, "menu_message", "menu_crisis"), Gather()


def _blocked(session: Session, rules: Rules) -> Scene:
    first = () if "danger" in session.lead else ("danger",)
    keys = ("menu_message", "menu_return", "menu_crisis", "menu_repeat")
    return _say(*first, "blocked_ask", *keys), Gather()


def _return_status(session: Session, rules: Rules) -> Scene:
    replies = ("reply_intro", REPLIES) if session.replies else ("reply_none",)
    callback = ("return_callback",) if rules.callback or session.callback else ()
    return _say(f"status_{session.found}", *replies, "return_more", *callback), Gather()


def _callback(session: Session, rules: Rules) -> Scene:
    """Once told that a number cannot be called, the caller hears only what to do about it."""
    ask = () if "callback_refused" in session.lead else _say("callback_offer")
    return ask, Gather(CALLBACK_DIGITS, NUMBER_TIMEOUT_S)


def _callback_confirm(session: Session, rules: Rules) -> Scene:
    return _say("callback_heard", LEFT, "callback_keys"), Gather()


def _callback_kept(session: Session, rules: Rules) -> Scene:
    name = "callback_kept_keys" if rules.callback else "callback_kept_delete"
    return _say("callback_kept", name), Gather()


def _crisis(session: Session, rules: Rules) -> Scene:
    return _say("crisis_connecting"), Transfer()


def _help(session: Session, rules: Rules) -> Scene:
    """A number is written down before a key is pressed: there is time for it."""
    return _say("help_intro", RESOURCES, "help_keys"), Gather(timeout_s=NUMBER_TIMEOUT_S)


def _ended(session: Session, rules: Rules) -> Scene:
    return _say("goodbye"), HangUp()


ASKS = frozenset({"message_empty", "recording_start", "recording_resume"})
"""Prompts that ask the caller to speak, so that nothing else need be said before the tone."""
LISTEN_BACK = ("listen_intro", LISTENED)

_SCENES: dict[State, Callable[[Session, Rules], Scene]] = {
    State.PROOF: _proof,
    State.LANGUAGE: _language,
    State.MENU: _menu,
    State.OPENING: _opening,
    State.SPEAKING: _speaking,
    State.PARKED: _parked,
    State.CONNECTED: _connected,
    State.MESSAGE: _message,
    State.REVIEW: _review,
    State.LISTENING: _listening,
    State.RECEIPT: _receipt,
    State.RETURN_NUMBER: _return_number,
    State.RETURN_PIN: _return_pin,
    State.RETURN_STATUS: _return_status,
    State.CRISIS: _crisis,
    State.HELP: _help,
    State.CALLBACK: _callback,
    State.CALLBACK_CONFIRM: _callback_confirm,
    State.CALLBACK_KEPT: _callback_kept,
    State.WORD: _word,
    State.BLOCKED: _blocked,
    State.SAY: _answer,
    State.UNDERSTAND: _listening,
    State.ENDED: _ended,
}
