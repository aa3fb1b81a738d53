"""A report in a small hotline, once on each kind of database, and a hand that writes into it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from hotline.reports import timeline
from hotline.reports.model import Report
from tests.support.console import World, leave_message, make_world

Do = Callable[..., Any]


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """A hotline without accounts: casework knows people by their ids only."""
    made = make_world(tmp_path, database_url)
    yield made
    made.database.close()


class Hand:
    """Does one thing with one report, each time in a transaction of its own."""

    def __init__(self, world: World, report_id: str) -> None:
        self.world, self.report_id = world, report_id

    def do(self, act: Callable[[Session, Report], Any]) -> Any:
        """What `act` gives for the session and the report."""
        with self.world.database.transaction() as session:
            return act(session, session.get_one(Report, self.report_id))

    def told(self, *kinds: str) -> list[dict[str, Any]]:
        """The details of the timeline's events of these kinds, in order."""
        with self.world.database.transaction() as session:
            events = timeline.read(session, self.report_id)
            return [event.detail for event in events if event.kind in kinds]

    @property
    def report(self) -> Report:
        """The report as it stands now."""
        found: Report = self.do(lambda session, report: report)
        return found


@pytest.fixture
def hand(world: World) -> Hand:
    """Holds a report with one message."""
    return Hand(world, leave_message(world))
