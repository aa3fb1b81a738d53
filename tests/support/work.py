"""A worker's tasks, performed one at a time."""

import time
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.tasks.model import Task, TaskKind
from transcription import jobs


def until(met: Callable[[], bool], within_s: float = 20) -> None:
    """Wait until it is so; for so many seconds at most."""
    end = time.monotonic() + within_s
    while not met():
        assert time.monotonic() < end
        time.sleep(0.005)


def task_of(session: Session, kind: TaskKind) -> Task:
    """The one task of that kind."""
    return session.scalars(select(Task).where(Task.kind == kind)).one()


def perform(workshop: jobs.Workshop, kind: TaskKind) -> str | None:
    """Do the task of that kind; gives the task that follows."""
    with workshop.runtime.database.transaction() as session:
        task_id = task_of(session, kind).id
    return jobs.perform(workshop, task_id)
