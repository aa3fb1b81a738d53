"""Tasks about the caller's side: settle calls whose end nobody told us, delete carrier copies."""

from datetime import timedelta

import structlog

from hotline.carrier.port import CarrierError, LegState, NotThere, Refused
from hotline.dispatch import bridge, legs, store, words
from hotline.dispatch.books import Books, Ports
from hotline.dispatch.model import Attempt
from hotline.reports import intake
from hotline.reports.model import Call, Message
from hotline.reports.spoken_model import SpokenAnswer
from hotline.tasks.queue import Lease

log = structlog.get_logger()

# Deleting at the carrier is tried again after so many seconds, doubling, at most an hour apart.
DELETE_RETRY_S = 5.0
# How often a caller's stream is looked at.
WATCH_EVERY_S = 3.0
# A carrier that did not answer whether a call lives is asked again: words may be waiting in it.
ASK_AGAIN_S = 5.0
# A talk is asked about after store.TALK_ASK_S, then half as often each time, at least so often.
TALK_ASK_MOST_S = 600.0


def settle_call(ports: Ports, lease: Lease) -> None:
    """No webhook for a while: ask the carrier whether the call lives, and fetch lost recordings."""
    with ports.transaction() as books:
        call = books.get(Call, lease.subject_id)
        if call is None:
            return books.finish(lease, ports.clock())
        quiet_until = call.seen_at + timedelta(seconds=intake.SETTLE_AFTER_S)
        if quiet_until > ports.clock():
            return books.postpone(lease, quiet_until)
        carrier_call_id = call.carrier_call_id
    try:
        state = ports.carrier.call_state(carrier_call_id)
        recordings = ports.carrier.recordings(carrier_call_id)
    except NotThere:
        state, recordings = LegState.COMPLETED, []
    except CarrierError as error:
        return _ask_again(ports, lease, error)
    now = ports.clock()
    with ports.transaction() as books:
        call = books.get(Call, lease.subject_id)
        if call is None:
            return books.finish(lease, now)
        books.take_in(call, recordings, now)
        if not state.over:
            bridge.check(books, bridge.taker_of(books, call), now)
            return books.postpone(lease, now + timedelta(seconds=intake.SETTLE_AFTER_S))
        left = _who_waits(books, call)
        bridge.caller_left(books, call, now, ports.transcript_wait_s)
        books.finish(lease, now)
    if left is not None:
        _tell(ports, *left)
    return None


def _who_waits(books: Books, call: Call) -> tuple[str, str] | None:
    """The leg and token of a responder who is in the bridge, for a caller whose end nobody told."""
    taker = bridge.taker_of(books, call)
    if taker is None or taker.leg_ended_at is not None or taker.carrier_call_id is None:
        return None
    in_bridge = bridge.alone_with(books, taker) is not None
    return (taker.carrier_call_id, taker.token) if in_bridge else None


def _tell(ports: Ports, leg: str, token: str) -> None:
    """Let their leg ask what is next: it hears that the caller has left. Once, and not for certain:
    whoever goes on waiting in the bridge can hang up."""
    try:
        ports.carrier.redirect_call(leg, ports.url(f"/voice/responder/{token}/bridge?again=1"))
    except CarrierError as error:
        log.warning("not_told", leg=leg, code=error.code)


def _ask_again(ports: Ports, lease: Lease, error: CarrierError) -> None:
    with ports.transaction() as books:
        due = ports.clock() + timedelta(seconds=ASK_AGAIN_S)
        books.postpone(lease, due, error.code)


def _state_of(ports: Ports, leg: str | None) -> LegState:
    """What a leg does; unknown without an id, and where the carrier knows none.

    Raises CarrierError.
    """
    try:
        return LegState.UNKNOWN if leg is None else ports.carrier.call_state(leg)
    except NotThere:
        return LegState.UNKNOWN


