"""What is wrong with who is on call: gaps, people who cannot be rung or are doubled. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from hotline.oncall.calendar import Schedule, Shift, Span, final, places, shifts

# People change numbers without saying so; a test call older than a quarter proves little.
FRESH_FOR = timedelta(days=90)


def is_fresh(confirmed_at: datetime | None, now: datetime) -> bool:
    """Whether a number counts as confirmed: somebody pressed 1 on a test call not too long ago."""
    return confirmed_at is not None and now - confirmed_at <= FRESH_FOR


class Kind(StrEnum):
    """What sort of problem it is."""

    GAP = "gap"
    UNKNOWN = "unknown"
    SWITCHED_OFF = "switched-off"
    NO_NUMBER = "no-number"
    UNCONFIRMED = "unconfirmed"
    TWICE = "twice"
    TWO_SCHEDULES = "two-schedules"
    UNKNOWN_OVERRIDE = "unknown-override"


@dataclass(frozen=True)
class Person:
    """What coverage asks about a responder."""

    number: bool = True
    """There is one."""
    confirmed: bool = True
    """Somebody pressed 1 on a test call to it."""
    active: bool = True


@dataclass(frozen=True)
class Problem:
    """One thing to mend, from `start` to `end` (UTC), in a plain sentence with local times."""

    kind: Kind
    schedule: str
    start: datetime
    end: datetime
    person: str | None
    sentence: str


def problems(
    schedules: Iterable[Schedule],
    people: Mapping[str, Person],
    start: datetime,
    end: datetime,
    used: Collection[str] | None = None,
) -> tuple[Problem, ...]:
    """Everything that is wrong between two moments, the earliest first.

    people: everybody in the roster by handle. used: the schedules that are rung; a gap in another
    does not matter. None: all of them.
    """
    looked_at = tuple(schedules)
    found: list[Problem] = []
    for schedule in looked_at:
        if used is None or schedule.name in used:
            found += _gaps(schedule, start, end)
        found += _unfit(schedule, people, start, end)
        found += _strangers(schedule, people, start, end)
        found += _twice(schedule, start, end)
    found += _two_schedules(looked_at, start, end)
    return tuple(sorted(found, key=lambda p: (p.start, p.schedule, p.kind, p.person or "")))


def when(start: datetime, end: datetime, schedule: Schedule) -> str:
    """A stretch of time in a schedule's local time, in words."""
    first, last = (at.astimezone(schedule.zone) for at in (start, end))
    # Where an hour comes twice, the name of the zone tells which one is meant.
    zones = (f"{first:%Z}",) if f"{first:%Z}" == f"{last:%Z}" else (f"{first:%Z}", f"{last:%Z}")
    begun = f"{first:%a %d %b %Y %H:%M}" + (f" {zones[0]}" if len(zones) > 1 else "")
    same = first.date() == last.date()
    ended = f"{last:%H:%M}" if same else f"{last:%a %d %b %Y %H:%M}"
    return f"{begun} to {ended} {zones[-1]}"


def _gaps(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Problem]:
    for span in final(schedule, start, end):
        if not span.people:
            yield _problem(Kind.GAP, schedule, span, None, "Nobody is on call in {name!r} {when}.")


_UNFIT = {
    Kind.UNKNOWN: "{person!r} is on call in {name!r} {when} but is not in the roster.",
    Kind.SWITCHED_OFF: "{person!r} is on call in {name!r} {when} but is switched off.",
    Kind.NO_NUMBER: "{person!r} is on call in {name!r} {when} but has no number.",
    Kind.UNCONFIRMED: "{person!r} is on call in {name!r} {when} "
    "but has not pressed 1 on a test call to their number in the last 90 days.",
}


def _unfit(
    schedule: Schedule, people: Mapping[str, Person], start: datetime, end: datetime
) -> Iterator[Problem]:
    """People who cannot be counted on, once each, with the first time that they are on call."""
    seen = set[str]()
    for shift in shifts(schedule, start, end):
        kind = _fault(people.get(shift.person))
        if kind is not None and shift.person not in seen:
            seen.add(shift.person)
            yield _problem(kind, schedule, shift, shift.person, _UNFIT[kind])


def _fault(person: Person | None) -> Kind | None:
    if person is None:
        return Kind.UNKNOWN
    if not person.active:
        return Kind.SWITCHED_OFF
    if not person.number:
        return Kind.NO_NUMBER
    return None if person.confirmed else Kind.UNCONFIRMED


def _strangers(
    schedule: Schedule, people: Mapping[str, Person], start: datetime, end: datetime
) -> Iterator[Problem]:
    """Overrides that would take the place of somebody who is nowhere in the roster."""
    for override in schedule.overrides:
        whose = override.replaces
        if whose is None or whose in people or override.end <= start or override.start >= end:
            continue
        text = "An override of {name!r} {when} takes the place of {person!r}, "
        text += "who is not in the roster."
        yield _problem(
            Kind.UNKNOWN_OVERRIDE, schedule, Span(override.start, override.end, ()), whose, text
        )


def _twice(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Problem]:
    """Whoever fills two places of a schedule at once; once each, with the first time."""
    seen = set[str]()
    for span in places(schedule, start, end):
        for person in sorted({p for p in span.people if span.people.count(p) > 1} - seen):
            seen.add(person)
            text = "{person!r} fills two places in {name!r} at once {when}."
            yield _problem(Kind.TWICE, schedule, span, person, text)


def _two_schedules(
    schedules: tuple[Schedule, ...], start: datetime, end: datetime
) -> Iterator[Problem]:
    """Whoever is on call in two schedules at once; once each, with the first time."""
    known = {s.name: shifts(s, start, end) for s in schedules}
    for one, other in combinations(schedules, 2):
        both = dict[str, tuple[datetime, datetime]]()
        for mine, theirs in _meetings(known[one.name], known[other.name]):
            both.setdefault(mine.person, (max(mine.start, theirs.start), min(mine.end, theirs.end)))
        for person, (begun, ended) in both.items():
            text = "{person!r} is on call in {name!r} and in {other!r} at once {when}."
            span = Span(begun, ended, ())
            yield _problem(Kind.TWO_SCHEDULES, one, span, person, text, other.name)


def _meetings(mine: tuple[Shift, ...], theirs: tuple[Shift, ...]) -> Iterator[tuple[Shift, Shift]]:
    """Pairs of shifts of the same person that share some time, in order of the first."""
    by_person: dict[str, list[Shift]] = {}
    for shift in theirs:
        by_person.setdefault(shift.person, []).append(shift)
    for shift in mine:
        for other in by_person.get(shift.person, ()):
            if shift.start < other.end and other.start < shift.end:
                yield shift, other


def _problem(
    kind: Kind,
    schedule: Schedule,
    span: Span | Shift,
    person: str | None,
    text: str,
    other: str = "",
) -> Problem:
    words = {"person": person, "name": schedule.name, "other": other}
    sentence = text.format(**words, when=when(span.start, span.end, schedule))
    return Problem(kind, schedule.name, span.start, span.end, person, sentence)
