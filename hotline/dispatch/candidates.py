"""Whom a step rings now, in which order, and why others are left out. Pure.

Dispatch asks it when a step begins, `hotline.dispatch.explain` when a person wants to know ahead.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hotline.dispatch.words import Step

SCHEDULE = "schedule:"


class Why(StrEnum):
    """Why a target is not rung.

    not_in_roster: unknown, or switched off · nobody_on_call: a schedule with nobody now ·
    ringing_already: a phone of theirs rings for this report · asked_before: the step leaves out who
    was rung for this report · busy: on another call, while somebody else of the step is free ·
    off_duty: on break or off duty, while somebody else of the step is free.
    """

    NOT_IN_ROSTER = "not_in_roster"
    NOBODY_ON_CALL = "nobody_on_call"
    RINGING_ALREADY = "ringing_already"
    ASKED_BEFORE = "asked_before"
    BUSY = "busy"
    OFF_DUTY = "off_duty"


@dataclass(frozen=True)
class Person:
    """A responder as far as the order is concerned. confirmed: the number was tried out."""

    languages: tuple[str, ...]
    active: bool = True
    confirmed: bool = True
    kind: str = ""


@dataclass(frozen=True)
class Skipped:
    """Who (a handle, or `schedule:NAME`) is not rung, and why."""

    handle: str
    why: Why


def schedule_of(target: str) -> str | None:
    """The name of the schedule that a target stands for; None for a handle."""
    return target.removeprefix(SCHEDULE) if target.startswith(SCHEDULE) else None


def schedules_of(step: Step) -> set[str]:
    """The names of the schedules a step asks."""
    return {name for t in step.targets if (name := schedule_of(t)) is not None}


def candidates(
    step: Step,
    language: str | None,
    people: Mapping[str, Person],
    on_call: Mapping[str, tuple[str, ...]],
    *,
    busy: Collection[str] = (),
    away: Collection[str] = (),
    live: Collection[str] = (),
    asked: Collection[str] = (),
    asked_here: Collection[str] = (),
) -> tuple[list[str], list[Skipped]]:
    """Handles in the order of ringing, nobody twice, and who is skipped.

    The order is that of the targets, with those who speak the caller's language first. on_call: who
    is on call now, by schedule. busy: on another call. away: on break or off duty. Both are rung
    when nobody else is left. live: their phones ring for this dispatch. asked: rung for it at any
    time. asked_here: rung in this very step; they had their turn and are left out without a word.
    """
    skipped: list[Skipped] = []
    free: list[str] = []
    later: list[str] = []
    for handle in _named(step, on_call, skipped):
        why = _why_not(handle, people, live, asked if step.unasked else ())
        if handle in asked_here:
            continue
        if why is not None:
            skipped.append(Skipped(handle, why))
        else:
            (later if handle in busy or handle in away else free).append(handle)
    if free:
        skipped += [Skipped(h, Why.BUSY if h in busy else Why.OFF_DUTY) for h in later]
    return sorted(free or later, key=lambda h: language not in people[h].languages), skipped


def _named(
    step: Step, on_call: Mapping[str, tuple[str, ...]], skipped: list[Skipped]
) -> Iterator[str]:
    """Every handle the step stands for, once; schedules with nobody go to `skipped`."""
    seen: set[str] = set()
    for target in dict.fromkeys(step.targets):
        name = schedule_of(target)
        handles = (target,) if name is None else on_call.get(name, ())
        if not handles:
            skipped.append(Skipped(target, Why.NOBODY_ON_CALL))
        yield from (h for h in dict.fromkeys(handles) if h not in seen)
        seen.update(handles)


def _why_not(
    handle: str, people: Mapping[str, Person], live: Collection[str], asked: Collection[str]
) -> Why | None:
    person = people.get(handle)
    if person is None or not person.active:
        return Why.NOT_IN_ROSTER
    if handle in live:
        return Why.RINGING_ALREADY
    return Why.ASKED_BEFORE if handle in asked else None
