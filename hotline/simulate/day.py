"""A busy day of a whole state as one scenario: three shifts, callers until night, faults."""

import random

from hotline.dispatch.words import Step
from hotline.simulate import chance as drawn
from hotline.simulate.scenario import (
    POINTS,
    Act,
    Caller,
    Escalation,
    Fault,
    Manner,
    Need,
    Person,
    Scenario,
    Shift,
)

DAY_S = 24 * 3600.0
CALLS = 1000
"""Three times the worst hours that are known: Safe2Say (Pennsylvania) took 40,382 reports in its
first year, 110 a day, and more than 300 within ten hours on one of them (PennLive, WBRE)."""
PEAK_S = 13 * 3600.0
ON_DUTY = 8
"""Counselors of one shift."""
SHIFT_S = DAY_S / 3
FAULTS_PER_CALL = 1.5
OCCURRENCES = {
    **{"callback": 5.0, "caller_end": 1.0, "recording": 0.6, "place": 2.5, "find": 0.1},
    **{"state": 0.2, "end": 0.3, "redirect": 0.4, "request": 3.0, "step": 40.0},
}
"""About how often a call comes to each of the points at which something may go wrong."""
WEIGHTS = {"step": 0.3, "request": 0.3}
"""Crashes and races are rarer than a carrier's slips: each costs every call of that moment time."""


def scenario(seed: int, calls: int = CALLS) -> Scenario:
    """The day of this seed: the same one every time."""
    chance = random.Random(f"day:{seed}:{calls}")  # noqa: S311
    counselors = [f"c{n}" for n in range(1, 3 * ON_DUTY + 1)]
    shifts = tuple(
        Shift((n + 1) * SHIFT_S if n < 2 else 1e9, tuple(counselors[n * ON_DUTY :][:ON_DUTY]))
        for n in range(3)
    )
    duty, police = Step(("schedule:duty",), 20.0, in_order=True), Step(("police",), 20.0)
    at_once = Step(("schedule:duty",), 20.0)
    return Scenario(
        people=tuple(_person(chance, h) for h in [*counselors, "police", "boss"]),
        policies=(
            ("default", Escalation((duty,), 2, police, ("boss",), ("police",))),
            ("life-safety", Escalation((at_once, police), 2, police, ("boss",), ("police",))),
        ),
        callers=tuple(sorted((_caller(chance) for _ in range(calls)), key=lambda c: c.at_s)),
        schedules=(("duty", shifts),),
        faults=tuple(_faults(chance, calls)),
        engines=2,
    )


def _person(chance: random.Random, handle: str) -> Person:
    """Most rings are taken; what somebody does differs from ring to ring, all day long."""
    if handle == "boss":
        return Person(handle, (Act(Manner.TAKES, 9.0),))
    acts = tuple(drawn.act(chance, 0.75) for _ in range(120))
    return Person(handle, (*acts, Act(Manner.TAKES)), ("en", "es", "ar"))


def _caller(chance: random.Random) -> Caller:
    need = chance.choice((Need.MESSAGE, Need.MESSAGE, Need.WAITS, Need.CUT_OFF))
    return Caller(
        need=need,
        at_s=round(chance.triangular(0.0, DAY_S, PEAK_S), 1),
        language=chance.choice(("en", "en", "es", "ar")),
        says_something=chance.random() < 0.7,
        speaks_s=chance.choice((4.0, 12.0, 40.0)),
        patience_s=chance.choice((None, None, 40.0, 90.0)),
        talks_s=chance.choice((60.0, 240.0, 600.0)),
        back_after_s=chance.choice((None, None, None, 30.0)),
        words_after_s=chance.choice((None, 2.0, 2.0, 10.0, 25.0)),
        raises=chance.random() < 0.1,
    )


def _faults(chance: random.Random, calls: int) -> list[Fault]:
    points = list(POINTS)
    weights = [WEIGHTS.get(point, 1.0) for point in points]
    made: dict[tuple[str, int], Fault] = {}
    for _ in range(int(calls * FAULTS_PER_CALL)):
        (point,) = chance.choices(points, weights)
        nth = chance.randrange(max(1, int(calls * OCCURRENCES[point])))
        made[(point, nth)] = drawn.fault(chance, point, nth)
    return list(made.values())
