"""Closing a report and opening it again. A closed report has a disposition, and nobody is sought.

A caller who says more on a later call opens it by that (`hotline.reports.intake.open_report`).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.reports.casework import versions
from hotline.reports.model import Report, ReportState
from hotline.reports.outcomes import Disposition


class StillSought(Exception):
    """Nobody has taken it: it cannot be closed before somebody has; nothing has been written."""


def close(
    session: Session,
    report: Report,
    disposition: Disposition,
    *,
    sought: bool,
    by: str,
    now: datetime,
) -> bool:
    """Close it. False when it is closed already.

    sought: whether nobody has taken it yet (`hotline.dispatch.desk.is_sought`). Raises StillSought.
    """
    if report.state is not ReportState.OPEN:
        return False
    if sought:
        raise StillSought
    report.state, report.disposition, report.closed_at = ReportState.CLOSED, disposition, now
    versions.change(session, report, now, "closed", by=by, disposition=disposition.value)
    return True


def reopen(session: Session, report: Report, *, by: str, now: datetime) -> bool:
    """Open it again. False when it is open. Whoever does it sees to it; nobody is rung."""
    if report.state is not ReportState.CLOSED:
        return False
    report.state, report.disposition, report.closed_at = ReportState.OPEN, None, None
    versions.change(session, report, now, "reopened", by=by)
    return True
