"""Draw a scenario: the one place where chance decides."""

import random
from dataclasses import replace

from hotline.dispatch.words import Step
from hotline.simulate.alike import SAYINGS
from hotline.simulate.scenario import (
    POINTS,
    PRESSES_1,
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

_PASSING = tuple(m for m in Manner if m not in PRESSES_1 and m is not Manner.TAB_CLOSED)
_TAKING = (Manner.TAKES,) * 3 + (Manner.ADDS, Manner.HANDS_OVER) + tuple(sorted(PRESSES_1))
_TIMES = (0.5, 1.0, 2.0, 4.0, 4.0, 6.0, 9.0, 14.0, 19.0)
"""Few and round, so that two people now and then do the same thing in the same millisecond."""
_LANGUAGES = (("en",), ("en",), ("es", "en"), ("es",), ("ar", "en"))

# How often something goes wrong at each point, in each kind of run. `step` and `request` are drawn
# as a number of moments, the others as a chance for each occurrence.
_KINDS: tuple[dict[str, float], ...] = (
    {},
    {"callback": 0.4, "caller_end": 0.4, "recording": 0.4, "redirect": 0.8},
    {"place": 0.4, "find": 0.2, "state": 0.2, "end": 0.3, "redirect": 0.4, "callback": 0.1},
    {"step": 2, "request": 1, "callback": 0.1},
    {"step": 5, "request": 3, "place": 0.2, "callback": 0.2},
    {"callback": 0.25, "caller_end": 0.3, "recording": 0.2, "place": 0.25, "find": 0.15}
    | {"state": 0.15, "end": 0.2, "redirect": 0.3, "step": 3, "request": 2},
)
WAVES = 5
BROWSERS = 3
"""In one run of so many, people want to be rung in the browser first."""
_OCCURRENCES = {"callback": 60, "caller_end": 4, "recording": 4}
_REQUESTS = 25
_STEPS = 250
_AMOUNTS = {
    "callback_delayed": (1.0, 70.0),
    "caller_end_delayed": (1.0, 70.0),
    "recording_delayed": (1.0, 30.0),
    "place_timeout_before": (0.0, 8.0),
    "place_timeout_after": (0.0, 8.0),
    "list_lags": (0.5, 2.0),
    "request_slow": (0.1, 8.0),
    "stalled_after_request": (31.0, 40.0),
    "pause": (0.05, 3.0),
    "crash_before_request": (0.1, 5.0),
    "crash_after_request": (0.1, 5.0),
    "crash_at_begin": (0.1, 5.0),
    "crash_in_commit": (0.1, 5.0),
    "crash_after_commit": (0.1, 5.0),
}
"""Seconds. A request of ours ends after 10 s at the latest, and so does a look before it: together
less than a lease. A list lags by less than the looks take (docs/facts.md T5)."""


def scenario(seed: int, run: int) -> Scenario:
    """Run `run` of seed `seed`: the same one every time, whatever else is run."""
    chance = random.Random(f"{seed}:{run}")  # noqa: S311
    handles = [f"c{n}" for n in range(1, chance.randint(2, 7))]
    shifts = _schedules(chance, handles)
    names = [*handles, *(f"schedule:{name}" for name, _ in shifts)]
    policies = [("default", _escalation(chance, names))]
    if chance.random() < 0.6:
        policies.append(("life-safety", _escalation(chance, names)))
    made = Scenario(
        people=tuple(_person(chance, h) for h in [*handles, "police", "boss"]),
        policies=tuple(policies),
        callers=tuple(_caller(chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))),
        schedules=tuple(shifts),
        faults=tuple(_faults(chance)),
        engines=chance.choice((1, 2)),
    )
    # Drawn last, so that all the rest of a run is what it was before there were breaks.
    made = replace(made, people=tuple(_away(chance, person) for person in made.people))
    made = replace(made, callers=tuple(_says_more(chance, caller) for caller in made.callers))
    made = _wave(made, random.Random(f"{seed}:{run}:wave"))  # noqa: S311
    return _browsers(made, random.Random(f"{seed}:{run}:browser"))  # noqa: S311


# --- people ---------------------------------------------------------------------------------


def _person(chance: random.Random, handle: str) -> Person:
    if handle == "boss":  # an alarm phone: somebody acknowledges, at the latest in the third round
        waits = tuple(Act(Manner.NEVER) for _ in range(chance.choice((0, 0, 1, 2))))
        return Person(handle, (*waits, Act(Manner.TAKES, chance.choice(_TIMES))))
    takes = 0.35 if handle != "police" else 0.7
    acts = tuple(act(chance, takes) for _ in range(chance.choice((1, 1, 2, 3))))
    return Person(handle, acts, chance.choice(_LANGUAGES), chance.random() > 0.04)


def _away(chance: random.Random, person: Person) -> Person:
    """Some are on break at the beginning, some of them for the whole run."""
    return replace(person, away_until_s=chance.choice((0.0,) * 7 + (15.0, 60.0, 1e6)))


def act(chance: random.Random, takes: float) -> Act:
    """What somebody does with a call; they take it with a chance of `takes`."""
    manner = chance.choice(_TAKING if chance.random() < takes else _PASSING)
    talks_s = chance.choice((3.0, 3.0, 20.0, 45.0))
    return Act(manner, chance.choice(_TIMES), chance.choice(_TIMES), talks_s)


def _schedules(chance: random.Random, handles: list[str]) -> list[tuple[str, tuple[Shift, ...]]]:
    made = []
    for name in ("day", "night")[: chance.choice((0, 0, 1, 2))]:
        ends = sorted(float(chance.randint(5, 200)) for _ in range(chance.choice((0, 1, 2))))
        shifts = [Shift(end, _some(chance, handles, 0)) for end in [*ends, 1e9]]
        made.append((name, tuple(shifts)))
    return made


