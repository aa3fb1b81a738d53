"""The queue as doctor sees it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from hotline.database.engine import Database
from hotline.doctor import backlog
from hotline.doctor.backlog import Backlog
from hotline.doctor.finding import Lasting, Level
from hotline.tasks import queue
from hotline.tasks.model import TaskKind
from tests.unit.doctor.conftest import MakeSettings

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def before(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def test_what_is_counted(database: Database) -> None:
    with database.transaction() as session:
        assert backlog.backlog(session, NOW) == Backlog(0, 0, 0, None)
        queue.add(session, TaskKind.ALARM, "due", before(90))
        queue.add(session, TaskKind.ALARM, "later", NOW, due_at=NOW + timedelta(seconds=5))
        held = queue.add(session, TaskKind.TRANSCRIBE, "held", before(600))
        assert queue.claim(session, held.id, "a-worker", before(5), 30.0)
        left = queue.add(session, TaskKind.TRANSCRIBE, "left", before(50))
        assert queue.claim(session, left.id, "a-dead-worker", before(50), 30.0)
        for subject, at in (("given up", before(3600)), ("long ago", before(200_000))):
            task = queue.add(session, TaskKind.TRANSCRIBE, subject, at)
            lease = queue.claim(session, task.id, "a-worker", at, 30.0)
            assert lease is not None
            queue.give_up(session, lease, at, "broken")
        assert backlog.backlog(session, NOW) == Backlog(due=2, leased=1, given_up=1, oldest_s=90.0)


@pytest.mark.parametrize(
    ("oldest_s", "level"),
    [(None, Level.OK), (59.0, Level.OK), (61.0, Level.WARN), (301.0, Level.BAD)],
)
def test_what_is_said_of_it(oldest_s: float | None, level: Level) -> None:
    found = backlog.judged(Backlog(2, 1, 0, oldest_s))
    assert found.level is level
    assert "under way: 1" in found.says
    assert bool(found.mend) == (level is not Level.OK)


def test_the_check(make_settings: MakeSettings, sqlite_url: str, tmp_path: Path) -> None:
    opened = Database(sqlite_url)
    with opened.transaction() as session:
        task = queue.add(session, TaskKind.TRANSCRIBE, "given up", before(60))
        lease = queue.claim(session, task.id, "a-worker", before(60), 30.0)
        assert lease is not None
        queue.give_up(session, lease, before(60), "broken")
    opened.close()
    with time_machine.travel(NOW, tick=False):
        levels = [found.level for found in backlog.queue(make_settings())]
    assert levels == [Level.OK, Level.WARN]
    nowhere = make_settings(database_url=f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert list(backlog.queue(nowhere)) == []
    empty = make_settings(database_url=f"sqlite:///{tmp_path / 'empty.sqlite'}")
    (tmp_path / "empty.sqlite").touch()
    assert list(backlog.queue(empty)) == []


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (119.0, "119 s"),
        (120.0, "2 min"),
        (7199.0, "119 min"),
        (7200.0, "2 h"),
        (172_799.0, "47 h"),
        (11_144_172.0, "128 days"),
    ],
)
def test_how_long_is_said_in_a_unit_of_which_there_are_two(seconds: float, said: str) -> None:
    assert str(Lasting(seconds)) == said
