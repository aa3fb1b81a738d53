"""A schedule as iCalendar (RFC 5545): for calendar programs to show, and from them to read."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import icalendar
import recurring_ical_events

from hotline.mistakes import Mistake
from hotline.oncall import calendar
from hotline.oncall.calendar import Override, Schedule, Shift

PERSON = "X-HOTLINE-PERSON"
# A year of shifts of an hour is 8760; more is a mistake in a repeating event.
MOST = 10_000
_DAY = timedelta(days=1)


class FeedError(Mistake):
    """The file is no calendar, or one that cannot be read to its end."""


@dataclass(frozen=True)
class Imported:
    """What a calendar file says: who is on call instead of the rotations, and what it leaves open.

    Where the calendar is silent the rotations go on.
    """

    overrides: tuple[Override, ...]
    problems: tuple[str, ...]


def export(schedule: Schedule, start: datetime, end: datetime, now: datetime) -> bytes:
    """An .ics with one event for each person's time on call; a running one has its true start.

    A shift keeps its UID from one export to the next, so that a calendar program moves nothing.
    """
    feed = icalendar.Calendar()
    feed.add("prodid", "-//hotline//on call//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", schedule.name)
    # Shifts that run without a break since the year before last are cut off at its end.
    since = datetime(start.astimezone(UTC).year - 1, 1, 1, tzinfo=UTC)
    for shift in calendar.shifts(schedule, since, end):
        if shift.end > start:
            feed.add_component(_event(schedule.name, shift, now))
    return bytes(feed.to_ical())


def _event(name: str, shift: Shift, now: datetime) -> icalendar.Event:
    identity = f"{name}\n{shift.person}\n{shift.start.isoformat()}"
    event = icalendar.Event()
    event.add("uid", f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}@hotline")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", shift.start)
    event.add("dtend", shift.end)
    event.add("summary", shift.person)
    event.add(PERSON, shift.person)
    return event


def read(
    text: str | bytes, schedule: Schedule, known: Collection[str], start: datetime, end: datetime
) -> Imported:
    """What a calendar file says for a schedule between two moments. Raises FeedError.

    known: every handle. An event's X-HOTLINE-PERSON, title or attendee names the person; times
    without a zone, and whole days, are the schedule's. Cancelled events do not count.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    found, problems = list[Shift](), dict[str, None]()
    handles = {handle.casefold(): handle for handle in known}
    for event, begin, finish in _events(text, schedule, start, end):
        if finish <= start or begin >= end or str(event.get("status", "")).upper() == "CANCELLED":
            continue
        people = _people(event, handles)
        if len(people) == 1:
            found.append(Shift(max(begin, start), min(finish, end), people.pop()))
        else:
            problems[_sentence(begin, schedule, people)] = None
    return Imported(_overrides(found), tuple(problems))


def _events(
    text: str | bytes, schedule: Schedule, start: datetime, end: datetime
) -> Iterator[tuple[icalendar.Event, datetime, datetime]]:
    """Every event that may lie between two moments, with its own; repeating ones once a time."""
    try:
        feed = icalendar.Calendar.from_ical(text)
        if feed.name != "VCALENDAR":
            raise FeedError("This is not a calendar file; export it as iCalendar (.ics).")
        # Events without a zone may lie up to a day beside.
        for count, event in enumerate(recurring_ical_events.of(feed).after(start - _DAY)):
            if count >= MOST:
                raise FeedError(f"The calendar has more than {MOST} events; import fewer days.")
            begin, finish = (_moment(at, schedule) for at in (event.start, event.end))
            if begin > end + 2 * _DAY:
                return
            yield event, begin, finish
    except FeedError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise FeedError("This is not a readable calendar; export it as iCalendar (.ics).") from None


def _moment(at: date, schedule: Schedule) -> datetime:
    if not isinstance(at, datetime):
        return calendar.moment(at, time(), schedule.zone)
    if at.tzinfo is None:
        return calendar.moment(at.date(), at.time(), schedule.zone)
    return at.astimezone(UTC)


def _people(event: icalendar.Event, handles: dict[str, str]) -> set[str]:
    """Whom the event names: by the first of its fields that names anybody."""
    attendees = event.get("attendee", [])
    listed = attendees if isinstance(attendees, list) else [attendees]
    names = [str(one.params.get("CN", "")) for one in listed]
    names += [re.sub(r"(?i)^mailto:|@.*$", "", str(one)) for one in listed]
    for field in ([str(event.get(PERSON, ""))], [str(event.get("summary", ""))], names):
        whole = {handles[name] for text in field if (name := text.strip().casefold()) in handles}
        words = {word.strip(".") for text in field for word in re.findall(r"[\w.-]+", text)}
        found = whole or {handles[w.casefold()] for w in words if w.casefold() in handles}
        if found:
            return found
    return set()


def _sentence(begin: datetime, schedule: Schedule, people: set[str]) -> str:
    """What is wrong with an event. Its title may be private and stays out."""
    at = f"The event of {begin.astimezone(schedule.zone):%a %d %b %Y %H:%M %Z}"
    if people:
        named = ", ".join(sorted(people))
        return f"{at} names more than one person ({named}); make it an event for each."
    return f"{at} names nobody of the roster; give it a handle as its title."


def _overrides(shifts: list[Shift]) -> tuple[Override, ...]:
    """Overrides that leave exactly these people on call while any of them is."""
    waiting = sorted(shifts, key=lambda s: s.start, reverse=True)
    running, found = list[Shift](), list[Override]()
    for begin, finish in pairwise(sorted({edge for s in shifts for edge in (s.start, s.end)})):
        running = [shift for shift in running if shift.end > begin]
        while waiting and waiting[-1].start <= begin:
            running.append(waiting.pop())
        for number, person in enumerate(dict.fromkeys(shift.person for shift in running)):
            found.append(Override(begin, finish, person, besides=number > 0))
    return tuple(found)
