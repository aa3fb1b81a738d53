"""The queue: what is due and not done, and what was given up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hotline.carrier.choice import capabilities_of
from hotline.database.engine import Database
from hotline.doctor.finding import Finding, Lasting, Level, bad, ok, warn
from hotline.doctor.stores import is_not_made_yet
from hotline.reports.model import Call
from hotline.settings import Settings
from hotline.tasks.model import Task, TaskState
from hotline.texts import marked

# The dispatcher does what is due within a tick, and its sweeper does a worker's work that is 10 s
# overdue (`hotline.dispatch.engine`): a minute means that something does not run.
LATE_S, MUCH_TOO_LATE_S = 60.0, 300.0
GIVEN_UP_WITHIN = timedelta(days=1)
FORGOTTEN_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Backlog:
    """Counts of tasks; `oldest_s`: how long the oldest one has been due, None when none is."""

    due: int
    leased: int
    given_up: int
    oldest_s: float | None


def queue(settings: Settings) -> Iterator[Finding]:
    """What is due is done; nothing is said where no table is."""
    if is_not_made_yet(settings):
        return
    opened, now = Database(settings.database), datetime.now(UTC)
    try:
        with opened.transaction() as session:
            found, left = backlog(session, now), calls_left(session, now)
    except SQLAlchemyError:
        return
    finally:
        opened.close()
    yield judged(found)
    if left and capabilities_of(settings).delete_call:
        yield bad(
            "carrier",
            marked("The carrier still holds records of calls that ended over 24 h ago: %(left)s."),
            marked("See whether the auditor runs, and what its log says of them."),
            left=left,
        )
    if found.given_up:
        yield warn(
            "queue",
            marked("Tasks were given up in the last day: %(count)s."),
            marked("Their reports say so; listen to the messages, and see the log."),
            count=found.given_up,
        )


def calls_left(session: Session, now: datetime) -> int:
    """Callers' calls that ended over 24 h ago and of which the carrier still has a record."""
    old = Call.carrier_deleted_at.is_(None) & (Call.ended_at < now - FORGOTTEN_WITHIN)
    return session.scalar(select(func.count(Call.id)).where(old)) or 0


def backlog(session: Session, now: datetime) -> Backlog:
    """The state of the queue at a moment."""
    pending = Task.state == TaskState.PENDING
    held = Task.lease_until >= now
    free = Task.lease_until.is_(None) | (Task.lease_until < now)
    due = pending & (Task.due_at <= now) & free
    oldest = session.scalar(select(func.min(Task.due_at)).where(due))
    failed = (Task.state == TaskState.FAILED) & (Task.done_at >= now - GIVEN_UP_WITHIN)
    return Backlog(
        due=_count(session, due),
        leased=_count(session, pending & held),
        given_up=_count(session, failed),
        oldest_s=(now - oldest).total_seconds() if oldest is not None else None,
    )


def judged(found: Backlog) -> Finding:
    """What is to be said of it."""
    if found.oldest_s is None:
        return ok("queue", marked("Nothing is overdue; under way: %(doing)s."), doing=found.leased)
    says = marked("Tasks are due: %(due)s, the oldest for %(age)s; under way: %(doing)s.")
    mend = marked("See whether dispatcher and worker run: `hotline dispatcher`, `hotline worker`.")
    level, mends = Level.OK, ""
    if found.oldest_s > LATE_S:
        level, mends = Level.WARN, mend
    if found.oldest_s > MUCH_TOO_LATE_S:
        level = Level.BAD
    values = {"due": found.due, "age": Lasting(found.oldest_s), "doing": found.leased}
    return Finding("queue", level, says, mends, values)


def _count(session: Session, condition: object) -> int:
    return session.scalar(select(func.count(Task.id)).where(condition)) or 0  # type: ignore[arg-type]
