"""Calling a caller back, at a number that nobody is shown: one's own phone rings first.

No fresh proof is asked for: whoever has stolen a session gets nothing without the phone that the
roster names, and its code.
"""

from werkzeug.wrappers import Response

from console import guard
from console.casework import asked, reachable
from console.casework.writing import back, writing
from console.context import runtime, signed_in
from console.reports import page
from console.routes import Route
from hotline.dispatch import callback
from hotline.dispatch.sql import SqlBooks
from hotline.people.permissions import Action
from hotline.reports import callback_calls


@guard.allows(Action.CALL_BACK)
def do_call_back(report_id: str) -> Response:
    """Ring one's own phone and, after 1 there, the caller's. 409 when it cannot be done now; the
    page says why."""
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        found = reachable.of(session, report)
        able = found.kept and found.why is None and found.who is not None
        if able and found.who is not None:
            call = callback_calls.begin(session, report, found.who, now)
            callback.begun(SqlBooks(session, runtime().vault), call, now, by=me)
            guard.audited(session, "report.called_back", f"report:{report_id}")
    return back(report_id, "callback") if able else page.show(report_id, asked.Asked(409))


ROUTES = (Route("/reports/<report_id>/called-back", "do_call_back", do_call_back, "POST"),)
