"""What a responder hears before taking a report, and what their keys mean. Pure.

Acceptance is the press of 1 and nothing else: silence, a voicemail box or any other key never is.
"""

from dataclasses import dataclass
from typing import Literal

from hotline.dispatch.words import Role
from ivr.names import HEARD, PLACE, ago, category, digits, urgency

TRIES = 2
"""Silences or wrong keys before the next person is rung."""
PIN_TRIES = 3
"""Wrong codes before the next person is rung."""
PIN_DIGITS = 8
"""The longest code; a shorter one ends with #."""
TIMEOUT_S = 5
"""After the last word of the screening; a person with the phone at the ear presses within it, and
a voicemail box costs the people further down no more than twice as much."""

Choice = Literal["take", "pass", "hear", "again", "give_up"]


@dataclass(frozen=True)
class Brief:
    """What may be said about a report before anybody has taken it.

    category, urgency: of the triage. language: code. age_s: seconds since the report began; for
    whoever has it and is told of new words, since these.
    live: the caller is on the line. heard: there are words to read out. role: what the responder
    is rung for. place: the name of a school or district is known. more: how many reports about the
    same are taken with it. together: how many there are about the same by now, this one included;
    0: it is the only one. written: the newest words came by the web door.
    """

    category: str
    urgency: str
    language: str
    age_s: float
    live: bool = False
    heard: bool = False
    role: Role = Role.SEEK
    place: bool = False
    more: int = 0
    together: int = 0
    written: bool = False


_INVITED = {
    Role.ADD: "screening_add",
    Role.RELIEVE: "screening_relieve",
    Role.TELL: "screening_said_more",
}


def introduction(brief: Brief) -> tuple[str, ...]:
    """The prompts of the screening, keys included."""
    who = _INVITED.get(brief.role, "screening_live" if brief.live else "screening_message")
    how = ("screening_written",) if brief.written and not brief.live else ()
    words = ("screening_words",) if brief.live and brief.heard else ()
    more = ("screening_more", *digits(str(brief.more))) if brief.more else ()
    return ("screening_intro", who, *how, *about(brief), *words, *more, *keys(brief))


def about(brief: Brief) -> tuple[str, ...]:
    """Category, place, urgency, language and age. Who is on the line is there now, so the age is
    left out, and so is a category that nobody knows yet."""
    place = ("screening_place", PLACE) if brief.place else ()
    language = f"language_{brief.language}"
    if brief.live and brief.category == "unsorted":
        return (*place, language)
    subject = ("screening_report", category(brief.category), *place, urgency(brief.urgency))
    return (*subject, language, *(() if brief.live else (ago(brief.age_s),)))


def keys(brief: Brief) -> tuple[str, ...]:
    """The prompt that names the keys."""
    return ("screening_keys_live" if brief.live else "screening_keys",)


def read_out(brief: Brief) -> tuple[str, ...]:
    """The answer to key 3: what was said, spoken by the local voice, then the keys again."""
    return (*heard(brief.heard), *keys(brief))


def taken(brief: Brief, *, left: bool) -> tuple[str, ...]:
    """After the press of 1 with nobody to talk to: the words, and then the screen has the rest.

    left: a caller who wanted to speak has hung up meanwhile.
    """
    first = "caller_left" if left else "taken"
    together = ("taken_incident", *digits(str(brief.together))) if brief.together else ()
    return (first, *together, *(heard(brief.heard) if brief.heard or left else ()))


def heard(words: bool) -> tuple[str, ...]:
    """What was said, spoken by the local voice. words: whether there are any."""
    return ("heard_intro", HEARD, "heard_end") if words else ("heard_none",)


def once_more(brief: Brief, digits: str) -> tuple[str, ...]:
    """The answer to a wrong key, and the shorter one to a silence, which may be a machine."""
    return ("responder_not_understood", *(keys(brief) if digits else ()))


def choice(digits: str, tries: int) -> Choice:
    """What the keys mean; `tries` counts earlier silences and wrong keys."""
    match digits[:1]:
        case "1":
            return "take"
        case "2":
            return "pass"
        case "3":
            return "hear"
    return "again" if tries + 1 < TRIES else "give_up"


def alarm(brief: Brief | None, *, unread: bool = False) -> tuple[str, ...]:
    """What an alarm phone hears: 1 acknowledges, 3 reads out. None: it is about no report. unread:
    somebody has it and nobody has read it."""
    if brief is None:
        return ("alarm_of_line", "alarm_keys")
    return ("alarm_unread" if unread else "alarm_intro", *about(brief), "alarm_keys")


def alarm_read_out(brief: Brief | None) -> tuple[str, ...]:
    """The answer to key 3 on an alarm phone."""
    return (*heard(brief is not None and brief.heard), "alarm_keys")
