"""Add, claim, renew, finish: the life of a task, each step one compare-and-set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from hotline.database.base import insert_once, new_id
from hotline.tasks.model import Task, TaskKind, TaskState


class LeaseLost(Exception):
    """Somebody else holds the task now; roll back, nothing of ours may be committed."""


@dataclass(frozen=True)
class Lease:
    """The right to do a task and to commit its result. `tries` counts claims, this one included."""

    task_id: str
    kind: TaskKind
    subject_id: str
    token: str
    tries: int
    created_at: datetime


def add(
    session: Session,
    kind: TaskKind,
    subject_id: str,
    now: datetime,
    *,
    due_at: datetime | None = None,
    again: str = "",
) -> Task:
    """Write a task once; the second call with the same kind, subject and `again` gives the first.

    Safe against two transactions at once: the key is unique, and the second finds the first's.
    """
    key = ":".join(filter(None, (kind, subject_id, again)))
    task = insert_once(
        session,
        Task,
        "key",
        id=new_id(),
        key=key,
        kind=kind,
        subject_id=subject_id,
        created_at=now,
        due_at=due_at or now,
        state=TaskState.PENDING,
        tries=0,
    )
    return task or session.scalars(select(Task).where(Task.key == key)).one()


def pull_forward(session: Session, kind: TaskKind, subject_id: str, now: datetime) -> None:
    """Make a pending task due now."""
    session.execute(
        update(Task)
        .where(Task.kind == kind, Task.subject_id == subject_id)
        .where(Task.state == TaskState.PENDING, Task.due_at > now)
        .values(due_at=now)
    )


def take_away(session: Session, kind: TaskKind, subject_id: str, now: datetime) -> bool:
    """Mark such tasks done if nobody has ever claimed them, so that nobody will. True if any was.

    One compare-and-set: from then on what they ask for is the caller's business alone.
    """
    untouched = (Task.state == TaskState.PENDING) & (Task.tries == 0)
    return bool(
        _rows(
            session,
            update(Task)
            .where(Task.kind == kind, Task.subject_id == subject_id, untouched)
            .values(state=TaskState.DONE, done_at=now),
        )
    )


def due(session: Session, kinds: Sequence[TaskKind], now: datetime, limit: int = 50) -> list[str]:
    """Ids of tasks that could be claimed now, the longest overdue first; of those that became due
    together, the one that was added first."""
    query = (
        select(Task.id)
        .where(Task.state == TaskState.PENDING, Task.kind.in_(kinds), Task.due_at <= now)
        .where(_free(now))
        # PostgreSQL gives rows that are alike in any order; ids grow with time.
        .order_by(Task.due_at, Task.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def claim(
    session: Session, task_id: str, owner: str, now: datetime, lease_s: float
) -> Lease | None:
    """Take the task if it is due and free. None when somebody else has it or it is over."""
    token = new_id()
    taken = _rows(
        session,
        update(Task)
        .where(Task.id == task_id, Task.state == TaskState.PENDING, Task.due_at <= now)
        .where(_free(now))
        .values(
            lease_owner=owner,
            lease_token=token,
            lease_until=now + timedelta(seconds=lease_s),
            tries=Task.tries + 1,
        ),
    )
    if not taken:
        return None
    task = session.get_one(Task, task_id, populate_existing=True)
    return Lease(task_id, task.kind, task.subject_id, token, task.tries, task.created_at)


def renew(session: Session, lease: Lease, now: datetime, lease_s: float) -> None:
    """Hold the lease for longer. Raises LeaseLost."""
    _fenced(session, lease, lease_until=now + timedelta(seconds=lease_s))


def finish(session: Session, lease: Lease, now: datetime) -> None:
    """Mark the task done, in the transaction that holds its result. Raises LeaseLost."""
    _fenced(session, lease, state=TaskState.DONE, done_at=now, lease_token=None, lease_until=None)


def give_up(session: Session, lease: Lease, now: datetime, error: str) -> None:
    """Mark the task failed for good. Raises LeaseLost."""
    _fenced(
        session,
        lease,
        state=TaskState.FAILED,
        done_at=now,
        error=error,
        lease_token=None,
        lease_until=None,
    )


def mark(session: Session, lease: Lease, error: str) -> None:
    """Write down how far a task has come, and keep its lease. Raises LeaseLost."""
    _fenced(session, lease, error=error)


def postpone(session: Session, lease: Lease, due_at: datetime, error: str | None = None) -> None:
    """Give the task back, due later. Raises LeaseLost."""
    _fenced(session, lease, due_at=due_at, error=error, lease_token=None, lease_until=None)


def forget(session: Session, before: datetime, limit: int) -> int:
    """Delete tasks that ended before that, at most so many; gives how many.

    The key of a task makes it exist once: a callback so late that its task was forgotten would be
    done again, as after any other repetition.
    """
    ended = Task.state.in_((TaskState.DONE, TaskState.FAILED))
    # due_at first: it stands in the index, and no task ends before it is due but one taken away.
    old = (Task.due_at < before) & (Task.done_at < before)
    query = select(Task.id).where(ended, old).order_by(Task.due_at).limit(limit)
    return _rows(session, delete(Task).where(Task.id.in_(list(session.scalars(query)))))


def _free(now: datetime) -> Any:
    return or_(Task.lease_until.is_(None), Task.lease_until < now)


def _fenced(session: Session, lease: Lease, **values: Any) -> None:
    statement = (
        update(Task)
        .where(Task.id == lease.task_id, Task.lease_token == lease.token)
        .values(**values)
    )
    if not _rows(session, statement):
        raise LeaseLost(lease.task_id)


def _rows(session: Session, statement: Any) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount
