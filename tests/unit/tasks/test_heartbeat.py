"""Heartbeats say who was alive when."""

from datetime import timedelta

from hotline.database.engine import Database
from hotline.tasks.heartbeat import alive, beat
from tests.fakes.clock import START


def test_alive_within_and_not_after(database: Database) -> None:
    with database.transaction() as session:
        beat(session, "dispatcher", START - timedelta(seconds=60))
        beat(session, "dispatcher", START)
    with database.transaction() as session:
        assert alive(session, "dispatcher", START + timedelta(seconds=15), 15)
        assert not alive(session, "dispatcher", START + timedelta(seconds=15.001), 15)
        assert not alive(session, "worker", START, 15)
