"""The machine's clock is set in the middle of a search: nobody rings shorter or longer for it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from hotline.context import Runtime, utc_now
from hotline.dispatch.clock_set import FORGOTTEN_AFTER, NOTED_EVERY_S, STEP_S, MachineTime
from hotline.dispatch.engine import Engine
from hotline.dispatch.wiring import ports_of
from hotline.dispatch.words import AttemptState
from hotline.reports.model import Report
from hotline.tasks import queue
from hotline.tasks.heartbeat import alive, beat
from hotline.tasks.model import MachineClock, Task, TaskKind
from tests.conftest import MakeRuntime
from tests.fakes.clock import START, VirtualClock
from tests.support.inline import Inline
from tests.support.office import RING_S, Office

HOUR = timedelta(hours=1)
BOOT = "this start of this machine"


class SetClock:
    """The clock of the day: goes on as `steady` does, and can be set."""

    def __init__(self, steady: VirtualClock) -> None:
        self._steady, self.ahead = steady, timedelta()

    def __call__(self) -> datetime:
        return self._steady() + self.ahead


class Machine:
    """A dispatcher on a machine whose clock can be set, and its office."""

    def __init__(self, runtime: Runtime, steady: VirtualClock, *, watched: bool = True) -> None:
        self.clock, self.steady, self.watched = SetClock(steady), steady, watched
        self.runtime = replace(runtime, clock=self.clock)
        self.office = Office(self.runtime)
        self.engine = self.dispatcher()

    def time(self) -> MachineTime:
        return MachineTime(self.runtime, steady=self.steady.seconds, boot_id=BOOT)

    def dispatcher(self) -> Engine:
        return Engine(
            ports_of(self.runtime),
            lambda _: None,
            pool=Inline(),
            elapsed=self.steady.seconds,
            keep_time=self.time().keep if self.watched else lambda: None,
        )

    def go(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.steady.advance(1.0)
            self.engine.tick()

    def search(self) -> Report:
        """A search that rings the first of two, in the middle of the ring."""
        self.office.on_duty(["c1"], ["c2"])
        report = self.office.sent_report()
        self.engine.tick()
        self.engine.tick()
        self.go(RING_S / 2)
        assert self.handles(report) == ["c1"]
        return report

    def handles(self, report: Report) -> list[str]:
        return [handle for handle, _ in self.office.outcomes(report)]


@pytest.fixture
def machine(runtime: Runtime, clock: VirtualClock) -> Machine:
    return Machine(runtime, clock)


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, timedelta(seconds=STEP_S), timedelta(days=-300)])
def test_a_ring_lasts_as_long_as_it_should(machine: Machine, ahead: timedelta) -> None:
    report = machine.search()
    machine.clock.ahead = ahead
    machine.go(RING_S / 2 - 2)
    assert machine.office.outcomes(report) == [("c1", AttemptState.PLACED)]
    machine.go(30)
    assert machine.handles(report) == ["c1", "c2"]


def test_without_it_a_clock_set_back_keeps_a_phone_from_being_rung(
    runtime: Runtime, clock: VirtualClock
) -> None:
    """What the others are worth."""
    machine = Machine(runtime, clock, watched=False)
    report = machine.search()
    machine.clock.ahead = -HOUR
    machine.go(RING_S + 60)
    assert machine.handles(report) == ["c1"]


def test_what_is_over_stays_as_it_was_written(machine: Machine) -> None:
    report = machine.search()
    before = machine.office.runtime.clock()
    with machine.runtime.database.transaction() as session:
        done = queue.add(session, TaskKind.PUSH, "nobody", before)
        done.state = queue.TaskState.DONE
        ended = machine.office.runtime.clock() - HOUR
        beat(session, "worker", before)
    call = machine.office.call()
    with machine.runtime.database.transaction() as session:
        row = session.get_one(type(call), call.id)
        row.ended_at = ended
    machine.clock.ahead = -HOUR
    machine.engine.tick()
    with machine.runtime.database.transaction() as session:
        assert session.get_one(Task, done.id).due_at == before
        row = session.get_one(type(call), call.id)
        assert (row.ended_at, row.seen_at) == (ended, before)
        assert alive(session, "worker", machine.clock(), 1.0)
        assert not alive(session, "worker", machine.clock() + timedelta(seconds=2), 1.0)
        sought = session.get_one(Report, report.id)
        assert sought.sent_at == START - HOUR


def test_two_dispatchers_of_a_machine_move_it_once(machine: Machine) -> None:
    machine.search()
    second = machine.time()
    second.keep()
    due_at = _due_at(machine)
    machine.clock.ahead = HOUR
    machine.engine.tick()
    second.keep()
    assert _due_at(machine) == due_at + HOUR


def test_a_clock_set_while_no_dispatcher_ran_is_seen_by_the_next(machine: Machine) -> None:
    report = machine.search()
    machine.clock.ahead = -HOUR
    machine.steady.advance(RING_S)
    machine.engine = machine.dispatcher()
    machine.go(10)
    assert machine.handles(report) == ["c1", "c2"]


def test_a_clock_that_goes_wrong_slowly_is_not_set(machine: Machine) -> None:
    machine.search()
    due_at = _due_at(machine)
    time = machine.time()
    for _ in range(10):
        machine.clock.ahead += timedelta(seconds=STEP_S * 0.9)
        machine.steady.advance(NOTED_EVERY_S)
        time.keep()
    assert _due_at(machine) == due_at


def test_another_start_of_the_machine_is_another_clock(machine: Machine) -> None:
    """Steady seconds begin anew; there is nothing to compare. Old starts are forgotten."""
    machine.search()
    due_at = _due_at(machine)
    machine.clock.ahead = FORGOTTEN_AFTER + HOUR
    MachineTime(machine.runtime, steady=lambda: 3.0, boot_id="the next start").keep()
    assert _due_at(machine) == due_at
    with machine.runtime.database.transaction() as session:
        assert list(session.scalars(select(MachineClock.boot_id))) == ["the next start"]


def test_where_the_kernel_has_no_id_nothing_is_watched(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.dispatch.clock_set.this_boot", lambda: None)
    MachineTime(machine.runtime, steady=machine.steady.seconds).keep()
    with machine.runtime.database.transaction() as session:
        assert list(session.scalars(select(MachineClock))) == []


@pytest.mark.postgres
@pytest.mark.parametrize("true_s", [0.0, 3600.0])
def test_a_machine_that_differs_from_the_database_moves_nothing(
    make_runtime: MakeRuntime, postgres_url: str, true_s: float
) -> None:
    """Of many machines one is set: the others' timers are right as they are."""
    off = timedelta(seconds=true_s)
    runtime = replace(make_runtime(postgres_url), clock=lambda: utc_now() + off)
    with runtime.database.transaction() as session:
        task = queue.add(session, TaskKind.PUSH, "nobody", utc_now())
        due_at = task.due_at
        began = runtime.clock() - timedelta(seconds=100) - HOUR
        session.add(MachineClock(boot_id=BOOT, began_at=began, noted_at=began))
    with capture_logs() as logs:
        MachineTime(runtime, steady=lambda: 100.0, boot_id=BOOT).keep()
    with runtime.database.transaction() as session:
        moved_by = session.get_one(Task, task.id).due_at - due_at
    assert [entry["event"] for entry in logs] == ["clock_differs" if true_s else "clock_was_set"]
    assert abs(moved_by - (timedelta() if true_s else HOUR)) < timedelta(seconds=1)


def _due_at(machine: Machine) -> datetime:
    """The timer of the one phone that rings."""
    with machine.runtime.database.transaction() as session:
        [attempt] = machine.office.books(session).attempts(_dispatch_id(machine))
        assert attempt.due_at is not None
        return attempt.due_at


def _dispatch_id(machine: Machine) -> str:
    with machine.runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
    return machine.office.dispatch(report).id
