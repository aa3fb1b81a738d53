"""What the engine does at the carrier for each task of dispatch, one function per kind.

Each has the shape `(ports, lease) -> None`: it reads in one transaction, talks to the carrier
outside of any, and writes what came of it together with the end of its task. Functions may be
repeated after a crash at any line; a call is looked up before it is placed a second time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from hotline import crash
from hotline.carrier.port import Busy, CarrierError, LegState, NotThere, Refused, Uncertain
from hotline.dispatch import bridge, desk, legs, moves, push, waves, words
from hotline.dispatch.books import Books, Ports
from hotline.dispatch.model import Attempt
from hotline.dispatch.words import AttemptState
from hotline.reports.model import Call, Report, ReportState
from hotline.tasks.model import Task, TaskKind
from hotline.tasks.queue import Lease

log = structlog.get_logger()

# Lists at the carrier lag behind: after a try of which nobody knows what became of it, so many
# looks must have found nothing before one more look, and then the phone is rung a second time.
LOOKS = 2
_LOOKED = "looked_"
# Stands in a task from before a repeated try until its outcome is written down.
_PLACING = f"{Uncertain.__name__}:placing"


def start_dispatch(ports: Ports, lease: Lease) -> None:
    """Begin to look for somebody who takes the report, at once or with others about the same."""
    with ports.transaction() as books:
        report = books.get(Report, lease.subject_id)
        if report is not None and report.state is not ReportState.SYNTHETIC:
            later = waves.waits_until(books, report, ports.clock())
            if later is not None:
                return books.postpone(lease, later)
            desk.start(books, report, ports.clock())
        return books.finish(lease, ports.clock())


def place_call(ports: Ports, lease: Lease) -> None:
    """Ring the attempt's phone, unless a try before this one already does."""
    with ports.transaction() as books:
        attempt = _attempt(books, lease)
        if attempt.carrier_call_id is not None or attempt.state not in words.LIVE:
            return books.finish(lease, ports.clock())
        search = _search(ports, books, attempt)
        clear = _nothing_rings(books, lease)
        if clear and lease.tries > 1:  # the carrier's no is used up by the try that begins here
            books.mark(lease, _PLACING)
        looks = LOOKS if clear else _looked(books.task(lease.task_id).error or "")
        token, ring_s, state = attempt.token, attempt.ring_s, attempt.state
    if not clear:
        try:
            call_id = search.ours()
        except CarrierError as error:
            return _later(ports, lease, 1.0, Uncertain(error.code))
        if call_id is not None:
            return _placed(ports, lease, call_id, sure=False)
    if state is not AttemptState.INTENDED or looks < LOOKS:
        return _later(ports, lease, 1.0, Uncertain(f"{_LOOKED}{looks + 1}"))
    crash.point("call.intended")
    try:
        call_id = ports.carrier.place_call(
            to=search.number,
            url=ports.url(f"/voice/responder/{token}"),
            status_url=ports.url(f"/voice/responder/{token}/status"),
            ring_s=ring_s,
        )
    except Refused as error:
        return _not_placed(ports, lease, error)
    except CarrierError as error:
        return _later(ports, lease, 1.0 if isinstance(error, Busy) else 0.5, error)
    crash.point("call.placed")
    return _placed(ports, lease, call_id, sure=True)


@dataclass(frozen=True)
class _Search:
    """Looks at the carrier for a call of an attempt that we have no id of. rivals: how many other
    attempts look for a call to the same phone, or may soon."""

    ports: Ports
    number: str
    since: datetime
    known: list[str]
    rivals: int

    def any(self) -> str | None:
        """The carrier's id of a call that may be ours, None when it knows of none. Raises
        CarrierError."""
        return self._find(self.known)

    def ours(self) -> str | None:
        """The same, but not before there is one for every rival too: until then somebody's phone
        rings, whoever it is rung for, and a webhook will tell. Raises CarrierError."""
        first = found = self.any()
        seen = list(self.known)
        for _ in range(self.rivals):
            if found is not None:
                seen.append(found)
                found = self._find(seen)
        if first is not None and found is None:
            raise Uncertain("not_only_ours")
        return first

    def _find(self, known: list[str]) -> str | None:
        return self.ports.carrier.find_call(to=self.number, since=self.since, known=known)


