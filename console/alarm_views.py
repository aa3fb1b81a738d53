"""Answering for an alarm."""

from flask import abort, make_response, redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, navigation
from console.alarms import concerns
from console.context import runtime, signed_in
from console.routes import Route
from hotline.dispatch import alarms
from hotline.dispatch.model import Alarm
from hotline.dispatch.sql import SqlBooks
from hotline.people.permissions import Action
from hotline.reports.model import Report


@guard.allows(Action.SEE_BOARD)
@guard.by_itself
def alarm_strip() -> Response:
    """The open alarms as they stand on top of every page."""
    return make_response(render_template("alarms/strip.html"))


@guard.allows(Action.ACKNOWLEDGE_ALARM)
def do_acknowledge(alarm_id: str) -> Response:
    """Answer for an alarm: it stops ringing, and its report is theirs. 404: it is not for them."""
    account, now = signed_in().account, runtime().clock()
    with runtime().database.transaction() as session:
        alarm = session.get(Alarm, alarm_id, with_for_update=True)
        report = _report_of(session, alarm)
        if alarm is None or (alarm.report_id is not None and report is None):
            abort(404)
        books = SqlBooks(session, runtime().vault)
        if alarms.acknowledge(books, alarm, account.id, now):
            if report is not None and report.assignee is None:
                report.assignee = account.id
            guard.audited(session, "alarm.acknowledged", f"alarm:{alarm_id}")
    if report is None:
        return redirect(navigation.home(), 303)
    return redirect(url_for("console.report", report_id=report.id), 303)


def _report_of(session: Session, alarm: Alarm | None) -> Report | None:
    """The alarm's report, if it has one that concerns whoever asks."""
    if alarm is None or alarm.report_id is None:
        return None
    query = select(Report).join(Alarm, Alarm.report_id == Report.id)
    query = query.where(Alarm.id == alarm.id, concerns(signed_in().account))
    return session.scalar(query)


ROUTES = (
    Route("/alarms/strip", "alarm_strip", alarm_strip),
    Route("/alarms/<alarm_id>/acknowledged", "do_acknowledge", do_acknowledge, "POST"),
)