def watch_ring(ports: Ports, lease: Lease) -> None:
    """Ask the carrier whether a phone still rings, or is being talked to before the press of 1: a
    lost word of its end would keep the next one from being rung until the attempt's timer."""
    with ports.transaction() as books:
        attempt = books.get(Attempt, lease.subject_id)
        if attempt is None or attempt.state not in words.LIVE:
            return books.finish(lease, ports.clock())
        leg = attempt.carrier_call_id
    try:
        state = _state_of(ports, leg)
    except CarrierError as error:
        return _ask_again(ports, lease, error)
    now = ports.clock()
    with ports.transaction() as books:
        if state.over:
            legs.leg_is(books, lease.subject_id, state, now)
            return books.finish(lease, now)
        # One the carrier does not know may be listed late; the attempt's timer ends it at last.
        books.postpone(lease, now + timedelta(seconds=store.RING_ASK_S))
    return None


def watch_talk(ports: Ports, lease: Lease) -> None:
    """Ask the carrier whether a responder who has pressed 1 still talks: a lost word of the end of
    their leg would keep them busy, and rung after everybody else, for hours."""
    with ports.transaction() as books:
        attempt = books.get(Attempt, lease.subject_id)
        talks = attempt is not None and store.may_talk(attempt, ports.clock())
        if attempt is None or not talks:
            return books.finish(lease, ports.clock())
        leg = attempt.carrier_call_id
    try:
        state = _state_of(ports, leg)
    except CarrierError as error:
        return _ask_again(ports, lease, error)
    now = ports.clock()
    with ports.transaction() as books:
        if state.over or state is LegState.UNKNOWN:
            legs.leg_is(books, lease.subject_id, state, now)
            books.finish(lease, now)
        else:
            delay_s = min(store.TALK_ASK_S * 2.0 ** min(lease.tries, 10), TALK_ASK_MOST_S)
            books.postpone(lease, now + timedelta(seconds=delay_s))
    return None


def watch_stream(ports: Ports, lease: Lease) -> None:
    """Nobody writes what a caller is saying: let them go on with a recording at the carrier."""
    now = ports.clock()
    with ports.transaction() as books:
        seen = books.watch_stream(lease.subject_id, now)
        if seen.open:
            return books.postpone(lease, now + timedelta(seconds=WATCH_EVERY_S))
    code = None
    if seen.carrier_call_id is not None:
        log.error("stream_dead", message=lease.subject_id)
        code = _redirected(ports, seen.carrier_call_id, lease.subject_id)
    with ports.transaction() as books:
        if code is None:
            return books.finish(lease, ports.clock())
        books.postpone(lease, ports.clock() + timedelta(seconds=1.0), code)
    return None


def _redirected(ports: Ports, carrier_call_id: str, message_id: str) -> str | None:
    """Let the caller's leg ask what comes after the stream; the carrier's error if it may not."""
    url = ports.url(f"/voice/step?message={message_id}&stream=over")
    try:
        ports.carrier.redirect_call(carrier_call_id, url)
    except (NotThere, Refused):  # the call is over
        return None
    except CarrierError as error:
        return error.code
    return None


def delete_recording(ports: Ports, lease: Lease) -> None:
    """Delete the carrier's copy; the time of its answer is the proof."""
    with ports.transaction() as books:
        said = books.get(Message, lease.subject_id) or books.get(SpokenAnswer, lease.subject_id)
        recording_id = said.carrier_recording_id if said is not None else None
    try:
        if recording_id is not None:
            ports.carrier.delete_recording(recording_id)
    except CarrierError as error:
        log.warning("recording_not_deleted", message=lease.subject_id, code=error.code)
        delay = min(DELETE_RETRY_S * 2.0 ** min(lease.tries, 10), 3600.0)
        with ports.transaction() as books:
            books.postpone(lease, ports.clock() + timedelta(seconds=delay), error.code)
        return
    now = ports.clock()
    with ports.transaction() as books:
        message = books.get(Message, lease.subject_id)
        if message is not None:
            message.carrier_deleted_at = now
            books.note(message.report_id, now, "carrier_copy_deleted", message=message.id)
        elif (answer := books.get(SpokenAnswer, lease.subject_id)) is not None:
            answer.carrier_deleted_at = now
        books.finish(lease, now)
