"""A call back, moved: what happens to it is written down, and the dispatcher told to go on."""

from datetime import datetime

from hotline.dispatch.books import Books
from hotline.reports.callback import Limits
from hotline.reports.callback_model import CallbackCall
from hotline.reports.callback_words import CallbackEvent, CallbackPlace, after
from hotline.tasks.model import TaskKind


def begun(books: Books, call: CallbackCall, now: datetime, by: str | None = None) -> None:
    """A call back was asked for (by: account id; None: by key on the phone): let it be seen to."""
    if by is not None:
        books.note(call.report_id, now, "callback_asked", by=by)
    else:
        books.note(call.report_id, now, "callback_five", responder=call.responder_id)
    books.add_task(TaskKind.CALL_BACK, call.id, now)


def tell(
    books: Books, call: CallbackCall, event: CallbackEvent, limits: Limits, now: datetime
) -> bool:
    """Something has happened. False when it means nothing (any more). The row must be locked."""
    place, outcome = after(call.place, event, met=call.met_at is not None)
    if place is call.place:
        return False
    call.place, call.moved_at = place, now
    _note(books, call, event, now)
    if place is CallbackPlace.OVER and outcome is not None:
        call.outcome, call.ended_at = outcome, now
        books.note(call.report_id, now, "callback_ended", outcome=outcome.value)
        books.callback_ended(call, limits, now)
    books.flush()
    books.pull_forward(TaskKind.CALL_BACK, call.id, now)
    return True


def _note(books: Books, call: CallbackCall, event: CallbackEvent, now: datetime) -> None:
    """What the report's timeline tells, besides the beginning and the end."""
    match event:
        case CallbackEvent.ACCEPTED:
            books.note(call.report_id, now, "callback_accepted", responder=call.responder_id)
        case CallbackEvent.CALLER_RUNG:
            books.note(call.report_id, now, "callback_rung")
        case CallbackEvent.PRESSED:
            books.note(call.report_id, now, "callback_answered")
