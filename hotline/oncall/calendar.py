"""Who is on call at a moment: rotations in local time, and overrides on top of them. Pure.

A person is a responder's handle. Shifts change and windows open by the wall clock of the schedule's
zone. Where the clock jumps, a local time happens when the wall clock first shows it or a later one:
in spring a time that is left out happens as the clock jumps over it, in autumn a time that is shown
twice happens the first time. So a change of the clocks leaves neither a hole nor a double.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from hotline.mistakes import Mistake

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_INSTANT = timedelta.resolution


class CalendarError(Mistake):
    """A schedule that cannot be; the message says what to mend."""


@dataclass(frozen=True)
class Window:
    """Hours of the week, in local time, in which a rotation is on call."""

    days: tuple[int, ...]
    """0 is Monday; the day on which the window begins."""
    start: time
    end: time
    """Not after `start`: until that time on the next day; equal to it: 24 hours."""


@dataclass(frozen=True)
class Rotation:
    """People who take turns. Before `start` nobody is on call. Raises CalendarError."""

    people: tuple[str, ...]
    every: Literal["day", "week"]
    length: int
    """A turn lasts so many days or weeks."""
    start: date
    """Local date on which the first of `people` begins; its weekday is that of the handoffs."""
    handoff: time
    """Local time of day at which turns change."""
    windows: tuple[Window, ...] = ()
    """Empty: round the clock."""

    def __post_init__(self) -> None:
        """Refuse what can have no turns."""
        if not self.people or self.length < 1:
            raise CalendarError("A rotation needs at least one person and a length of 1 or more.")

    @property
    def days(self) -> int:
        """How many days a turn lasts."""
        return self.length * (7 if self.every == "week" else 1)


@dataclass(frozen=True)
class Override:
    """From `start` to `end` (aware) somebody else is on call. Raises CalendarError."""

    start: datetime
    end: datetime
    person: str | None
    """None: nobody."""
    replaces: str | None = None
    """Whose place is taken; nothing happens where they have none. None: everybody's place."""
    besides: bool = False
    """`person` comes on top of those who are on call."""

    def __post_init__(self) -> None:
        """Refuse what has no length or no meaning."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise CalendarError("An override needs times with a zone.")
        if self.end <= self.start:
            raise CalendarError("An override must end after it begins.")
        if self.besides and (self.person is None or self.replaces is not None):
            raise CalendarError("An override besides others names one person and replaces nobody.")
        if self.person is not None and self.person == self.replaces:
            raise CalendarError(
                f"An override puts {self.person!r} in their own place; leave it out."
            )


@dataclass(frozen=True)
class Schedule:
    """Rotations side by side, all on call at once; a later override wins over an earlier one."""

    name: str
    timezone: str
    """IANA name, America/Chicago for example."""
    rotations: tuple[Rotation, ...]
    overrides: tuple[Override, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone. Raises ZoneInfoNotFoundError for a name nobody knows."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class Span:
    """A stretch of UTC time with the same people on call; nobody: a gap."""

    start: datetime
    end: datetime
    people: tuple[str, ...]


@dataclass(frozen=True)
class Shift:
    """A stretch of UTC time in which one person is on call (or has their turn)."""

    start: datetime
    end: datetime
    person: str


def on_call(schedule: Schedule, at: datetime) -> tuple[str, ...]:
    """Who is on call at an aware moment, in the order of the rotations, nobody twice."""
    [span] = final(schedule, at, at + _INSTANT)
    return span.people


def final(schedule: Schedule, start: datetime, end: datetime) -> tuple[Span, ...]:
    """Who is on call from `start` to `end` (aware): spans without holes, neighbours differ."""
    spans = places(schedule, start, end)
    return _merged(replace(span, people=tuple(dict.fromkeys(span.people))) for span in spans)


def places(schedule: Schedule, start: datetime, end: datetime) -> tuple[Span, ...]:
    """The same as `final`, but whoever fills two places stands there twice."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    changes = _changes(schedule, start, end)
    edges = sorted({start, end, *changes} if start < end else ())
    filled: dict[int, str | Override] = {}
    spans = []
    for at, until in pairwise(edges):
        for layer, what in changes.get(at, ()):
            if what is None:
                filled.pop(layer, None)
            else:
                filled[layer] = what
        spans.append(Span(at, until, _people(filled)))
    return _merged(spans)


def shifts(schedule: Schedule, start: datetime, end: datetime) -> tuple[Shift, ...]:
    """Each person's unbroken time on call between two moments, cut off there; by start."""
    done, running = [], dict[str, Shift]()
    for span in final(schedule, start, end):
        for person in set(running).difference(span.people):
            done.append(running.pop(person))
        for person in span.people:
            begun = running.get(person, Shift(span.start, span.end, person))
            running[person] = replace(begun, end=span.end)
    return tuple(sorted([*done, *running.values()], key=lambda s: (s.start, s.person)))


def handoffs(schedule: Schedule, start: datetime, end: datetime) -> tuple[Shift, ...]:
    """Shifts that begin at or after `start` and before `end`, cut off there.

    Whoever was on call just before does not begin.
    """
    if end <= start:
        return ()
    return tuple(s for s in shifts(schedule, start - _INSTANT, end) if s.start >= start)


