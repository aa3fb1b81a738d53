"""What a supervisor does: review a report, answer for an alarm."""

from flask import abort, redirect, url_for
from sqlalchemy import update
from werkzeug.wrappers import Response

from console import guard
from console.context import runtime, signed_in
from hotline.dispatch import alarms
from hotline.dispatch.model import Alarm
from hotline.dispatch.sql import SqlBooks
from hotline.people.permissions import Action
from hotline.reports import timeline
from hotline.reports.model import Report, ReportState


@guard.allows(Action.REVIEW)
def do_review(report_id: str) -> Response:
    """Mark a report as reviewed; the first review stands, a second one changes nothing."""
    now = runtime().clock()
    with runtime().database.transaction() as session:
        report = session.get(Report, report_id)
        if report is None or report.state is ReportState.DRAFT:
            abort(404)
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


@guard.allows(Action.ACKNOWLEDGE_ALARM)
def do_acknowledge(alarm_id: str) -> Response:
    """Answer for an alarm: it stops ringing, and the report says who did."""
    with runtime().database.transaction() as session:
        alarm = session.get(Alarm, alarm_id, with_for_update=True)
        if alarm is None:
            abort(404)
        report_id = alarm.report_id
        books = SqlBooks(session, runtime().vault)
        if alarms.acknowledge(books, alarm, signed_in().account.id, runtime().clock()):
            guard.audited(session, "alarm.acknowledged", f"alarm:{alarm_id}")
    if report_id is None:
        return redirect(url_for("console.reports"), 303)
    return redirect(url_for("console.report", report_id=report_id), 303)
