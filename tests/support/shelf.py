"""Each implementation of the books of dispatch, and the rows that others refer to."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from hotline.database.base import new_id
from hotline.database.types import Sealed
from hotline.dispatch.books import Books
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.sql import transactions
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.oncall.model import Responder, ResponderKind
from hotline.privacy.cipher import DataKey
from hotline.reports.model import Call, Report
from hotline.simulate.books import MemoryStore
from hotline.tasks.model import TaskKind
from tests.conftest import MakeRuntime
from tests.fakes.clock import START

Transaction = Callable[[], AbstractContextManager[Books]]


@dataclass
class Shelf:
    """One of the implementations, and the rows that the others refer to."""

    transaction: Transaction

    def report(self) -> Report:
        """An open report under a data key of its own."""
        with self.transaction() as books:
            key = DataKey(id=new_id(), version="1", wrapped=Sealed(b"key"))
            books.add(key)
            report = Report(id=new_id(), number=new_id(), language="en", data_key_id=key.id)
            report.created_at = START
            books.add(report)
            return report

    def responder(self, handle: str) -> Responder:
        """Somebody who can be rung."""
        with self.transaction() as books:
            key = DataKey(id=new_id(), version="1", wrapped=Sealed(b"key"))
            books.add(key)
            row = Responder(id=new_id(), handle=handle, kind=ResponderKind.COUNSELOR)
            row.name, row.number, row.languages = Sealed(b"name"), Sealed(b"number"), ["en"]
            row.active, row.data_key_id = True, key.id
            books.add(row)
            return row

    def call(self) -> Call:
        """A caller's leg."""
        with self.transaction() as books:
            row = Call(id=new_id(), carrier_call_id=new_id(), menu={})
            row.started_at = row.seen_at = START
            books.add(row)
            return row

    def dispatch(self, **values: object) -> Dispatch:
        """A dispatch that rings, of a report of its own."""
        given = {"state": DispatchState.RINGING, "snapshot": {}, "position": 0, "started_at": START}
        report_id = self.report().id
        with self.transaction() as books:
            row = Dispatch(id=new_id(), report_id=report_id, **(given | values))
            books.add(row)
            return row

    def attempt(self, dispatch: Dispatch, responder: Responder, **values: object) -> Attempt:
        """A ring that was intended."""
        given = {"state": AttemptState.INTENDED, "position": 0, "intended_at": START}
        ids = {"id": new_id(), "token": new_id(), "overdue": 0}
        with self.transaction() as books:
            row = Attempt(
                dispatch_id=dispatch.id, responder_id=responder.id, **ids | given | values
            )
            books.add(row)
            return row

    def task(self, kind: TaskKind = TaskKind.PLACE_CALL, after_s: float = 0) -> str:
        """A task of that kind, due so many seconds after START; its id."""
        with self.transaction() as books:
            books.add_task(kind, new_id(), START, due_at=START + timedelta(seconds=after_s))
        with self.transaction() as books:
            found = books.due_tasks([kind], START + timedelta(seconds=after_s))
        return found[-1]


def on_database(request: pytest.FixtureRequest, url: str) -> Shelf:
    """The books on a database of this test's own."""
    make: MakeRuntime = request.getfixturevalue("make_runtime")
    return Shelf(transactions(make(request.getfixturevalue(url))))


SHELVES: dict[str, Callable[[pytest.FixtureRequest], Shelf]] = {
    "sqlite": lambda request: on_database(request, "sqlite_url"),
    "postgres": lambda request: on_database(request, "postgres_url"),
    "memory": lambda request: Shelf(MemoryStore().transaction),
}
