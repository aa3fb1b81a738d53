"""Marks: another one for everything that a page shows, and the same while nothing happens."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hotline.database.base import new_id
from hotline.dispatch import alarms, pulse
from hotline.dispatch.model import Alarm
from hotline.dispatch.pulse import Topic
from hotline.oncall import calendar, schedules
from hotline.oncall.model import Duty, DutyState, Responder
from hotline.reports import timeline
from hotline.reports.model import Call, TimelineEvent
from tests.support.board import caller_in_menu, caller_waits, calls_end
from tests.support.console import World, leave_message, make_world, ring


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = make_world(tmp_path, database_url)
    yield made
    made.database.close()


def marks(world: World) -> pulse.Marks:
    with world.database.reading() as session:
        return pulse.marks(session)


class Changed:
    """Which topics have changed since the last question."""

    def __init__(self, world: World) -> None:
        self.world, self.before = world, marks(world)

    def __call__(self) -> set[str]:
        before, self.before = self.before, marks(self.world)
        return {topic for topic in Topic if before[topic] != self.before[topic]}


def test_every_topic_has_its_mark_and_nothing_is_in_it(world: World) -> None:
    leave_message(world)
    assert set(marks(world)) == set(Topic)
    assert all(len(mark) == 12 and int(mark, 16) >= 0 for mark in marks(world).values())
    assert marks(world) == marks(world)


def test_callers(world: World) -> None:
    changed = Changed(world)
    call_id = caller_in_menu(world, "language", None)
    assert changed() == {"calls"}
    with world.database.transaction() as session:
        call = session.get_one(Call, call_id)
        call.seen_at = world.now + timedelta(seconds=8)
    assert changed() == set()  # a caller's heartbeat is no news
    with world.database.transaction() as session:
        session.get_one(Call, call_id).menu = {"state": "menu"}
    assert changed() == {"calls"}
    calls_end(world)
    assert changed() == {"calls"}


def test_rings(world: World) -> None:
    report_id = caller_waits(world)
    changed = Changed(world)
    ring(world, report_id)
    assert changed() == {"calls", "reports"}


def test_an_event_that_is_committed_late(world: World) -> None:
    report_id = leave_message(world)
    with world.database.transaction() as session:
        timeline.add(session, report_id, world.now, "reviewed", by="somebody")
        session.flush()
        newest = session.query(TimelineEvent).order_by(TimelineEvent.id.desc()).first()
        assert newest is not None
        newest.id += 1  # as if another transaction had got the number before and is still open
    changed = Changed(world)
    with world.database.transaction() as session:
        session.add(
            TimelineEvent(
                id=newest.id - 1, report_id=report_id, at=world.now, kind="reviewed", detail={}
            )
        )
    assert changed() == {"calls", "reports"}


def test_alarms_open_and_answered(world: World) -> None:
    changed = Changed(world)
    with world.database.transaction() as session:
        session.add(Alarm(id=new_id(), reason="auditor_silent", raised_at=world.now, rounds=0))
    assert changed() == {"alarms"}
    with world.database.transaction() as session:
        session.query(Alarm).one().rounds = 3
    assert changed() == set()  # that its phones were rung once more is no news
    with world.database.transaction() as session:
        alarms.acknowledge(world.books(session), session.query(Alarm).one(), "ana", world.now)
    assert changed() == {"alarms"}


def test_who_is_on_call(world: World) -> None:
    changed = Changed(world)
    with world.database.transaction() as session:
        who = session.query(Responder).first()
        assert who is not None
        session.add(Duty(responder_id=who.id, state=DutyState.OFF, since_at=world.now))
    assert changed() == {"oncall"}
    with world.database.transaction() as session:
        session.query(Duty).one().state = DutyState.ON
    assert changed() == {"oncall"}
    with world.database.transaction() as session:
        schedules.put(session, "nights", calendar.Schedule("nights", "UTC", ()))
        hour = timedelta(hours=1)
        override = calendar.Override(world.now, world.now + hour, "counselor-2")
        added = schedules.add_override(session, "nights", override)
    assert changed() == {"oncall"}
    with world.database.transaction() as session:
        schedules.remove_override(session, "nights", added)
    assert changed() == {"oncall"}
