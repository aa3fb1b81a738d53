"""Ids sort by time and closed words are kept as text."""

from sqlalchemy import text

from hotline.database.base import new_id
from hotline.database.engine import Database
from hotline.tasks import queue
from hotline.tasks.model import Task, TaskKind
from tests.fakes.clock import START


def test_ids_are_unique_and_sort_by_time() -> None:
    ids = [new_id() for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)


def test_closed_words_are_kept_as_their_value(database: Database) -> None:
    with database.transaction() as session:
        queue.add(session, TaskKind.PLACE_CALL, "a", START)
    with database.transaction() as session:
        row = session.execute(text("SELECT kind, state FROM task")).one()
        assert tuple(row) == ("place_call", "pending")
        task = session.get(Task, session.execute(text("SELECT id FROM task")).scalar_one())
        assert task is not None
        assert task.kind is TaskKind.PLACE_CALL
