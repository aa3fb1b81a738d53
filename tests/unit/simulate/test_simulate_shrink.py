"""Scenarios are made smaller for as long as they fail."""

from hotline.dispatch.words import Step
from hotline.simulate.scenario import (
    Act,
    Caller,
    Escalation,
    Fault,
    Manner,
    Need,
    Person,
    Scenario,
)
from hotline.simulate.shrink import shrink

SCENARIO = Scenario(
    people=tuple(Person(f"c{n}", (Act(Manner.TAKES), Act(Manner.NEVER))) for n in range(4)),
    policies=(
        ("default", Escalation((Step(("c0", "c1"), 20.0), Step(("c2",), 20.0)), rounds=2)),
        ("life-safety", Escalation((Step(("c3",), 20.0),))),
    ),
    callers=tuple(Caller(Need.WAITS, at_s=float(n), patience_s=5.0) for n in range(3)),
    faults=tuple(Fault("callback", n, "callback_lost") for n in range(40)),
    engines=2,
)


def test_everything_goes_that_is_not_needed() -> None:
    smallest = shrink(SCENARIO, lambda s: True)
    assert smallest.faults == ()
    assert smallest.engines == 1
    assert len(smallest.callers) == 1
    assert smallest.people == ()


def test_what_is_needed_stays() -> None:
    def fails(scenario: Scenario) -> bool:
        numbers = {f.nth for f in scenario.faults}
        return {3, 17} <= numbers and any(p.handle == "c2" for p in scenario.people)

    smallest = shrink(SCENARIO, fails)
    assert [f.nth for f in smallest.faults] == [3, 17]
    assert [p.handle for p in smallest.people] == ["c2"]


def test_nothing_smaller_fails() -> None:
    assert shrink(SCENARIO, lambda s: False) == SCENARIO


def test_it_ends_in_time() -> None:
    tried = []

    def fails(scenario: Scenario) -> bool:
        tried.append(scenario)
        return True

    shrink(SCENARIO, fails, tries=5)
    assert len(tried) <= 5
