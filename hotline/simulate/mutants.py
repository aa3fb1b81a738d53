"""Deliberately broken dispatchers: each must be caught, which shows that the checks can fail."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from hotline.carrier.port import CarrierError
from hotline.dispatch import (
    bridge,
    effect_words,
    effects,
    engine,
    machine,
    machine_parts,
    said_more,
    store,
    words,
)
from hotline.dispatch.books import Books, Ports
from hotline.dispatch.candidates import candidates
from hotline.dispatch.model import Attempt
from hotline.dispatch.words import AttemptState, DispatchState, Role
from hotline.oncall.model import Responder
from hotline.simulate import chance, mutants_waves
from hotline.simulate.books import MemoryBooks
from hotline.simulate.play import play
from hotline.simulate.world import Violation
from hotline.tasks.model import TaskKind
from hotline.tasks.queue import Lease

MOST_RUNS = 600
"""A mutant that lives through so many runs has been missed."""

Patch = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Mutant:
    """One broken part. invariants: those that must catch it; another one does not count."""

    name: str
    invariants: tuple[str, ...]
    patch: Patch


@dataclass(frozen=True)
class Caught:
    """What became of a mutant: the violation, None if it was missed, and the runs it took."""

    mutant: str
    violation: Violation | None
    run: int
    runs: int


def hunt(mutant: Mutant, seed: int, most: int = MOST_RUNS) -> Caught:
    """Run after run with the broken part, until one of its invariants is violated."""
    for run in range(most):
        scenario = chance.scenario(seed, run)
        with mutant.patch():
            found = play(scenario).violation
        if found is not None and found.invariant in mutant.invariants:
            return Caught(mutant.name, found, run, run + 1)
    return Caught(mutant.name, None, -1, most)


def hunt_all(seed: int, jobs: int = 1) -> list[Caught]:
    """Every mutant, in their order, over so many processes."""
    if jobs <= 1:
        return [_hunt(m.name, seed) for m in MUTANTS]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(_hunt, [m.name for m in MUTANTS], [seed] * len(MUTANTS)))


def _hunt(name: str, seed: int) -> Caught:
    return hunt(by_name(name), seed)


def by_name(name: str) -> Mutant:
    """The mutant of that name. Raises KeyError."""
    return {m.name: m for m in MUTANTS}[name]


# --- the machine ----------------------------------------------------------------------------

Result = machine_parts.Result
_ADVANCE = machine.advance
_HANDLERS = machine._HANDLERS


def _handler(event: type, handler: Callable[[words.Dispatch, Any, datetime], Result]) -> Patch:
    return lambda: mock.patch.dict(_HANDLERS, {event: handler})


def _deaf(event: type) -> Patch:
    """The machine does not hear this event."""
    return _handler(event, lambda d, e, now: (d, ()))


def _takes_always(d: words.Dispatch, event: words.Accepted, now: datetime) -> Result:
    """Accepts without looking who has it."""
    return _take(d, event.attempt_id)


def _takes_late(d: words.Dispatch, event: words.Accepted, now: datetime) -> Result:
    """Somebody who is late takes it from whoever has it."""
    attempt = d.attempt(event.attempt_id)
    late = attempt is not None and not attempt.live and attempt.state not in _THEIRS
    if d.taken_by is not None and late:
        return _take(d, event.attempt_id)
    return _TRUE_ACCEPTED(d, event, now)


_THEIRS = (AttemptState.TAKEN, AttemptState.JOINED, AttemptState.LEFT)
_TRUE_ACCEPTED = _HANDLERS[words.Accepted]
_TRUE_ANSWERED = _HANDLERS[words.Answered]


def _take(d: words.Dispatch, attempt_id: str) -> Result:
    ended = {AttemptState.TAKEN: AttemptState.LEFT}
    attempts = tuple(
        replace(a, state=AttemptState.TAKEN, due_at=None)
        if a.id == attempt_id
        else replace(a, state=AttemptState.CANCELLED if a.live else ended.get(a.state, a.state))
        for a in d.attempts
    )
    cancels = tuple(effect_words.CancelCall(a.id) for a in d.live if a.id != attempt_id)
    taken = replace(d, attempts=attempts, state=DispatchState.TAKEN, taken_by=attempt_id)
    return replace(taken, due_at=None), (*cancels, effect_words.ConnectCaller())


def _answering_takes(d: words.Dispatch, event: words.Answered, now: datetime) -> Result:
    """Whoever picks up has taken it, a machine too."""
    d, effects = _TRUE_ANSWERED(d, event, now)
    attempt = d.attempt(event.attempt_id)
    if d.taken_by is None and attempt is not None and attempt.live:
        return _take(d, event.attempt_id)
    return d, effects


def _goes_on_at_once(d: words.Dispatch) -> Result:
    """The next step begins when the first phone of this one has stopped."""
    if d.state is not DispatchState.RINGING:
        return d, ()
    return machine._further(d)


def _overlaps_early(d: words.Dispatch, event: words.OverlapDue, now: datetime) -> Result:
    """The next phone starts whenever anything is due."""
    if d.state is not DispatchState.RINGING:
        return d, ()
    return machine._further(d)


def _cancels_nobody(d: words.Dispatch) -> Result:
    """The losers are written off, and ring on."""
    for a in d.live:
        d = machine_parts.enter(d, a, AttemptState.CANCELLED, None)
    return d, ()


def _withdrawn_rings(d: words.Dispatch, event: words.Withdraw, now: datetime) -> Result:
    """The search ends, and its phones know nothing of it."""
    return replace(d, state=DispatchState.WITHDRAWN, due_at=None), ()


def _desk_rings(d: words.Dispatch, event: words.TakenAtDesk, now: datetime) -> Result:
    """It is taken at the desk, and the phones know nothing of it."""
    if d.state is DispatchState.TAKEN:
        return d, ()
    return replace(d, state=DispatchState.TAKEN, due_at=None), ()


def _without_timers(d: words.Dispatch, event: words.Event, now: datetime) -> Result:
    """A lost callback stops the chain."""
    after, follow = _ADVANCE(d, event, now)
    return replace(after, attempts=tuple(replace(a, due_at=None) for a in after.attempts)), follow


@contextmanager
def _forgetful() -> Iterator[None]:
    """The machine keeps something of its own beside the state it is given."""
    asked = [0]

    def advance(d: words.Dispatch, event: words.Event, now: datetime) -> Result:
        asked[0] += 1
        after, follow = _ADVANCE(d, event, now)
        shift = timedelta(milliseconds=asked[0])
        attempts = tuple(
            a if a.due_at is None else replace(a, due_at=a.due_at + shift) for a in after.attempts
        )
        return replace(after, attempts=attempts), follow

    with mock.patch.object(machine, "advance", advance):
        yield


def _restarts(d: words.Dispatch) -> Result:
    """After a drop the plan begins again from its first step."""
    for a in d.live:
        d = machine_parts.put(d, replace(a, role=Role.SEEK))
    d = replace(d, state=DispatchState.WAITING, taken_by=None, position=-1, due_at=None)
    return (replace(d, state=DispatchState.RINGING), ()) if d.live else machine._next_step(d)


def _leaves_words(d: words.Dispatch, event: words.CallerLeft, now: datetime) -> Result:
    """A caller who leaves without a word ends the search, whatever was said on another call."""
    return _TRUE_CALLER_LEFT(replace(d, said_more=False), event, now)


def _begins_later(d: words.Dispatch, event: words.SaidMore, now: datetime) -> Result:
    """Where whoever has it cannot be told, the policy begins with its second step."""
    return _TRUE_SAID_MORE(d, replace(event, plan=event.plan[1:]), now)


_TRUE_CALLER_LEFT = _HANDLERS[words.CallerLeft]
_TRUE_SAID_MORE = _HANDLERS[words.SaidMore]


# --- desk and books -------------------------------------------------------------------------

_CANDIDATES = candidates
_SAVE = store.save


def _candidates(change: Callable[[list[str]], list[str]], **never: Any) -> Patch:
    """Whom a step rings is changed; `never`: what is not looked at."""

    def changed(*args: Any, **facts: Any) -> Any:
        rung, skipped = _CANDIDATES(*args, **{**facts, **never})
        return change(rung), skipped

    return lambda: mock.patch.object(store, "candidates", changed)


def _saved_after(books: Books, row: Any, state: words.Dispatch, now: datetime) -> None:
    """The rows lag behind the machine: timers are not written."""
    due = {a.id: a.due_at for a in books.attempts(row.id)}
    _SAVE(books, row, state, now)
    for a in books.attempts(row.id):
        a.due_at = due[a.id] if due[a.id] is not None else a.due_at


_EFFECT = store.write_effect
_OWNER = store.owner_of


def _another(books: Books, row: Any) -> Responder | None:
    """Somebody who is rung for the report, and not whoever has it."""
    others = (books.get(Responder, a.responder_id) for a in books.attempts(row.id))
    true = _OWNER(books, row)
    return next((r for r in others if true and r and r.id != true.id), true)


def _no_alarm(books: Books, row: Any, effect: effect_words.Effect, now: datetime) -> None:
    if not isinstance(effect, effect_words.RaiseAlarm):
        _EFFECT(books, row, effect, now)


def _no_fence(self: MemoryBooks, lease: Lease, **values: Any) -> None:
    task = self.task(lease.task_id)
    for key, value in values.items():
        setattr(task, key, value)
    task.lease_token = task.lease_until = None


# --- engine ---------------------------------------------------------------------------------


def _task(kind: TaskKind, handler: Callable[[Ports, Lease], None]) -> Patch:
    return lambda: mock.patch.dict(engine.HANDLERS, {kind: handler})


def _finishes(ports: Ports, lease: Lease) -> None:
    """Says that it is done, and does nothing."""
    with ports.transaction() as books:
        books.finish(lease, ports.clock())


def _waits_for_words(ports: Ports, lease: Lease) -> None:
    """Dispatch waits until there is a transcript, for as long as that takes."""
    with ports.transaction() as books:
        if lease.tries < 5:
            return books.postpone(lease, ports.clock() + timedelta(seconds=60))
    return effects.start_dispatch(ports, lease)


def _sounds_once(ports: Ports, lease: Lease) -> None:
    """The alarm rings once."""
    if lease.tries > 1:
        return _finishes(ports, lease)
    return _SOUND(ports, lease)


_SOUND = engine.HANDLERS[TaskKind.ALARM]
_CONNECT = effects.connect_caller


def _nudges_once(ports: Ports, lease: Lease) -> None:
    """A nudge that did not get through is not tried again."""
    if lease.tries > 1:
        return _finishes(ports, lease)
    return _CONNECT(ports, lease)


def _gives_up(ports: Ports, lease: Lease) -> None:
    """A call that the carrier did not end is left to itself."""
    with ports.transaction() as books:
        attempt = books.get(Attempt, lease.subject_id)
        call_id = attempt.carrier_call_id if attempt is not None else None
    if call_id is not None and lease.tries == 1:
        with suppress(CarrierError):
            ports.carrier.end_call(call_id)
    _finishes(ports, lease)


def _object(where: Any, name: str, broken: Any) -> Patch:
    return lambda: mock.patch.object(where, name, broken)


MUTANTS: tuple[Mutant, ...] = (
    Mutant("accepts-without-looking", ("I4",), _handler(words.Accepted, _takes_always)),
    Mutant("late-press-takes-it-away", ("I4",), _handler(words.Accepted, _takes_late)),
    Mutant("answering-is-taking", ("I4",), _handler(words.Answered, _answering_takes)),
    Mutant("losers-ring-on", ("I4",), _object(machine, "_cancel", _cancels_nobody)),
    Mutant("withdrawn-rings-on", ("I4",), _handler(words.Withdraw, _withdrawn_rings)),
    Mutant("taken-at-desk-rings-on", ("I4",), _handler(words.TakenAtDesk, _desk_rings)),
    Mutant("caller-left-unheard", ("I4",), _deaf(words.CallerLeft)),
    Mutant("no-timers", ("I3",), _object(machine, "advance", _without_timers)),
    Mutant("rings-next-without-waiting", ("I4",), _object(machine, "_go_on", _goes_on_at_once)),
    Mutant("overlap-ignores-its-time", ("I4",), _handler(words.OverlapDue, _overlaps_early)),
    Mutant("drop-not-reopened", ("I5",), _deaf(words.Dropped)),
    Mutant("take-over-unheard", ("I12", "I9"), _deaf(words.TakeOver)),
    Mutant("remembers-by-itself", ("I12",), _forgetful),
    Mutant("rows-lag-behind", ("I12",), _object(store, "save", _saved_after)),
    Mutant("skips-a-person", ("I9",), _candidates(lambda rung: rung[1:] or rung)),
    Mutant("rings-in-reverse", ("I9",), _candidates(lambda rung: rung[::-1])),
    Mutant("rings-the-busy-first", ("I9",), _candidates(list, busy=())),
    Mutant("rings-who-is-on-break-first", ("I9",), _candidates(list, away=())),
    Mutant("take-over-rings-twice", ("I9",), _candidates(list, asked=())),
    Mutant("no-alarm-at-the-end", ("I3",), _object(store, "write_effect", _no_alarm)),
    Mutant("alarm-sounds-once", ("I3",), _task(TaskKind.ALARM, _sounds_once)),
    Mutant(
        "places-again-unseen", ("I4",), _object(effects._Search, "_find", lambda s, known: None)
    ),
    Mutant("cancels-only-once", ("I4",), _task(TaskKind.CANCEL_CALL, _gives_up)),
    Mutant("cancel-does-nothing", ("I4",), _task(TaskKind.CANCEL_CALL, _finishes)),
    Mutant("fence-unchecked", ("I0",), _object(MemoryBooks, "_fenced", _no_fence)),
    Mutant("message-forgotten", ("I1",), _task(TaskKind.START_DISPATCH, _finishes)),
    Mutant("waits-for-the-transcript", ("I8",), _task(TaskKind.START_DISPATCH, _waits_for_words)),
    Mutant("call-never-settled", ("I8", "I5"), _task(TaskKind.SETTLE_CALL, _finishes)),
    Mutant("nudges-only-once", ("I5",), _task(TaskKind.CONNECT_CALLER, _nudges_once)),
    Mutant("bridge-unwatched", ("I5",), _object(bridge, "check", lambda books, attempt, now: None)),
    Mutant(
        "held-for-ever", ("I5",), _object(bridge, "left_on_hold", lambda books, row, now: False)
    ),
    Mutant("said-later-forgotten", ("I3",), _task(TaskKind.SAID_MORE, _finishes)),
    Mutant("missed-and-kept", ("I3",), _object(machine, "_after", lambda d, *_: machine._go_on(d))),
    Mutant("missed-and-not-put-down", ("I4",), _object(machine, "_put_down", lambda d: d)),
    Mutant("tells-another-one", ("I4",), _object(store, "owner_of", _another)),
    Mutant("begins-with-the-second-step", ("I9",), _handler(words.SaidMore, _begins_later)),
    Mutant("caller-ends-what-others-said", ("I3",), _handler(words.CallerLeft, _leaves_words)),
    Mutant("interrupts-a-talk", ("I4",), _object(said_more, "_talks", lambda *_: False)),
    *(Mutant(*broken) for broken in mutants_waves.BROKEN),
    Mutant("begins-anew-after-a-drop", ("I9",), _object(machine, "_reopen", _restarts)),
)
