"""Break-glass, where it is turned on: whether there are two who could do it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from hotline.database.engine import Database
from hotline.dispatch.break_glass import who_counts
from hotline.doctor.finding import Finding, ok, warn
from hotline.doctor.stores import is_not_made_yet
from hotline.settings import Settings
from hotline.texts import marked


def break_glass(settings: Settings) -> Iterator[Finding]:
    """Two administrators have accounts that count."""
    if not settings.break_glass or is_not_made_yet(settings):
        return
    opened = Database(settings.database)
    try:
        with opened.reading() as session:
            count = len(who_counts(session, datetime.now(UTC)))
    except SQLAlchemyError:
        return  # told by the check of the database
    finally:
        opened.close()
    says = marked("Break-glass is on. Administrators whose accounts count: %(count)s.")
    if count >= 2:
        yield ok("break_glass", says, count=count)
        return
    yield warn(
        "break_glass",
        says,
        marked("It takes two, whose accounts nobody has changed for 7 days (docs/break-glass.md)."),
        count=count,
    )
