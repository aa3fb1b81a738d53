"""A small hotline whose reports the tests lay out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.console import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Three responders, no reports yet."""
    made = make_world(tmp_path)
    yield made
    made.database.close()
