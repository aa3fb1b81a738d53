"""A schedule as the roster file writes it, and as the database keeps it.

[schedule.counselors]
timezone = "America/Chicago"
[[schedule.counselors.rotation]]
people = ["counselor-1", "counselor-2"]
every = "week"                  # or "day"
length = 1                      # a turn lasts so many of them; 1 when left out
start = 2026-01-05              # the day on which the first person begins
handoff = "08:00"               # when turns change, local time
between = [ { days = ["mon", "tue", "wed", "thu", "fri"], from = "07:00", to = "16:30" } ]
[[schedule.counselors.override]]
from = 2026-12-24T18:00:00      # local time of the schedule, or with an offset
to = 2026-12-26T08:00:00
person = "counselor-3"          # or: nobody = true
instead_of = "counselor-1"      # or: besides = true; with neither: instead of everybody
[[schedule.counselors.swap]]    # each takes the turn of the other on that day
counselor-1 = 2026-12-21
counselor-2 = 2026-12-28
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BeforeValidator, Field

from hotline.mistakes import Mistake
from hotline.oncall import calendar
from hotline.oncall.forms import Form, Path, Problem, read

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Turns are counted from the first day on; farther away, dates end.
YEARS = range(2000, 2101)
LONGEST = 366


class ScheduleError(Mistake):
    """A schedule cannot be read or changed; the message says what to mend."""


def _date(value: object) -> object:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(day, date) and day.year not in YEARS:
        raise ValueError
    return day


def _time(value: object) -> object:
    at = time.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(at, time) and (at.tzinfo is not None or at.second or at.microsecond):
        raise ValueError
    return at


def _moment(value: object) -> object:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(at, datetime) and at.year not in YEARS:
        raise ValueError
    return at


Day = Annotated[date, BeforeValidator(_date)]
Clock = Annotated[time, BeforeValidator(_time)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Table = list[dict[str, Any]]
_DATE = "a date between 2000 and 2100 such as 2026-01-05"
_CLOCK = 'a time of day such as "08:00"'
_MOMENT = "a date and time such as 2026-12-24T18:00:00"


class ScheduleForm(Form):
    """[schedule.NAME]"""

    timezone: str = Field(description='the name of a time zone such as "America/Chicago"')
    rotation: Table = Field([], description="tables: [[schedule.NAME.rotation]]")
    override: Table = Field([], description="tables: [[schedule.NAME.override]]")
    swap: Table = Field([], description="tables: [[schedule.NAME.swap]]")


class RotationForm(Form):
    """[[schedule.NAME.rotation]]"""

    people: list[str] = Field(min_length=1, description="a list of handles, at least one")
    every: Literal["day", "week"] = Field(description='"day" or "week"')
    length: int = Field(1, ge=1, le=LONGEST, description=f"a number from 1 to {LONGEST}")
    start: Day = Field(description=_DATE)
    handoff: Clock = Field(description=_CLOCK)
    between: Table = Field([], description="a list of { days = …, from = …, to = … }")


class WindowForm(Form):
    """One entry of `between`."""

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(
        min_length=1, description=f"a list of {', '.join(DAYS)}"
    )
    start: Clock = Field(alias="from", description=_CLOCK)
    end: Clock = Field(alias="to", description=_CLOCK)


class OverrideForm(Form):
    """[[schedule.NAME.override]]"""

    start: Moment = Field(alias="from", description=_MOMENT)
    end: Moment = Field(alias="to", description=_MOMENT)
    person: str | None = Field(None, description="a handle")
    nobody: bool = Field(False, description="true or false")
    instead_of: str | None = Field(None, description="a handle")
    besides: bool = Field(False, description="true or false")


def parse(raw: Mapping[str, Any], name: str) -> calendar.Schedule:
    """Read one schedule. Raises ScheduleError for the first thing that is wrong."""
    schedule, problems = check(raw, name)
    if schedule is None:
        raise ScheduleError(problems[0].sentence)
    return schedule


def check(raw: object, name: str) -> tuple[calendar.Schedule | None, list[Problem]]:
    """The schedule, or None and everything that is wrong, with paths that begin at `raw`."""
    problems: list[Problem] = []
    what = f"schedule {name!r}"
    form = read(ScheduleForm, raw, (), what, problems)
    if form is None:
        return None, problems
    zone = _zone(form.timezone, what, problems)
    rotations = _each(form.rotation, "rotation", what, problems, _rotation)
    if zone is None:
        return None, problems
    bare = calendar.Schedule(name, form.timezone, tuple(rotations))
    overrides = _each(
        form.override, "override", what, problems, lambda *entry: _override(zone, *entry)
    )
    if not problems:  # a swap can only be judged by rotations that are right
        swaps = _each(form.swap, "swap", what, problems, lambda *entry: _swap(bare, *entry))
        overrides += [override for pair in swaps for override in pair]
    whole = calendar.Schedule(name, form.timezone, tuple(rotations), tuple(overrides))
    return (None if problems else whole), problems


def to_dict(schedule: calendar.Schedule) -> dict[str, Any]:
    """The form of a schedule, fit for JSON; `parse` reads it back (a swap as two overrides)."""
    zone = schedule.zone
    return {
        "timezone": schedule.timezone,
        "rotation": [_rotation_dict(rotation) for rotation in schedule.rotations],
        "override": [_override_dict(override, zone) for override in schedule.overrides],
    }


def _each(table: Table, kind: str, what: str, problems: list[Problem], one: Any) -> list[Any]:
    found = [
        one(raw, (kind, i), f"{kind} {i + 1} of {what}", problems) for i, raw in enumerate(table)
    ]
    return [entry for entry in found if entry is not None]


def _zone(name: str, what: str, problems: list[Problem]) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = get_close_matches(name, sorted(available_timezones()), 1)
        hint = f"did you mean {close[0]!r}?" if close else "write it like America/Chicago."
        problems.append(Problem(("timezone",), f"There is no time zone {name!r} ({what}); {hint}"))
        return None


def _rotation(
    raw: object, path: Path, what: str, problems: list[Problem]
) -> calendar.Rotation | None:
    form = read(RotationForm, raw, path, what, problems)
    if form is None:
        return None
    forms = [
        read(WindowForm, window, (*path, "between", i), f"window {i + 1} of {what}", problems)
        for i, window in enumerate(form.between)
    ]
    windows = tuple(
        calendar.Window(tuple(DAYS.index(day) for day in w.days), w.start, w.end)
        for w in forms
        if w is not None
    )
    people = tuple(form.people)
    return calendar.Rotation(people, form.every, form.length, form.start, form.handoff, windows)


def _override(
    zone: ZoneInfo, raw: object, path: Path, what: str, problems: list[Problem]
) -> calendar.Override | None:
    form = read(OverrideForm, raw, path, what, problems)
    if form is None:
        return None
    if form.nobody == (form.person is not None):
        problems.append(Problem(path, f"In {what} give either a person or nobody = true."))
        return None
    start, end = (_aware(at, zone) for at in (form.start, form.end))
    try:
        return calendar.Override(start, end, form.person, form.instead_of, form.besides)
    except calendar.CalendarError as error:
        problems.append(Problem(path, f"{what[:1].upper()}{what[1:]}: {error}"))
        return None


def _aware(at: datetime, zone: ZoneInfo) -> datetime:
    if at.tzinfo is None:
        return calendar.moment(at.date(), at.time(), zone)
    return at.astimezone(UTC)


def _swap(
    schedule: calendar.Schedule,
    raw: Mapping[str, Any],
    path: Path,
    what: str,
    problems: list[Problem],
) -> tuple[calendar.Override, calendar.Override] | None:
    try:
        [(one, day), (other, other_day)] = ((who, _date(on)) for who, on in raw.items())
        if type(day) is not date or type(other_day) is not date:
            raise ValueError
    except ValueError:
        example = "counselor-1 = 2026-12-21 and counselor-2 = 2026-12-28"
        problems.append(Problem(path, f"In {what} give two people and their days: {example}."))
        return None
    try:
        return calendar.swap(
            calendar.turn(schedule, one, day), calendar.turn(schedule, other, other_day)
        )
    except calendar.CalendarError as error:
        problems.append(Problem(path, f"{what[:1].upper()}{what[1:]}: {error}"))
        return None


def _rotation_dict(rotation: calendar.Rotation) -> dict[str, Any]:
    form: dict[str, Any] = {
        "people": list(rotation.people),
        "every": rotation.every,
        "length": rotation.length,
        "start": rotation.start.isoformat(),
        "handoff": f"{rotation.handoff:%H:%M}",
    }
    if rotation.windows:
        form["between"] = [
            {
                "days": [DAYS[day] for day in window.days],
                "from": f"{window.start:%H:%M}",
                "to": f"{window.end:%H:%M}",
            }
            for window in rotation.windows
        ]
    return form


def _override_dict(override: calendar.Override, zone: ZoneInfo) -> dict[str, Any]:
    form: dict[str, Any] = {
        "from": override.start.astimezone(zone).isoformat(),
        "to": override.end.astimezone(zone).isoformat(),
    }
    form |= {"nobody": True} if override.person is None else {"person": override.person}
    if override.replaces is not None:
        form["instead_of"] = override.replaces
    if override.besides:
        form["besides"] = True
    return form
