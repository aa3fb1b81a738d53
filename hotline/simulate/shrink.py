"""Make a scenario that fails smaller, piece by piece, for as long as it fails in the same way."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from hotline.simulate.play import play
from hotline.simulate.scenario import Act, Caller, Escalation, Person, Scenario

MOST_TRIES = 800
"""Runs that shrinking may take."""

Part = TypeVar("Part")


def fails_like(scenario: Scenario) -> Callable[[Scenario], bool]:
    """Whether another scenario breaks the same promise in the same words."""
    first = play(scenario).violation

    def fails(other: Scenario) -> bool:
        found = play(other).violation
        return first is not None and found is not None and _same(found, first)

    return fails


def _same(one: object, other: object) -> bool:
    return getattr(one, "invariant", None) == getattr(other, "invariant", None)


def shrink(
    scenario: Scenario, fails: Callable[[Scenario], bool] | None = None, tries: int = MOST_TRIES
) -> Scenario:
    """The smallest scenario found that still fails; every step makes `Scenario.size` smaller or
    its seconds simpler."""
    still = fails or fails_like(scenario)
    going = True
    while going:
        going = False
        for smaller in _smaller(scenario):
            tries -= 1
            if tries < 0:
                return scenario
            if still(smaller):
                scenario, going = smaller, True
                break
    return scenario


def _smaller(s: Scenario) -> Iterator[Scenario]:
    """Scenarios with something left out: big pieces first."""
    for faults in _without(s.faults):
        yield replace(s, faults=faults)
    if len(s.callers) > 1:
        for callers in _without_one(s.callers):
            yield replace(s, callers=callers)
    if s.engines > 1:
        yield replace(s, engines=1)
    if len(s.policies) > 1:
        yield replace(s, policies=s.policies[:1])
    for n, (name, escalation) in enumerate(s.policies):
        for simpler in _simpler_policy(escalation):
            yield replace(s, policies=_put(s.policies, n, (name, simpler)))
    for people in _without_one(s.people):
        yield replace(s, people=people)
    for n, person in enumerate(s.people):
        for acts in _without_one(person.acts) if len(person.acts) > 1 else ():
            yield replace(s, people=_put(s.people, n, replace(person, acts=acts)))
        if person.away_until_s:
            yield replace(s, people=_put(s.people, n, replace(person, away_until_s=0.0)))
    yield from _plainer(s)


def _plainer(s: Scenario) -> Iterator[Scenario]:
    """The same with seconds and options as they are by default."""
    for n, caller in enumerate(s.callers):
        for plain in _plain_caller(caller):
            yield replace(s, callers=_put(s.callers, n, plain))
    for n, person in enumerate(s.people):
        for k, act in enumerate(person.acts):
            plain_act = Act(act.manner)
            if plain_act != act:
                yield replace(s, people=_put(s.people, n, _with_act(person, k, plain_act)))


def _plain_caller(caller: Caller) -> Iterator[Caller]:
    default = Caller(caller.need)
    for name in (
        *("at_s", "back_after_s", "words_after_s", "withdrawn_after_s"),
        *("desk_after_s", "patience_s", "adds_after_s", "added_words_after_s", "adds_grave"),
        *("talks_s", "speaks_s", "language", "raises"),
    ):
        value = getattr(default, name)
        if getattr(caller, name) != value:
            yield replace(caller, **{name: value})


def _with_act(person: Person, at: int, act: Act) -> Person:
    return replace(person, acts=_put(person.acts, at, act))


def _simpler_policy(e: Escalation) -> Iterator[Escalation]:
    if e.rounds > 1:
        yield replace(e, rounds=1)
    if e.last_resort is not None:
        yield replace(e, last_resort=None)
    for steps in _without_one(e.steps):
        yield replace(e, steps=steps)
    for n, step in enumerate(e.steps):
        if len(step.targets) > 1:
            for targets in _without_one(step.targets):
                yield replace(e, steps=_put(e.steps, n, replace(step, targets=targets)))


def _without(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    """All left out, then halves, quarters and so on down to single ones (delta debugging)."""
    size = len(parts)
    while size:
        for at in range(0, len(parts), size):
            yield parts[:at] + parts[at + size :]
        size //= 2


def _without_one(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    for at in range(len(parts)):
        yield parts[:at] + parts[at + 1 :]


def _put(parts: Sequence[Part], at: int, part: Part) -> tuple[Part, ...]:
    return (*parts[:at], part, *parts[at + 1 :])
