"""Callers on the line for whom nobody is sought: where in the menu each of them stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console import names
from console.board.counts import Count, clock_up
from console.text import gettext, lazy_gettext
from hotline.languages import Language
from hotline.reports.model import Call

# The states of the voice menu, as the call's row names them.
DOES = {
    "proof": lazy_gettext("chooses a language"),
    "language": lazy_gettext("chooses a language"),
    "menu": lazy_gettext("hears the menu"),
    "opening": lazy_gettext("says in a few words what is happening"),
    "speaking": lazy_gettext("says in a few words what is happening"),
    "parked": lazy_gettext("waits for a person"),
    "connected": lazy_gettext("talks with a person"),
    "message": lazy_gettext("leaves a message"),
    "review": lazy_gettext("decides whether to send the message"),
    "listening": lazy_gettext("listens to the own message"),
    "receipt": lazy_gettext("hears the report number"),
    "return_number": lazy_gettext("returns to an earlier report"),
    "return_pin": lazy_gettext("returns to an earlier report"),
    "return_status": lazy_gettext("hears what has been done"),
    "crisis": lazy_gettext("is being connected to the crisis line"),
}


@dataclass(frozen=True)
class OnLine:
    """One caller."""

    id: str
    text: str
    wait: Count


def does(state: object) -> str:
    """What a caller in this state of the menu does."""
    return str(DOES.get(str(state), lazy_gettext("is in the menu")))


def callers(
    calls: Sequence[Call], languages: Mapping[str, Language], now: datetime
) -> Iterator[OnLine]:
    """The callers, the longest on the line first."""
    for call in calls:
        known = languages.get(call.language or "")
        doing = does(call.menu.get("state"))
        if known is None:
            text = gettext("A caller %(does)s.", does=doing)
        else:
            text = gettext(
                "A caller %(does)s, in %(language)s.",
                does=doing,
                language=names.language(call.language or ""),
            )
        yield OnLine(f"call-{call.id}", text, clock_up(call.started_at, now))
