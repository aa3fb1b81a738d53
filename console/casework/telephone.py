"""Blocking the telephone of a report for the rest of the day, and undoing it.

Nobody is rung for a talk with a blocked telephone. Its caller hears the danger line, reaches the
crisis line, and may leave a message, which is dispatched like any other.
"""

from werkzeug.wrappers import Response

from console import guard
from console.casework import asked
from console.casework.writing import back, writing
from console.context import runtime, signed_in
from console.reports import page
from console.routes import Route
from hotline.people.permissions import Action
from hotline.reports import callers


@guard.allows(Action.BLOCK_CALLER)
@guard.fresh
def do_block(report_id: str) -> Response:
    """Block it until the day is over. 409 when it cannot be told any more or is blocked already;
    the page says which."""
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        done = callers.block(session, report, me, now, runtime().settings.repeat_day_begins)
        if done:
            guard.audited(session, "report.telephone_blocked", f"report:{report_id}")
    return back(report_id, "telephone") if done else page.show(report_id, asked.Asked(409))


@guard.allows(Action.BLOCK_CALLER)
@guard.fresh
def do_unblock(report_id: str) -> Response:
    """Let it ring people again. 409 when it is not blocked any more."""
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        done = callers.unblock(session, report, me, now)
        if done:
            guard.audited(session, "report.telephone_unblocked", f"report:{report_id}")
    return back(report_id, "telephone") if done else page.show(report_id, asked.Asked(409))


ROUTES = (
    Route("/reports/<report_id>/telephone-blocked", "do_block", do_block, "POST"),
    Route("/reports/<report_id>/telephone-unblocked", "do_unblock", do_unblock, "POST"),
)
