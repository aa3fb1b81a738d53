"""When a step would ring nobody, and how many it rings at most, in the days to come. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from hotline.dispatch.candidates import schedule_of, schedules_of
from hotline.dispatch.words import Step
from hotline.oncall import calendar
from hotline.oncall.calendar import Schedule, Span

AHEAD = timedelta(days=60)
"""How far ahead is looked."""

Stretch = tuple[datetime, datetime]


def resolved(
    step: Step, schedules: Mapping[str, Schedule], people: Collection[str], now: datetime
) -> tuple[Span, ...]:
    """Whom the step stands for, span by span, from now on for AHEAD.

    people: handles of those who can be rung; nobody else counts, nor does an unknown schedule.
    """
    spans = {
        name: calendar.final(schedules[name], now, now + AHEAD)
        for name in schedules_of(step)
        if name in schedules
    }
    always = [t for t in step.targets if schedule_of(t) is None]
    edges = sorted({now, now + AHEAD} | {s.start for row in spans.values() for s in row})
    found = []
    for start, end in pairwise(edges):
        on_call = [p for row in spans.values() for p in _at(row, start)]
        handles = dict.fromkeys(p for p in (*always, *on_call) if p in people)
        found.append(Span(start, end, tuple(handles)))
    return tuple(found)


def empty(spans: Sequence[Span]) -> list[Stretch]:
    """When nobody is there; stretches that touch are one."""
    found: list[Stretch] = []
    for span in spans:
        if span.people:
            continue
        if found and found[-1][1] == span.start:
            found[-1] = found[-1][0], span.end
        else:
            found.append((span.start, span.end))
    return found


def within(stretches: Iterable[Stretch], hours: Sequence[Stretch]) -> list[Stretch]:
    """The parts of the stretches that lie in the hours."""
    cut = [(max(a, b), min(c, d)) for a, c in stretches for b, d in hours]
    return sorted({(start, end) for start, end in cut if start < end})


def uncovered(hours: Iterable[Stretch], others: Iterable[Stretch]) -> list[Stretch]:
    """What is left of the hours without the others."""
    left = list(hours)
    for begin, end in others:
        left = [
            part
            for start, stop in left
            for part in ((start, min(stop, begin)), (max(start, end), stop))
            if part[0] < part[1]
        ]
    return left


def most(step: Step, spans: Sequence[Span]) -> int:
    """How many people the step rings at most.

    In order, a shift may change while the step runs, and who comes on is rung as well.
    """
    crowds = [set(span.people) for span in spans]
    if step.in_order:
        crowds += [set(a.people) | set(b.people) for a, b in pairwise(spans)]
    return max(map(len, crowds), default=0)


def _at(spans: Sequence[Span], at: datetime) -> tuple[str, ...]:
    return next((s.people for s in spans if s.start <= at < s.end), ())
