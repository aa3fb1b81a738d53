"""Play one scenario to its end."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from hotline.carrier.port import LegState
from hotline.simulate import console, returning
from hotline.simulate.callers import Line
from hotline.simulate.carrier import FakeCall
from hotline.simulate.checks import Checks
from hotline.simulate.house import MakeHouse, MemoryHouse
from hotline.simulate.phones import Phones
from hotline.simulate.rooms import Rooms
from hotline.simulate.scenario import Fault, Scenario
from hotline.simulate.world import Halt, Violation, World

SOON_S = 0.1
"""From a change at the carrier to our webhook."""


@dataclass(frozen=True)
class Outcome:
    """What became of a run. story: seconds since it began, and a sentence; empty unless told."""

    violation: Violation | None
    states: Counter[str]
    events: Counter[str]
    effects: Counter[str]
    faults: Counter[str]
    lasted_s: float
    story: tuple[tuple[float, str], ...] = ()

    @property
    def digest(self) -> str:
        """The same for two runs in which the same things happened at the same moments."""
        lines = "\n".join(f"{at:.3f} {what}" for at, what in self.story)
        return hashlib.sha256(lines.encode()).hexdigest()


def play(
    scenario: Scenario, make_house: MakeHouse = MemoryHouse, *, telling: bool = False
) -> Outcome:
    """Let everything happen, checking the invariants after each event, until nothing more does."""
    world = World(scenario, make_house)
    world.telling = telling
    with world.recorder.listening():
        run = _Run(world)
        try:
            world.go()
            if not world.violations:
                run.checks.at_the_end()
        except Halt:
            pass
    recorder = world.recorder
    return Outcome(
        world.violations[0] if world.violations else None,
        recorder.states,
        recorder.events,
        recorder.effects,
        world.faults,
        world.at_s,
        tuple(world.story),
    )


class _Run:
    """The parts of a run, connected: carrier, phones, callers, checks."""

    def __init__(self, world: World) -> None:
        self.world, self.rooms = world, Rooms()
        self.phones = Phones(world, self.rooms)
        self.lines = [
            Line(world, self.rooms, c, n) for n, c in enumerate(world.scenario.callers, 1)
        ]
        for line in self.lines:
            console.open_for(line)
        self.checks = Checks(world, self.rooms, self.lines)
        hears = returning.Hears(self.checks.words.said, self.checks.words.understood)
        for line in self.lines:
            returning.open_for(line, hears)
        self.phones.on_answered = console.Readers(world).answered
        self.phones.on_accepted = self.checks.phones.accepted
        world.carrier.on_place = self._placed
        world.carrier.on_change = self._changed
        world.carrier.on_redirect = self._redirected
        self._told: dict[str, int] = {}
        self._number: Counter[str] = Counter()

    def _placed(self, call: FakeCall) -> None:
        self._changed(call)
        self.phones.placed(call)

    def _redirected(self, call: FakeCall) -> None:
        for line in self.lines:
            if line.leg is call:
                self.world.at(SOON_S, self._nudge, line, call)

    def _nudge(self, line: Line, call: FakeCall) -> None:
        if line.leg is call:
            line.redirected()

    def _changed(self, call: FakeCall) -> None:
        """A state of a leg becomes callbacks: one, or none, or two, now or later."""
        if call.state.over:
            self.rooms.leaves(call)
        if "/alarm/" in call.url or (not call.url and not call.state.over):
            return
        fault = self.world.fault("callback" if call.url else "caller_end")
        if fault is not None:
            self.world.happened(fault, call.state.value)
        self._number[call.id] += 1
        for delay in _delays(fault):
            self.world.at(delay, self._tell, call, call.state, self._number[call.id])

    def _tell(self, call: FakeCall, state: LegState, number: int) -> None:
        if call.id in self.world.hostile.unheard and state in (LegState.QUEUED, LegState.RINGING):
            return
        if number < self._told.get(call.id, 0):
            self.world.faults["reordered"] += 1
        self._told[call.id] = max(number, self._told.get(call.id, 0))
        if call.url:
            self.phones.told(call, state)
            return
        for line in self.lines:
            if call.id in line.calls:
                line.ended(call.id)


def _delays(fault: Fault | None) -> tuple[float, ...]:
    """After how many seconds the change is told."""
    kind = fault.kind.rpartition("_")[2] if fault is not None else ""
    if fault is None:
        return (SOON_S,)
    return {"lost": (), "doubled": (SOON_S, SOON_S * 2)}.get(kind, (fault.amount_s,))
