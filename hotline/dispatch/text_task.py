"""The dispatcher's part of the text door: sends texts, and has the carrier forget them.

A text that comes twice does no harm, and one that never comes does: what nobody knows to be sent is
sent again.
"""

from datetime import timedelta

import structlog

from hotline.carrier.port import CarrierError, Refused
from hotline.dispatch.books import Books, Ports
from hotline.reports.text_model import TextMessage, TextOut
from hotline.reports.texted import FORGET_AFTER_S
from hotline.tasks.model import TaskKind
from hotline.tasks.queue import Lease

log = structlog.get_logger()

SEND_AGAIN_S, SEND_TRIES = 5.0, 10
"""Doubling, so for three quarters of an hour; then the timeline says that it was not sent."""
FORGET_AGAIN_S, FORGET_MOST_S = 60.0, 3600.0
"""Twilio's advice of its error 20009: a minute, then several. Once an hour for as long as it takes:
its systems may need 14 days."""


def send(ports: Ports, lease: Lease) -> None:
    """Send a text to whoever has written, unless nobody is to be written to any more."""
    with ports.transaction() as books:
        letter = books.text_to_send(lease.subject_id)
    if letter is None:
        return _ended(ports, lease, "gone")
    try:
        sent = ports.carrier.send_text(line=letter.line, to=letter.to, body=letter.body)
    except CarrierError as error:
        log.warning("text_not_sent", text=lease.subject_id, code=error.code)
        if isinstance(error, Refused) or lease.tries >= SEND_TRIES:
            return _ended(ports, lease, "refused" if isinstance(error, Refused) else "tries")
        delay_s = SEND_AGAIN_S * 2.0 ** (lease.tries - 1)
        with ports.transaction() as books:
            books.postpone(lease, ports.clock() + timedelta(seconds=delay_s), error.code)
        return None
    now = ports.clock()
    with ports.transaction() as books:
        out = books.get(TextOut, lease.subject_id)
        if out is not None:
            out.carrier_message_id, out.sent_at, out.body = sent, now, None
            books.note(out.report_id, now, "text_sent")
            books.add_task(TaskKind.FORGET_TEXT, out.id, now)
        books.finish(lease, now)
    return None


def _ended(ports: Ports, lease: Lease, why: str) -> None:
    now = ports.clock()
    with ports.transaction() as books:
        out = books.get(TextOut, lease.subject_id)
        if out is not None and out.sent_at is None:
            out.gone_why, out.body = why, None
            books.note(out.report_id, now, "text_not_sent", why=why)
        books.finish(lease, now)


def forget(ports: Ports, lease: Lease) -> None:
    """Have the carrier delete a text: what it says at once, the rest when it is done with it and
    with our answer. The time of its answer is the proof."""
    with ports.transaction() as books:
        row = _text(books, lease)
        carrier_id = row.carrier_message_id if row is not None else None
        if carrier_id is None:
            return books.finish(lease, ports.clock())
    ready_at = lease.created_at + timedelta(seconds=FORGET_AFTER_S)
    early = ports.clock() < ready_at
    try:
        if early:
            ports.carrier.empty_text(carrier_id)
        elif isinstance(row, TextMessage):
            ports.carrier.forget_text(carrier_id)
        else:
            ports.carrier.delete_text(carrier_id)
    except CarrierError as error:
        log.warning("text_not_deleted", text=lease.subject_id, code=error.code)
        delay_s = min(FORGET_AGAIN_S * 2.0 ** min(lease.tries - 1, 10), FORGET_MOST_S)
        with ports.transaction() as books:
            books.postpone(lease, ports.clock() + timedelta(seconds=delay_s), error.code)
        return None
    now = ports.clock()
    with ports.transaction() as books:
        if early:
            return books.postpone(lease, ready_at)
        row = _text(books, lease)
        if row is not None:
            row.carrier_deleted_at = now
        books.finish(lease, now)
    return None


def _text(books: Books, lease: Lease) -> TextMessage | TextOut | None:
    return books.get(TextMessage, lease.subject_id) or books.get(TextOut, lease.subject_id)
