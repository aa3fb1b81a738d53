"""An incident as its page shows it, as far as whoever asks may see its reports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from console import scope
from console.context import runtime, signed_in
from console.incidents.belonging import words_of
from console.reports.cases import Case, Names, load
from console.reports.messages import Teller
from console.reports.rows import Row, rows_of, schools_by_handle
from hotline.people.permissions import Action, may
from hotline.reports.incident_model import Incident, IncidentReport, Membership
from hotline.reports.model import Report

MOST = 100
"""Reports that a page shows, the newest first: to open more takes longer than anybody waits."""


@dataclass(frozen=True)
class Member:
    """A report of it. percent: how alike. words: why, without what is masked."""

    row: Row
    link: IncidentReport
    percent: int | None
    words: Sequence[str]

    @property
    def undecided(self) -> bool:
        """Whether it waits for a person's word."""
        return self.link.state is Membership.SUGGESTED


@dataclass(frozen=True)
class Fact:
    """What was said, as triage found it: its pieces as `Teller.reason` gives them, when it was said
    first, in which report, and how many reports say so."""

    told: dict[str, Any]
    first_at: datetime
    report: Report
    count: int


@dataclass(frozen=True)
class Found:
    """An incident. total: of all its reports, also those that are not shown. owner: a name, None
    while nobody has it."""

    incident: Incident
    members: Sequence[Member]
    facts: Sequence[Fact]
    total: int
    undecided: int
    owner: str | None


def read(session: Session, incident_id: str) -> Found:
    """The incident. 404 when whoever asks may see none of its reports."""
    links = _links(session, incident_id)
    query = select(Report).where(Report.id.in_(links), scope.visible(signed_in().account))
    reports = session.scalars(query.order_by(Report.id.desc()).limit(MOST)).all()
    incident = visible_or_404(session, incident_id)
    people = Names(session, runtime().vault)
    rows = rows_of(session, people, schools_by_handle(session, None), reports)
    return Found(
        incident=incident,
        members=[member(session, row, links[row.case.report.id]) for row in rows],
        facts=_facts(session, people, reports),
        total=len(links),
        undecided=sum(link.state is Membership.SUGGESTED for link in links.values()),
        owner=people.of(incident.responder_id) if incident.responder_id else None,
    )


def visible_or_404(session: Session, incident_id: str) -> Incident:
    """The incident, if whoever asks may see one of its reports."""
    within = select(IncidentReport.report_id).where(IncidentReport.incident_id == incident_id)
    within = within.where(IncidentReport.state != Membership.REJECTED)
    query = select(Report.id).where(Report.id.in_(within), scope.visible(signed_in().account))
    incident = session.get(Incident, incident_id)
    if incident is None or session.scalar(query.limit(1)) is None:
        abort(404)
    return incident


def _links(session: Session, incident_id: str) -> dict[str, IncidentReport]:
    query = select(IncidentReport).where(IncidentReport.incident_id == incident_id)
    rows = session.scalars(query.where(IncidentReport.state != Membership.REJECTED))
    return {row.report_id: row for row in rows}


def member(session: Session, row: Row, link: IncidentReport) -> Member:
    """The report of that row, with why it is there."""
    percent = round(100 * link.likeness) if link.likeness is not None else None
    return Member(row, link, percent, words_of(session, row.case.report))


def _facts(session: Session, people: Names, reports: Sequence[Report]) -> list[Fact]:
    """Each reason of triage once, in the order in which they were said first."""
    if not may(signed_in().account.role, Action.READ_WORDS):
        return []
    found: dict[tuple[str, ...], Fact] = {}
    for case in reversed(load(session, runtime().vault, people, reports)):
        for key, told in _reasons(case, people):
            before = found.get(key)
            if before is None:
                found[key] = Fact(told, case.report.created_at, case.report, 1)
            elif case.report.id != before.report.id:
                count = before.count + 1
                found[key] = Fact(before.told, before.first_at, before.report, count)
    return list(found.values())


def _reasons(case: Case, people: Names) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    teller = Teller(case, people.of, revealed=False)
    for reason in case.reasons:
        told = teller.reason(reason)
        pieces = [text for text, _ in told["phrase"]]
        yield (told["means"], *pieces), told
