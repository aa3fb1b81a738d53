"""Ids sort by time and closed words are kept as text."""

from sqlalchemy import select, text

from hotline.database.base import insert_once, new_id
from hotline.database.engine import Database
from hotline.tasks import queue
from hotline.tasks.model import Task, TaskKind, TaskState
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


def test_a_row_is_inserted_once_by_its_key(database: Database) -> None:
    values = {
        "kind": TaskKind.PLACE_CALL,
        "subject_id": "a",
        "state": TaskState.PENDING,
        "tries": 0,
    }
    with database.transaction() as session:
        for name, expected in (("one", "one"), ("another", None)):
            row = {**values, "id": name, "key": "k", "created_at": START, "due_at": START}
            found = insert_once(session, Task, "key", **row)
            assert (found.id if found else None) == expected
    with database.transaction() as session:
        assert session.scalars(select(Task.id)).all() == ["one"]
