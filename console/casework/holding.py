"""Who has a report: taking it at the desk, giving it to somebody, and who has its page open."""

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from console import guard, names, scope
from console.casework import asked, people
from console.casework.forms import AssignForm
from console.casework.writing import back, writing
from console.context import runtime, signed_in
from console.forms import filled
from console.reports import page
from console.reports.cases import Names
from console.routes import Route
from hotline.dispatch import desk, said_more
from hotline.dispatch.sql import SqlBooks
from hotline.people.permissions import Action
from hotline.reports.casework import assigning, presence
from hotline.reports.incident_model import IncidentReport
from hotline.reports.model import Report


@guard.allows(Action.NOTE)
def do_take(report_id: str) -> Response:
    """Take it without a phone: nobody else is rung, and it is theirs. 409 when somebody was first,
    or while the caller is on the line and waits for a voice.

    A counselor may take what nobody has in their district, and comes back to the board when it was
    taken meanwhile: it is not theirs to see then.
    """
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id, of_district=True) as (session, report):
        theirs = session.scalar(
            select(scope.visible(signed_in().account)).where(Report.id == report_id)
        )
        taken = desk.take_at_desk(SqlBooks(session, runtime().vault), report, me, now)
        if taken:
            assigning.assign(session, report, me, me, now)
            guard.audited(session, "report.taken", f"report:{report_id}")
    if taken:
        return back(report_id)
    if not theirs:
        return redirect(url_for("console.board"), 303)
    return page.show(report_id, asked.Asked(409, conflict="take"))


@guard.allows(Action.NOTE)
def do_read(report_id: str) -> Response:
    """Say that what the caller has said since it was taken is read: nobody is rung for it any more.
    Nothing happens when there is nothing unread."""
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        if said_more.read(SqlBooks(session, runtime().vault), report, me, now):
            guard.audited(session, "report.words_read", f"report:{report_id}")
        link = session.get(IncidentReport, report_id)
    if link is not None and request.form.get("from") == "review":
        return redirect(url_for("console.incident_review", incident_id=link.incident_id), 303)
    return back(report_id)


@guard.allows(Action.ASSIGN)
def do_assign(report_id: str) -> Response:
    """Give it to somebody, or to nobody. 409 when the report has changed meanwhile."""
    form = filled(AssignForm)
    me, now = signed_in().account.id, runtime().clock()
    with writing(report_id) as (session, report):
        people.offer(session, report, form)
        refused = None if form.validate() else asked.wrong("assign", form)
        if refused is None and asked.version() != report.version:
            refused = asked.changed("assign", form, asked.seen())
        if refused is None:
            assigning.assign(session, report, form.assignee.data or None, me, now)
            guard.audited(session, "report.assigned", f"report:{report_id}")
    return page.show(report_id, refused) if refused else back(report_id, "holding")


@guard.by_itself
@guard.allows(Action.READ_REPORTS)
def do_presence(report_id: str) -> Response:
    """The page is still open: who else has it open, as a piece of the page. Nothing for a session
    that is idle: nobody may be sitting before it."""
    if signed_in().idle:
        return Response()
    with runtime().database.transaction() as session:
        report = scope.report_or_404(session, report_id)
        now = runtime().clock()
        others = presence.beat(session, report, signed_in().account.id, now)
        people_of = Names(session, runtime().vault)
        here = names.listed([people_of.of(account) for account in others])
    return Response(render_template("reports/_others.html", here=here, count=len(others)))


ROUTES = (
    Route("/reports/<report_id>/taken", "do_take", do_take, "POST"),
    Route("/reports/<report_id>/words-read", "do_read", do_read, "POST"),
    Route("/reports/<report_id>/assigned", "do_assign", do_assign, "POST"),
    Route("/reports/<report_id>/presence", "do_presence", do_presence, "POST"),
)
