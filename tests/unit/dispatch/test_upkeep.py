"""What is done beside the auditor's work: each act at its time, and none in another's way."""

from pathlib import Path

import pytest

from hotline.backup import record
from hotline.context import Runtime
from hotline.database.engine import Database
from hotline.dispatch import upkeep
from hotline.dispatch.alarms import acknowledge
from hotline.dispatch.model import Alarm
from hotline.dispatch.sql import SqlBooks
from hotline.dispatch.upkeep import AGAIN_S, DAY_S, HOUR_S, Upkeep
from tests.conftest import MakeRuntime
from tests.fakes.clock import VirtualClock

ACTS = (
    *("_tend", "_delete_again", "_purge", "_forget_calls", "_forget_numbers", "_forget_tasks"),
    *("_keep_anchor", "_miss_backup", "_remind"),
)


class Acts:
    """Counts what is done; `failing` names what fails."""

    def __init__(self, patch: pytest.MonkeyPatch, runtime: Runtime) -> None:
        self.done: list[str] = []
        self.failing: set[str] = set()
        self.more = False
        for name in ACTS:
            patch.setattr(Upkeep, name, self._act(name))
        self.passed = 0.0
        self.upkeep = Upkeep(runtime, elapsed=lambda: self.passed)

    def _act(self, name: str) -> object:
        def act(_self: Upkeep) -> bool:
            self.done.append(name)
            if name in self.failing:
                raise OSError
            return self.more and name == "_purge"

        act.__name__ = name
        return act

    def after(self, seconds: float) -> list[str]:
        """What is done so long after the beginning."""
        self.done.clear()
        self.passed = seconds
        self.upkeep.go_on()
        return list(self.done)


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch, runtime: Runtime) -> Acts:
    return Acts(monkeypatch, runtime)


def test_each_act_has_its_own_time(acts: Acts) -> None:
    assert len(acts.after(0)) == len(ACTS)
    assert acts.after(15) == []
    hourly = ["_forget_calls", "_forget_numbers", "_forget_tasks", "_miss_backup", "_remind"]
    assert acts.after(HOUR_S) == hourly
    assert len(acts.after(DAY_S)) == len(ACTS)


def test_one_that_fails_keeps_none_back_and_is_tried_again(acts: Acts) -> None:
    acts.failing = {"_tend", "_delete_again"}
    assert len(acts.after(0)) == len(ACTS)
    acts.failing = set()
    assert acts.after(AGAIN_S - 1) == []
    assert acts.after(AGAIN_S) == ["_tend", "_delete_again"]


def test_what_is_not_done_goes_on_in_the_next_round(acts: Acts) -> None:
    acts.more = True
    acts.after(0)
    assert acts.after(15) == ["_purge"]
    acts.more = False
    assert acts.after(30) == ["_purge"]
    assert acts.after(45) == []


def test_the_times_are_those_of_the_documents() -> None:
    assert (upkeep.HOUR_S, upkeep.DAY_S) == (3600.0, 86400.0)


def open_alarms(database: Database) -> list[Alarm]:
    with database.reading() as session:
        return session.query(Alarm).filter(Alarm.acknowledged_at.is_(None)).all()


def test_an_old_backup_is_an_alarm_and_again_a_day_after_it_was_acknowledged(
    make_runtime: MakeRuntime, database_url: str, clock: VirtualClock
) -> None:
    runtime = make_runtime(database_url, backup_folder=Path("safe"))
    database = runtime.database
    with database.transaction() as session:
        record.note(session, clock())

    def look() -> list[str]:
        Upkeep(runtime).go_on()
        return [alarm.reason for alarm in open_alarms(database)]

    clock.advance(26 * HOUR_S)
    assert look() == []
    clock.advance(1)
    assert look() == ["backup_old"]
    assert look() == ["backup_old"]  # one, and the same
    with database.transaction() as session:
        acknowledge(SqlBooks(session, runtime.vault), session.query(Alarm).one(), "ana", clock())
    clock.advance(DAY_S - 1)
    assert look() == []
    clock.advance(2)
    assert look() == ["backup_old"]


def test_where_no_backup_is_wanted_none_is_missed(runtime: Runtime, clock: VirtualClock) -> None:
    with runtime.database.transaction() as session:
        record.note(session, clock())
    clock.advance(100 * HOUR_S)
    Upkeep(runtime).go_on()
    assert open_alarms(runtime.database) == []
