"""The dispatch machine: ring in order until somebody takes it. Pure: no I/O, no clock.

`advance(dispatch, event, now)` gives the next state and the effects that bring it about. Carriers
tell things twice, late and out of order, so for every event it is written here in which states it
means something and in which it is *stale* (nothing changes). A move that is neither cannot happen
by any behaviour of carriers or people; it raises `IllegalMove` and is never passed over.

Every live attempt carries `due_at`, so that a lost callback can only delay the next ring, never
stop it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hotline.dispatch.effect_words import (
    CancelCall,
    ConnectCaller,
    LookUp,
    PlaceCall,
    RaiseAlarm,
    Resolve,
    ResolveInvited,
)
from hotline.dispatch.limits import (
    PLACE_LIMIT_S,
    SCREENING_LIMIT_S,
)
from hotline.dispatch.machine_browser import (
    cancelled_by,
    first,
    phone_follows,
    phone_next,
    rings_until,
)
from hotline.dispatch.machine_parts import IllegalMove as IllegalMove
from hotline.dispatch.machine_parts import Result as Result
from hotline.dispatch.machine_parts import enter as _set
from hotline.dispatch.machine_parts import known as _known
from hotline.dispatch.machine_parts import put as _put
from hotline.dispatch.machine_parts import put_down as _put_down
from hotline.dispatch.machine_parts import stale as _stale
from hotline.dispatch.words import (
    ENDINGS,
    TOOK_IT,
    Accepted,
    Answered,
    Attempt,
    AttemptState,
    Begin,
    CallerBack,
    CallerLeft,
    Delayed,
    Dispatch,
    DispatchState,
    Dropped,
    Due,
    Ended,
    Event,
    Invite,
    Invited,
    OverlapDue,
    PhoneFollows,
    Placed,
    Resolved,
    Ringing,
    Role,
    SaidMore,
    TakenAtDesk,
    TakeOver,
    Withdraw,
)


def advance(dispatch: Dispatch, event: Event, now: datetime) -> Result:
    """Apply one event. A stale one changes nothing. Raises IllegalMove."""
    handler: Callable[[Dispatch, Event, datetime], Result] = _HANDLERS[type(event)]
    return handler(dispatch, event, now)


# --- the search -----------------------------------------------------------------------------


def _begin(d: Dispatch, event: Begin, now: datetime) -> Result:
    if not d.seeking or d.live:
        return _stale(d)
    if d.state is DispatchState.WAITING and d.position >= 0:  # the step was never resolved
        return d, (Resolve(d.position, d.turn),)
    return _next_step(d)


def _next_step(d: Dispatch) -> Result:
    """The next position. With phones that still ring (an overlap) the end of the plan waits."""
    position = d.position + 1
    if position < len(d.plan):
        state = DispatchState.RINGING if d.live else DispatchState.WAITING
        begun = replace(d, state=state, position=position, turn=d.turn + 1, due_at=None)
        return begun, (Resolve(position, begun.turn),)
    if d.live:  # whoever is still to come is nobody: what rings now is the last
        return replace(d, position=len(d.plan), due_at=None), ()
    done = replace(d, state=DispatchState.EXHAUSTED, position=len(d.plan), due_at=None)
    return done, (RaiseAlarm(),)


def _resolved(d: Dispatch, event: Resolved, now: datetime) -> Result:
    if not d.seeking or event.position != d.position or d.position >= len(d.plan):
        raise IllegalMove(f"resolved {event.position} in {d.state} at {d.position}")
    if not event.attempt_ids:
        return _next_step(d)
    step = d.plan[d.position]
    started, calls = _ring(d, event, Role.SEEK, step.ring_s, now)
    overlap = None if step.overlap_s is None else now + timedelta(seconds=step.overlap_s)
    return replace(started, state=DispatchState.RINGING, due_at=overlap), calls


def _ring(
    d: Dispatch, event: Resolved | Invited, role: Role, ring_s: float, now: datetime
) -> tuple[Dispatch, tuple[PlaceCall, ...]]:
    due = now + timedelta(seconds=PLACE_LIMIT_S)
    at = min(d.position, len(d.plan) - 1)  # asked to join after the last step: as the row says
    ring = Attempt("", at, AttemptState.INTENDED, due, 0, role, ring_s, d.turn)
    new = (replace(ring, id=i) for i in event.attempt_ids)
    begun = tuple(first(a, now) if a.id in event.browsers else a for a in new)
    return replace(d, attempts=d.attempts + begun), tuple(PlaceCall(a.id) for a in begun)


def _overlap_due(d: Dispatch, event: OverlapDue, now: datetime) -> Result:
    if d.due_at is None or d.due_at > now or d.state is not DispatchState.RINGING:
        return _stale(d)
    return _further(d)


def _further(d: Dispatch) -> Result:
    """The next person of this step, or the next step."""
    if 0 <= d.position < len(d.plan) and d.plan[d.position].in_order:
        state = DispatchState.RINGING if d.live else DispatchState.WAITING
        return replace(d, state=state, due_at=None), (Resolve(d.position, d.turn),)
    return _next_step(d)


def _take_over(d: Dispatch, event: TakeOver, now: datetime) -> Result:
    """Phones that ring, ring on; the rest of the old plan gives way to the new one at once."""
    if not d.seeking:
        raise IllegalMove(f"another policy cannot take over a dispatch that is {d.state}")
    begun = d.plan[: d.position + 1]
    return _next_step(replace(d, plan=begun + event.plan, position=len(begun) - 1))


# --- one ring -------------------------------------------------------------------------------


def _placed(d: Dispatch, event: Placed, now: datetime) -> Result:
    attempt = _known(d, event.attempt_id)
    if not attempt.live:  # cancelled or given up while the carrier was still answering
        picked_up = attempt.state in TOOK_IT
        return d, () if picked_up else (CancelCall(attempt.id),)
    if attempt.state is not AttemptState.INTENDED:
        return _stale(d)
    return _set(d, attempt, AttemptState.PLACED, rings_until(attempt, now)), ()


def _delayed(d: Dispatch, event: Delayed, now: datetime) -> Result:
    """Asked for again within PLACE_LIMIT_S; after that the next person is rung."""
    _known(d, event.attempt_id)
    return _stale(d)


def _ringing(d: Dispatch, event: Ringing, now: datetime) -> Result:
    attempt = _known(d, event.attempt_id)
    if attempt.state is AttemptState.PLACED:  # its time runs since it was placed
        return _put(d, replace(attempt, state=AttemptState.RINGING)), ()
    if attempt.state is not AttemptState.INTENDED:
        return _stale(d)
    return _set(d, attempt, AttemptState.RINGING, rings_until(attempt, now)), ()


def _answered(d: Dispatch, event: Answered, now: datetime) -> Result:
    attempt = _known(d, event.attempt_id)
    if not attempt.live or attempt.state is AttemptState.SCREENING:
        return _stale(d)
    due = now + timedelta(seconds=SCREENING_LIMIT_S)
    return _set(d, attempt, AttemptState.SCREENING, due), ()


def _ended(d: Dispatch, event: Ended, now: datetime) -> Result:
    attempt = _known(d, event.attempt_id)
    if event.outcome not in ENDINGS:
        raise IllegalMove(f"a ring cannot end as {event.outcome}")
    if attempt.state is AttemptState.JOINED:  # and gone: the caller is theirs no more
        return _set(d, attempt, AttemptState.LEFT, None), ()
    if not attempt.live:
        return _stale(d)
    return _after(_set(d, attempt, event.outcome, None), attempt, now)


def _due(d: Dispatch, event: Due, now: datetime) -> Result:
    attempt = _known(d, event.attempt_id)
    if not attempt.live or attempt.due_at is None or attempt.due_at > now:
        return _stale(d)
    if attempt.overdue:  # the carrier has had its time to answer
        gone, effects = _after(_set(d, attempt, AttemptState.LOST, None), attempt, now)
        return gone, (CancelCall(attempt.id), *effects)
    later = replace(attempt, due_at=cancelled_by(attempt, now), overdue=1)
    effect = LookUp if attempt.state is AttemptState.INTENDED else CancelCall
    return _put(d, later), (effect(attempt.id),)


def _after(d: Dispatch, attempt: Attempt, now: datetime) -> Result:
    """What follows when that ring has ended and nobody has pressed 1."""
    same_person = phone_next(attempt, _known(d, attempt.id).state, now)
    if same_person:
        return d, same_person
    if attempt.role is Role.TELL and d.state is DispatchState.TAKEN:
        return _anew(d)
    return _go_on(d)


def _go_on(d: Dispatch) -> Result:
    """After a ring has ended: with the next person, once no phone rings any more."""
    if d.state is not DispatchState.RINGING or d.live:
        return d, ()
    return _further(d)


# --- taken ----------------------------------------------------------------------------------


def _accepted(d: Dispatch, event: Accepted, now: datetime) -> Result:
    attempt = _known(d, event.attempt_id)
    if attempt.state in TOOK_IT:
        return _stale(d)  # the key was pressed twice
    told = attempt.role is Role.TELL and attempt.live
    if d.state is DispatchState.WITHDRAWN or (_at_desk(d) and not told):
        return _stale(d)
    if d.taken_by is None:
        taken, cancelled = _cancel(_set(_heard(d), attempt, AttemptState.TAKEN, None))
        taken = replace(taken, state=DispatchState.TAKEN, taken_by=attempt.id, due_at=None)
        return taken, (*cancelled, ConnectCaller())
    if attempt.role is Role.SEEK or not attempt.live:
        return _stale(d)
    if attempt.role is Role.ADD:
        return _cancel(_set(d, attempt, AttemptState.JOINED, None))
    left = _set(d, _known(d, d.taken_by), AttemptState.LEFT, None)
    left = _heard(left) if told else left
    return _cancel(replace(_set(left, attempt, AttemptState.TAKEN, None), taken_by=attempt.id))


def _at_desk(d: Dispatch) -> bool:
    return d.state is DispatchState.TAKEN and d.taken_by is None


def _taken_at_desk(d: Dispatch, event: TakenAtDesk, now: datetime) -> Result:
    """Whoever takes it by phone first keeps it; otherwise every phone stops. Where it is taken and
    the caller has said more, somebody reads that: nobody need be told of it by phone any more."""
    if d.state is DispatchState.TAKEN and not d.said_more:
        return _stale(d)
    done, cancelled = _cancel(_heard(d))
    return replace(done, state=DispatchState.TAKEN, due_at=None), cancelled


def _cancel(d: Dispatch) -> Result:
    """Every phone that still rings, stops."""
    live = d.live
    for attempt in live:
        d = _set(d, attempt, AttemptState.CANCELLED, None)
    return d, tuple(CancelCall(a.id) for a in live)


def _dropped(d: Dispatch, event: Dropped, now: datetime) -> Result:
    attempt = _known(d, event.attempt_id)
    if d.state is not DispatchState.TAKEN or d.taken_by != attempt.id:
        return _stale(d)
    d = _set(d, attempt, AttemptState.LEFT, None)
    joined = next((a for a in d.attempts if a.state is AttemptState.JOINED), None)
    if joined is not None:  # somebody else is with the caller: it is theirs now
        return replace(_set(d, joined, AttemptState.TAKEN, None), taken_by=joined.id), ()
    return _reopen(d)


def _reopen(d: Dispatch) -> Result:
    """Look for the next person; after the last step the plan begins again. Who is being rung to
    join or to take over, is rung for the whole now."""
    last = d.position + 1 >= len(d.plan)
    for attempt in d.live:
        d = _put(d, replace(attempt, role=Role.SEEK))
    d = replace(d, taken_by=None, position=-1 if last else d.position, due_at=None)
    if d.live:
        return replace(d, state=DispatchState.RINGING), ()
    return _further(replace(d, state=DispatchState.WAITING))


def _invite(d: Dispatch, event: Invite, now: datetime) -> Result:
    if d.state is not DispatchState.TAKEN or _at_desk(d) or event.role not in _INVITED:
        raise IllegalMove(f"nobody can be invited ({event.role}) while it is {d.state}")
    return (d, ()) if d.live else (d, (ResolveInvited(event.role),))


def _invited(d: Dispatch, event: Invited, now: datetime) -> Result:
    told = event.role is Role.TELL and d.said_more
    allowed = told or (event.role in _INVITED and not _at_desk(d))
    if d.state is not DispatchState.TAKEN or d.live or not allowed:
        raise IllegalMove(f"invited ({event.role}) while it is {d.state}")
    if told and not event.attempt_ids:
        return _anew(d)
    return _ring(d, event, event.role, event.ring_s, now)


_INVITED = (Role.ADD, Role.RELIEVE)


# --- what the caller says later -------------------------------------------------------------


def _said_more(d: Dispatch, event: SaidMore, now: datetime) -> Result:
    """Whoever has it is told first, or at once the policy is gone through from its first step. Who
    takes it while somebody is sought, hears these words too."""
    if d.seeking:
        return replace(d, said_more=True), ()
    begun = d.plan[: d.position + 1]
    d = replace(d, plan=begun + event.plan, position=len(begun) - 1, said_more=True)
    if any(a.role is Role.TELL for a in d.live):
        return d, ()
    if d.live and event.tell:
        raise IllegalMove("whoever has it is told while somebody else is invited")
    if d.live:  # who is invited is rung for the whole now, and the policy comes after them
        return _reopen(_put_down(d))
    if d.state is DispatchState.TAKEN and event.tell:
        return d, (ResolveInvited(Role.TELL),)
    return _anew(d)


def _anew(d: Dispatch) -> Result:
    """Whoever has it could not be told: somebody else is sought, from the next step on."""
    return _next_step(replace(_put_down(d), state=DispatchState.WAITING, due_at=None))


def _heard(d: Dispatch) -> Dispatch:
    """Somebody takes it now, and with it what the caller has said so far."""
    return replace(d, said_more=False)


# --- the caller's side ----------------------------------------------------------------------


def _caller_left(d: Dispatch, event: CallerLeft, now: datetime) -> Result:
    if d.state is DispatchState.TAKEN and not d.said_more:  # its bridge is over
        return _cancel(d)
    if event.said_something or d.said_more or not d.seeking:
        return _stale(d)
    return _end_search(d)


def _withdraw(d: Dispatch, event: Withdraw, now: datetime) -> Result:
    if d.state is DispatchState.WITHDRAWN:
        return _stale(d)
    if not d.seeking:
        raise IllegalMove(f"a dispatch that is {d.state} cannot be withdrawn")
    return _end_search(d)


def _end_search(d: Dispatch) -> Result:
    done, cancelled = _cancel(_heard(d))
    return replace(done, state=DispatchState.WITHDRAWN, due_at=None), cancelled


def _caller_back(d: Dispatch, event: CallerBack, now: datetime) -> Result:
    if d.state is DispatchState.WITHDRAWN:
        return _reopen(d)
    if d.state is DispatchState.TAKEN and event.anew:
        return _reopen(_put_down(d))
    if _at_desk(d):  # words for whoever has it: they read them
        return _stale(d)
    if d.state is DispatchState.TAKEN:  # somebody has it: bring the caller to them
        return d, (ConnectCaller(),)
    return _begin(d, Begin(), now)


_HANDLERS: dict[type, Callable[..., Result]] = {
    Begin: _begin,
    Resolved: _resolved,
    PhoneFollows: phone_follows,
    Placed: _placed,
    Delayed: _delayed,
    Ringing: _ringing,
    Answered: _answered,
    Accepted: _accepted,
    Ended: _ended,
    Due: _due,
    OverlapDue: _overlap_due,
    TakeOver: _take_over,
    CallerLeft: _caller_left,
    CallerBack: _caller_back,
    Dropped: _dropped,
    TakenAtDesk: _taken_at_desk,
    Withdraw: _withdraw,
    Invite: _invite,
    Invited: _invited,
    SaidMore: _said_more,
}
