"""The sentence on top of the board: what is true now, in the order of what matters. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.text import gettext, lazy_gettext, ngettext

# From thirteen on figures are easier to read.
_COUNTS = (
    *(lazy_gettext("No"), lazy_gettext("One"), lazy_gettext("Two"), lazy_gettext("Three")),
    *(lazy_gettext("Four"), lazy_gettext("Five"), lazy_gettext("Six"), lazy_gettext("Seven")),
    *(lazy_gettext("Eight"), lazy_gettext("Nine"), lazy_gettext("Ten")),
    *(lazy_gettext("Eleven"), lazy_gettext("Twelve")),
)


@dataclass(frozen=True)
class Facts:
    """What the sentence is made of.

    waiting: callers who wait for a person. untaken: numbers of reports that nobody has and whose
    caller does not wait on the line. alarms: the line's own open alarms. talking, speaking: callers
    who talk with a person, and who are in the menu or leave a message.
    """

    waiting: int = 0
    untaken: Sequence[str] = ()
    alarms: int = 0
    talking: int = 0
    speaking: int = 0


def sentence(facts: Facts) -> str:
    """One sentence: who needs a person first, then who has one."""
    if facts.waiting and facts.untaken:
        return _both(facts)
    if facts.waiting:
        return ngettext(
            "One caller is waiting for a person.",
            "%(callers)s callers are waiting for a person.",
            facts.waiting,
            callers=capital(facts.waiting),
        )
    if facts.untaken:
        return _untaken(facts.untaken)
    if facts.alarms:
        return ngettext(
            "Every report has a person, but an alarm is open.",
            "Every report has a person, but %(num)s alarms are open.",
            facts.alarms,
        )
    return _calm(facts)


def capital(number: int) -> str:
    """A number as the first word of a sentence: "Two", "Twelve", "41"."""
    return str(_COUNTS[number]) if number < len(_COUNTS) else str(number)


def _both(facts: Facts) -> str:
    callers = capital(facts.waiting)
    if len(facts.untaken) == 1:
        return ngettext(
            "One caller is waiting, and nobody has taken report %(report)s.",
            "%(callers)s callers are waiting, and nobody has taken report %(report)s.",
            facts.waiting,
            callers=callers,
            report=facts.untaken[0],
        )
    return ngettext(
        "One caller is waiting, and nobody has taken %(reports)s other reports.",
        "%(callers)s callers are waiting, and nobody has taken %(reports)s other reports.",
        facts.waiting,
        callers=callers,
        reports=len(facts.untaken),
    )


def _untaken(numbers: Sequence[str]) -> str:
    if len(numbers) == 1:
        return gettext("Nobody has taken report %(report)s.", report=numbers[0])
    return ngettext(
        "Nobody has taken %(num)s report.", "Nobody has taken %(num)s reports.", len(numbers)
    )


def _calm(facts: Facts) -> str:
    if facts.talking:
        return ngettext(
            "One caller is talking with a person, and nobody waits.",
            "%(callers)s callers are talking with a person, and nobody waits.",
            facts.talking,
            callers=capital(facts.talking),
        )
    if facts.speaking:
        return ngettext(
            "One caller is on the line, and nobody waits for a person.",
            "%(callers)s callers are on the line, and nobody waits for a person.",
            facts.speaking,
            callers=capital(facts.speaking),
        )
    return gettext("Nobody is waiting, and every report has a person.")