def _search(ports: Ports, books: Books, attempt: Attempt) -> _Search:
    """Calls of ours of the last hour are known: a call found at the carrier is none of them."""
    known = books.known_calls(attempt.intended_at - timedelta(hours=1))
    number = attempt.browser or books.number(attempt.responder_id)
    return _Search(ports, number, attempt.intended_at, known, _rivals(books, attempt))


def _rivals(books: Books, attempt: Attempt) -> int:
    """How many other attempts may ring the same phone by a try whose outcome nobody knows."""
    tasks = [t for t in books.begun(TaskKind.PLACE_CALL) if t.subject_id != attempt.id]
    tried = [books.get(Attempt, t.subject_id) for t in tasks if not _was_refused(t)]
    return sum(
        other is not None
        and other.responder_id == attempt.responder_id
        and other.browser == attempt.browser
        and other.carrier_call_id is None
        and other.state in words.LIVE
        for other in tried
    )


def _attempt(books: Books, lease: Lease) -> Attempt:
    attempt = books.get(Attempt, lease.subject_id)
    if attempt is None:
        raise LookupError("a task about an attempt that is not there")
    return attempt


def _nothing_rings(books: Books, lease: Lease) -> bool:
    """Whether no try can have rung the phone: this is the first, or the carrier refused the last.

    Then the carrier is not asked either: a call that another attempt has placed to the same phone
    would be taken for ours, and that attempt would find none and ring a second time.
    """
    return lease.tries == 1 or _was_refused(books.task(lease.task_id))


def _was_refused(task: Task) -> bool:
    """Whether the carrier had no room for what the task wanted, so that nothing came of it."""
    return (task.error or "").startswith(Busy.__name__)


def _looked(error: str) -> int:
    """The number of vain looks that stands in a task's error."""
    _, looked, count = error.partition(_LOOKED)
    return int(count) if looked else 0


def _placed(ports: Ports, lease: Lease, call_id: str, *, sure: bool) -> None:
    with ports.transaction() as books:
        attempt = _attempt(books, lease)
        legs.recognize(books, attempt, call_id, sure=sure)
        moves.tell(books, attempt.id, words.Placed(attempt.id), ports.clock())
        if attempt.follows is None:  # who was rung in the browser has been told
            push.wanted(books, attempt.responder_id, attempt.id, ports.clock())
        books.finish(lease, ports.clock())


def _not_placed(ports: Ports, lease: Lease, error: CarrierError) -> None:
    log.warning("call_refused", attempt=lease.subject_id, code=error.code)
    with ports.transaction() as books:
        ended = words.Ended(lease.subject_id, AttemptState.FAILED)
        moves.tell(books, lease.subject_id, ended, ports.clock())
        books.give_up(lease, ports.clock(), error.code)


def cancel_call(ports: Ports, lease: Lease) -> None:
    """End the attempt's call, whatever it is doing; then say what became of the attempt."""
    with ports.transaction() as books:
        attempt = _attempt(books, lease)
        call_id = attempt.carrier_call_id
        if attempt.state in words.TOOK_IT:  # pressed 1 after this was decided: theirs
            return books.finish(lease, ports.clock())
        search = _search(ports, books, attempt)
        placing = books.is_pending(TaskKind.PLACE_CALL, attempt.id)
        looks = _looked(books.task(lease.task_id).error or "")
    try:
        call_id = call_id or search.ours()
        if call_id is not None:
            state = _end(ports, call_id)
        elif placing:  # it may be ringing in a moment
            return _later(ports, lease, 1.0, Uncertain("being_placed"))
        elif looks < LOOKS:  # it may ring without being listed yet
            return _later(ports, lease, 1.0, Uncertain(f"{_LOOKED}{looks + 1}"))
        else:
            state = LegState.CANCELLED
    except CarrierError as error:
        return _later(ports, lease, min(2.0**lease.tries, 30.0), error)
    return _ended(ports, lease, state, call_id)


