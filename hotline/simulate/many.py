"""Many runs, over several processes; the result is the same for any number of them."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from gc import disable, enable, isenabled

from hotline.dispatch.effect_words import EFFECTS
from hotline.dispatch.words import EVENTS, AttemptState, DispatchState
from hotline.simulate import chance
from hotline.simulate.play import Outcome, play
from hotline.simulate.scenario import FAULTS
from hotline.simulate.world import Violation

CHUNK = 50

STATES = (*(f"dispatch {s}" for s in DispatchState), *(f"attempt {s}" for s in AttemptState))
"""Everything that must have occurred for a simulation to have shown something; so are the next."""
EVENT_NAMES = tuple(e.__name__ for e in EVENTS)
EFFECT_NAMES = tuple(e.__name__ for e in EFFECTS)
FAULT_NAMES = (*FAULTS, "reordered", "lease_lost", "left_behind")


@dataclass
class Tally:
    """What many runs came to. failing: (run, violation)."""

    runs: int = 0
    took_s: float = 0.0
    failing: list[tuple[int, Violation]] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, run: int, outcome: Outcome) -> None:
        """One more run."""
        self.runs += 1
        if outcome.violation is not None:
            self.failing.append((run, outcome.violation))
        for mine, its in zip(self._counters, _counters(outcome), strict=True):
            mine.update(its)

    def merge(self, other: "Tally") -> None:
        """More runs, from another process."""
        self.runs += other.runs
        self.failing = sorted(self.failing + other.failing, key=lambda f: f[0])
        for mine, its in zip(self._counters, _counters(other), strict=True):
            mine.update(its)

    @property
    def _counters(self) -> tuple[Counter[str], ...]:
        return _counters(self)

    @property
    def groups(self) -> dict[str, dict[str, int]]:
        """How often everything occurred that can, by kind; 0 for what never did."""
        named = (STATES, EVENT_NAMES, EFFECT_NAMES, FAULT_NAMES)
        kinds = ("states", "events", "effects", "faults")
        return {
            kind: {name: counted[name] for name in names}
            for kind, names, counted in zip(kinds, named, self._counters, strict=True)
        }

    @property
    def missing(self) -> list[str]:
        """What never occurred."""
        return [name for group in self.groups.values() for name, n in group.items() if not n]

    @property
    def runs_per_s(self) -> float:
        """Runs per second, all processes together."""
        return self.runs / self.took_s if self.took_s else 0.0


def _counters(of: Tally | Outcome) -> tuple[Counter[str], ...]:
    return (of.states, of.events, of.effects, of.faults)


def simulate(seed: int, first: int, runs: int) -> Tally:
    """Runs `first` to `first + runs`, in this process."""
    began, tally = time.perf_counter(), Tally()
    with _without_collector():
        for run in range(first, first + runs):
            tally.add(run, play(chance.scenario(seed, run)))
    tally.took_s = time.perf_counter() - began
    return tally


@contextmanager
def _without_collector() -> Iterator[None]:
    """A chunk of runs leaves little behind; looking for it all the time costs more than that."""
    was = isenabled()
    disable()
    try:
        yield
    finally:
        if was:
            enable()


def simulate_all(seed: int, runs: int, jobs: int = 1) -> Tally:
    """Runs 0 to `runs`, over so many processes."""
    began, total = time.perf_counter(), Tally()
    chunks = [(seed, n, min(CHUNK, runs - n)) for n in range(0, runs, CHUNK)]
    if jobs <= 1:
        for chunk in chunks:
            total.merge(simulate(*chunk))
    else:
        with ProcessPoolExecutor(jobs) as pool:
            for tally in pool.map(simulate, *zip(*chunks, strict=True)):
                total.merge(tally)
    total.took_s = time.perf_counter() - began
    return total
