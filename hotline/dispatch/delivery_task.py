"""The dispatcher's part of a delivery: rings the recipient, mails them, and looks how it goes.

A ring is written down before the carrier is asked for it, and one of which nobody knows what became
of it counts as rung: the phone is not rung twice by mistake, and soon rung again on purpose. A mail
holds nothing of the report, so one that went out twice does no harm: mail servers and readers know
it by its id.
"""

from datetime import datetime, timedelta

import structlog

from hotline.carrier.port import Busy, CarrierError, NotThere, Refused
from hotline.dispatch import delivery, mail
from hotline.dispatch.books import Books, Letter, Ports, Waits
from hotline.reports.delivery_model import Delivery
from hotline.reports.delivery_words import OPEN, UNDER_WAY, DeliveryEvent, DeliveryPlace
from hotline.reports.model import Report, ReportState
from hotline.tasks.queue import Lease

log = structlog.get_logger()

RING_S = 30.0
"""As long as a test ring (`hotline.dispatch.drill`)."""
LIMIT_S = {DeliveryPlace.RINGING: RING_S + 60.0, DeliveryPlace.HEARING: 600.0}
"""Longest stay in a place: to hear the first sentence twice and press; to hear the report (a minute
of speech at most) some times over."""
LOOK_S = 2.0
"""Between two questions to the carrier, whose callbacks may have been lost."""
MAIL_TRIES, MAIL_AGAIN_S = 5, 10.0
"""So often a mail is tried; the pause after a try doubles each time."""


def see_to(ports: Ports, lease: Lease) -> None:
    """Do what is next; the task is due again until nobody is waited for any more."""
    with ports.transaction() as books:
        row, now = books.delivery(lease.subject_id), ports.clock()
        if row is None:
            return books.finish(lease, now)
        _think(ports, books, row, now)
        place, due_at = row.place, row.due_at
    match place:
        case DeliveryPlace.WAITING if due_at <= now:
            return _ring(ports, lease)
        case DeliveryPlace.WAITING | DeliveryPlace.LETTER:
            return _later(ports, lease, due_at)
        case DeliveryPlace.RINGING | DeliveryPlace.HEARING:
            return _look(ports, lease)
    return _end(ports, lease)


def _think(ports: Ports, books: Books, row: Delivery, now: datetime) -> None:
    """What follows from the time alone, and from the report's end."""
    report = books.get(Report, row.report_id)
    event = DeliveryEvent.LATE if _is_late(row, now) else None
    if report is None or report.state is not ReportState.OPEN:
        event = DeliveryEvent.STOPPED
    if event is not None and row.place in UNDER_WAY:
        delivery.tell(books, row, event, ports.delivery_tries, now)


def _is_late(row: Delivery, now: datetime) -> bool:
    if row.place is DeliveryPlace.LETTER:
        return row.due_at <= now
    limit_s = LIMIT_S.get(row.place)
    return limit_s is not None and now - row.moved_at >= timedelta(seconds=limit_s)


def _ring(ports: Ports, lease: Lease) -> None:
    with ports.transaction() as books:
        row, now = _row(books, lease), ports.clock()
        if row.place is not DeliveryPlace.WAITING:
            return books.postpone(lease, now)
        if books.is_rung_for_another(row):
            return books.postpone(lease, now + timedelta(seconds=LOOK_S))
        number = books.recipients_phone(row)
        if number is None:
            delivery.tell(books, row, DeliveryEvent.BARRED, ports.delivery_tries, now)
            return books.postpone(lease, now)
        call = books.begin_delivery_ring(row, now)
        delivery.tell(books, row, DeliveryEvent.RUNG, ports.delivery_tries, now)
        call_id, url = call.id, ports.url(f"/voice/delivery/{call.token}")
    leg, event = _place(ports, lease, number, url)
    with ports.transaction() as books:
        row, now = _row(books, lease), ports.clock()
        last = books.delivery_call(row.id)
        if last is not None and last.id == call_id:
            last.leg = last.leg or leg
            if event is not None:
                last.ended_at = now
                delivery.tell(books, row, event, ports.delivery_tries, now)
        return books.postpone(lease, now + timedelta(seconds=LOOK_S if event is None else 0))


