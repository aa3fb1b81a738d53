"""Open alarms: shown on top of every page until a person answers for them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from console import sentences, times
from hotline.dispatch.model import Alarm
from hotline.reports.model import Report


@dataclass(frozen=True)
class OpenAlarm:
    """One alarm as every page shows it. Without a report, `report_id` and `number` are None."""

    id: str
    report_id: str | None
    number: str | None
    why: str
    open_for: str


def open_alarms(session: Session, now: datetime) -> tuple[OpenAlarm, ...]:
    """All open alarms, oldest first."""
    query = (
        select(Alarm, Report.number)
        .outerjoin(Report, Report.id == Alarm.report_id)
        .where(Alarm.acknowledged_at.is_(None))
        .order_by(Alarm.raised_at, Alarm.id)
    )
    return tuple(
        OpenAlarm(
            alarm.id,
            alarm.report_id,
            number,
            sentences.alarm(alarm.reason),
            times.lasted((now - alarm.raised_at).total_seconds()),
        )
        for alarm, number in session.execute(query)
    )
