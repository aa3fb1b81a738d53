"""A delivery, moved: what happens to it is written down, and the dispatcher told to go on."""

from datetime import datetime, timedelta

from hotline.dispatch import alarms
from hotline.dispatch.books import Books
from hotline.reports.delivery_model import Delivery
from hotline.reports.delivery_words import DeliveryEvent, DeliveryPlace, after, pause
from hotline.tasks.model import TaskKind

AGAIN_S = 1.0
"""Until a carrier without capacity is asked again."""


def tell(
    books: Books,
    row: Delivery,
    event: DeliveryEvent,
    tries: int,
    now: datetime,
    by: str | None = None,
) -> bool:
    """Something has happened. False when it means nothing (any more). The row must be locked.

    tries: how often the phone is rung at most. by: the account that said so in the console.
    """
    place = after(row.place, event, more=row.rings < tries)
    if place is row.place:
        return False
    row.place, row.moved_at = place, now
    match place:
        case DeliveryPlace.WAITING if event is DeliveryEvent.DELAYED:
            row.rings -= 1
            row.due_at = now + timedelta(seconds=AGAIN_S)
        case DeliveryPlace.WAITING:
            row.due_at = now + pause(row.rings, grave=row.grave)
        case DeliveryPlace.RINGING:
            books.note(row.report_id, now, "delivery_rung", recipient=row.recipient_id)
        case DeliveryPlace.HEARING:
            _heard(books, row, now)
        case DeliveryPlace.ACKNOWLEDGED:
            _acknowledged(books, row, now, by)
        case DeliveryPlace.UNREACHED:
            _unreached(books, row, now)
        case DeliveryPlace.STOPPED:
            detail = {"by": by} if by is not None else {}
            books.note(row.report_id, now, "delivery_stopped", recipient=row.recipient_id, **detail)
    books.flush()
    books.pull_forward(TaskKind.DELIVER, row.id, now)
    return True


def mailed(books: Books, row: Delivery, now: datetime) -> None:
    """The mail server has taken the mail. The row must be locked."""
    row.mailed_at, row.mail_error = now, None
    books.note(row.report_id, now, "delivery_mailed", recipient=row.recipient_id)
    books.vetted(row, now)


def not_mailed(books: Books, row: Delivery, code: str, tries: int, now: datetime) -> None:
    """The mail was not taken, and is not tried again: nobody can answer it. Locked, too."""
    row.mail_error = code
    books.note(row.report_id, now, "delivery_not_mailed", recipient=row.recipient_id)
    if row.place is DeliveryPlace.LETTER:
        tell(books, row, DeliveryEvent.LATE, tries, now)


def _heard(books: Books, row: Delivery, now: datetime) -> None:
    if row.heard_at is None:
        row.heard_at = now
        books.note(row.report_id, now, "delivery_heard", recipient=row.recipient_id)
        books.given(row)
        books.vetted(row, now)


def _acknowledged(books: Books, row: Delivery, now: datetime, by: str | None) -> None:
    row.acknowledged_at, row.acknowledged_by = now, by
    detail = {"by": by} if by is not None else {}
    books.note(row.report_id, now, "delivery_acknowledged", recipient=row.recipient_id, **detail)
    if row.heard_at is None:
        books.given(row)
    books.vetted(row, now)
    books.flush()
    if not books.is_undelivered(row.report_id):
        for alarm in books.open_alarms(row.report_id, alarms.NOT_DELIVERED):
            alarms.acknowledge(books, alarm, by or row.recipient_id, now)


def _unreached(books: Books, row: Delivery, now: datetime) -> None:
    books.note(row.report_id, now, "delivery_unreached", recipient=row.recipient_id)
    if row.grave:
        alarms.raise_alarm(books, row.report_id, alarms.NOT_DELIVERED, now)
