"""A report by number and PIN, and the cap on guessing them: one for all doors and processes.

Wrong pairs are counted in the database, so that whoever has used up the tries of the telephone has
none left at the web door. A number without a report is counted like one with a report: being
refused tells nothing about either.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.reports import codes, intake
from hotline.reports.model import Report, WrongPair

LINE_LIMIT = 20
"""Wrong pairs an hour, of all doors together: with six and six digits and a thousand live reports
the chance of a hit is then 2e-4 a year (docs/facts.md P1)."""
LINE_PERIOD = timedelta(hours=1)
NUMBER_LIMIT = 10
"""Wrong PINs a day for one number: whoever has seen a report's number on a piece of paper has 3,650
of a million PINs a year. Reports are read by whoever wrote them a few times in all."""
NUMBER_PERIOD = timedelta(days=1)
LOCK = 0x67756573  # "gues"; any number not used for another advisory lock


@dataclass(frozen=True)
class LookedUp:
    """The report of a pair; None: there is none, or (locked) no more guesses are answered now."""

    report: Report | None
    locked: bool = False


def look_up(session: Session, number: str, pin: str, now: datetime) -> LookedUp:
    """The sent report of that number and PIN; a wrong pair is counted.

    The database is asked the same for a wrong number as for a wrong PIN, and one hash is made for
    either: neither wording nor work tells them apart. One look-up at a time, so that nobody guesses
    in parallel.
    """
    _alone(session)
    session.execute(delete(WrongPair).where(WrongPair.at <= now - NUMBER_PERIOD))
    kept = number if codes.is_number(number) else ""
    if _is_locked(session, kept, now):
        return LookedUp(None, locked=True)
    report = intake.find_report(session, number, pin)
    if report is None:
        session.add(WrongPair(id=new_id(), number=kept, at=now))
        session.flush()
    return LookedUp(report)


def _is_locked(session: Session, number: str, now: datetime) -> bool:
    count = select(func.count()).select_from(WrongPair)
    on_line = session.scalar(count.where(WrongPair.at > now - LINE_PERIOD)) or 0
    of_number = session.scalar(count.where(WrongPair.number == number)) or 0
    return on_line >= LINE_LIMIT or (number != "" and of_number >= NUMBER_LIMIT)


def _alone(session: Session) -> None:
    """Let one look-up at a time count; SQLite's transactions that write are alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))
