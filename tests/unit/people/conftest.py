"""What the tests of the people share; the database comes from the root, once of each kind."""

from datetime import UTC, datetime

import pytest


@pytest.fixture
def now() -> datetime:
    """A moment in the night."""
    return datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
