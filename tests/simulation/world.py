"""A world around the real engine: virtual time, phones with people at them, a hostile carrier.

Everything that happens is an entry of one agenda, in the order of virtual time; the engine ticks
whenever something may be due. All chance comes from one seed.
"""

import heapq
import itertools
import random
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import event, select

from hotline.carrier.port import Busy, LegState, Uncertain
from hotline.context import Runtime
from hotline.dispatch import alarm, desk, words
from hotline.dispatch.engine import SWEEP_EVERY_S, TICK_S, Engine
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.words import DispatchState
from hotline.reports import intake
from hotline.reports.model import Call, Report
from hotline.tasks.model import DISPATCHER_KINDS, Task, TaskKind, TaskState
from tests.fakes.carrier import FakeCall, FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.office import Office

Person = Callable[["World", FakeCall], None]


class Crash(BaseException):
    """The dispatcher's process dies here: nothing after this line happens."""


class Inline(Executor):
    """Does what it is given at once, in the same thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call it; what it raises goes up."""
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@dataclass(frozen=True)
class Faults:
    """How hostile the world is: chances between 0 and 1."""

    callback_lost: float = 0.0
    callback_again: float = 0.0
    callback_late: float = 0.0
    rest_refused: float = 0.0
    """A request was not done: 429, or a timeout before it was taken."""
    rest_unsure: float = 0.0
    """A call was placed and the answer lost."""
    crash: float = 0.0
    """The dispatcher dies at a commit, or between the carrier and the commit."""
    lists_lag_s: float = 0.0
    """So long after it was placed a call is not in the carrier's list yet."""


