"""The world of one run: virtual time, engines that crash and race, and an agenda of all the rest.

Everything happens in the order of one clock. While an engine asks something of the carrier, or
between two of its transactions, the world may go on without it: then others act in between, the
second engine too. Nothing is left to chance: every fault stands in the scenario.
"""

import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from hotline.dispatch.books import Books, Ports
from hotline.dispatch.engine import LEASE_S, SWEEP_EVERY_S, TICK_S, Engine
from hotline.people.push import Delivery
from hotline.simulate.carrier import MemoryCarrier
from hotline.simulate.clock import START, VirtualClock
from hotline.simulate.hostile import HostileCarrier
from hotline.simulate.house import House, MakeHouse, MemoryHouse, seeking
from hotline.simulate.recorder import Move, Recorder
from hotline.simulate.scenario import Fault, Scenario
from hotline.tasks.doorbell import SilentDoorbell

TRANSCRIPT_WAIT_S = 20.0
"""As in the settings' defaults; so are the next three."""
ALARM_REPEAT_S = 60.0
WAIT_CAP_S = 120.0
UNREAD_S = 900.0
LONGEST_RUN_S = 6 * 3600.0
"""Longer than any run can take whose searches all end, from its last caller on."""
DEEPEST = 2
"""Waits inside waits: further ones pass without anything happening in between."""
TOO_MANY = 3000
"""Transactions at one moment: something goes round in circles."""


class Crash(BaseException):
    """The process dies here: nothing after this line happens."""


class Halt(BaseException):
    """The run cannot go on; what is wrong stands in `violations`."""


@dataclass(frozen=True)
class Violation:
    """A promise that was broken, `at_s` seconds after the run began."""

    invariant: str
    sentence: str
    at_s: float


@dataclass(eq=False)
class Process:
    """One dispatcher process."""

    engine: Engine
    alive: bool = True


