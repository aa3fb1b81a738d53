"""When the newest backup was made: a row beside the heartbeats, as every machine can read it.

The folder of backups is often seen by one machine alone, and a file in it says nothing of whether
it was written whole; the row is written after the archive was read again from the disk.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.audit import AuditEntry
from hotline.tasks import heartbeat
from hotline.tasks.model import Heartbeat

BACKUP = "backup"
"""The name under which it stands among the heartbeats."""
OLD_AFTER = timedelta(hours=26)
"""One a day, and two hours for a slow night."""


def note(session: Session, made_at: datetime) -> None:
    """Write that a backup of this moment is whole."""
    heartbeat.beat(session, BACKUP, made_at)


def newest(session: Session) -> datetime | None:
    """The moment that the newest backup shows; None: none was ever made."""
    row = session.get(Heartbeat, BACKUP)
    return row.beat_at if row is not None else None


def old_since(session: Session, now: datetime) -> datetime | None:
    """Since when a backup is missing; None while none is.

    Where none was ever made, time begins with the first entry of the audit: a new installation is
    not at fault.
    """
    last = newest(session) or session.scalar(select(func.min(AuditEntry.at)))
    if last is None or now - last <= OLD_AFTER:
        return None
    return last + OLD_AFTER
