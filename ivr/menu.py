"""The caller's menu. Pure: a session and an event give the next session and a step.

Two rules stand above all others. A caller who presses nothing, or the wrong keys twice, is treated
as somebody who wants to speak now. And nobody is told that a message was received before the core
has said so (`Sent`).
"""

from collections.abc import Callable
from dataclasses import replace

from ivr import menu_callback, menu_doubt, menu_return, menu_spoken
from ivr.callback_steps import NumberGone, NumberIs, NumberKept
from ivr.menu_doubt import speak as _speak
from ivr.menu_parts import Move
from ivr.menu_parts import key as _key
from ivr.menu_parts import missed as _missed
from ivr.menu_parts import record as _record
from ivr.menu_parts import stay as _stay
from ivr.menu_parts import to as _to
from ivr.scenes import LISTEN_BACK, before_menu, greeting, show
from ivr.spoken_steps import AnswerBegun, Understood
from ivr.steps import (
    Arrived,
    Audible,
    BeginMessage,
    Begun,
    DialEnded,
    DispatchIs,
    Event,
    FindRecording,
    Found,
    HungUp,
    Keys,
    Leave,
    LeaveRoom,
    NotFound,
    Prove,
    Proven,
    Recorded,
    Rejoin,
    Rules,
    SendMessage,
    Sent,
    Session,
    State,
    Step,
    StreamLost,
)

LISTEN_POLLS = 4
"""How often to look for a recording that the carrier still holds, some 6 s apart."""
SPOKEN_S = 1.0
"""A shorter recording counts as empty the first time (carriers round to whole seconds)."""

SYNTHETIC = (State.LANGUAGE, State.MENU, State.MESSAGE, State.REVIEW, State.RECEIPT, State.ENDED)
"""The only states of a call that the hotline has placed to itself: none looks for anybody."""


def advance(
    session: Session, event: Event, rules: Rules | None = None, at: str | None = None
) -> tuple[Session, Step]:
    """The next session and what the caller hears and may do then.

    at: the moment the webhook belongs to. If it is not the session's, the webhook is a repeat:
    nothing changes, and the present step is given once more, without its command.
    """
    rules = rules or Rules()
    repeat = at is not None and at != session.at and not isinstance(event, HungUp)
    if repeat or not _expected(session, event):
        return session, show(session, rules)
    moved, command = _move(session, event, rules)
    if moved.synthetic and moved.state not in SYNTHETIC:
        moved, command = _to(session, State.ENDED), None
    moved = replace(moved, turn=session.turn + 1)
    return moved, replace(show(moved, rules), command=command)


def _expected(session: Session, event: Event) -> bool:
    """Whether the event can mean anything here; a late answer of the core or a nudge may not."""
    if session.state is State.ENDED:
        return False
    states = _ONLY_IN.get(type(event))
    return states is None or session.state in states


def _move(session: Session, event: Event, rules: Rules) -> Move:
    if isinstance(event, HungUp):
        return _to(session, State.ENDED), Leave()
    if isinstance(event, Arrived):
        return (_to(session, State.PROOF), None) if event.asked else _arrive(session, rules)
    if session.over:
        return _to(session, State.ENDED, "call_ended"), None
    return _HANDLERS[session.state](session, event, rules)


# --- language and menu ----------------------------------------------------------------------


def _arrive(session: Session, rules: Rules) -> Move:
    session = replace(session, language=session.language or rules.languages[0])
    if len(rules.languages) > 1:
        return _to(session, State.LANGUAGE), None
    return _to(session, State.MENU, *before_menu(rules)), None


def _proof(session: Session, event: Event, rules: Rules) -> Move:
    """Who is not our own call is a caller like any other: a key counts as it does in the next
    state, and silence or a wrong code once more and then not at all lead there."""
    match event:
        case Proven(ours=True):
            return _arrive(replace(session, synthetic=True), rules)
        case Keys(digits) if len(digits) == rules.code_digits:
            return session, Prove(digits)
        case Keys(digits) if len(digits) == 1:
            return _move(_arrive(session, rules)[0], event, rules)
    return _missed(session, event, lambda: _arrive(session, rules))