def turn(schedule: Schedule, person: str, day: date) -> Shift:
    """The turn of `person` that begins on a local day, or else the one that runs into it.

    A turn lasts from handoff to handoff, whatever its windows. Raises CalendarError.
    """
    found = [
        Shift(begin, finish, who)
        for rotation in schedule.rotations
        for begin, finish, who in _turns(rotation, schedule.zone, day, day + _DAY)
        if who == person and begin.astimezone(schedule.zone).date() <= day
        if finish > moment(day, time(), schedule.zone)
    ]
    if not found:
        raise CalendarError(f"{person!r} has no turn in {schedule.name!r} on {day:%a %d %b %Y}.")
    return max(found, key=lambda shift: shift.start)


def swap(first: Shift, second: Shift) -> tuple[Override, Override]:
    """Two people change places: each takes the shift of the other. Raises CalendarError."""
    if first.person == second.person:
        raise CalendarError(f"{first.person!r} cannot swap with themselves; name two people.")
    if first.start < second.end and second.start < first.end:
        raise CalendarError("These two shifts run at the same time; there is nothing to swap.")
    return (
        Override(first.start, first.end, second.person, first.person),
        Override(second.start, second.end, first.person, second.person),
    )


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When the wall clock first shows this local time or a later one; UTC."""
    wanted = datetime.combine(day, at)
    local = wanted.replace(tzinfo=zone, fold=0)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wanted:
        return found
    # The clock leaves this time out. `found` lies after the jump; look for the jump before it.
    before, after = local.replace(fold=1).astimezone(UTC), found
    old = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


Changes = dict[datetime, list[tuple[int, str | Override | None]]]


def _changes(schedule: Schedule, start: datetime, end: datetime) -> Changes:
    """What begins and (None) ends in each layer: rotations first, then overrides."""
    changes: Changes = defaultdict(list)
    layers: list[Iterable[tuple[datetime, datetime, str | Override]]] = [
        _segments(rotation, schedule.zone, start, end) for rotation in schedule.rotations
    ]
    layers += [[(o.start.astimezone(UTC), o.end.astimezone(UTC), o)] for o in schedule.overrides]
    for number, layer in enumerate(layers):
        for begin, finish, what in layer:
            begin, finish = max(begin, start), min(finish, end)
            if begin < finish:
                changes[begin].append((number, what))
                changes[finish].insert(0, (number, None))
    return changes


def _segments(
    rotation: Rotation, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, str]]:
    """The turns of a rotation, cut to its windows, in order and apart from each other."""
    first = start.astimezone(zone).date()
    last = end.astimezone(zone).date()
    turns = _turns(rotation, zone, first, last)
    if not rotation.windows:
        yield from turns
        return
    hours = _hours(rotation.windows, zone, first, last)
    turned, window = next(turns, None), next(hours, None)
    while turned and window:
        begin, finish = max(turned[0], window[0]), min(turned[1], window[1])
        if begin < finish:
            yield begin, finish, turned[2]
        if turned[1] <= window[1]:
            turned = next(turns, None)
        else:
            window = next(hours, None)


def _turns(
    rotation: Rotation, zone: ZoneInfo, first: date, last: date
) -> Iterator[tuple[datetime, datetime, str]]:
    """The turns that touch these local days, and some before and after."""
    number = max(0, (first - rotation.start).days // rotation.days - 1)
    day = rotation.start + timedelta(days=number * rotation.days)
    begin = moment(day, rotation.handoff, zone)
    while day <= last:
        day += timedelta(days=rotation.days)
        finish = moment(day, rotation.handoff, zone)
        yield begin, finish, rotation.people[number % len(rotation.people)]
        begin, number = finish, number + 1


def _hours(
    windows: tuple[Window, ...], zone: ZoneInfo, first: date, last: date
) -> Iterator[tuple[datetime, datetime]]:
    """The windows that touch these local days, in order; those that overlap are one."""
    found = []
    for count in range(-2, (last - first).days + 1):
        day = first + timedelta(days=count)
        for window in windows:
            if day.weekday() in window.days:
                until = day + _DAY if window.end <= window.start else day
                found.append((moment(day, window.start, zone), moment(until, window.end, zone)))
    running: tuple[datetime, datetime] | None = None
    for begin, finish in sorted(found):
        if running and begin <= running[1]:
            running = running[0], max(running[1], finish)
            continue
        if running:
            yield running
        running = begin, finish
    if running:
        yield running


def _people(filled: dict[int, str | Override]) -> tuple[str, ...]:
    """Who fills the places once every override, the latest last, has had its say."""
    owners: list[str | None] = []
    now: list[str | None] = []
    for layer in sorted(filled):
        what = filled[layer]
        if isinstance(what, str):
            owners.append(what)
            now.append(what)
        elif what.besides or (what.replaces is None and not owners):
            owners.append(None)
            now.append(what.person)
        else:
            whose = what.replaces
            for i, owner in enumerate(owners):
                if whose is None or whose in (owner, now[i]):
                    now[i] = what.person
    return tuple(person for person in now if person is not None)


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].people == span.people:
            merged[-1] = replace(merged[-1], end=span.end)
        else:
            merged.append(span)
    return tuple(merged)
