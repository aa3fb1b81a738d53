"""Who looks after a report: one account, or nobody."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.reports.casework import versions
from hotline.reports.model import Report


def assign(
    session: Session, report: Report, account_id: str | None, by: str, now: datetime
) -> None:
    """Give the report to an account, or to nobody. Whoever has it already keeps it."""
    if report.assignee == account_id:
        return
    report.assignee = account_id
    versions.change(session, report, now, "assigned", by=by, to=account_id)
