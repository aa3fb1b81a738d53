"""The dispatcher's part of a call back: rings both phones in turn, and looks how they go.

Each phone is rung once: what is about to be done is written down first, and a try of which nobody
knows what became of it is not repeated: the phone may be one that must not ring twice.
"""

from datetime import datetime, timedelta

import structlog

from hotline.carrier.port import Busy, CarrierError, NotThere, Refused
from hotline.dispatch import callback
from hotline.dispatch.books import Books, Ports
from hotline.reports.callback_model import CallbackCall
from hotline.reports.callback_words import CallbackEvent, CallbackOutcome, CallbackPlace
from hotline.tasks.queue import Lease

log = structlog.get_logger()

RING_S = 30.0
"""As long as a test ring (`hotline.dispatch.drill`)."""
PRESS_S = 60.0
"""To hear the sentence twice and press, the carrier's delays included."""
LIMIT_S = {
    CallbackPlace.ASKED: 60.0,
    CallbackPlace.OWN: RING_S + PRESS_S,
    CallbackPlace.ACCEPTED: 60.0,
    CallbackPlace.CALLING: RING_S + PRESS_S,
    CallbackPlace.TALKING: 4 * 3600.0,
}
"""Longest stay in a place; the talk is as long as a conference of ours may be."""
LOOK_S, TALK_LOOK_S = 2.0, 10.0
"""Between two questions to the carrier, whose callbacks may have been lost."""
AGAIN_S = 1.0
"""Until a carrier without capacity is asked again."""
FORGET_AFTER_S, FORGET_EVERY_S, FORGET_FOR_S = 60.0, 600.0, 7 * 24 * 3600.0
"""When the carrier is asked to delete its record of the caller's leg, how often again, how long."""
CUT = (CallbackOutcome.STOPPED, CallbackOutcome.UNANSWERED, CallbackOutcome.NOT_RUNG)
"""Endings after which nobody is to be heard on the caller's leg any more."""


def see_to(ports: Ports, lease: Lease) -> None:
    """Do what is next; the task is due again until all is over."""
    with ports.transaction() as books:
        call = books.callback_call(lease.subject_id)
        if call is None:
            return books.finish(lease, ports.clock())
        if is_late(call, ports.clock()):
            callback.tell(books, call, CallbackEvent.LATE, ports.callback, ports.clock())
        place = call.place
    match place:
        case CallbackPlace.ASKED:
            return _ring_own(ports, lease)
        case CallbackPlace.ACCEPTED:
            return _ring_caller(ports, lease)
        case CallbackPlace.OVER:
            return _clear(ports, lease)
    return _look(ports, lease)


def is_late(call: CallbackCall, now: datetime) -> bool:
    """Whether it has stood where it stands for too long. While the carrier has no line for a phone
    it goes back and forth, so the two places before a ring count from when it was asked for."""
    limit_s = LIMIT_S.get(call.place)
    if limit_s is None:
        return False
    since = call.moved_at
    if call.place is CallbackPlace.ASKED:
        since = call.asked_at
    elif call.place is CallbackPlace.ACCEPTED and call.rung_at is not None:
        since = call.rung_at
    return now - since >= timedelta(seconds=limit_s)


def _ring_own(ports: Ports, lease: Lease) -> None:
    now = ports.clock()
    with ports.transaction() as books:
        call = _call(books, lease)
        if not callback.tell(books, call, CallbackEvent.OWN_RUNG, ports.callback, now):
            books.postpone(lease, now)
            return
        number, url = books.number(call.responder_id), ports.url(f"/voice/callback/{call.token}")
        status_url = ports.url(f"/voice/callback/{call.token}/status")
    leg = _place(ports, lease, number, url, status_url)
    with ports.transaction() as books:
        call = _call(books, lease)
        call.own_leg = call.own_leg or leg
        books.postpone(lease, ports.clock() + timedelta(seconds=_wait_s(call)))


