"""A way through the menu as a caller hears it: each place with its prompts and its keys.

What a key does is asked of the menu itself (`ivr.menu`): one that leads where an unused key does
not, does something.
"""

from dataclasses import dataclass, replace

from console.text import gettext, marked
from ivr import names
from ivr.menu import advance
from ivr.scenes import before_menu, show
from ivr.spoken_steps import Say
from ivr.steps import Gather, Keys, Park, Prompt, Record, Rules, SendMessage, Session, State, Step

UNUSED = "*"
"""A key that the caller's menu never uses."""
DIGITS = "1234567890"

PLACES: tuple[tuple[str, Session], ...] = (
    (marked("Which language"), Session(State.LANGUAGE)),
    (marked("The menu"), Session(State.MENU)),
    (marked("Speak now: the question"), Session(State.OPENING)),
    (marked("Speak now: a few words"), Session(State.SPEAKING)),
    (marked("Speak now: waiting, first"), Session(State.PARKED)),
    (marked("Speak now: waiting, second"), Session(State.PARKED, polls=1)),
    (marked("Speak now: waiting, third"), Session(State.PARKED, polls=2)),
    (marked("Speak now: somebody is there"), Session(State.CONNECTED)),
    (marked("Nobody was free"), Session(State.MESSAGE, lead=("nobody_free",))),
    (marked("Leave a message"), Session(State.MESSAGE)),
    (marked("The message is spoken"), Session(State.REVIEW, message="m")),
    (marked("Number and PIN"), Session(State.RECEIPT, lead=("sent", "receipt_intro"))),
    (marked("Return: the number"), Session(State.RETURN_NUMBER)),
    (marked("Return: the PIN"), Session(State.RETURN_PIN)),
    (marked("Return: what was done"), Session(State.RETURN_STATUS, found="taken")),
    (marked("Who else can help, where the roster names them"), Session(State.HELP)),
    (marked("A number to be called back at"), Session(State.CALLBACK)),
    (marked("The number is read back"), Session(State.CALLBACK_CONFIRM)),
    (marked("Return: a number is kept"), Session(State.CALLBACK_KEPT)),
    (marked("After many calls of one day, before a person"), Session(State.WORD)),
    (marked("A telephone that is blocked today"), Session(State.BLOCKED)),
    (marked("Said in place of keys, after no key"), Session(State.SAY, asks="return_pin")),
    (marked("The crisis line"), Session(State.CRISIS)),
    (marked("Goodbye"), Session(State.ENDED)),
)
CALLING_BACK = (State.CALLBACK, State.CALLBACK_CONFIRM, State.CALLBACK_KEPT)
LEADS_TO = {
    State.MENU: marked("on in this language"),
    State.OPENING: marked("to a person"),
    State.MESSAGE: marked("to the recorder"),
    State.LISTENING: marked("listen to it"),
    State.RETURN_NUMBER: marked("to an earlier report"),
    State.CRISIS: marked("to the crisis line"),
    State.HELP: marked("to who else can help"),
}
SPOKEN = {
    names.NUMBER: marked("the report number, digit by digit"),
    names.PIN: marked("the PIN, digit by digit"),
    names.REPLIES: marked("the replies that were left"),
    names.RESOURCES: marked("who else can help, as the roster has it"),
    names.NOTICE: marked("the notice before the menu"),
    names.LISTENED: marked("the caller’s own message"),
    names.LEFT: marked("the number that was entered, digit by digit"),
    names.HOLD: marked("a soft sound"),
    names.WORD_KEY: marked("a key, another one with each call"),
}


@dataclass(frozen=True)
class Place:
    """A place in the menu. after: what happens then. keys: (key, what it does)."""

    title: str
    said: tuple[Prompt, ...]
    after: str
    keys: tuple[tuple[str, str], ...]


def places(language: str, rules: Rules) -> tuple[Place, ...]:
    """All places, in the order in which most callers meet them."""
    shown = [one for one in PLACES if rules.callback or one[1].state not in CALLING_BACK]
    return tuple(_place(title, session, language, rules) for title, session in shown)


def _place(title: str, session: Session, language: str, rules: Rules) -> Place:
    session = replace(session, language=language)
    if session.state is State.MENU:
        session = replace(session, lead=before_menu(rules))
    step = show(session, rules)
    return Place(gettext(title), step.prompts, _after(step), tuple(_keys(session, step, rules)))


def _after(step: Step) -> str:
    match step.then:
        case Gather(digits) if digits > 1:
            return gettext("%(count)s digits are awaited; # ends them early.", count=digits)
        case Record(_, max_s):
            return gettext("Recorded for up to %(seconds)s s; # ends it.", seconds=max_s)
        case Say(_, max_s):
            return gettext(
                "Recorded for up to %(seconds)s s, understood and thrown away.", seconds=max_s
            )
    return ""


def _keys(session: Session, step: Step, rules: Rules) -> list[tuple[str, str]]:
    """The single keys that do something here."""
    if not isinstance(step.then, Gather | Park) or getattr(step.then, "digits", 1) > 1:
        return []
    nothing = _where(session, UNUSED, rules)
    led = [(key, _where(session, key, rules)) for key in DIGITS]
    return [(key, _does(session, *there)) for key, there in led if there != nothing]


Where = tuple[Session, object]


def _where(session: Session, key: str, rules: Rules) -> Where:
    moved, step = advance(session, Keys(key), rules)
    return replace(moved, turn=0), step.command


def _does(before: Session, after: Session, command: object) -> str:
    if before.state is State.REVIEW and after.state is State.MESSAGE:
        return gettext("say it again")
    if isinstance(command, SendMessage):
        return gettext("send it")
    if before.state is after.state:
        return gettext("hear it again")
    return gettext(LEADS_TO.get(after.state, marked("on")))
