"""Many calls about one thing: everybody is looked after, and one phone rings for many reports."""

import pytest

from hotline.dispatch.words import Step
from hotline.simulate import mutants_waves, wave
from hotline.simulate.alike import BOMB, GUN, SAYINGS, Saying
from hotline.simulate.mutants import by_name
from hotline.simulate.play import play
from hotline.simulate.scenario import Act, Caller, Escalation, Manner, Need, Person, Scenario

CALLS = 40


def told(says: Saying, at_s: float) -> Caller:
    """A caller who leaves a message of which the words are known soon."""
    return Caller(Need.MESSAGE, at_s=at_s, speaks_s=4.0, words_after_s=2.0, says=says)


def short(*callers: Caller, manner: Manner = Manner.TAKES) -> Scenario:
    """One counselor, and an alarm phone."""
    return Scenario(
        people=(Person("c1", (Act(manner),)), Person("boss", (Act(Manner.TAKES),))),
        policies=(("default", Escalation((Step(("c1",), 20.0),), alarm=("boss",))),),
        callers=callers,
    )


@pytest.mark.parametrize(
    "calls", [CALLS, pytest.param(wave.CALLS, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
def test_all_of_a_wave_are_taken_or_alarmed_in_time(calls: int) -> None:
    outcome, came = wave.play_wave(wave.scenario(1, calls))
    assert outcome.violation is None
    assert came.left == 0
    assert came.longest_s <= came.worst_s
    assert came.incidents[0] > 0.8 * calls
    assert came.together > calls / 4
    assert sum(came.rings.values()) < calls


def test_one_phone_rings_a_few_times_for_many_reports() -> None:
    callers = (told(SAYINGS[n % 3], 20.0 * n) for n in range(15))
    outcome, came = wave.play_wave(short(*callers))
    assert outcome.violation is None
    assert (came.reports, came.taken, came.incidents) == (15, 15, (15,))
    assert came.rings["c1"] <= 5


def test_something_newer_rings_in_between() -> None:
    callers = [told(SAYINGS[n % 3], 20.0 * n) for n in range(6)]
    newer = told(
        Saying("tyler put a bomb in his locker at north high on snapchat", "tyler", BOMB), 90
    )
    _, without = wave.play_wave(short(*callers))
    outcome, came = wave.play_wave(short(*callers, newer))
    assert outcome.violation is None
    assert came.newer == without.newer + 1
    assert came.rings["c1"] > without.rings["c1"]


def test_when_nobody_takes_it_every_report_has_its_alarm() -> None:
    callers = (told(SAYINGS[n % 3], 10.0 * n) for n in range(6))
    outcome, came = wave.play_wave(short(*callers, manner=Manner.NEVER))
    assert outcome.violation is None
    assert (came.taken, came.alarmed, came.left) == (0, 6, 0)


@pytest.mark.parametrize("name", [name for name, _, _ in mutants_waves.BROKEN])
def test_a_wave_finds_what_is_broken(name: str) -> None:
    callers = [told(SAYINGS[n % 3], 10.0 * n) for n in range(14)]
    callers += [told(SAYINGS[5], 52.0), told(SAYINGS[6], 63.0), told(SAYINGS[4], 100.0)]
    made, mutant = short(*callers), by_name(name)
    assert play(made).violation is None
    with mutant.patch():
        found = play(made).violation
    assert found is not None
    assert found.invariant in mutant.invariants


def test_a_wave_is_the_same_every_time() -> None:
    assert wave.scenario(7, 50) == wave.scenario(7, 50)
    assert wave.scenario(7, 50) != wave.scenario(8, 50)
    assert any(c.says is not None and c.says.grave == GUN for c in wave.scenario(7, 50).callers)