def _ring_caller(ports: Ports, lease: Lease) -> None:
    now = ports.clock()
    with ports.transaction() as books:
        call = _call(books, lease)
        number = None
        if call.place is CallbackPlace.ACCEPTED:
            number = books.number_to_call_back(call, ports.callback, now)
        if number is None:
            callback.tell(books, call, CallbackEvent.BARRED, ports.callback, now)
            books.postpone(lease, now)
            return
        callback.tell(books, call, CallbackEvent.CALLER_RUNG, ports.callback, now)
        url = ports.url(f"/voice/callback/caller/{call.caller_token}")
        status_url = ports.url(f"/voice/callback/caller/{call.caller_token}/status")
    leg = _place(ports, lease, number, url, status_url)
    with ports.transaction() as books:
        call = _call(books, lease)
        call.caller_leg = call.caller_leg or leg
        books.postpone(lease, ports.clock() + timedelta(seconds=_wait_s(call)))


def _place(ports: Ports, lease: Lease, number: str, url: str, status_url: str) -> str | None:
    """Ring a phone: the carrier's id of the call, None where there is none (yet)."""
    try:
        return ports.carrier.place_call(to=number, url=url, status_url=status_url, ring_s=RING_S)
    except CarrierError as error:  # where nobody knows, it may ring, and its webhooks will tell
        log.warning("callback_not_placed", call=lease.subject_id, code=error.code)
        event = None
        if isinstance(error, Refused):
            event = CallbackEvent.BARRED
        elif isinstance(error, Busy):
            event = CallbackEvent.DELAYED
        if event is not None:
            with ports.transaction() as books:
                callback.tell(books, _call(books, lease), event, ports.callback, ports.clock())
    return None


def _look(ports: Ports, lease: Lease) -> None:
    """Ask the carrier whether a leg is over: nobody may have told."""
    with ports.transaction() as books:
        call = _call(books, lease)
        legs = (
            (CallbackEvent.CALLER_OVER, call.caller_leg),
            (CallbackEvent.OWN_OVER, call.own_leg),
        )
    over = [event for event, leg in legs if leg is not None and _is_over(ports, leg)]
    with ports.transaction() as books:
        call = _call(books, lease)
        for event in over:
            callback.tell(books, call, event, ports.callback, ports.clock())
        books.postpone(lease, ports.clock() + timedelta(seconds=_wait_s(call)))


def _is_over(ports: Ports, leg: str) -> bool:
    try:
        return ports.carrier.call_state(leg).over
    except NotThere:
        return True
    except CarrierError:
        return False


def _wait_s(call: CallbackCall) -> float:
    match call.place:
        case CallbackPlace.OVER:
            return 0.0
        case CallbackPlace.ASKED | CallbackPlace.ACCEPTED:
            return AGAIN_S
        case CallbackPlace.TALKING:
            return TALK_LOOK_S
    return LOOK_S


def _clear(ports: Ports, lease: Lease) -> None:
    """Hang up what may still ring or listen; then have the carrier forget whom it has rung."""
    now = ports.clock()
    with ports.transaction() as books:
        call = _call(books, lease)
        caller_leg, ended_at = call.caller_leg, call.ended_at or now
        cut = [caller_leg] if call.outcome in CUT else []
        cut += [call.own_leg] if call.outcome is CallbackOutcome.NOT_TAKEN else []
    age_s, deletes = (now - ended_at).total_seconds(), ports.carrier.capabilities.delete_call
    deleted = False
    try:
        if age_s < FORGET_AFTER_S:
            for leg in cut:
                if leg is not None:
                    ports.carrier.end_call(leg)
            return _later(ports, lease, FORGET_AFTER_S)
        if caller_leg is not None and deletes:
            ports.carrier.delete_call(caller_leg)
            deleted = True
    except CarrierError as error:
        log.warning("callback_not_cleared", call=lease.subject_id, code=error.code)
        if age_s < FORGET_FOR_S:
            return _later(ports, lease, AGAIN_S if age_s < FORGET_AFTER_S else FORGET_EVERY_S)
    with ports.transaction() as books:
        _call(books, lease).carrier_deleted_at = ports.clock() if deleted else None
        books.finish(lease, ports.clock())
    return None


def _later(ports: Ports, lease: Lease, seconds: float) -> None:
    with ports.transaction() as books:
        books.postpone(lease, ports.clock() + timedelta(seconds=seconds))


def _call(books: Books, lease: Lease) -> CallbackCall:
    call = books.callback_call(lease.subject_id)
    if call is None:
        raise LookupError("a task about a call back that is not there")
    return call
