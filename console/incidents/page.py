"""An incident's page, and what people say of a suggestion: that it is about the same, or not."""

from collections.abc import Callable
from datetime import datetime

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, scope, times
from console.casework.writing import back, writing
from console.context import runtime, signed_in
from console.incidents import found, review
from console.routes import Route
from hotline.dispatch import said_more, waves
from hotline.dispatch.books import Books
from hotline.dispatch.sql import SqlBooks
from hotline.people.permissions import Action
from hotline.reports.incident_model import IncidentReport, Membership
from hotline.reports.model import Report

Decide = Callable[[Books, Report, str, datetime], bool]
_ACTIONS = {
    "incident.confirmed": waves.confirm,
    "incident.rejected": waves.reject,
    "incident.undone": waves.undo,
}


@guard.allows(Action.READ_REPORTS)
def incident(incident_id: str) -> str:
    """The page of one incident. 404 for an unknown id, and where none of its reports is theirs."""
    with runtime().database.transaction() as session:
        shown = found.read(session, incident_id)
        queue = review.read(session, incident_id)
        guard.audited(session, "incident.opened", f"incident:{incident_id}")
        return render_template(
            "incidents/incident.html", found=shown, queue=queue, times=times, now=runtime().clock()
        )


@guard.allows(Action.NOTE)
def do_same(report_id: str) -> Response:
    """Say that the report is about the same as its incident. Nothing happens when somebody has
    decided before."""
    with writing(report_id) as (session, report):
        _decide(session, report, "incident.confirmed")
        if request.form.get("read"):
            _read(session, report)
        return _onward(session, report_id)


@guard.allows(Action.NOTE)
def do_not_same(report_id: str) -> Response:
    """Say that it is about something else: its own search begins at once, unless somebody has taken
    it by itself."""
    with writing(report_id) as (session, report):
        _decide(session, report, "incident.rejected")
        return _onward(session, report_id)


@guard.allows(Action.NOTE)
def do_undecide(report_id: str) -> Response:
    """Take back what was said last: it is a suggestion again. What it has set going goes on; nobody
    who looks for a person is called off."""
    with writing(report_id) as (session, report):
        _decide(session, report, "incident.undone")
        return _onward(session, report_id)


@guard.allows(Action.NOTE)
def do_decide_many(incident_id: str) -> Response:
    """The same for the reports that were chosen on the incident's page, each by itself. What is no
    longer theirs, or was decided meanwhile, is passed over."""
    action = "incident.rejected" if request.form.get("not_same") else "incident.confirmed"
    for report_id in sorted(set(request.form.getlist("chosen")))[: found.MOST]:
        with runtime().database.transaction() as session:
            if scope.may_see(session, report_id):
                report = scope.report_or_404(session, report_id, lock=True)
                _decide(session, report, action)
    with runtime().database.transaction() as session:
        found.read(session, incident_id)
    return redirect(url_for("console.incident", incident_id=incident_id), 303)


def _onward(session: Session, report_id: str) -> Response:
    """Back to the report's page; or to the next one that waits, for whoever reads one after the
    other. What was taken back is the one to decide on."""
    link = session.get(IncidentReport, report_id)
    if link is None or request.form.get("from") != "review":
        return back(report_id, "incident")
    taken_back = link.state is Membership.SUGGESTED
    at, last = (report_id, None) if taken_back else (None, report_id)
    url = url_for("console.incident_review", incident_id=link.incident_id, at=at, last=last)
    return redirect(url, 303)


def _read(session: Session, report: Report) -> None:
    """Whoever has decided had all of its words before them."""
    books, me = SqlBooks(session, runtime().vault), signed_in().account.id
    if said_more.read(books, report, me, runtime().clock()):
        guard.audited(session, "report.words_read", f"report:{report.id}")


def _decide(session: Session, report: Report, action: str) -> None:
    books, me = SqlBooks(session, runtime().vault), signed_in().account.id
    if _ACTIONS[action](books, report, me, runtime().clock()):
        guard.audited(session, action, f"report:{report.id}")


ROUTES = (
    Route("/incidents/<incident_id>", "incident", incident),
    Route("/incidents/<incident_id>/decided", "do_decide_many", do_decide_many, "POST"),
    Route("/reports/<report_id>/same", "do_same", do_same, "POST"),
    Route("/reports/<report_id>/not-same", "do_not_same", do_not_same, "POST"),
    Route("/reports/<report_id>/undecided", "do_undecide", do_undecide, "POST"),
    *review.ROUTES,
)
