"""The dispatch machine: ring in order until somebody takes it. Pure: no I/O, no clock.

`advance(dispatch, event, now)` gives the next state and the effects that bring it about. Events may
come twice, late or out of order; what does not fit any more changes nothing. Every live attempt
carries `due_at`, so that a lost callback can only delay the next ring, never stop it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# Seconds an intended call may stay unplaced before the carrier is asked about it.
PLACE_LIMIT_S = 10.0
# The carrier rings up to 5 s longer than asked (docs/facts.md T2); as much again for a
# late callback.
RING_SLACK_S = 10.0
# Screening with the whole report read out (a 5 minute message is cut at 60 s of speech).
SCREENING_LIMIT_S = 120.0
# Between asking the carrier to end a call and going on without its answer.
CANCEL_LIMIT_S = 5.0


class DispatchState(StrEnum):
    """The words of docs/design.md §3."""

    WAITING = "waiting"
    RINGING = "ringing"
    TAKEN = "taken"
    EXHAUSTED = "exhausted"
    WITHDRAWN = "withdrawn"


class AttemptState(StrEnum):
    """The words of docs/design.md §3. The first four are live, the others final."""

    INTENDED = "intended"
    PLACED = "placed"
    RINGING = "ringing"
    SCREENING = "screening"
    TAKEN = "taken"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    BUSY = "busy"
    FAILED = "failed"
    MACHINE = "machine"
    CANCELLED = "cancelled"
    LOST = "lost"


LIVE = (
    AttemptState.INTENDED,
    AttemptState.PLACED,
    AttemptState.RINGING,
    AttemptState.SCREENING,
)


@dataclass(frozen=True)
class Step:
    """One step of the plan: whom to ring together, and for how many seconds."""

    targets: tuple[str, ...]
    ring_s: float


@dataclass(frozen=True)
class Attempt:
    """One ring. `overdue` counts how often its timer has fired in the present state."""

    id: str
    position: int
    state: AttemptState
    due_at: datetime | None
    overdue: int = 0

    @property
    def live(self) -> bool:
        """Whether a phone may still ring or talk for it."""
        return self.state in LIVE


@dataclass(frozen=True)
class Dispatch:
    """The whole state. `position` indexes `plan`; −1 before the first step."""

    plan: tuple[Step, ...]
    state: DispatchState = DispatchState.WAITING
    position: int = -1
    attempts: tuple[Attempt, ...] = ()
    taken_by: str | None = None

    def attempt(self, attempt_id: str) -> Attempt | None:
        """The attempt of that id, if it is one of this dispatch."""
        return next((a for a in self.attempts if a.id == attempt_id), None)

    @property
    def seeking(self) -> bool:
        """Whether the dispatch is still looking for somebody."""
        return self.state in (DispatchState.WAITING, DispatchState.RINGING)


# --- events ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Begin:
    """Start ringing, or go on if a crash left the dispatch with nobody ringing."""


@dataclass(frozen=True)
class Resolved:
    """Whom the step rings now: ids of the new attempts, none if the step resolves to nobody."""

    position: int
    attempt_ids: tuple[str, ...]


@dataclass(frozen=True)
class Placed:
    """The carrier has accepted the call."""

    attempt_id: str


@dataclass(frozen=True)
class Ringing:
    """The phone rings."""

    attempt_id: str


@dataclass(frozen=True)
class Answered:
    """Somebody or something picked up; this is not acceptance."""

    attempt_id: str


@dataclass(frozen=True)
class Accepted:
    """A person pressed 1, and the compare-and-set said yes."""

    attempt_id: str


@dataclass(frozen=True)
class Ended:
    """The leg is over (or the person passed); `outcome` is a final attempt state."""

    attempt_id: str
    outcome: AttemptState


@dataclass(frozen=True)
class Due:
    """The timer of an attempt has fired."""

    attempt_id: str


@dataclass(frozen=True)
class Withdraw:
    """The caller has left without a word; nobody is needed any more."""


@dataclass(frozen=True)
class Reopen:
    """Somebody is needed after all: whoever had it dropped out while the caller is still there, or
    words came in after the search was withdrawn. Go on with the next person."""


Event = Begin | Resolved | Placed | Ringing | Answered | Accepted | Ended | Due | Withdraw | Reopen

# --- effects --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Resolve:
    """Find out whom the step rings now, and answer with `Resolved`."""

    position: int


@dataclass(frozen=True)
class PlaceCall:
    """Ring the attempt's responder."""

    attempt_id: str


