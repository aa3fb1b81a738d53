"""When the machine's clock is set, everything that is under way is set with it.

Timers, leases and moments of the last sign of life stand in rows as times of day, so that any
process can go on after another one's death. A clock that is set back by an hour would keep a phone
from being rung for an hour; one that is set forward would end every ring at once. What has happened
stays as it was written: the timeline and the audit.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import ColumnElement, func, inspect, or_, select, true
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.database.base import Base
from hotline.database.types import UtcDateTime
from hotline.dispatch import words
from hotline.dispatch.model import Alarm, AlarmCall, Attempt, Dispatch
from hotline.reports.model import AudioStream, Call, Message, Report, SyntheticCall
from hotline.tasks.model import Heartbeat, MachineClock, Task, TaskState

log = structlog.get_logger()

# By less nobody's ring is noticeably shorter or longer.
STEP_S = 2.0
# A clock that merely goes fast or slow is not set: it never goes wrong by STEP_S in so short a
# time.
NOTED_EVERY_S = 30.0
# Machines whose dispatcher has not been seen for so long are forgotten.
FORGOTTEN_AFTER = timedelta(days=1)
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_ON_THE_PHONE = (*words.LIVE, *words.HAS_IT)


class MachineTime:
    """Watches this machine's clock for one dispatcher; two on one machine do it once."""

    def __init__(
        self,
        runtime: Runtime,
        *,
        steady: Callable[[], float] = time.monotonic,
        boot_id: str | None = None,
    ) -> None:
        """steady: seconds since the machine has started, of which every process here sees the same.
        boot_id: of this start of this machine; asked of the kernel by default, and without one
        nothing is watched: steady seconds of two starts cannot be compared."""
        self._runtime, self._steady = runtime, steady
        self._boot_id = boot_id or this_boot()
        self._began: datetime | None = None
        """When the machine started, by the clock as it is set now."""
        self._noted_at = 0.0

    def keep(self) -> None:
        """Call it often. Moves what is under way when the clock was set since the last time."""
        if self._boot_id is None:
            return
        began = self._runtime.clock() - timedelta(seconds=self._steady())
        was_set = self._began is None or abs((began - self._began).total_seconds()) >= STEP_S
        if was_set or self._steady() - self._noted_at >= NOTED_EVERY_S:
            self._follow(self._boot_id, began)
            self._noted_at = self._steady()
        self._began = began

    def _follow(self, boot_id: str, began: datetime) -> None:
        now = self._runtime.clock()
        with self._runtime.database.transaction() as session:
            seen = session.get(MachineClock, boot_id, with_for_update=True)
            if seen is None:
                for row in session.scalars(select(MachineClock)):
                    if row.noted_at < now - FORGOTTEN_AFTER:
                        session.delete(row)
                session.add(MachineClock(boot_id=boot_id, began_at=began, noted_at=now))
                return
            by = began - seen.began_at
            seen.began_at, seen.noted_at = began, now
            if abs(by.total_seconds()) < STEP_S:
                return
            if not agrees(session, now):
                log.error("clock_differs", ahead_s=round(by.total_seconds()))
                return
            count = move(session, by)
        log.error("clock_was_set", ahead_s=round(by.total_seconds()), count=count)


def this_boot() -> str | None:
    """The kernel's id of this start of the machine; None where it has none (it is Linux's)."""
    with suppress(OSError):
        return BOOT_ID.read_text().strip()
    return None


def agrees(session: Session, now: datetime) -> bool:
    """Whether the database's clock says the same. Where its server is another machine and was not
    set, other dispatchers go by the old time and nothing of theirs may be moved."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    theirs: datetime = session.scalars(select(func.clock_timestamp())).one()
    return abs((theirs.astimezone(UTC) - now).total_seconds()) < STEP_S


def move(session: Session, by: timedelta) -> int:
    """Move every time that stands in a row of something under way; gives the number of rows."""
    count = 0
    for row in _under_way(session):
        for name in _times(type(row)):
            moment = getattr(row, name)
            if moment is not None:
                setattr(row, name, moment + by)
        count += 1
    return count


def _times(kind: type[Base]) -> list[str]:
    columns = inspect(kind).column_attrs
    return [c.key for c in columns if isinstance(c.columns[0].type, UtcDateTime)]


def _under_way(session: Session) -> Iterator[Base]:
    sought = select(Dispatch.report_id).where(Dispatch.state.in_(words.SEEKING))
    searches = select(Dispatch.id).where(Dispatch.state.in_(words.SEEKING))
    calling = select(Call.id).where(Call.ended_at.is_(None))
    alarms = select(Alarm.id).where(Alarm.acknowledged_at.is_(None))
    on_the_phone = Attempt.state.in_(_ON_THE_PHONE) & Attempt.leg_ended_at.is_(None)
    everything: tuple[tuple[type[Base], ColumnElement[bool]], ...] = (
        (Task, Task.state == TaskState.PENDING),
        (Call, Call.ended_at.is_(None)),
        (Message, or_(Message.report_id.in_(sought), Message.call_id.in_(calling))),
        (AudioStream, AudioStream.ended_at.is_(None)),
        (Report, Report.id.in_(sought)),
        (Attempt, or_(Attempt.dispatch_id.in_(searches), on_the_phone)),
        (Dispatch, Dispatch.state.in_(words.SEEKING)),
        (AlarmCall, AlarmCall.alarm_id.in_(alarms)),
        (Alarm, Alarm.acknowledged_at.is_(None)),
        (SyntheticCall, SyntheticCall.outcome.is_(None)),
        (Heartbeat, true()),
    )
    for kind, which in everything:
        yield from session.scalars(select(kind).where(which))
