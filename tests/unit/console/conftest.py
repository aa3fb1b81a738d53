"""A small hotline whose reports the tests lay out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.console import World, make_world


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """Three responders, no reports yet; once on each kind of database."""
    made = make_world(tmp_path, database_url)
    yield made
    made.database.close()
