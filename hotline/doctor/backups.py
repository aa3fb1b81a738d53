"""Backups: the newest one is not old."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from hotline.backup import record
from hotline.database.engine import Database
from hotline.doctor.finding import Finding, Lasting, bad, for_real_callers, ok, warn
from hotline.doctor.stores import is_not_made_yet
from hotline.settings import Settings
from hotline.texts import marked

MEND = marked("Run `hotline backup`, and see why its timer did not (docs/backup.md).")


def backups(settings: Settings) -> Iterator[Finding]:
    """A backup was made within 26 h; nothing is said where no table is."""
    if is_not_made_yet(settings):
        return
    opened, now = Database(settings.database), datetime.now(UTC)
    try:
        with opened.reading() as session:
            newest = record.newest(session)
    except SQLAlchemyError:
        return
    finally:
        opened.close()
    yield judged(settings, newest, now)


def judged(settings: Settings, newest: datetime | None, now: datetime) -> Finding:
    """What is to be said of the newest backup; None: there has never been one."""
    if newest is None and settings.backup_folder is None:
        says = marked("No backup is made of this hotline.")
        if not for_real_callers(settings):
            return ok("backups", says)
        mend = marked(
            "Set HOTLINE_BACKUP_RECIPIENT and HOTLINE_BACKUP_FOLDER, and run `hotline backup` "
            "every day (docs/backup.md)."
        )
        return warn("backups", says, mend)
    if newest is None:
        return bad("backups", marked("No backup was ever made of this database."), MEND)
    age = Lasting((now - newest).total_seconds())
    if now - newest > record.OLD_AFTER:
        return bad("backups", marked("The newest backup is %(age)s old."), MEND, age=age)
    return ok(
        "backups", marked("The newest backup was made %(age)s ago."), age=Lasting(max(age, 0))
    )
