"""Reviewing: a supervisor has looked at a report and at what was done."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.reports.casework import versions
from hotline.reports.model import Report


def mark_reviewed(session: Session, report: Report, *, by: str, now: datetime) -> bool:
    """Mark it as reviewed. False when it is already: the first review stands. Lock it before."""
    if report.reviewed_at is not None:
        return False
    report.reviewed_at = now
    versions.change(session, report, now, "reviewed", by=by)
    return True
