"""What is written is taken: kept, sorted and handed to dispatch, in one transaction."""

from sqlalchemy.orm import Session

from door import places
from door.entrance import Entrance
from door.fields import Filled
from hotline.reports import timeline, written
from hotline.reports.intake import Receipt
from hotline.reports.model import Message, Report
from transcription import writing


def take(
    entrance: Entrance, language: str, filled: Filled, token: str, *, crowded: bool
) -> Receipt | None:
    """Make a report of it; its receipt may be shown from now on. None: it was received before, too
    long ago for its receipt to be shown again.

    crowded: a question was answered first. It must be neither empty nor too long.
    """
    runtime = entrance.runtime
    now = runtime.clock()
    with entrance.turn:
        with runtime.database.transaction() as session:
            if written.known(session, token):
                return entrance.receipts.of(token, now)
            place = places.chosen(session, filled.place)
            report, message = written.new_report(
                session, runtime.vault, language, place, token, now
            )
            if crowded:
                timeline.add(session, report.id, now, "written_in_crowd")
            receipt = written.receipt(report)
            _sort(entrance, session, message, language, filled.text)
        entrance.receipts.keep(token, receipt, now)
    return receipt


def add(
    entrance: Entrance, session: Session, report: Report, language: str, text: str, token: str
) -> None:
    """Add it to the report, in the transaction in which number and PIN were right; once."""
    if not written.known(session, token):
        message = written.more(session, report, token, entrance.runtime.clock())
        _sort(entrance, session, message, language, text)


def _sort(entrance: Entrance, session: Session, message: Message, language: str, text: str) -> None:
    runtime = entrance.runtime
    writing.sort(session, runtime.vault, entrance.rules, message, language, text, runtime.clock())
