"""Schedules in the database: a definition each, and rows of overrides by who wrote them.

The latest override wins; among those of one moment the console's over the calendar's over the
roster's, so that applying the roster again undoes nobody's swap.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.oncall import calendar
from hotline.oncall.model import Schedule, ScheduleOverride
from hotline.oncall.schedule_forms import ScheduleError, check, parse, to_dict

__all__ = [
    "ScheduleError",
    "Source",
    "add_override",
    "check",
    "overrides",
    "parse",
    "put",
    "read",
    "read_all",
    "remove",
    "remove_override",
    "replace_overrides",
    "to_dict",
]

Source = Literal["roster", "calendar", "console"]
ORDER: tuple[Source, ...] = ("roster", "calendar", "console")
"""Who wins, the last most of all."""


def read(session: Session, name: str, since: datetime | None = None) -> calendar.Schedule | None:
    """A schedule; None where there is none of that name.

    since: leave out overrides that have ended by then.
    """
    row = session.scalar(select(Schedule).where(Schedule.name == name))
    return _opened(row, _rows(session, since, row)) if row is not None else None


def read_all(
    session: Session, since: datetime | None = None, sources: Collection[Source] = ORDER
) -> dict[str, calendar.Schedule]:
    """Every schedule by its name, in order of names; `since` as for `read`.

    sources: leave out overrides that somebody else wrote.
    """
    rows = defaultdict(list)
    for row in _rows(session, since):
        if row.source in sources:
            rows[row.schedule_id].append(row)
    all_of_them = session.scalars(select(Schedule).order_by(Schedule.name))
    return {s.name: _opened(s, rows[s.id]) for s in all_of_them}


def put(session: Session, name: str, schedule: calendar.Schedule) -> bool:
    """Bring a schedule to what the roster says; False when it was so already.

    Its overrides become the roster's; those of other sources stay.
    """
    definition = to_dict(replace(schedule, overrides=()))
    row = session.scalar(select(Schedule).where(Schedule.name == name))
    if row is None:
        row = Schedule(id=new_id(), name=name, definition=definition)
        session.add(row)
        session.flush()
    elif row.definition == definition and _written(session, row, "roster") == schedule.overrides:
        return False
    row.definition = definition
    replace_overrides(session, name, "roster", schedule.overrides)
    return True


def remove(session: Session, name: str) -> bool:
    """Forget a schedule and its overrides; False where there is none of that name."""
    row = session.scalar(select(Schedule).where(Schedule.name == name))
    if row is None:
        return False
    session.execute(delete(ScheduleOverride).where(ScheduleOverride.schedule_id == row.id))
    session.delete(row)
    session.flush()
    return True


def overrides(session: Session, name: str) -> Mapping[str, calendar.Override]:
    """The overrides of a schedule by id, the one that wins last. Raises ScheduleError."""
    return {row.id: _override(row) for row in _rows(session, None, _named(session, name))}


def add_override(
    session: Session, name: str, override: calendar.Override, source: Source = "console"
) -> str:
    """Write one override and give its id. Raises ScheduleError."""
    row = _row(_named(session, name), override, source)
    session.add(row)
    session.flush()
    return row.id


def remove_override(session: Session, name: str, override_id: str) -> bool:
    """Take one override back; False where the schedule has none of that id."""
    found = session.get(ScheduleOverride, override_id)
    if found is None or found.schedule_id != _named(session, name).id:
        return False
    session.delete(found)
    session.flush()
    return True


def replace_overrides(
    session: Session,
    name: str,
    source: Source,
    written: Iterable[calendar.Override],
    since: datetime | None = None,
) -> None:
    """Put these overrides in the place of all of one source. Raises ScheduleError.

    since: those that have ended by then stay.
    """
    schedule = _named(session, name)
    table = ScheduleOverride
    of_source = delete(table).where(table.schedule_id == schedule.id, table.source == source)
    session.execute(of_source if since is None else of_source.where(table.ends_at > since))
    session.add_all([_row(schedule, override, source) for override in written])
    session.flush()


def _named(session: Session, name: str) -> Schedule:
    row = session.scalar(select(Schedule).where(Schedule.name == name))
    if row is None:
        known = ", ".join(session.scalars(select(Schedule.name).order_by(Schedule.name)))
        raise ScheduleError(f"There is no schedule {name!r}; known: {known or 'none yet'}.")
    return row


def _rows(
    session: Session, since: datetime | None, schedule: Schedule | None = None
) -> list[ScheduleOverride]:
    """Overrides in the order in which they win."""
    query = select(ScheduleOverride)
    if schedule is not None:
        query = query.where(ScheduleOverride.schedule_id == schedule.id)
    if since is not None:
        query = query.where(ScheduleOverride.ends_at > since)
    # Ids are UUIDv7 and so in the order of writing.
    return sorted(session.scalars(query), key=lambda row: (_rank(row.source), row.id))


def _rank(source: str) -> int:
    return [*ORDER, source].index(source)


def _written(session: Session, schedule: Schedule, source: Source) -> tuple[calendar.Override, ...]:
    rows = _rows(session, None, schedule)
    return tuple(_override(row) for row in rows if row.source == source)


def _opened(schedule: Schedule, rows: Iterable[ScheduleOverride]) -> calendar.Schedule:
    known = parse(schedule.definition, schedule.name)
    return replace(known, overrides=tuple(_override(row) for row in rows))


def _override(row: ScheduleOverride) -> calendar.Override:
    # The table has no column for it: somebody in their own place is somebody besides the others.
    besides = row.person is not None and row.person == row.replaces
    replaces = None if besides else row.replaces
    return calendar.Override(row.starts_at, row.ends_at, row.person, replaces, besides)


def _row(schedule: Schedule, override: calendar.Override, source: Source) -> ScheduleOverride:
    return ScheduleOverride(
        id=new_id(),
        schedule_id=schedule.id,
        starts_at=override.start,
        ends_at=override.end,
        person=override.person,
        replaces=override.person if override.besides else override.replaces,
        source=source,
    )
