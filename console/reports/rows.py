"""One row of the list: what is said of a report in four lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from console import names, times
from console.context import masker, runtime, signed_in
from console.reports import fate, words
from console.reports.cases import Case, Names, load
from console.text import gettext
from hotline.dispatch.model import Dispatch
from hotline.oncall.model import School
from hotline.people.permissions import Action, may
from hotline.reports import membership
from hotline.reports.membership import Within
from hotline.reports.model import Report
from hotline.reports.transcripts import Spoken
from hotline.spelling import written_words

AHEAD = 16
"""So many words behind those that are quoted are looked at for what is to be masked: a telephone
number has ten digits and a few words between. To look at five minutes of speech takes half a second
for a page."""


@dataclass(frozen=True)
class Row:
    """A report as the list shows it. quote: None without words, or for who may not read them."""

    case: Case
    urgency: tuple[int, str]
    title: str
    language: str
    length: str
    quote: str | None
    quote_language: str
    direction: str
    wire: tuple[str, ...]
    fate: str
    state: str
    keeper: str | None
    """Name of whoever looks after it."""
    within: Within | None = None
    """The incident, where others tell of the same."""
    together: bool = False
    """It was taken together with another one."""


def rows_of(
    session: Session, people: Names, schools: dict[str, str], reports: Sequence[Report]
) -> list[Row]:
    """The rows of the reports, in their order. schools: names by handle."""
    readable = may(signed_in().account.role, Action.READ_WORDS)
    cases = load(session, runtime().vault, people, reports, words=readable)
    within = membership.within(session, [report.id for report in reports])
    return [
        replace(_row(case, people, schools), within=within.get(case.report.id)) for case in cases
    ]


def schools_by_handle(session: Session, district: str | None) -> dict[str, str]:
    """Names of the schools of a district by handle; None: of all districts."""
    query = select(School.handle, School.name).order_by(School.name)
    if district is not None:
        query = query.where(School.district == district)
    return dict(session.execute(query).all())


def quote(spoken: Spoken) -> str:
    """The beginning of what was said, masked."""
    every, masks = written_words(spoken.text), masker(spoken.language)
    said = every[: len(words.first_words(spoken.text).split()) + AHEAD]
    shown = masks.show(said, masks.find(said))
    return words.first_words(" ".join(shown if len(said) == len(every) else [*shown, "…"]))


def direction(language: str) -> str:
    """The direction of a language's script."""
    known = runtime().languages.get(language)
    return known.direction if known else "auto"


def language_name(code: str) -> str:
    """The name of a language that is, or was, offered."""
    return names.language(code)


def _row(case: Case, people: Names, schools: dict[str, str]) -> Row:
    report = case.report
    spoken = case.spoken[0] if case.spoken else None
    lengths = [times.lasted(m.duration_s) for m in case.messages if m.duration_s is not None]
    return Row(
        case=case,
        urgency=names.urgency(report.urgency),
        title=_title(report, schools),
        language=language_name(report.language),
        length=names.listed(lengths),
        quote=quote(spoken) if spoken and spoken.text else None,
        quote_language=spoken.language if spoken else "",
        direction=direction(spoken.language) if spoken else "",
        wire=fate.wire(case),
        fate=fate.in_short(case, people.of),
        state=fate.fate(case).value,
        keeper=people.of(report.assignee) if report.assignee else None,
        together=is_together(case.dispatch),
    )


def is_together(row: Dispatch | None) -> bool:
    """Whether somebody has it by a press of 1 for another report."""
    return row is not None and row.taken_by is None and row.responder_id is not None


def _title(report: Report, schools: dict[str, str]) -> str:
    category = names.category(report.category)
    if report.school is None:
        return category
    school = schools.get(report.school, report.school)
    return gettext("%(category)s, %(school)s", category=category, school=school)