class World:
    """One run. `people` says by number who sits at a phone."""

    def __init__(
        self, runtime: Runtime, carrier: FakeCarrier, seed: int, faults: Faults | None = None
    ) -> None:
        self.runtime, self.carrier = runtime, carrier
        self.clock: VirtualClock = runtime.clock  # type: ignore[assignment]
        self.chance = random.Random(seed)
        self.faults = faults or Faults()
        self.office = Office(runtime)
        self.people: dict[str, Person] = {}
        self.reports: list[Report] = []
        self.accepted: dict[str, set[str]] = {}
        self.crashes = 0
        self.began = self.clock.seconds()
        self.after_each: list[Callable[[], None]] = []
        self._agenda: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._engine = self._new_engine()
        self._in_engine = False
        carrier.on_place = self._placed
        carrier.on_change = self._changed
        carrier.before = self._before_request
        carrier.listed = self._listed
        for moment in ("begin", "commit"):
            event.listen(runtime.database.engine, moment, self._maybe_crash)
        event.listen(runtime.database.engine, "connect", _no_sync)
        runtime.database.close()  # connections made before have listened to nothing

    # --- time -------------------------------------------------------------------------------

    def at(self, seconds: float, act: Callable[[], object]) -> None:
        """Put something on the agenda, so many seconds from now."""
        moment = self.clock() + timedelta(seconds=seconds)
        heapq.heappush(self._agenda, (moment, next(self._order), act))

    def run(self, seconds: float) -> None:
        """Let the world go on for so long."""
        end = self.clock() + timedelta(seconds=seconds)
        while self.clock() < end:
            self._tick()
            self.clock.set(min(end, self._next_moment()))
            while self._agenda and self._agenda[0][0] <= self.clock():
                heapq.heappop(self._agenda)[2]()
                self._check()
        self._tick()

    def _next_moment(self) -> datetime:
        """When something may be due next; a moment after the present one, at most a sweep on."""
        soonest = self.clock() + timedelta(seconds=TICK_S)
        moments = [self.clock() + timedelta(seconds=SWEEP_EVERY_S)]
        if self._agenda:
            moments.append(self._agenda[0][0])
        with self.runtime.database.transaction() as session:
            live = Attempt.state.in_(words.LIVE)
            timers = select(Attempt.due_at).where(live, Attempt.due_at.is_not(None))
            moments += [m for m in session.scalars(timers) if m is not None]
            ours = select(Task.due_at, Task.lease_until).where(
                Task.state == TaskState.PENDING, Task.kind.in_(DISPATCHER_KINDS)
            )
            for due_at, lease_until in session.execute(ours):
                moments.append(max(due_at, lease_until or due_at))
        return max(soonest, min(moments))

    def _tick(self) -> None:
        self._in_engine = True
        try:
            self._engine.tick()
        except Crash:
            self.crashes += 1
            self._engine = self._new_engine()
        finally:
            self._in_engine = False
        self._check()

    def _check(self) -> None:
        for check in self.after_each:
            check()

    def _new_engine(self) -> Engine:
        elapsed = self.clock.seconds
        return Engine(self.runtime, lambda _: None, pool=Inline(), elapsed=elapsed)

    # --- callers ----------------------------------------------------------------------------

    def caller_waits(self, leaves_after_s: float | None = None) -> Report:
        """Somebody wants to speak to a person now, and perhaps gives up waiting."""
        leg = self.carrier.add_call()
        self.carrier.set_state(leg, LegState.ANSWERED)
        now = self.clock()
        with self.runtime.database.transaction() as session:
            call = intake.open_call(session, leg.id, now)
            report = intake.go_live(session, self.runtime.vault, call, now)
            desk.start(session, report, now, call)
            desk.waiting_began(session, call, now)
        if leaves_after_s is not None:
            self.at(leaves_after_s, lambda: self.carrier.set_state(leg, LegState.COMPLETED))
        self.reports.append(report)
        return report

    def message_is_left(self) -> Report:
        """Somebody leaves a message and sends it."""
        report = self.office.sent_report()
        self.reports.append(report)
        return report

    # --- responders -------------------------------------------------------------------------

    def answers(self, call: FakeCall, after_s: float, then: Callable[[], None]) -> None:
        """The phone rings and is picked up; once the screening prompt has begun, `then` runs."""
        self.at(0.2, lambda: self.carrier.set_state(call, LegState.RINGING))

        def pick_up() -> None:
            if call.live:
                self.carrier.set_state(call, LegState.ANSWERED)
                if self._screening(call):
                    then()

        self.at(after_s, pick_up)

    def _screening(self, call: FakeCall) -> bool:
        """The carrier fetches the screening; whether there is something to take."""
        with self.runtime.database.transaction() as session:
            attempt = desk.by_token(session, token_of(call))
            if attempt is None:
                return False
            desk.recognize(session, attempt, call.id)
            desk.tell(session, attempt.id, words.Answered(attempt.id), self.clock())
            over = desk.of_attempt(session, attempt).state in (
                DispatchState.TAKEN,
                DispatchState.WITHDRAWN,
            )
        if over:
            self.carrier.set_state(call, LegState.COMPLETED)
        return not over

    def presses_1(self, call: FakeCall) -> None:
        """The key arrives; who is told "yours" talks with the caller for a minute, the others hang
        up. Caller and responder leave the bridge together."""
        if call.state is not LegState.ANSWERED:
            return
        with self.runtime.database.transaction() as session:
            attempt = desk.by_token(session, token_of(call))
            assert attempt is not None
            yours = desk.accept(session, attempt, self.clock())
            row = desk.of_attempt(session, attempt)
            bridged = yours and desk.bridge_name(session, row) is not None
            caller = session.get(Call, row.call_id) if bridged and row.call_id else None
        if yours:
            self.accepted.setdefault(row.report_id, set()).add(attempt.id)
        legs = [call] if caller is None else [self.carrier.calls[caller.carrier_call_id], call]
        for leg in legs:
            self.at(60 if yours else 2, partial(self.carrier.set_state, leg, LegState.COMPLETED))

    def presses_2(self, call: FakeCall) -> None:
        """Passes."""
        if call.state is not LegState.ANSWERED:
            return
        with self.runtime.database.transaction() as session:
            attempt = desk.by_token(session, token_of(call))
            assert attempt is not None
            desk.decline(session, attempt, self.clock())
        self.carrier.set_state(call, LegState.COMPLETED)

    def says_nothing(self, call: FakeCall) -> None:
        """The screening has run out without a key."""
        if call.state is not LegState.ANSWERED:
            return
        with self.runtime.database.transaction() as session:
            attempt = desk.by_token(session, token_of(call))
            assert attempt is not None
            desk.nobody_there(session, attempt, self.clock())
        self.carrier.set_state(call, LegState.COMPLETED)

    def acknowledges(self, call: FakeCall) -> None:
        """Presses 1 at an alarm phone."""
        with self.runtime.database.transaction() as session:
            rung = alarm.call_by_token(session, token_of(call))
            assert rung is not None
            row = session.get_one(Alarm, rung.alarm_id)
            desk.acknowledge(session, row, rung.responder_id, self.clock())
        self.carrier.set_state(call, LegState.COMPLETED)

    # --- the carrier --------------------------------------------------------------------------

    def _placed(self, call: FakeCall) -> None:
        """A call exists now: whoever sits there decides, and the answer may not reach us."""
        self._changed(call)
        self.at(call.ring_s + 3, lambda: self._rings_out(call))
        self.people[call.to](self, call)
        if self._happens(self.faults.rest_unsure):
            raise Uncertain("timeout")
        self._maybe_crash()

    def _rings_out(self, call: FakeCall) -> None:
        if call.state in (LegState.QUEUED, LegState.RINGING):
            self.carrier.set_state(call, LegState.UNANSWERED)

    def _changed(self, call: FakeCall) -> None:
        """A state of a leg becomes callbacks: one, or none, or some, now or later."""
        state = call.state
        if self._happens(self.faults.callback_lost):
            return
        for _ in range(2 if self._happens(self.faults.callback_again) else 1):
            late = self._happens(self.faults.callback_late)
            self.at(self.chance.uniform(1, 60) if late else 0.1, lambda: self._tell(call, state))

    def _tell(self, call: FakeCall, state: LegState) -> None:
        with self.runtime.database.transaction() as session:
            if not call.url:  # the caller's leg: only its end is told
                caller = intake.find_call(session, call.id)
                if state.over and caller is not None:
                    desk.caller_left(session, caller, self.clock(), 20.0)
                return
            attempt = desk.by_token(session, token_of(call))
            if attempt is not None:
                desk.recognize(session, attempt, call.id)
                desk.leg_is(session, attempt.id, state, self.clock())

    def _before_request(self, method: str) -> None:
        if self._in_engine and self._happens(self.faults.rest_refused):
            if method in ("call_state", "end_call") and self._happens(0.2):
                raise Uncertain("http_500")
            raise self.chance.choice([Busy("429"), Uncertain("timeout")])

    def _listed(self, call: FakeCall) -> bool:
        return call.placed_at + timedelta(seconds=self.faults.lists_lag_s) <= self.clock()

    def _maybe_crash(self, _connection: object = None) -> None:
        if self._in_engine and self._happens(self.faults.crash):
            raise Crash

    def _happens(self, chance: float) -> bool:
        return chance > 0 and self.chance.random() < chance

    # --- what became of it --------------------------------------------------------------------

    def dispatches(self) -> list[Dispatch]:
        """Every dispatch as it stands now."""
        with self.runtime.database.transaction() as session:
            return list(session.scalars(select(Dispatch)))

    def attempts(self) -> list[Attempt]:
        """Every attempt, in the order they were intended."""
        with self.runtime.database.transaction() as session:
            return list(session.scalars(select(Attempt).order_by(Attempt.id)))

    def pending(self, *kinds: TaskKind) -> list[TaskKind]:
        """Kinds of the tasks that are still to be done."""
        with self.runtime.database.transaction() as session:
            query = select(Task.kind).where(Task.state == TaskState.PENDING, Task.kind.in_(kinds))
            return list(session.scalars(query))

    def calls_of(self, attempt: Attempt) -> list[FakeCall]:
        """Every call that was really placed for an attempt."""
        return [c for c in self.carrier.calls.values() if c.url and token_of(c) == attempt.token]

    def caller(self, report: Report) -> Call | None:
        """The caller's leg of a live report."""
        with self.runtime.database.transaction() as session:
            return session.scalar(select(Call).where(Call.report_id == report.id))


def token_of(call: FakeCall) -> str:
    """The token in a call's URL."""
    return call.url.rpartition("/")[2]


def _no_sync(connection: Any, _record: Any) -> None:
    """The crashes here are of processes, not of power; without syncs many runs fit into a test."""
    if hasattr(connection, "isolation_level") and hasattr(connection, "create_function"):
        connection.execute("PRAGMA synchronous=OFF")
