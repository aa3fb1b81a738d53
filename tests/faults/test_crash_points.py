"""Every process killed at every crash point: nothing is lost, and somebody is reached."""

from pathlib import Path

import pytest

from hotline import crash
from tests.e2e.conftest import Theatre
from tests.faults import blows, points, truth
from tests.faults.conftest import stage
from tests.faults.plays import CALLS

pytestmark = pytest.mark.e2e
SHORT = ("call.placed",)
"""What every run of the tests kills at; the others belong to `make test-faults`."""
STREAM = "stream."
NAMES = points.names()


@pytest.mark.parametrize(
    "name", [n if n in SHORT else pytest.param(n, marks=pytest.mark.slow) for n in NAMES]
)
def test_killed_at(name: str, request: pytest.FixtureRequest, order_file: Path) -> None:
    theatre: Theatre = request.getfixturevalue("streamed" if STREAM in name else "recorded")
    blows.give_order(order_file, crash.order(name))
    played = stage(theatre).play(CALLS["message"], lambda elapsed: None)
    assert not order_file.exists(), "nobody passed this point"
    assert truth.broken(played, theatre.stack.runtime) == []
