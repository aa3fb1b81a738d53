"""What a supervisor does with a report: mark it as reviewed."""

from flask import redirect, url_for
from sqlalchemy import update
from werkzeug.wrappers import Response

from console import guard, scope
from console.context import runtime, signed_in
from console.routes import Route
from hotline.people.permissions import Action
from hotline.reports import timeline
from hotline.reports.model import Report


@guard.allows(Action.REVIEW)
def do_review(report_id: str) -> Response:
    """Mark a report as reviewed; the first review stands, a second one changes nothing."""
    now = runtime().clock()
    with runtime().database.transaction() as session:
        scope.report_or_404(session, report_id)
        marked = session.scalar(
            update(Report)
            .where(Report.id == report_id, Report.reviewed_at.is_(None))
            .values(reviewed_at=now)
            .returning(Report.id)
        )
        if marked is not None:
            timeline.add(session, report_id, now, "reviewed", by=signed_in().account.id)
            guard.audited(session, "report.reviewed", f"report:{report_id}")
    return redirect(url_for("console.report", report_id=report_id), 303)


ROUTES = (Route("/reports/<report_id>/reviewed", "do_review", do_review, "POST"),)
