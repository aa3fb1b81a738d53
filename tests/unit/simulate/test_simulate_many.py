"""Many runs and what is told of them."""

import json

from hotline.dispatch import machine
from hotline.simulate import chance, report
from hotline.simulate.many import EVENT_NAMES, FAULT_NAMES, STATES, simulate, simulate_all
from hotline.simulate.mutants import MUTANTS, Caught, Mutant
from hotline.simulate.play import play
from hotline.simulate.scenario import FAULTS
from hotline.simulate.world import Violation


def broken(name: str) -> Mutant:
    [mutant] = [m for m in MUTANTS if m.name == name]
    return mutant


def test_the_result_is_the_same_for_any_number_of_processes() -> None:
    alone, together = simulate_all(5, 60), simulate_all(5, 60, jobs=2)
    assert alone.groups == together.groups
    assert alone.runs == together.runs == 60
    assert alone.failing == together.failing == []


def test_a_run_is_the_same_alone_and_among_others() -> None:
    among = simulate(5, 3, 2)
    alone = simulate(5, 3, 1)
    alone.merge(simulate(5, 4, 1))
    assert among.groups == alone.groups


def test_json_has_the_promised_keys() -> None:
    told = json.loads(report.as_json(simulate_all(5, 3), 5))
    promised = {"runs", "violations", "runs_per_s", "states", "events", "faults", "failing_seeds"}
    assert promised <= told.keys()
    assert set(told["states"]) == set(STATES)
    assert set(told["events"]) == set(EVENT_NAMES)
    assert set(told["faults"]) == set(FAULT_NAMES) > set(FAULTS)
    assert told["violations"] == 0
    assert told["failing_seeds"] == []


def test_failing_runs_are_named() -> None:
    with broken("losers-ring-on").patch():
        tally = simulate_all(5, 12)
    assert tally.failing
    told = json.loads(report.as_json(tally, 5))
    assert told["violations"] == len(tally.failing)
    assert told["failing_seeds"] == [[5, run] for run, _ in tally.failing]
    run, violation = tally.failing[0]
    assert f"Run {run} of seed 5: {violation.invariant}" in report.as_text(tally, 5)


def test_the_text_says_what_never_occurred() -> None:
    text = report.as_text(simulate_all(5, 1), 5)
    assert "Never occurred: " in text
    assert text.splitlines()[-1].startswith("1 runs, 0 violations, ")


def test_a_missed_mutant_is_named() -> None:
    violation = Violation("I4", "two", 1.0)
    text = report.mutants([Caught("one", violation, 6, 7), Caught("other", None, -1, 600)], 1)
    assert text.splitlines() == [
        "one    I4 after   7 runs (seed 1 run 6)",
        "other  MISSED in 600 runs",
        "2 mutants, 1 caught",
    ]


def test_a_mutant_leaves_the_real_machine_behind() -> None:
    before = machine.advance
    for mutant in MUTANTS:
        with mutant.patch():
            pass
    assert machine.advance is before


def test_a_scenario_and_its_story_can_be_read() -> None:
    scenario = chance.scenario(5, 2)
    text = report.described(scenario)
    assert f"engines: {scenario.engines}" in text
    assert all(person.handle in text for person in scenario.people)
    assert report.story(play(scenario, telling=True)).endswith("no violation")


def test_scenarios_are_drawn_from_seed_and_run_alone() -> None:
    assert chance.scenario(5, 2) == chance.scenario(5, 2)
    assert chance.scenario(5, 2) != chance.scenario(5, 3) != chance.scenario(6, 3)