class World:
    """One run. watchers: called with the moves of each transaction after its commit, and with
    none after everything else that happens."""

    def __init__(self, scenario: Scenario, make_house: MakeHouse = MemoryHouse) -> None:
        self.scenario = scenario
        self.clock = VirtualClock(START)
        self.violations: list[Violation] = []
        self.story: list[tuple[float, str]] = []
        self.telling = False
        self.faults: Counter[str] = Counter()
        self.recorder = Recorder(self._heard)
        self.house: House = make_house(scenario, self.recorder.locked)
        self.carrier = MemoryCarrier(self.clock)
        self.hostile = HostileCarrier(self, self.carrier)
        self.watchers: list[Callable[[list[Move]], None]] = []
        self.posts: dict[str, tuple[float, float]] = {}
        self.left_behind: set[str] = set()
        self.pressed: set[str] = set()
        """Tokens of attempts whose responder has pressed 1."""
        self.languages: dict[str, str] = {}
        self.told: dict[str, frozenset[str]] = {}
        """The terms of every report whose words are known."""
        self.excused_until = 0.0
        self.lost_s = 0.0
        self.actors: list[Process | None] = [None]
        self._coming = {(f.point, f.nth): f for f in scenario.faults}
        self._times: Counter[str] = Counter()
        self._agenda: list[tuple[datetime, int, Callable[..., object], tuple[Any, ...]]] = []
        self._order = itertools.count()
        self._ticked = self._swept = START - timedelta(seconds=SWEEP_EVERY_S)
        self._ticks = 0
        self._longest_s = LONGEST_RUN_S + max((c.at_s for c in scenario.callers), default=0.0)
        self._here = (START, 0)
        self._depth = 0
        self.ports = self._ports()
        self.processes = [self._process() for _ in range(scenario.engines)]

    # --- time -------------------------------------------------------------------------------

    @property
    def at_s(self) -> float:
        """Seconds since the run began."""
        return (self.clock() - START).total_seconds()

    def at(self, seconds: float, act: Callable[..., object], *args: Any) -> None:
        """Put something on the agenda, so many seconds from now."""
        moment = self.clock() + timedelta(seconds=seconds)
        heapq.heappush(self._agenda, (moment, next(self._order), act, args))

    def go(self, until: datetime | None = None) -> None:
        """Let the world go on until a moment, or until nothing happens any more."""
        while not self.violations:
            moment = self._next()
            if until is not None and (moment is None or moment > until):
                self.clock.set(max(until, self.clock()))
                return
            if moment is None:
                return
            if (moment - START).total_seconds() > self._longest_s:
                self.violate("I3", "the searches never come to an end")
                return
            self.clock.set(max(moment, self.clock()))
            if self._agenda and self._agenda[0][0] <= self.clock():
                _, _, act, args = heapq.heappop(self._agenda)
                self._guard(act, args)
            else:
                self._tick()
            self.watch([])

    def _next(self) -> datetime | None:
        """The next moment at which something may happen."""
        wake = self._wake()
        if not self._agenda:
            return wake
        soonest = self._agenda[0][0]
        return soonest if wake is None or soonest <= wake else wake

    def _wake(self) -> datetime | None:
        """When an engine may have something to do: tasks, timers, and the watchdog's round."""
        if not any(p.alive for p in self.processes):
            return None  # the restart stands on the agenda
        due = self.house.next_due()
        if any(map(seeking, self.house.dispatches())):
            sweep = self._swept + timedelta(seconds=SWEEP_EVERY_S)
            due = sweep if due is None else min(due, sweep)
        return None if due is None else max(due, self._ticked + timedelta(seconds=TICK_S))

    def _guard(self, act: Callable[..., object], args: tuple[Any, ...]) -> None:
        """People and webhooks: whatever goes wrong in there is a mistake of ours."""
        self.actors.append(None)
        try:
            act(*args)
        except Exception as error:
            self.violate("I0", f"a webhook failed: {type(error).__name__}: {error}")
        finally:
            self.actors.pop()

    # --- engines ----------------------------------------------------------------------------

    def _ports(self) -> Ports:
        return Ports(
            transaction=self.transaction,
            reading=self.house.transaction,  # who dies in it leaves nothing behind
            carrier=self.hostile,
            clock=self.clock,
            url=lambda path: path,
            doorbell=SilentDoorbell(),
            alarm_repeat_s=ALARM_REPEAT_S,
            transcript_wait_s=TRANSCRIPT_WAIT_S,
            post=self._posted,
            unread_s=UNREAD_S,
            push=lambda endpoint: Delivery.SENT,
        )

    def _posted(self, fact: Mapping[str, object]) -> None:
        self.posts[str(fact["alarm"])] = (self.at_s, self.lost_s)

    def _process(self) -> Process:
        engine = Engine(self.ports, lambda _: None, pool=_Inline(), elapsed=self.clock.seconds)
        return Process(engine)

    def _tick(self) -> None:
        self._ticked = self.clock()
        if self._ticked - self._swept >= timedelta(seconds=SWEEP_EVERY_S):
            self._swept = self._ticked
        self._ticks += 1
        for process in self.processes[:: 1 if self._ticks % 2 else -1]:
            self.tick(process)

    def tick(self, process: Process) -> None:
        """One round of one engine, until it crashes perhaps."""
        if not process.alive:
            return
        self.actors.append(process)
        try:
            process.engine.tick()
        except Crash:
            pass
        except Exception as error:
            self.violate("I0", f"a tick failed: {type(error).__name__}: {error}")
        finally:
            self.actors.pop()

    def crash(self, process: Process, fault: Fault) -> Crash:
        """The process is gone; another one comes up in its place a little later."""
        process.alive = False
        self.trouble(LEASE_S + fault.amount_s + 1)
        self.tell("the dispatcher's process dies")
        if process in self.processes:  # one that woke up late has been replaced already
            self.at(fault.amount_s, self._restart, self.processes.index(process))
        return Crash()

    def _restart(self, place: int) -> None:
        self.processes[place] = self._process()
        self.tell("a new dispatcher process comes up")

    def race(self) -> None:
        """Whatever other engine there is has its turn now, in the middle of this one's work."""
        for process in list(self.processes):
            if process not in self.actors:
                self.tick(process)

    def pause(self, seconds: float) -> None:
        """The acting engine waits; the world goes on. Raises Crash if it died meanwhile."""
        process = self.actors[-1]
        self.trouble(seconds + 1)
        if self._depth >= DEEPEST:
            return
        self._depth += 1
        try:
            self.go(self.clock() + timedelta(seconds=seconds))
        finally:
            self._depth -= 1
        self.survive(process)

    def survive(self, process: Process | None) -> None:
        """Raises Crash for a process that has died while it waited."""
        if process is not None and not process.alive:
            raise Crash

    # --- faults -----------------------------------------------------------------------------

    def fault(self, point: str) -> Fault | None:
        """What goes wrong at this point this time, if anything."""
        nth = self._times[point]
        self._times[point] = nth + 1
        return self._coming.get((point, nth))

    def happened(self, fault: Fault, about: str = "") -> None:
        """Count a fault that had its effect."""
        self.faults[fault.kind] += 1
        if self.telling:
            self.tell(f"fault: {fault.kind.replace('_', ' ')} {about}".rstrip())

    def trouble(self, seconds: float) -> None:
        """The engines may be late by so much from now on, and all in all by so much more."""
        self.excused_until = max(self.excused_until, self.at_s + seconds)
        self.lost_s += seconds

    # --- transactions -----------------------------------------------------------------------

    def transaction(self) -> "_Transaction":
        """One transaction of the house, in which a process may die."""
        return _Transaction(self)

    def crowded(self) -> None:
        """Raises Halt when the same moment never ends."""
        now, count = self._here
        self._here = (now, count + 1) if now is self.clock() else (self.clock(), 1)
        if count > TOO_MANY:
            self.violate("I0", "the engine goes round in circles")
            raise Halt

    # --- what is told -----------------------------------------------------------------------

    def tell(self, sentence: str) -> None:
        """Write something into the story."""
        if self.telling:
            self.story.append((self.at_s, sentence))

    def violate(self, invariant: str, sentence: str) -> None:
        """A promise is broken; the run ends here."""
        self.violations.append(Violation(invariant, sentence, round(self.at_s, 3)))
        self.tell(f"VIOLATION of {invariant}: {sentence}")

    def watch(self, moves: list[Move]) -> None:
        """Let the invariants be checked."""
        for watcher in self.watchers:
            watcher(moves)

    def _heard(self, level: str, event: str, detail: dict[str, Any]) -> None:
        """What an engine says of itself. Its own mistakes are violations."""
        if event == "lease_lost":
            self.faults["lease_lost"] += 1
        elif event == "dispatch_stranded" and detail["dispatch"] in self.left_behind:
            return
        elif event in ("task_failed", "timer_failed", "tick_failed", "dispatch_stranded"):
            self.violate("I0", f"{event.replace('_', ' ')}: {detail.get('error', '')}")
        if self.telling and level != "info":
            self.tell(f"log: {event} {detail.get('code', detail.get('error', ''))}".rstrip())


