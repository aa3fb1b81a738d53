"""The legal hold: a report that a court, an investigation or a request needs is not deleted."""

from werkzeug.wrappers import Response

from console import guard
from console.casework import asked
from console.casework.forms import HoldForm
from console.casework.writing import back, writing
from console.context import runtime, signed_in
from console.forms import filled
from console.reports import page
from console.routes import Route
from hotline.people.permissions import Action
from hotline.reports import purging, timeline


@guard.allows(Action.HOLD)
def do_hold(report_id: str) -> Response:
    """Put a legal hold on it. 422 without a reason of the list."""
    form = filled(HoldForm)
    if not form.validate():
        return page.show(report_id, asked.wrong("hold", form))
    reason, me, now = str(form.hold_reason.data), signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        if purging.hold(session, report, True, now):
            timeline.add(session, report_id, now, "held", by=me, hold=reason)
            guard.audited(session, "report.held", f"report:{report_id}", reason=reason)
    return back(report_id, "keeping")


@guard.allows(Action.HOLD)
def do_release(report_id: str) -> Response:
    """Lift the hold: the report's clock counts again. 422 without a reason of the list."""
    form = filled(HoldForm)
    if not form.validate():
        return page.show(report_id, asked.wrong("hold", form))
    reason, me, now = str(form.hold_reason.data), signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        if purging.hold(session, report, False, now):
            timeline.add(session, report_id, now, "released", by=me, hold=reason)
            guard.audited(session, "report.released", f"report:{report_id}", reason=reason)
    return back(report_id, "keeping")


ROUTES = (
    Route("/reports/<report_id>/held", "do_hold", do_hold, "POST"),
    Route("/reports/<report_id>/released", "do_release", do_release, "POST"),
)
