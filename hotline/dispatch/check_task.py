"""A test ring that somebody asked for in the console: placed and watched by the dispatcher.

It confirms a number only by the press of 1 (`hotline.dispatch.drill`), and is placed once: a try of
which nobody knows what became of it is not repeated.
"""

from datetime import timedelta

import structlog

from hotline.carrier.port import Busy, CarrierError, LegState, NotThere, Refused
from hotline.dispatch.books import Books, Ports
from hotline.dispatch.drill import ASK_EVERY_S, OUTCOME, PRESS_S, RING_S
from hotline.oncall.model import CheckCall, Responder
from hotline.tasks.queue import Lease

log = structlog.get_logger()

AGAIN, RINGS = "again", "rings"
"""What stands in the task meanwhile: the carrier had no capacity; the phone rings."""
REFUSED, TOO_LATE = "refused", "too_late"
"""How it ended, besides the states of a leg."""
# Asked for so long ago that nobody expects the phone to ring any more.
STALE_S = 60.0


def see_to(ports: Ports, lease: Lease) -> None:
    """Place the test ring, or look how it goes; the task is due again until it is over."""
    with ports.transaction() as books:
        row = books.get(CheckCall, lease.subject_id)
        if row is None or row.confirmed_at is not None:
            return books.finish(lease, ports.clock())
        call_id, token, asked_at = row.carrier_call_id, row.token, row.placed_at
        ended = row.ended_at is not None
        number = books.number(row.responder_id, row.change_id)
        wanted = lease.tries == 1 or books.task(lease.task_id).error == AGAIN
    age_s = (ports.clock() - asked_at).total_seconds()
    if call_id is not None or ended or not wanted:
        return _look(ports, lease, call_id, over=ended or age_s >= RING_S + PRESS_S)
    if age_s >= STALE_S:
        return _end(ports, lease, TOO_LATE, tried=False)
    return _place(ports, lease, number, token)


def _place(ports: Ports, lease: Lease, number: str, token: str) -> None:
    url = ports.url(f"/voice/check/{token}")
    try:
        call_id = ports.carrier.place_call(
            to=number, url=url, status_url=f"{url}/status", ring_s=RING_S
        )
    except Busy:
        return _later(ports, lease, 1.0, AGAIN)
    except Refused as error:
        log.warning("check_refused", call=lease.subject_id, code=error.code)
        return _end(ports, lease, REFUSED)
    except CarrierError as error:  # it may ring all the same; its webhooks will tell
        log.warning("check_unsure", call=lease.subject_id, code=error.code)
        return _later(ports, lease, ASK_EVERY_S, RINGS)
    with ports.transaction() as books:
        row = books.get(CheckCall, lease.subject_id)
        if row is not None:
            row.carrier_call_id = row.carrier_call_id or call_id
    return _later(ports, lease, ASK_EVERY_S, RINGS)


def _look(ports: Ports, lease: Lease, call_id: str | None, *, over: bool) -> None:
    """Ask the carrier: its callback may have been lost, and it knows how the call ended."""
    state = _state(ports, call_id)
    if state.over:
        return _end(ports, lease, state.value)
    if over:
        return _end(ports, lease, TOO_LATE)
    return _later(ports, lease, ASK_EVERY_S, RINGS)


def _state(ports: Ports, call_id: str | None) -> LegState:
    if call_id is None:
        return LegState.UNKNOWN
    try:
        return ports.carrier.call_state(call_id)
    except NotThere:
        return LegState.FAILED
    except CarrierError:
        return LegState.UNKNOWN


def _later(ports: Ports, lease: Lease, seconds: float, code: str) -> None:
    with ports.transaction() as books:
        books.postpone(lease, ports.clock() + timedelta(seconds=seconds), code)


def _end(ports: Ports, lease: Lease, code: str, *, tried: bool = True) -> None:
    """It is over. Without a press of 1 a number that was rung is not confirmed any more."""
    with ports.transaction() as books:
        row = books.get(CheckCall, lease.subject_id)
        if row is None or row.confirmed_at is not None:
            return books.finish(lease, ports.clock())
        if row.ended_at is None:
            row.ended_at = ports.clock()
            if tried and row.change_id is None and row.purpose != OUTCOME:
                _unconfirm(books, row)
        return books.give_up(lease, ports.clock(), code)


def _unconfirm(books: Books, row: CheckCall) -> None:
    responder = books.get(Responder, row.responder_id)
    if responder is not None:
        responder.confirmed_at = None