class _Transaction(AbstractContextManager[Books]):
    def __init__(self, world: World) -> None:
        self.world = world
        self.process = world.actors[-1]
        self.fault: Fault | None = None

    def __enter__(self) -> Books:
        world, process = self.world, self.process
        world.crowded()
        self.fault = world.fault("step") if process is not None else None
        if self.fault is not None and process is not None:
            self._before(self.fault, process)
        self.inner = world.house.transaction()
        return self.inner.__enter__()

    def _before(self, fault: Fault, process: Process) -> None:
        match fault.kind:
            case "crash_at_begin":
                self.world.happened(fault)
                raise self.world.crash(process, fault)
            case "race" if len(self.world.processes) > 1:
                self.world.happened(fault)
                self.world.race()
            case "pause":
                self.world.happened(fault, f"{fault.amount_s} s")
                self.world.pause(fault.amount_s)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        world, fault = self.world, self.fault
        if kind is not None:
            world.recorder.rolled_back()
            self.inner.__exit__(kind, error, trace)
            return
        if fault is not None and fault.kind == "crash_in_commit" and self.process is not None:
            world.recorder.rolled_back()
            world.happened(fault)
            crash = world.crash(self.process, fault)
            self.inner.__exit__(Crash, crash, None)
            raise crash
        self.inner.__exit__(None, None, None)
        moves = world.recorder.committed()
        if moves:
            world.watch(moves)
        if fault is not None and fault.kind == "crash_after_commit" and self.process is not None:
            world.happened(fault)
            raise world.crash(self.process, fault)


class _Inline(Executor):
    """Does what it is given at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Call it; what it raises goes up."""
        fn(*args, **kwargs)
        return _DONE


_DONE: "Future[Any]" = Future()
