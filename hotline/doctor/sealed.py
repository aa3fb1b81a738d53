"""Sealed mode: whether somebody could open what is sealed, and so whether anything is sealed."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from hotline.database.engine import Database
from hotline.doctor.finding import Finding, bad, ok
from hotline.doctor.stores import is_not_made_yet
from hotline.people import unlocking
from hotline.privacy import locks
from hotline.privacy.locks import KeyHolder
from hotline.settings import Settings
from hotline.texts import marked


def sealed_mode(settings: Settings) -> Iterator[Finding]:
    """The recovery key was made, and a supervisor has chosen a passphrase."""
    if not settings.sealed or is_not_made_yet(settings):
        return
    opened = Database(settings.database)
    try:
        with opened.reading() as session:
            paper = locks.recovery(session) is not None
            people = session.scalar(select(func.count()).select_from(KeyHolder)) or 0
            ready = bool(unlocking.recipients(session))
    except SQLAlchemyError:
        return  # told by the check of the database
    finally:
        opened.close()
    if ready:
        says = marked("Reports are sealed to supervisors with a key: %(count)s.")
        yield ok("sealed_mode", says, count=people - 1)
    elif not paper:
        yield bad(
            "sealed_mode",
            marked("Nothing is sealed: there is no recovery key."),
            marked("Run `hotline keys ceremony` with its two holders."),
        )
    else:
        yield bad(
            "sealed_mode",
            marked("Nothing is sealed: no supervisor has chosen a passphrase."),
            marked("Let each supervisor choose one: Your page, Sealed reports."),
        )
