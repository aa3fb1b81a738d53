"""The database lets nobody write for thirty seconds: nobody is told what is not true, and then all
goes on."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.e2e.conftest import Theatre
from tests.faults import blows, truth
from tests.faults.conftest import stage
from tests.faults.plays import CALLS

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]
LOCKED_S = 30.0


@pytest.mark.parametrize("call", ["message", "speaks now"])
@pytest.mark.parametrize("at_s", [1.5, 5.0])
def test_thirty_seconds_of_somebody_elses_writing(
    streamed: Theatre, order_file: Path, call: str, at_s: float
) -> None:
    path = str(make_url(streamed.stack.settings.database).database)
    holders = [threading.Thread(target=blows.write_for, args=(path, LOCKED_S))]

    def blow(elapsed: float) -> None:
        if holders and elapsed >= at_s:
            holders.pop().start()

    played = stage(streamed).play(CALLS[call], blow)
    assert truth.broken(played, streamed.stack.runtime) == []
