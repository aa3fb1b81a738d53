"""The closed words of the core (urgency, category, outcomes, alarms) as people read them."""

import phonenumbers
from babel import Locale, UnknownLocaleError

from console import locale
from console.text import gettext, marked
from hotline.dispatch.words import AttemptState

URGENCY = {
    "routine": (1, marked("Routine")),
    "urgent": (2, marked("Urgent")),
    "life-safety": (3, marked("Danger to life")),
}

DOOR = {"phone": marked("Telephone"), "web": marked("Web"), "text": marked("Text message")}
"""By which way a report came (hotline.reports.model.Door)."""
CATEGORY = {
    "weapons": marked("Weapons"),
    "attack_plan": marked("A planned attack"),
    "bomb": marked("A bomb"),
    "suicide": marked("Suicide"),
    "self_harm": marked("Self-harm"),
    "violence": marked("Violence"),
    "abuse": marked("Abuse"),
    "sexual": marked("Sexual harm"),
    "bullying": marked("Bullying"),
    "threat": marked("A threat"),
    "drugs": marked("Drugs"),
    "missing": marked("Somebody missing"),
    "health": marked("A medical problem"),
    "crime": marked("A crime"),
    "unsorted": marked("Not sorted"),
}

PROMISE = {"anonymous": marked("anonymous"), "confidential": marked("confidential")}

OUTCOME = {
    AttemptState.INTENDED: marked("being called"),
    AttemptState.PLACED: marked("being called"),
    AttemptState.RINGING: marked("ringing"),
    AttemptState.SCREENING: marked("hearing the report"),
    AttemptState.TAKEN: marked("took it"),
    AttemptState.JOINED: marked("joined the call"),
    AttemptState.LEFT: marked("took it, then left"),
    AttemptState.DECLINED: marked("passed"),
    AttemptState.UNANSWERED: marked("no answer"),
    AttemptState.BUSY: marked("busy"),
    AttemptState.FAILED: marked("could not be rung"),
    AttemptState.MACHINE: marked("voicemail"),
    AttemptState.CANCELLED: marked("rung off"),
    AttemptState.LOST: marked("no word from the network"),
}

_SPELLED = (
    *(marked("No"), marked("One"), marked("Two"), marked("Three"), marked("Four")),
    *(marked("Five"), marked("Six"), marked("Seven"), marked("Eight"), marked("Nine")),
    *(marked("Ten"), marked("Eleven"), marked("Twelve")),
)


def plain(code: str) -> str:
    """A code without a name of its own, still readable."""
    return code.replace("_", " ").replace("-", " ")


def urgency(code: str) -> tuple[int, str]:
    """Level 1 to 3 and word of an urgency; an unknown one counts as urgent."""
    level, word = URGENCY.get(code, (2, plain(code).capitalize()))
    return level, gettext(word)


def category(code: str) -> str:
    """The name of a category, with a capital."""
    return gettext(CATEGORY.get(code, plain(code).capitalize()))


def outcome(state: AttemptState, *, browser: bool = False) -> str:
    """What became of an attempt: "no answer". browser: whoever it was about was rung there."""
    told = gettext(OUTCOME[state])
    return gettext("%(outcome)s, in the browser", outcome=told) if browser else told


def door(code: str) -> str:
    """By which way a report came."""
    return gettext(DOOR.get(code, plain(code).capitalize()))


def spelled(number: int) -> str:
    """A number at the beginning of a sentence: "Three", "41"."""
    return gettext(_SPELLED[number]) if number < len(_SPELLED) else str(number)


def language(code: str) -> str:
    """The name of a language in the reader's own: "Spanish", "español"; its code if unknown."""
    try:
        name = Locale.parse(code.replace("-", "_")).get_language_name(locale.language())
    except (UnknownLocaleError, ValueError):
        return code
    return str(name or code)


def listed(items: list[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    if len(items) < 2:
        return "".join(items)
    return gettext("%(most)s and %(last)s", most=", ".join(items[:-1]), last=items[-1])


def phone(number: str) -> str:
    """The hotline's own number as people write it: "+1 555-010-0911"."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
