"""How many reports tell of the same, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.reports import membership
from hotline.reports.incident_model import Incident, IncidentReport, Membership
from hotline.reports.membership import Within
from tests.support.console import World, leave_message, make_world


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = make_world(tmp_path, database_url)
    yield made
    made.database.close()


def test_who_is_alone_or_was_taken_out_is_with_nobody(world: World) -> None:
    states = ("first", "suggested", "confirmed", "rejected")
    first, second, third, out, alone, free = (leave_message(world) for _ in range(6))
    with world.database.transaction() as session:
        for incident in ("one", "two"):
            session.add(Incident(id=incident, created_at=world.now))
        session.flush()
        of_one = zip((first, second, third, out), states, strict=True)
        for report_id, incident, state in (
            *((report_id, "one", state) for report_id, state in of_one),
            (alone, "two", "first"),
        ):
            link = IncidentReport(report_id=report_id, incident_id=incident, joined_at=world.now)
            link.state = Membership(state)
            session.add(link)
    with world.database.transaction() as session:
        found = membership.within(session, [first, second, out, alone, free])
        assert found == {first: Within("one", 3, 1), second: Within("one", 3, 1)}
        assert membership.within(session, []) == {}
        assert membership.together(session, third) == 3
        assert membership.together(session, out) == 0
