"""Who has a report's page open at this moment: told by a heartbeat of the page."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.database.base import add_once
from hotline.reports.casework.model import Presence
from hotline.reports.model import Report

BEAT_S = 20
"""Seconds between two beats of an open page."""
GONE = timedelta(seconds=60)
"""After three beats that did not come, the page counts as closed."""


def beat(session: Session, report: Report, by: str, now: datetime) -> Sequence[str]:
    """The account's page is open now. Gives the accounts of the others, who came first first."""
    session.execute(delete(Presence).where(Presence.seen_at <= now - GONE))
    row = session.get(Presence, (report.id, by))
    if row is None:
        row = Presence(report_id=report.id, account_id=by, seen_at=now)
        add_once(session, row)  # two tabs may begin at the same moment
    else:
        row.seen_at = now
    return others(session, report, by, now)


def others(session: Session, report: Report, by: str, now: datetime) -> Sequence[str]:
    """The accounts of the others that have it open."""
    query = select(Presence.account_id).where(Presence.report_id == report.id)
    query = query.where(Presence.account_id != by, Presence.seen_at > now - GONE)
    return list(session.scalars(query.order_by(Presence.account_id)))
