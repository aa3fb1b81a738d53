"""What a supervisor does with a report: mark it as reviewed."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from console import guard, scope
from console.context import runtime, signed_in
from console.routes import Route
from hotline.people.permissions import Action
from hotline.reports.casework import reviewing


@guard.allows(Action.REVIEW)
def do_review(report_id: str) -> Response:
    """Mark a report as reviewed; the first review stands, a second one changes nothing."""
    now = runtime().clock()
    with runtime().database.transaction() as session:
        report = scope.report_or_404(session, report_id, lock=True)
        if reviewing.mark_reviewed(session, report, by=signed_in().account.id, now=now):
            guard.audited(session, "report.reviewed", f"report:{report_id}")
    return redirect(url_for("console.report", report_id=report_id), 303)


ROUTES = (Route("/reports/<report_id>/reviewed", "do_review", do_review, "POST"),)
