"""What waits for somebody outside, or for its end: unconfirmed deliveries, late outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from console import times
from console.board.stops import NameOf
from console.context import runtime
from console.text import gettext
from hotline.dispatch import late_outcomes
from hotline.reports.delivery_model import Delivery
from hotline.reports.delivery_words import DeliveryPlace
from hotline.reports.model import Report, ReportState

MOST, MOST_LATE = 20, 5
"""Of each kind; where there are more, the oldest stand here."""


@dataclass(frozen=True)
class Line:
    """One line. report: its id. text: without any word of what the report is about."""

    id: str
    report: str
    text: str


def undelivered(session: Session, reports: ColumnElement[bool], name_of: NameOf) -> Sequence[Line]:
    """Deliveries that nobody has confirmed in time, of reports that meet the condition."""
    query = select(Delivery, Report).join(Report, Report.id == Delivery.report_id)
    query = query.where(reports, Report.state == ReportState.OPEN)
    query = query.where(Delivery.place == DeliveryPlace.UNREACHED)
    return [
        Line(
            f"delivery-{row.id}",
            report.id,
            gettext(
                "Report %(report)s: nobody at %(name)s has confirmed it, since %(time)s.",
                report=report.number,
                name=name_of(row.recipient_id),
                time=times.moment(row.moved_at),
            ),
        )
        for row, report in session.execute(query.order_by(Delivery.id).limit(MOST))
    ]


def late(session: Session, reports: ColumnElement[bool]) -> tuple[int, Sequence[Line]]:
    """How many reports have a late outcome, and the oldest of them."""
    condition = late_outcomes.late(runtime().settings, runtime().clock())
    count = session.scalar(select(func.count()).select_from(Report).where(reports, condition))
    query = select(Report).where(reports, condition).order_by(Report.id).limit(MOST_LATE)
    return count or 0, [
        Line(
            f"outcome-{report.id}",
            report.id,
            gettext(
                "Report %(report)s of %(time)s.",
                report=report.number,
                time=times.moment(report.sent_at or report.created_at),
            ),
        )
        for report in session.scalars(query)
    ]
