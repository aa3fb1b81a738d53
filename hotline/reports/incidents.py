"""Which reports tell of the same thing: suggested by their words, decided by people.

What is compared are the blind names of the search index (`hotline.reports.search`): no other report
is opened for it, and what is masked counts for nothing. A suggestion changes no report; what it
means for the phones stands in `hotline.dispatch.waves`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import Base, new_id
from hotline.languages import DIRECTORY, load_languages
from hotline.privacy.cipher import Vault, place
from hotline.reports import likeness, marks, search, search_terms, triage
from hotline.reports.incident_model import Incident, IncidentReport, Membership
from hotline.reports.likeness import Like, Told
from hotline.reports.model import Report, ReportState, SearchEntry
from hotline.spelling import normalize

WINDOW_S = 6 * 3600.0
"""Reports older than this are no longer compared: a wave is over within a school day."""
MOST = 400
"""So many of the newest reports are compared: more than the 300 of the busiest hours that are known
(docs/simulation.md#waves)."""

Row = TypeVar("Row", bound=Base)


class Rows(Protocol):
    """What is needed of a transaction: the books of dispatch have it too."""

    def add(self, row: Base) -> None:
        """Write a new row."""

    def get(self, kind: type[Row], row_id: str) -> Row | None:
        """The row of that id."""


@dataclass(frozen=True)
class Found:
    """What the words of a report say of the others. newer: it says something life-safety that none
    of them says."""

    like: Like
    newer: bool


def compare(
    terms: likeness.Terms,
    grave: Collection[str],
    window: Sequence[Told],
    sentences: Sequence[Collection[str]],
    belongs_to: str | None = None,
) -> Found | None:
    """What a report is alike to. Pure. grave: those of its terms for which it is life-safety.
    sentences: the terms of each of the hotline's own. belongs_to: the incident it is in already:
    then only what is new in it is looked for."""
    rare = likeness.rarity(window, sentences)
    if belongs_to is None:
        like = likeness.most_alike(terms, window, rare)
    else:
        own = [told for told in window if told.incident == belongs_to]
        like = likeness.most_alike(terms, own, rare, least=0.0)
    if like is None:
        return None
    others = (t for t in window if (t.incident or t.report_id) == (like.incident or like.report_id))
    known = frozenset[str]().union(*(told.terms for told in others))
    newer = bool(grave) and likeness.says_something_new(terms, grave, known, rare)
    return Found(like, newer)


def suggest(rows: Rows, report: Report, found: Found, now: datetime) -> IncidentReport | None:
    """Put the report beside those it is alike to, as a suggestion. None: it is the first of its
    incident, or a person has decided. What it says later may make it newer, and never less so."""
    link = rows.get(IncidentReport, report.id)
    if link is not None and link.state is not Membership.SUGGESTED:
        return None
    if link is not None:
        link.newer = link.newer or found.newer
        return link
    like = found.like
    link = IncidentReport(
        report_id=report.id,
        incident_id=like.incident or _begun(rows, like.report_id, now),
        state=Membership.SUGGESTED,
        newer=found.newer,
        likeness=like.likeness,
        joined_at=now,
    )
    rows.add(link)
    return link


def _begun(rows: Rows, first_id: str, now: datetime) -> str:
    """A new incident, which begins with that report; gives its id."""
    incident = Incident(id=new_id(), lead_id=first_id, created_at=now)
    rows.add(incident)
    link = rows.get(IncidentReport, first_id)
    if link is None:
        link = IncidentReport(report_id=first_id, joined_at=now)
        link.incident_id, link.state, link.newer = incident.id, Membership.FIRST, False
        rows.add(link)
    else:  # a person has taken it out of another one
        link.incident_id, link.state, link.newer = incident.id, Membership.FIRST, False
        link.shared = link.likeness = link.decided_at = link.decided_by = None
    return incident.id


# --- on a database --------------------------------------------------------------------------


def look(
    session: Session,
    vault: Vault,
    rows: Rows,
    report: Report,
    words: Sequence[str],
    rules: triage.Rules,
    now: datetime,
) -> IncidentReport | None:
    """Compare a report with those of the last hours, after its words were indexed. words: of the
    message that has just been transcribed, rules: of its language. Raises CannotOpen."""
    if report.state is not ReportState.OPEN:
        return None
    key = search.naming_key(session, vault)
    terms = _indexed(session, report.id)
    link = session.get(IncidentReport, report.id)
    within = link.incident_id if link and link.state is not Membership.REJECTED else None
    window = read_window(session, report, now)
    marks.likeness(session, report, terms, window, now)
    grave = {search_terms.blind(key, term) for term in grave_terms(words, rules)}
    found = compare(terms, grave, window, _sentences(report.language, key), within)
    if found is None:
        return None
    link = suggest(rows, report, found, now)
    if link is not None and link.shared is None:
        shown = _behind(found.like.shared, words, terms, key)
        where = place("incident_report", report.id, "shared")
        link.shared = vault.seal_json(session, report.data_key_id, where, shown)
    return link


def read_window(session: Session, report: Report, now: datetime) -> list[Told]:
    """The other open reports of the last hours, of the same district and language."""
    link = IncidentReport
    query = (
        select(Report.id, SearchEntry.tokens, link.incident_id, link.state)
        .join(SearchEntry, SearchEntry.report_id == Report.id)
        .outerjoin(link, link.report_id == Report.id)
        .where(Report.id != report.id, Report.state == ReportState.OPEN)
        .where(Report.district.is_not_distinct_from(report.district))
        .where(Report.language == report.language)
        .where(Report.created_at > now - timedelta(seconds=WINDOW_S))
        .order_by(Report.id.desc())
        .limit(MOST)
    )
    return [
        Told(row.id, frozenset(row.tokens.split()), None if _out(row.state) else row.incident_id)
        for row in session.execute(query)
    ]


def _out(state: Membership | None) -> bool:
    return state is None or state is Membership.REJECTED


def _indexed(session: Session, report_id: str) -> likeness.Terms:
    tokens = session.scalar(select(SearchEntry.tokens).where(SearchEntry.report_id == report_id))
    return frozenset((tokens or "").split())


def terms_of(words: Collection[str]) -> likeness.Terms:
    """The terms of a text as it was written down, by themselves and not blind."""
    return frozenset(search_terms.pieces_of(words))


def grave_terms(words: Sequence[str], rules: triage.Rules) -> set[str]:
    """The longest piece of each word that a phrase for life-safety names."""
    grave = triage.Urgency.LIFE_SAFETY
    places = {at for pattern, at in triage.met(words, rules) if pattern.urgency is grave}
    named = {words[at] for phrase in places for at in phrase}
    return {part[: search_terms.LONGEST] for word in named for part in normalize(word)}


def sentences(language: str) -> list[likeness.Terms]:
    """The terms of each sentence of the hotline's own in that language; English where the file is
    no longer there."""
    known = language if (DIRECTORY / f"{language}.toml").exists() else "en"
    prompts = load_languages([known])[known].prompts
    return [terms_of(text.split()) for text in prompts.values()]


@lru_cache(maxsize=32)
def _sentences(language: str, key: bytes) -> tuple[likeness.Terms, ...]:
    """The same under their blind names: read and named once a process."""
    texts = sentences(language)
    names = {term: search_terms.blind(key, term) for text in texts for term in text}
    return tuple(frozenset(names[term] for term in text) for text in texts)


def _behind(
    shared: Sequence[frozenset[str]], words: Sequence[str], terms: likeness.Terms, key: bytes
) -> list[str]:
    """The words behind the shared names, the rarest first and the equally rare as they were said:
    why it is suggested. A word that is masked is in no index, and is none of them."""
    names: dict[str, str] = {}
    for word in words:
        for part in normalize(word):
            if search_terms.blind(key, part[: search_terms.LONGEST]) in terms:
                for piece in search_terms.pieces(part):
                    names.setdefault(search_terms.blind(key, piece), word)
    found = dict.fromkeys(word for alike in shared for name, word in names.items() if name in alike)
    return list(found)[: likeness.NAMED]


def shared_words(session: Session, vault: Vault, report: Report) -> list[str]:
    """The words for which the report was suggested, the rarest first. Raises CannotOpen."""
    link = session.get(IncidentReport, report.id)
    if link is None or link.shared is None:
        return []
    where = place("incident_report", report.id, "shared")
    opened: list[str] = vault.open_json(session, report.data_key_id, where, link.shared)
    return opened
