"""The tasks of the books in memory, and what a database would fill into new rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from hotline.database.base import Base, new_id
from hotline.tasks.model import Task, TaskKind, TaskState
from hotline.tasks.queue import Lease, LeaseLost

if TYPE_CHECKING:
    from hotline.simulate.books import MemoryStore

LIMIT = 50
"""Tasks that one look gives at most, as in `hotline.tasks.queue.due`."""


def _defaults(kind: type[Base]) -> dict[str, Any]:
    """What the database fills in: scalar defaults of the columns."""
    defaults = {c.key: c.default for c in inspect(kind).columns}
    return {k: d.arg for k, d in defaults.items() if isinstance(d, ScalarElementColumnDefault)}


_DEFAULTS: dict[type, dict[str, Any]] = {}


def fill_in(row: Base) -> None:
    """Give a new row the defaults that its database would give it."""
    kind = type(row)
    if kind not in _DEFAULTS:
        _DEFAULTS[kind] = _defaults(kind)
    for key, value in _DEFAULTS[kind].items():
        if row.__dict__.get(key) is None:
            setattr(row, key, value)


class MemoryTasks:
    """The part of `hotline.dispatch.books.Books` that is about tasks."""

    store: MemoryStore

    def add(self, row: Base) -> None:
        """As in `Books`."""
        raise NotImplementedError

    def _out(self, row: Any) -> Any:
        raise NotImplementedError

    def add_task(
        self,
        kind: TaskKind,
        subject_id: str,
        now: datetime,
        *,
        due_at: datetime | None = None,
        again: str = "",
    ) -> None:
        """As in `Books`."""
        key = ":".join(filter(None, (kind, subject_id, again)))
        if key not in self.store.task_of_key:
            self.add(
                Task(
                    id=new_id(),
                    key=key,
                    kind=kind,
                    subject_id=subject_id,
                    created_at=now,
                    due_at=due_at or now,
                    state=TaskState.PENDING,
                    tries=0,
                )
            )

    def task(self, task_id: str) -> Task:
        """As in `Books`."""
        row: Task = self._out(self.store.all(Task)[task_id])
        return row

    def begun(self, kind: TaskKind) -> Sequence[Task]:
        """As in `Books`."""
        pending = self.store.pending.values()
        return [t for t in pending if t.kind is kind and t.tries]

    def is_pending(self, kind: TaskKind, subject_id: str) -> bool:
        """As in `Books`."""
        return bool(self._pending(kind, subject_id))

    def _pending(self, kind: TaskKind, subject_id: str) -> list[Task]:
        rows = self.store.tasks_of.get((kind, subject_id), ())
        return [t for t in rows if t.state is TaskState.PENDING]

    def pull_forward(self, kind: TaskKind, subject_id: str, now: datetime) -> None:
        """As in `Books`."""
        for task in self._pending(kind, subject_id):
            if task.due_at > now:
                self._out(task).due_at = now

    def take_away(self, kind: TaskKind, subject_id: str, now: datetime) -> bool:
        """As in `Books`."""
        untouched = [t for t in self._pending(kind, subject_id) if not t.tries]
        for task in untouched:
            row = self._out(task)
            row.state, row.done_at = TaskState.DONE, now
            self.store.index(row)
        return bool(untouched)

    def due_tasks(self, kinds: Sequence[TaskKind], now: datetime) -> list[str]:
        """As in `Books`."""
        pending = self.store.pending.values()
        found = [t for t in pending if t.due_at <= now and t.kind in kinds and _free(t, now)]
        return [t.id for t in sorted(found, key=lambda t: t.due_at)[:LIMIT]]

    def claim(self, task_id: str, owner: str, now: datetime, lease_s: float) -> Lease | None:
        """As in `Books`."""
        task = self.store.pending.get(task_id)
        if task is None or task.due_at > now or not _free(task, now):
            return None
        self._out(task)
        task.lease_owner, task.lease_token = owner, new_id()
        task.lease_until = now + timedelta(seconds=lease_s)
        task.tries += 1
        return Lease(
            task.id, task.kind, task.subject_id, task.lease_token, task.tries, task.created_at
        )

    def renew(self, lease: Lease, now: datetime, lease_s: float) -> None:
        """As in `Books`."""
        self._held(lease).lease_until = now + timedelta(seconds=lease_s)

    def finish(self, lease: Lease, now: datetime) -> None:
        """As in `Books`."""
        self._fenced(lease, state=TaskState.DONE, done_at=now)

    def give_up(self, lease: Lease, now: datetime, error: str) -> None:
        """As in `Books`."""
        self._fenced(lease, state=TaskState.FAILED, done_at=now, error=error)

    def mark(self, lease: Lease, error: str) -> None:
        """As in `Books`."""
        self._held(lease).error = error

    def postpone(self, lease: Lease, due_at: datetime, error: str | None = None) -> None:
        """As in `Books`."""
        self._fenced(lease, due_at=due_at, error=error)

    def _fenced(self, lease: Lease, **values: Any) -> None:
        task = self._held(lease)
        for key, value in values.items():
            setattr(task, key, value)
        task.lease_token = task.lease_until = None

    def _held(self, lease: Lease) -> Task:
        task = self.task(lease.task_id)
        if task.lease_token != lease.token:
            raise LeaseLost(lease.task_id)
        return task


def _free(task: Task, now: datetime) -> bool:
    return task.lease_until is None or task.lease_until < now