def _language(session: Session, event: Event, rules: Rules) -> Move:
    keys = {str(n): code for n, code in enumerate(rules.languages, start=1)}
    if code := keys.get(_key(event)):
        return _to(replace(session, language=code), State.MENU, *before_menu(rules)), None
    default = replace(session, language=session.language or rules.languages[0])
    return _missed(default, event, lambda: _speak(default, rules, "no_key_heard", *greeting(rules)))


def _menu(session: Session, event: Event, rules: Rules) -> Move:
    match _key(event):
        case "1":
            return _speak(session, rules)
        case "2":
            return _record(session, "message")
        case "3":
            return _to(replace(session, checks=0), State.RETURN_NUMBER), None
        case "4" if rules.help:
            return _to(session, State.HELP), None
        case "9":
            return _stay(session, *before_menu(rules))
        case "0":
            return _to(session, State.CRISIS), None
    return _missed(session, event, lambda: _speak(session, rules, "no_key_heard"))


# --- speak now ------------------------------------------------------------------------------


def _opening(session: Session, event: Event, rules: Rules) -> Move:
    match event:
        case DispatchIs("taken"):
            return _to(session, State.CONNECTED), None
        case DispatchIs():
            return _stay(session)
    return _to(session, State.SPEAKING), BeginMessage("opening")


def _speaking(session: Session, event: Event, rules: Rules) -> Move:
    match event:
        case Begun(message):
            return replace(session, message=message), None
        case DispatchIs("taken"):
            return _to(session, State.CONNECTED), None
        case DispatchIs():
            return _stay(session)
        case StreamLost(heard):
            return _by_verb(session, heard), None
    return _to(session, State.PARKED), None


def _by_verb(session: Session, heard: bool) -> Session:
    """Go on with the same message, recorded by the carrier from here."""
    lead = "recording_resume" if heard else "recording_start"
    return replace(session, by_verb=True, lead=(lead,))


def _parked(session: Session, event: Event, rules: Rules) -> Move:
    if isinstance(event, DispatchIs):
        return _waited(session, event, rules)
    if _key(event) == "1" and not session.rejoin:
        return _record(session, "message", instead=True)
    return replace(session, polls=session.polls + 1, lead=()), None


def _waited(session: Session, now: DispatchIs, rules: Rules) -> Move:
    if now.state == "taken":
        return _to(replace(session, rejoin=False), State.CONNECTED), None
    if now.state == "held":
        return replace(session, rejoin=True, polls=session.polls + 1, lead=()), None
    if session.rejoin or now.state == "dropped":
        return _to(replace(session, rejoin=False), State.PARKED, "other_left"), Rejoin()
    if now.state in ("exhausted", "withdrawn") or now.waited_s >= rules.wait_cap_s:
        return _record(session, "message", "nobody_free", instead=True)
    return replace(session, polls=session.polls + 1, lead=()), None


def _connected(session: Session, event: Event, rules: Rules) -> Move:
    match event:
        case DispatchIs("taken"):
            return _stay(session)
        case DispatchIs("held"):
            return _to(replace(session, rejoin=True), State.PARKED), LeaveRoom(session.room)
        case DispatchIs():
            return _to(session, State.PARKED, "other_left"), None
    return _to(replace(session, rejoin=True), State.PARKED), LeaveRoom(session.room)


def _crisis(session: Session, event: Event, rules: Rules) -> Move:
    if isinstance(event, DialEnded) and event.answered:
        return _to(session, State.MENU), None
    return _speak(session, rules, "crisis_failed")


def _help(session: Session, event: Event, rules: Rules) -> Move:
    """Who says nothing is back in the menu, where silence leads to a person."""
    match _key(event):
        case "1":
            return _speak(session, rules)
        case "2":
            return _to(session, State.HELP), None
        case "0":
            return _to(session, State.CRISIS), None
        case "9":
            return _to(session, State.MENU), None
    return _missed(session, event, lambda: (_to(session, State.MENU), None))


# --- leave a message ------------------------------------------------------------------------


def _message(session: Session, event: Event, rules: Rules) -> Move:
    match event:
        case Begun(message):
            return replace(session, message=message), None
        case DispatchIs("taken"):
            return _to(session, State.CONNECTED), None
        case DispatchIs():
            return _stay(session)
        case StreamLost(heard):
            return _by_verb(session, heard), None
        case Recorded(seconds) if seconds >= SPOKEN_S:
            return _added(session) if session.kind == "addition" else _to_review(session)
    return _nothing_said(session)


def _to_review(session: Session) -> Move:
    return _to(session, State.REVIEW), None


def _added(session: Session) -> Move:
    """Words added to a report are sent as they are; the core does so when the recording ends."""
    return _to(replace(session, message=None), State.ENDED, "sent"), None


def _nothing_said(session: Session) -> Move:
    """Once more; after that the silence itself is sent: it may be a person who cannot speak.

    Whoever wanted to say it again and then said nothing keeps what was said first.
    """
    if session.tries == 0:
        retry = replace(session, tries=1, lead=("message_empty",), message=None)
        return retry, BeginMessage(session.kind)
    if session.kind == "addition":
        return _added(session)
    if session.earlier is not None:
        return _to(replace(session, message=session.earlier, earlier=None), State.REVIEW), None
    return _send(session)


def _review(session: Session, event: Event, rules: Rules) -> Move:
    if isinstance(event, Sent):
        return _sent(session)
    match _key(event):
        case "1":
            return _send(session)
        case "2" if session.message:
            return _to(session, State.LISTENING), FindRecording(session.message)
        case "3":
            again = replace(session, earlier=session.message, message=None)
            return _to(again, State.MESSAGE), BeginMessage(session.kind)
    return _missed(session, event, lambda: _send(session))


def _send(session: Session) -> Move:
    if session.message is None:
        return _record(session, session.kind)
    return replace(session, state=State.REVIEW), SendMessage(session.message, session.earlier)


def _sent(session: Session) -> Move:
    done = replace(session, message=None, earlier=None)
    return _to(done, State.RECEIPT, "sent", "receipt_intro"), None


def _listening(session: Session, event: Event, rules: Rules) -> Move:
    match event:
        case Audible(ready=True):
            return _to(session, State.REVIEW, *LISTEN_BACK), None
        case Audible() if session.polls >= LISTEN_POLLS:
            return _to(session, State.REVIEW, "listen_unavailable"), None
        case Audible():
            return replace(session, lead=()), None
    if session.message is None:
        return _to(session, State.REVIEW, "listen_unavailable"), None
    return replace(session, polls=session.polls + 1), FindRecording(session.message)


def _receipt(session: Session, event: Event, rules: Rules) -> Move:
    if _key(event) == "1":
        return _to(session, State.RECEIPT), None
    if isinstance(event, Keys):
        return _missed(session, event, lambda: menu_callback.offer(session, rules))
    return menu_callback.offer(session, rules)


# --- return to an earlier report ------------------------------------------------------------


def _return_status(session: Session, event: Event, rules: Rules) -> Move:
    match _key(event):
        case "1":
            return _record(session, "addition")
        case "2":
            return _to(session, State.RETURN_STATUS), None
        case "3":
            return _speak(session, rules)
        case "4" if rules.callback or session.callback:
            return menu_callback.begin(session)
    return _missed(session, event, lambda: (_to(session, State.ENDED), None))


_HANDLERS: dict[State, Callable[[Session, Event, Rules], Move]] = {
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
    State.RETURN_STATUS: _return_status,
    State.CRISIS: _crisis,
    State.HELP: _help,
    **menu_return.HANDLERS,
    **menu_callback.HANDLERS,
    **menu_doubt.HANDLERS,
    **menu_spoken.HANDLERS,
}

_ONLY_IN: dict[type, tuple[State, ...]] = {
    DispatchIs: (State.OPENING, State.SPEAKING, State.PARKED, State.CONNECTED, State.MESSAGE),
    DialEnded: (State.CONNECTED, State.CRISIS),
    Recorded: (State.SPEAKING, State.MESSAGE, State.SAY),
    StreamLost: (State.SPEAKING, State.MESSAGE),
    Begun: (State.SPEAKING, State.MESSAGE),
    Audible: (State.LISTENING,),
    NumberIs: (State.CALLBACK,),
    NumberKept: (State.CALLBACK_CONFIRM,),
    NumberGone: (State.CALLBACK_KEPT,),
    Sent: (State.REVIEW,),
    AnswerBegun: (State.SAY,),
    Understood: (State.UNDERSTAND,),
    Proven: (State.PROOF,),
    Found: (State.RETURN_PIN,),
    NotFound: (State.RETURN_PIN,),
}
