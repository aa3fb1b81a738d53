"""What the tests of the people share; the database comes from the root, once of each kind."""

from datetime import UTC, datetime

import pytest

from tests.support.console import cheap_passwords


@pytest.fixture
def now() -> datetime:
    """A moment in the night."""
    return datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.path.name != "test_people_passwords.py":  # which is about the real thing
        cheap_passwords(monkeypatch)