@dataclass(frozen=True)
class CancelCall:
    """End the attempt's call at the carrier, whatever it is doing."""

    attempt_id: str


@dataclass(frozen=True)
class LookUp:
    """Ask the carrier what became of the attempt's call."""

    attempt_id: str


@dataclass(frozen=True)
class ConnectCaller:
    """Tell the waiting caller's leg to come to the bridge now."""


@dataclass(frozen=True)
class RaiseAlarm:
    """Nobody took it: ring the alarm until a person acknowledges."""


Effect = Resolve | PlaceCall | CancelCall | LookUp | ConnectCaller | RaiseAlarm
Result = tuple[Dispatch, tuple[Effect, ...]]


def longest_s(plan: tuple[Step, ...]) -> float:
    """The most seconds from the beginning to taken or exhausted, however the carrier behaves.

    Each state of an attempt may run into its timer once and into the wait for the carrier's answer
    after it; states only go forward, so their limits add up.
    """
    states = PLACE_LIMIT_S + SCREENING_LIMIT_S + 2 * RING_SLACK_S + 4 * CANCEL_LIMIT_S
    return sum(states + 2 * step.ring_s for step in plan)


def advance(dispatch: Dispatch, event: Event, now: datetime) -> Result:
    """Apply one event. Unfitting events (late, doubled, unknown attempt) change nothing."""
    handler: Callable[[Dispatch, Event, datetime], Result] = _HANDLERS[type(event)]
    return handler(dispatch, event, now)


def _begin(d: Dispatch, event: Begin, now: datetime) -> Result:
    if not d.seeking or any(a.live for a in d.attempts):
        return d, ()
    if d.state is DispatchState.WAITING and d.position >= 0:  # the step was never resolved
        return d, (Resolve(d.position),)
    return _next_step(d)


def _next_step(d: Dispatch) -> Result:
    position = d.position + 1
    if position >= len(d.plan):
        return replace(d, state=DispatchState.EXHAUSTED, position=len(d.plan)), (RaiseAlarm(),)
    return replace(d, state=DispatchState.WAITING, position=position), (Resolve(position),)


def _resolved(d: Dispatch, event: Resolved, now: datetime) -> Result:
    if not d.seeking or event.position != d.position or any(a.live for a in d.attempts):
        return d, ()
    if not event.attempt_ids:
        return _next_step(d)
    due = now + timedelta(seconds=PLACE_LIMIT_S)
    new = tuple(Attempt(i, event.position, AttemptState.INTENDED, due) for i in event.attempt_ids)
    ringing = replace(d, state=DispatchState.RINGING, attempts=d.attempts + new)
    return ringing, tuple(PlaceCall(a.id) for a in new)


def _placed(d: Dispatch, event: Placed, now: datetime) -> Result:
    attempt = d.attempt(event.attempt_id)
    if attempt is None:
        return d, ()
    if not attempt.live:  # cancelled or given up while the carrier was still answering
        return d, (CancelCall(attempt.id),) if attempt.state is not AttemptState.TAKEN else ()
    if attempt.state is not AttemptState.INTENDED:
        return d, ()
    limit = d.plan[attempt.position].ring_s + RING_SLACK_S
    return _set(d, attempt, AttemptState.PLACED, now + timedelta(seconds=limit)), ()


