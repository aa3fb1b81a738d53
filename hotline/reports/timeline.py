"""The timeline of a report: append, and read in order."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.reports.model import TimelineEvent


def add(session: Session, report_id: str, at: datetime, kind: str, **detail: Any) -> None:
    """Append an event. `detail` may hold ids and closed words, never content or a number."""
    session.add(TimelineEvent(report_id=report_id, at=at, kind=kind, detail=detail))


def read(session: Session, report_id: str) -> list[TimelineEvent]:
    """All events of a report, oldest first."""
    query = select(TimelineEvent).where(TimelineEvent.report_id == report_id)
    return list(session.scalars(query.order_by(TimelineEvent.at, TimelineEvent.id)))