def _some(chance: random.Random, names: list[str], least: int) -> tuple[str, ...]:
    count = chance.choice((least, 1, 1, 2, 3))
    return tuple(chance.sample(names, min(count, len(names))))


def _browsers(made: Scenario, chance: random.Random) -> Scenario:
    """In one run of BROWSERS, some are rung in the browser first, and many of these pages go away
    at a bad moment. It has a chance of its own, as waves have."""
    if chance.randrange(BROWSERS):
        return made
    return replace(made, people=tuple(_browser(chance, person) for person in made.people))


def _browser(chance: random.Random, person: Person) -> Person:
    if person.handle == "boss" or chance.random() < 0.3:
        return person
    acts = tuple(_in_browser(chance) for _ in range(chance.choice((1, 1, 2, 3))))
    return replace(person, browser=acts, browser_until_s=chance.choice((1e8, 1e8, 60.0, 15.0)))


def _in_browser(chance: random.Random) -> Act:
    """Half of them vanish: never there, gone while it rings, or gone after it was answered."""
    if chance.random() < 0.5:
        return act(chance, 0.5)
    gone = (Manner.TAB_CLOSED, Manner.TAB_CLOSED, Manner.UNREACHABLE, Manner.HANGS_UP, Manner.FALLS)
    return Act(chance.choice(gone), chance.choice(_TIMES), chance.choice(_TIMES), 20.0)


# --- policies -------------------------------------------------------------------------------


def _escalation(chance: random.Random, names: list[str]) -> Escalation:
    steps = tuple(_step(chance, names) for _ in range(chance.choice((0, 1, 1, 2, 2, 3))))
    last = Step(("police",), 20.0) if chance.random() < 0.5 else None
    return Escalation(
        steps,
        chance.choice((1, 1, 1, 2)),
        last,
        ("boss",),
        ("police",) if chance.random() < 0.7 else (),
    )


def _step(chance: random.Random, names: list[str]) -> Step:
    in_order = chance.random() < 0.35
    overlap = chance.choice((2.0, 5.0, 10.0)) if chance.random() < 0.3 else None
    return Step(_some(chance, names, 1), chance.choice((12.0, 20.0, 25.0)), in_order, overlap)


# --- callers --------------------------------------------------------------------------------


def _caller(chance: random.Random) -> Caller:
    need = chance.choice(
        (Need.MESSAGE, Need.MESSAGE, Need.CUT_OFF) + (Need.WAITS,) * 6 + (Need.LEFT_BEHIND,)
        if chance.random() < 0.5
        else (Need.MESSAGE, Need.WAITS)
    )
    return Caller(
        need=need,
        at_s=float(chance.randint(0, 30)),
        language=chance.choice(("en", "en", "es", "ar")),
        says_something=chance.random() < 0.6,
        speaks_s=chance.choice((1.0, 4.0, 12.0)),
        patience_s=chance.choice((None, None, None, 2.0, 10.0, 40.0, 90.0)),
        talks_s=chance.choice((5.0, 25.0, 60.0, 120.0)),
        back_after_s=chance.choice((None, None, 3.0, 30.0)),
        words_after_s=chance.choice((None, 2.0, 10.0, 25.0, 60.0)),
        raises=chance.random() < 0.6,
        withdrawn_after_s=chance.choice((None,) * 8 + (1.0, 15.0, 40.0)),
        desk_after_s=chance.choice((None,) * 8 + (8.0, 20.0, 45.0, 100.0)),
    )


def _says_more(chance: random.Random, caller: Caller) -> Caller:
    """Some return by number and PIN and say more: also before anybody has it, and after long."""
    return replace(
        caller,
        adds_after_s=chance.choice((None, None, 20.0, 45.0, 90.0, 200.0, 600.0)),
        added_words_after_s=chance.choice((None, 1.0, 1.0, 6.0, 25.0)),
        adds_grave=chance.random() < 0.7,
    )


def _wave(made: Scenario, chance: random.Random) -> Scenario:
    """In one run of WAVES, more callers come who tell of the same, and one or the other who does
    not. It has a chance of its own: all other runs are what they were before there were waves."""
    if chance.randrange(WAVES):
        return made
    told = [_tells(chance) for _ in range(chance.randint(3, 6))]
    return replace(made, callers=(*made.callers, *told))


def _tells(chance: random.Random) -> Caller:
    return Caller(
        need=chance.choice((Need.MESSAGE,) * 6 + (Need.CUT_OFF, Need.WAITS)),
        at_s=float(chance.randint(0, 150)),
        speaks_s=4.0,
        patience_s=chance.choice((None, 20.0)),
        words_after_s=chance.choice((1.0, 2.0, 10.0, 25.0)),
        says=chance.choice(SAYINGS[:3] * 3 + SAYINGS[3:]),
    )


# --- faults ---------------------------------------------------------------------------------


def _faults(chance: random.Random) -> list[Fault]:
    often = chance.choice(_KINDS)
    made: list[Fault] = []
    for point, rate in often.items():
        if point in ("step", "request"):
            most = _STEPS if point == "step" else _REQUESTS
            count = chance.randint(0, 2 * int(rate))
            moments = sorted(chance.sample(range(most), count))
        else:
            times = _OCCURRENCES.get(point, 12)
            moments = [n for n in range(times) if chance.random() < rate]
        made += [fault(chance, point, n) for n in moments]
    return made


def fault(chance: random.Random, point: str, nth: int) -> Fault:
    """Something that goes wrong the n-th time a run comes to this point."""
    kind = chance.choice(POINTS[point])
    low, high = _AMOUNTS.get(kind, (0.0, 0.0))
    return Fault(point, nth, kind, round(chance.uniform(low, high), 2))
