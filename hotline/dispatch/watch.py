"""Silence is an alarm: the auditor and the dispatcher watch each other's heartbeat.

The alarm is written here as plain rows, without any of the code the engine works with: what is to
be found out is whether that code still runs.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.dispatch.model import Alarm
from hotline.reports import timeline
from hotline.tasks import heartbeat
from hotline.tasks.model import Heartbeat, Task, TaskKind, TaskState

log = structlog.get_logger()

AUDITOR, DISPATCHER = "auditor", heartbeat.DISPATCHER
"""The names under which they beat their hearts."""
# Whoever acknowledged that a process is silent is reminded of it after so long.
REMIND_S = 1800.0
LOOK_EVERY_S = 5.0
LOCK = 0x77617463  # "watc"; any number not used for another advisory lock


def one_at_a_time(session: Session) -> None:
    """Hold a lock until the transaction ends, so that two watchers do not raise the same alarm.

    SQLite's BEGIN IMMEDIATE has done so already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def alarmed(
    session: Session, report_id: str | None, reasons: Sequence[str], since: datetime
) -> bool:
    """Whether an alarm for one of the reasons is open, or was acknowledged at or after `since`."""
    query = select(Alarm.id).where(Alarm.report_id == report_id, Alarm.reason.in_(reasons))
    answered = Alarm.acknowledged_at
    return session.scalar(query.where(or_(answered.is_(None), answered >= since))) is not None


def raise_alarm(
    session: Session, report_id: str | None, reason: str, now: datetime, **detail: str
) -> str:
    """Open an alarm and write the task that rings it; gives its id. `detail`: for the timeline."""
    alarm = Alarm(id=new_id(), report_id=report_id, reason=reason, raised_at=now, rounds=0)
    session.add(alarm)
    session.flush()
    add_ringing(session, alarm.id, now, key=f"{TaskKind.ALARM}:{alarm.id}")
    if report_id is not None:
        timeline.add(session, report_id, now, "alarm_raised", reason=reason, **detail)
    return alarm.id


def add_ringing(session: Session, alarm_id: str, now: datetime, *, key: str) -> None:
    """Write the task that rings an alarm; `key` must be one that no other task has."""
    task = Task(id=new_id(), key=key, kind=TaskKind.ALARM, subject_id=alarm_id)
    task.state, task.tries, task.due_at, task.created_at = TaskState.PENDING, 0, now, now
    session.add(task)
    session.flush()


def is_silent(session: Session, process: str, now: datetime, limit_s: float) -> bool:
    """Whether the process has not beaten its heart for so many seconds (or never)."""
    beat = _last_beat(session, process)
    return beat is None or beat < now - timedelta(seconds=limit_s)


def raise_silence(session: Session, process: str, now: datetime) -> bool:
    """Raise the alarm that a process is silent; false when a person has it in hand already."""
    reason = f"{process}_silent"
    beat = _last_beat(session, process)
    remind = now - timedelta(seconds=REMIND_S)
    if alarmed(session, None, (reason,), max(beat, remind) if beat else remind):
        return False
    raise_alarm(session, None, reason, now)
    log.error("process_silent", name=process)
    return True


def _last_beat(session: Session, process: str) -> datetime | None:
    return session.scalar(select(Heartbeat.beat_at).where(Heartbeat.process == process))


class AuditorWatch:
    """What a dispatcher process does beside its engine: see that the auditor is alive."""

    def __init__(self, runtime: Runtime, *, elapsed: Callable[[], float] = time.monotonic) -> None:
        """`elapsed` gives seconds that only go on; nothing is raised in the first `silence_s`."""
        self._runtime = runtime
        self._elapsed = elapsed
        self._began = elapsed()

    def run(self, stop: threading.Event) -> None:
        """Look every few seconds until `stop` is set; an error is logged, and the next look tries
        again."""
        while not stop.wait(LOOK_EVERY_S):
            try:
                self.look()
            except Exception as error:  # a database that is away for a while, for example
                log.error("look_failed", error=type(error).__name__)

    def look(self) -> bool:
        """Look once; true when the alarm was raised now."""
        limit_s = self._runtime.settings.silence_s
        if self._elapsed() - self._began < limit_s:
            return False
        now = self._runtime.clock()
        with self._runtime.database.transaction() as session:
            one_at_a_time(session)
            return is_silent(session, AUDITOR, now, limit_s) and raise_silence(
                session, AUDITOR, now
            )
