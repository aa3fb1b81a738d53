"""A runtime that waits for SQLite as long as a test does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from hotline.context import Runtime
from hotline.database.engine import Database


@contextmanager
def patient(runtime: Runtime, busy_s: float) -> Iterator[Runtime]:
    """The same on a database of its own engine: on a clock that stands nothing is tried again, and
    other tests may take the whole machine for longer than a caller would be kept waiting."""
    database = Database(runtime.settings.database, busy_s=busy_s)
    yield replace(runtime, database=database)
    database.close()
