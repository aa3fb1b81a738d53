"""What the commands of `hotline oncall` share: schedules, handles, times as people type them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hotline.mistakes import Mistake
from hotline.oncall import calendar

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hotline.oncall.coverage import Person


@dataclass(frozen=True)
class Office:
    """An open transaction, and the present moment."""

    session: "Session"
    now: datetime

    def named(self, name: str) -> calendar.Schedule:
        """A schedule. Raises Mistake where there is none of that name."""
        from hotline.oncall import schedules

        found = schedules.read_all(self.session)
        if name not in found:
            known = ", ".join(found) or "none; apply a roster that has one"
            raise Mistake(f"There is no schedule {name!r}; there are: {known}.")
        return found[name]

    def people(self) -> "dict[str, Person]":
        """Everybody in the roster, by handle."""
        from sqlalchemy import select

        from hotline.oncall.coverage import Person, is_fresh
        from hotline.oncall.model import Responder

        return {
            row.handle: Person(bool(row.number), is_fresh(row.confirmed_at, self.now), row.active)
            for row in self.session.scalars(select(Responder))
        }

    def known(self, handle: str) -> str:
        """The handle. Raises Mistake if nobody of the roster has it."""
        if handle not in self.people():
            raise Mistake(f"{handle!r} is not in the roster; see `hotline roster show`.")
        return handle

    def record(self, action: str, schedule: str, **detail: str) -> None:
        """Write into the audit chain what was changed by hand."""
        from hotline import audit

        subject = f"schedule:{schedule}"
        audit.record(self.session, self.now, "command-line", action, subject, **detail)


@contextmanager
def office() -> Iterator[Office]:
    """One transaction on the database of the settings."""
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    runtime = open_runtime(load_settings())
    try:
        with runtime.database.transaction() as session:
            yield Office(session, runtime.clock())
    finally:
        runtime.close()


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A moment as people type it; without an offset it is the schedule's local time; UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Mistake(f"{text!r} is not a moment; write it like 2026-11-01T01:30.") from None
    in_years(at)
    return calendar.moment(at.date(), at.time(), zone) if at.tzinfo is None else at.astimezone(UTC)


def day(text: str) -> date:
    """A day as people type it. Raises Mistake."""
    try:
        return in_years(date.fromisoformat(text))
    except ValueError:
        raise Mistake(f"{text!r} is not a day; write it like 2026-11-01.") from None


def in_years(at: date) -> date:
    """The same day. Raises Mistake for one that no schedule reaches."""
    from hotline.oncall.schedule_forms import YEARS

    if at.year not in YEARS:
        raise Mistake(f"Give a day between the years {YEARS[0]} and {YEARS[-1]}.")
    return at


def midnight(on: date, zone: ZoneInfo) -> datetime:
    """When a local day begins; UTC."""
    return calendar.moment(on, time(), zone)


def both(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """A stretch of time, local and in UTC."""
    local = " to ".join(f"{at.astimezone(zone):%a %d %b %Y %H:%M %Z}" for at in (start, end))
    return f"{local}  ({in_utc(start, end)})"


def in_utc(start: datetime, end: datetime) -> str:
    """A stretch of time in UTC."""
    return " to ".join(f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" for at in (start, end)) + " UTC"
