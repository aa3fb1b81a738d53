"""What callers of a wave say, and what the hotline makes of it: real triage and real likeness.

The window is that of the run's own reports, and terms are compared by themselves, not blind; the
rest is `hotline.reports.incidents`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from hotline.dispatch.books import Books
from hotline.languages import DIRECTORY, load_language
from hotline.reports import incidents, triage
from hotline.reports.incident_model import IncidentReport, Membership
from hotline.reports.likeness import Told
from hotline.reports.model import Report, ReportState

if TYPE_CHECKING:
    from hotline.simulate.world import World


@dataclass(frozen=True)
class Saying:
    """What a caller says. about: what it is about in truth. grave: what in it is life-safety, in
    the simulation's own words: what nobody has said about the same before, must ring."""

    text: str
    about: str
    grave: frozenset[str] = frozenset()


GUN, KNIFE, BOMB = (frozenset({g}) for g in ("gun", "knife", "bomb"))
_THREAT = "tyler posted on snapchat that he will bring a {} to north high on friday"
SAYINGS = (
    Saying(_THREAT.format("gun"), "tyler", GUN),
    Saying("tyler said on snapchat he brings a gun on friday to north high", "tyler", GUN),
    Saying("there is a snapchat of tyler with a gun for friday at north high", "tyler", GUN),
    Saying(_THREAT.format("gun and a knife"), "tyler", GUN | KNIFE),
    Saying("tyler put a bomb in his locker at north high it is on snapchat", "tyler", BOMB),
    Saying("some girls in my grade made a fake account about me and everybody laughs", "account"),
    Saying("a man with a knife is waiting near the playground of lincoln elementary", "man", KNIFE),
)
"""For short runs."""


@cache
def _rules() -> triage.Rules:
    return triage.Rules.parse(load_language(DIRECTORY / "en.toml").triage)


@cache
def _sentences() -> tuple[Any, ...]:
    return tuple(incidents.sentences("en"))


def understood(world: World, books: Books, report: Report, saying: Saying) -> None:
    """The transcript is there (`transcription.committing`): triage, then what it is alike to."""
    words, rules = saying.text.split(), _rules()
    if triage.triage(words, rules).urgency is triage.Urgency.LIFE_SAFETY:
        report.urgency = triage.Urgency.LIFE_SAFETY.value
    terms = incidents.terms_of(words)
    window = [
        Told(report_id, said, _incident_of(books, report_id))
        for report_id, said in world.told.items()
        if report_id != report.id and _is_open(books, report_id)
    ]
    world.told[report.id] = terms
    grave = incidents.grave_terms(words, rules)
    found = incidents.compare(terms, grave, window, _sentences(), _incident_of(books, report.id))
    if found is not None:
        incidents.suggest(books, report, found, world.clock())


def _is_open(books: Books, report_id: str) -> bool:
    report = books.get(Report, report_id)
    return report is not None and report.state is ReportState.OPEN


def _incident_of(books: Books, report_id: str) -> str | None:
    link = books.get(IncidentReport, report_id)
    return None if link is None or link.state is Membership.REJECTED else link.incident_id
