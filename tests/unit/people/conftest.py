"""A real database for the people, on SQLite."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import hotline.audit
import hotline.people.model  # noqa: F401
from hotline.database.base import Base
from hotline.database.engine import Database

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database with every table."""
    opened = Database(f"sqlite:///{tmp_path / 'people.sqlite'}")
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.close()


@pytest.fixture
def now() -> datetime:
    """A moment in the night."""
    return NOW