def _end(ports: Ports, call_id: str) -> LegState:
    """End a call and say how it ended. Raises CarrierError."""
    try:
        state = ports.carrier.call_state(call_id)
        if state.over:
            return state
        ports.carrier.end_call(call_id)
    except NotThere:
        return LegState.UNKNOWN
    return LegState.UNANSWERED


def look_up(ports: Ports, lease: Lease) -> None:
    """Ask the carrier what nobody has told us: whether the call of an intended attempt was placed,
    or whether the responder who took the report is still there for the caller."""
    with ports.transaction() as books:
        attempt = _attempt(books, lease)
        state, call_id = attempt.state, attempt.carrier_call_id
        search = _search(ports, books, attempt)
    if state is AttemptState.TAKEN:
        return _look_into_bridge(ports, lease)
    if call_id is None and state is AttemptState.INTENDED:
        try:
            call_id = search.ours()
        except CarrierError as error:
            return _later(ports, lease, 2.0, error)
        if call_id is not None:
            return _placed(ports, lease, call_id, sure=False)
    with ports.transaction() as books:
        books.finish(lease, ports.clock())
    return None


def _look_into_bridge(ports: Ports, lease: Lease) -> None:
    """A caller who is in the bridge alone is fetched back, and the search goes on."""
    with ports.transaction() as books:
        attempt = _attempt(books, lease)
        call = bridge.alone_with(books, attempt)
        if call is None:
            return books.finish(lease, ports.clock())
        leg, caller_leg = attempt.carrier_call_id, call.carrier_call_id
    try:
        alone = _is_over(ports, leg) and not _is_over(ports, caller_leg)
    except CarrierError as error:
        return _later(ports, lease, 2.0, error)
    now = ports.clock()
    with ports.transaction() as books:
        attempt = _attempt(books, lease)
        call = bridge.alone_with(books, attempt)
        if alone and call is not None:
            attempt.leg_ended_at = attempt.leg_ended_at or now
            if not bridge.ended(books, call, now):
                books.add_task(TaskKind.CONNECT_CALLER, call.id, now, again=lease.task_id)
        books.finish(lease, now)
    return None


def _is_over(ports: Ports, call_id: str | None) -> bool:
    """Whether a leg has ended; one that we or the carrier have never heard of has."""
    try:
        return call_id is None or ports.carrier.call_state(call_id).over
    except NotThere:
        return True


def connect_caller(ports: Ports, lease: Lease) -> None:
    """Bring the parked caller to the bridge now instead of at the next poll."""
    with ports.transaction() as books:
        call = books.get(Call, lease.subject_id)
        parked = call is not None and call.parked_at is not None and call.ended_at is None
        # Words under way are not cut off; the end of the recording leads to the park.
        waits = call is not None and parked and not books.is_speaking(call)
        carrier_call_id = call.carrier_call_id if call is not None else ""
    if waits:
        try:
            ports.carrier.redirect_call(carrier_call_id, ports.url("/voice/park"))
        except (NotThere, Refused) as error:  # the call is over
            log.warning("nudge_failed", call=lease.subject_id, code=error.code)
        except CarrierError as error:  # who is alone in a bridge does not ask: go on
            return _later(ports, lease, 1.0, error)
    with ports.transaction() as books:
        books.finish(lease, ports.clock())
    return None


def _ended(ports: Ports, lease: Lease, state: LegState, call_id: str | None) -> None:
    with ports.transaction() as books:
        attempt = _attempt(books, lease)
        if call_id is not None:
            legs.recognize(books, attempt, call_id, sure=False)
        legs.leg_is(books, attempt.id, state, ports.clock())
        books.finish(lease, ports.clock())


def _later(ports: Ports, lease: Lease, delay_s: float, error: CarrierError) -> None:
    log.warning("carrier_later", task=lease.kind, subject=lease.subject_id, code=error.code)
    with ports.transaction() as books:
        due = ports.clock() + timedelta(seconds=delay_s)
        if isinstance(error, Busy) and lease.kind is TaskKind.PLACE_CALL:
            moves.tell(books, lease.subject_id, words.Delayed(lease.subject_id), ports.clock())
        books.postpone(lease, due, f"{type(error).__name__}:{error.code}")