def _place(
    ports: Ports, lease: Lease, number: str, url: str
) -> tuple[str | None, DeliveryEvent | None]:
    """Ring the phone: the carrier's id of the call, and what went wrong for certain."""
    try:
        leg = ports.carrier.place_call(
            to=number, url=url, status_url=f"{url}/status", ring_s=RING_S
        )
    except CarrierError as error:  # where nobody knows, it may ring, and its webhooks will tell
        log.warning("delivery_not_placed", delivery=lease.subject_id, code=error.code)
        if isinstance(error, Refused):
            return None, DeliveryEvent.BARRED
        return None, DeliveryEvent.DELAYED if isinstance(error, Busy) else None
    return leg, None


def _look(ports: Ports, lease: Lease) -> None:
    """Ask the carrier whether the ring is over: nobody may have told."""
    with ports.transaction() as books:
        call = books.delivery_call(lease.subject_id)
        call_id = call.id if call is not None else None
        leg = call.leg if call is not None else None
    over = leg is not None and _is_over(ports, leg)
    with ports.transaction() as books:
        row, now = _row(books, lease), ports.clock()
        last = books.delivery_call(row.id)
        if over and last is not None and last.id == call_id:
            last.ended_at = last.ended_at or now
            delivery.tell(books, row, DeliveryEvent.LEG_OVER, ports.delivery_tries, now)
        books.postpone(lease, now + timedelta(seconds=LOOK_S))


def _is_over(ports: Ports, leg: str) -> bool:
    try:
        return ports.carrier.call_state(leg).over
    except NotThere:
        return True
    except CarrierError:
        return False


def _later(ports: Ports, lease: Lease, due_at: datetime) -> None:
    with ports.transaction() as books:
        books.postpone(lease, due_at)


def _end(ports: Ports, lease: Lease) -> None:
    """Nobody is waited for: a phone that still rings for what was stopped is hung up."""
    with ports.transaction() as books:
        row, call = _row(books, lease), books.delivery_call(lease.subject_id)
        rings = call is not None and call.ended_at is None
        leg = call.leg if call is not None and rings else None
        stopped = row.place is DeliveryPlace.STOPPED
    if leg is not None and stopped:
        try:
            ports.carrier.end_call(leg)
        except CarrierError as error:  # it rings out by itself
            log.warning("delivery_not_hung_up", delivery=lease.subject_id, code=error.code)
    with ports.transaction() as books:
        row = _row(books, lease)
        if row.place in UNDER_WAY:  # never: nothing leads back
            return books.postpone(lease, ports.clock())
        return books.finish(lease, ports.clock())


def send_mail(ports: Ports, lease: Lease) -> None:
    """Mail the recipient that a report waits for them. Tried some times; the delivery's own task
    watches whether anybody answers."""
    with ports.transaction() as books:
        row, now = books.delivery(lease.subject_id), ports.clock()
        address = books.recipients_mail(row) if row is not None else None
        if row is None or row.place not in OPEN or row.mailed_at is not None or address is None:
            return books.finish(lease, now)
        path = f"/reports/{row.report_id}#deliveries"
        letter = Letter(Waits.DELIVERY, (address,), f"delivery-{row.id}", path)
    try:
        ports.letter(letter)
    except mail.NotMailed as error:
        return _not_mailed(ports, lease, error.code)
    with ports.transaction() as books:
        row = _row(books, lease)
        if row.mailed_at is None:
            delivery.mailed(books, row, ports.clock())
        return books.finish(lease, ports.clock())


def _not_mailed(ports: Ports, lease: Lease, code: str) -> None:
    log.warning("delivery_not_mailed", delivery=lease.subject_id, code=code)
    with ports.transaction() as books:
        row, now = _row(books, lease), ports.clock()
        if lease.tries >= MAIL_TRIES:
            delivery.not_mailed(books, row, code, ports.delivery_tries, now)
            return books.give_up(lease, now, code)
        row.mail_error = code
        wait = timedelta(seconds=MAIL_AGAIN_S * 2 ** (lease.tries - 1))
        return books.postpone(lease, now + wait, code)


def _row(books: Books, lease: Lease) -> Delivery:
    row = books.delivery(lease.subject_id)
    if row is None:
        raise LookupError("a task about a delivery that is not there")
    return row
