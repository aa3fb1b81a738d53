"""The reports of an incident that wait for a person, one after the other: a wave has hundreds.

Each page opens one report alone, so that the next one is there at once. What waits is what nobody
has decided on, and what was taken together with another report and is read by nobody. Whoever says
here that a report tells of the same has its words before them: it counts as read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from console import guard, scope, times
from console.context import masker, runtime, signed_in
from console.incidents import found
from console.incidents.found import Member
from console.reports import rows
from console.reports.cases import Names
from console.routes import Route
from hotline.dispatch.model import Dispatch
from hotline.dispatch.words import DispatchState
from hotline.people.permissions import Action
from hotline.reports.incident_model import IncidentReport, Membership
from hotline.reports.model import Report, ReportState
from hotline.reports.transcripts import Spoken
from hotline.spelling import written_words


@dataclass(frozen=True)
class Said:
    """The words of one message, masked, in their language and its direction."""

    text: str
    language: str
    direction: str


@dataclass(frozen=True)
class Next:
    """The report to decide on now. unread: taken with another one, and nobody has read it. whole:
    all of its words stand here, so that whoever decides has read it."""

    member: Member
    said: Sequence[Said]
    unread: bool
    whole: bool


@dataclass(frozen=True)
class Last:
    """The report that was decided on just now, for whoever wants to take it back."""

    report: Report
    same: bool


@dataclass(frozen=True)
class Queue:
    """incident_id: whose. left: how many reports wait. next: the first of them behind the one that
    was passed over; None: none. passed: of those left, some were passed over."""

    incident_id: str
    left: int
    next: Next | None
    last: Last | None
    passed: bool


def is_unread_together() -> ColumnElement[bool]:
    """Of `Dispatch`: taken together with another report, and read by nobody."""
    with_another = and_(Dispatch.taken_by.is_(None), Dispatch.responder_id.is_not(None))
    taken = Dispatch.state == DispatchState.TAKEN
    return and_(taken, with_another, Dispatch.unread_at.is_not(None))


def read(
    session: Session, incident_id: str, after: str = "", last: str = "", at: str = ""
) -> Queue:
    """What waits. after, last, at: ids of reports: what was passed over, what was decided on, and
    what is asked for."""
    waiting = _waiting(incident_id)
    left = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    report_id = session.scalar(
        waiting.where(Report.id >= at, Report.id > after).order_by(Report.id).limit(1)
    )
    return Queue(
        incident_id,
        left,
        _next(session, report_id) if report_id is not None else None,
        _last(session, incident_id, last),
        passed=bool(after or at),
    )


def _waiting(incident_id: str) -> Select[str]:
    undecided = IncidentReport.state == Membership.SUGGESTED
    return (
        select(Report.id)
        .join(IncidentReport, IncidentReport.report_id == Report.id)
        .outerjoin(Dispatch, Dispatch.report_id == Report.id)
        .where(IncidentReport.incident_id == incident_id)
        .where(IncidentReport.state != Membership.REJECTED)
        .where(or_(undecided, is_unread_together()), Report.state == ReportState.OPEN)
        .where(scope.visible(signed_in().account))
    )


def _next(session: Session, report_id: str) -> Next:
    report = session.get_one(Report, report_id)
    people = Names(session, runtime().vault)
    [row] = rows.rows_of(session, people, rows.schools_by_handle(session, None), [report])
    unread = session.scalar(
        select(Dispatch.id).where(Dispatch.report_id == report_id, is_unread_together())
    )
    member = found.member(session, row, session.get_one(IncidentReport, report_id))
    spoken = row.case.spoken
    whole = len(spoken) == len(row.case.messages) and all(each.text for each in spoken)
    return Next(member, [_said(each) for each in spoken], unread is not None, whole)


def _said(spoken: Spoken) -> Said:
    words, masks = written_words(spoken.text), masker(spoken.language)
    shown = " ".join(masks.show(words, masks.find(words)))
    return Said(shown, spoken.language, rows.direction(spoken.language))


def _last(session: Session, incident_id: str, report_id: str) -> Last | None:
    link = session.get(IncidentReport, report_id) if report_id else None
    if link is None or link.incident_id != incident_id or not scope.may_see(session, report_id):
        return None
    if link.state not in (Membership.CONFIRMED, Membership.REJECTED):
        return None
    return Last(session.get_one(Report, report_id), link.state is Membership.CONFIRMED)


@guard.allows(Action.READ_REPORTS)
def incident_review(incident_id: str) -> str:
    """The next report that waits for a person's word, and what was said of the one before it."""
    with runtime().database.transaction() as session:
        found.visible_or_404(session, incident_id)
        asked = (request.args.get(name, "") for name in ("after", "last", "at"))
        queue = read(session, incident_id, *asked)
        if queue.next is not None:
            report_id = queue.next.member.row.case.report.id
            guard.audited(session, "report.opened", f"report:{report_id}")
        return render_template(
            "incidents/review.html", queue=queue, times=times, now=runtime().clock()
        )


ROUTES = (Route("/incidents/<incident_id>/review", "incident_review", incident_review),)