def _ringing(d: Dispatch, event: Ringing, now: datetime) -> Result:
    attempt = d.attempt(event.attempt_id)
    if attempt is None or attempt.state not in (AttemptState.INTENDED, AttemptState.PLACED):
        return d, ()
    limit = d.plan[attempt.position].ring_s + RING_SLACK_S
    return _set(d, attempt, AttemptState.RINGING, now + timedelta(seconds=limit)), ()


def _answered(d: Dispatch, event: Answered, now: datetime) -> Result:
    attempt = d.attempt(event.attempt_id)
    if attempt is None or not attempt.live or attempt.state is AttemptState.SCREENING:
        return d, ()
    due = now + timedelta(seconds=SCREENING_LIMIT_S)
    return _set(d, attempt, AttemptState.SCREENING, due), ()


def _accepted(d: Dispatch, event: Accepted, now: datetime) -> Result:
    attempt = d.attempt(event.attempt_id)
    if attempt is None or d.taken_by is not None or d.state is DispatchState.WITHDRAWN:
        return d, ()
    if attempt.state is AttemptState.TAKEN:  # had it before the dispatch was reopened: a repeat
        return d, ()
    others = [a for a in d.attempts if a.live and a.id != attempt.id]
    taken = _set(d, attempt, AttemptState.TAKEN, None)
    for other in others:
        taken = _set(taken, other, AttemptState.CANCELLED, None)
    taken = replace(taken, state=DispatchState.TAKEN, taken_by=attempt.id)
    return taken, (*(CancelCall(o.id) for o in others), ConnectCaller())


def _ended(d: Dispatch, event: Ended, now: datetime) -> Result:
    attempt = d.attempt(event.attempt_id)
    if attempt is None or not attempt.live:
        return d, ()
    return _go_on(_set(d, attempt, event.outcome, None))


def _due(d: Dispatch, event: Due, now: datetime) -> Result:
    attempt = d.attempt(event.attempt_id)
    if attempt is None or not attempt.live or attempt.due_at is None or attempt.due_at > now:
        return d, ()
    if attempt.overdue:  # the carrier has had its time to answer
        gone, effects = _go_on(_set(d, attempt, AttemptState.LOST, None))
        return gone, (CancelCall(attempt.id), *effects)
    later = replace(attempt, due_at=now + timedelta(seconds=CANCEL_LIMIT_S), overdue=1)
    effect = LookUp if attempt.state is AttemptState.INTENDED else CancelCall
    return _put(d, later), (effect(attempt.id),)


def _withdraw(d: Dispatch, event: Withdraw, now: datetime) -> Result:
    if not d.seeking:
        return d, ()
    live = [a for a in d.attempts if a.live]
    for attempt in live:
        d = _set(d, attempt, AttemptState.CANCELLED, None)
    done = replace(d, state=DispatchState.WITHDRAWN)
    return done, tuple(CancelCall(a.id) for a in live)


def _reopen(d: Dispatch, event: Reopen, now: datetime) -> Result:
    if d.state not in (DispatchState.TAKEN, DispatchState.WITHDRAWN):
        return d, ()
    # After the last person the plan begins again.
    position = d.position if d.position + 1 < len(d.plan) else -1
    return _next_step(replace(d, state=DispatchState.WAITING, taken_by=None, position=position))


def _go_on(d: Dispatch) -> Result:
    if d.state is not DispatchState.RINGING or any(a.live for a in d.attempts):
        return d, ()
    return _next_step(d)


def _set(d: Dispatch, attempt: Attempt, state: AttemptState, due: datetime | None) -> Dispatch:
    return _put(d, replace(attempt, state=state, due_at=due, overdue=0))


def _put(d: Dispatch, attempt: Attempt) -> Dispatch:
    return replace(d, attempts=tuple(attempt if a.id == attempt.id else a for a in d.attempts))


_HANDLERS: dict[type, Callable[..., Result]] = {
    Begin: _begin,
    Resolved: _resolved,
    Placed: _placed,
    Ringing: _ringing,
    Answered: _answered,
    Accepted: _accepted,
    Ended: _ended,
    Due: _due,
    Withdraw: _withdraw,
    Reopen: _reopen,
}
