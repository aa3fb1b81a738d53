"""The closed words of the core (urgency, category, outcomes, alarms) as people read them. Pure."""

import phonenumbers

from hotline.dispatch.words import AttemptState

URGENCY = {"routine": (1, "Routine"), "urgent": (2, "Urgent"), "life-safety": (3, "Danger to life")}

CATEGORY = {
    "weapons": "Weapons",
    "attack_plan": "A planned attack",
    "bomb": "A bomb",
    "suicide": "Suicide",
    "self_harm": "Self-harm",
    "violence": "Violence",
    "abuse": "Abuse",
    "sexual": "Sexual harm",
    "bullying": "Bullying",
    "threat": "A threat",
    "drugs": "Drugs",
    "missing": "Somebody missing",
    "health": "Health",
    "crime": "A crime",
    "unsorted": "Not sorted",
}

OUTCOME = {
    AttemptState.INTENDED: "being called",
    AttemptState.PLACED: "being called",
    AttemptState.RINGING: "ringing",
    AttemptState.SCREENING: "hearing the report",
    AttemptState.TAKEN: "took it",
    AttemptState.JOINED: "joined the call",
    AttemptState.LEFT: "took it, then left",
    AttemptState.DECLINED: "passed",
    AttemptState.UNANSWERED: "no answer",
    AttemptState.BUSY: "busy",
    AttemptState.FAILED: "could not be rung",
    AttemptState.MACHINE: "voicemail",
    AttemptState.CANCELLED: "rung off",
    AttemptState.LOST: "no word from the network",
}

_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def plain(code: str) -> str:
    """A code without a name of its own, still readable."""
    return code.replace("_", " ").replace("-", " ")


def urgency(code: str) -> tuple[int, str]:
    """Level 1 to 3 and word of an urgency; an unknown one counts as urgent."""
    return URGENCY.get(code, (2, plain(code).capitalize()))


def category(code: str) -> str:
    """The name of a category, with a capital."""
    return CATEGORY.get(code, plain(code).capitalize())


def count(number: int, one: str, many: str) -> str:
    """A counted thing: "one report waits", "three reports wait", "41 reports wait"."""
    word = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{word} {one if number == 1 else many}"


def listed(items: list[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""


def phone(number: str) -> str:
    """The hotline's own number as people write it: "+1 555-010-0911"."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
