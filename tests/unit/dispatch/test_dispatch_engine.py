"""The dispatcher: what fails is tried again and told, and holds nobody else up."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from hotline.context import Runtime
from hotline.dispatch import desk
from hotline.dispatch import engine as engine_module
from hotline.dispatch.books import Ports
from hotline.dispatch.engine import (
    FAILURES,
    LEASE_S,
    OVERDUE_S,
    RENEW_EVERY_S,
    SWEEP_EVERY_S,
    UNHEARD_SWEEP_S,
    Engine,
)
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.wiring import ports_of
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.tasks import queue
from hotline.tasks.heartbeat import alive
from hotline.tasks.model import Task, TaskKind
from hotline.tasks.queue import Lease
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.inline import Inline
from tests.support.office import Office, number_of


def test_its_heart_beats(desk_office: Office, engine: Engine, clock: VirtualClock) -> None:
    engine.tick()
    with desk_office.runtime.database.transaction() as session:
        assert alive(session, "dispatcher", clock(), 15)


def test_a_tick_with_nothing_to_do_waits_for_nobody_who_writes(runtime: Runtime) -> None:
    engine = Engine(ports_of(runtime), lambda _: None, pool=Inline(), elapsed=lambda: 0.0)
    engine.tick()  # beats and sweeps, and then not again
    with runtime.database.transaction() as session:
        session.connection()  # it begins: on SQLite nobody else writes meanwhile
        engine.tick()


def test_a_failing_task_is_tried_again_and_then_told(
    desk_office: Office, engine: Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def fails(_ports: Ports, lease: Lease) -> None:
        tried.append(lease.tries)
        raise RuntimeError("a mistake of ours")

    broken = {**engine_module.HANDLERS, TaskKind.START_DISPATCH: fails}
    monkeypatch.setattr(engine_module, "HANDLERS", broken)
    desk_office.sent_report()
    for _ in range(12):
        engine.tick()
        clock.advance(3)
    assert tried[:FAILURES] == list(range(1, FAILURES + 1))
    reasons = {alarm.reason for alarm in desk_office.alarms()}
    assert reasons == {"failing_start_dispatch"}
    with desk_office.runtime.database.transaction() as session:
        errors = session.scalars(select(Task.error).where(Task.kind == TaskKind.START_DISPATCH))
        assert errors.one() == "RuntimeError"


def test_a_task_under_way_is_held_and_given_free_when_its_process_is_gone(
    desk_office: Office, engine: Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A carrier may take its time: the lease is renewed. It ends soon after its dispatcher."""
    begun, over = threading.Event(), threading.Event()

    def waits(ports: Ports, lease: Lease) -> None:
        begun.set()
        assert over.wait(60)
        with ports.transaction() as books:
            books.finish(lease, ports.clock())

    handlers = {**engine_module.HANDLERS, TaskKind.START_DISPATCH: waits}
    monkeypatch.setattr(engine_module, "HANDLERS", handlers)
    desk_office.sent_report()
    with ThreadPoolExecutor(1) as pool:
        slow = Engine(engine.ports, lambda _: None, pool=pool, elapsed=clock.seconds)
        slow.tick()
        assert begun.wait(60)
        for _ in range(10):
            clock.advance(RENEW_EVERY_S)
            slow.tick()
        clock.advance(LEASE_S)
        assert _free_tasks(desk_office, clock()) == []
        clock.advance(1)
        assert len(_free_tasks(desk_office, clock())) == 1
        over.set()
    assert _free_tasks(desk_office, clock()) == []


def _free_tasks(office: Office, now: datetime) -> list[str]:
    """Tasks that begin a dispatch and that another dispatcher could have."""
    with office.runtime.database.transaction() as session:
        return queue.due(session, [TaskKind.START_DISPATCH], now)


def test_a_timer_that_fails_does_not_hold_up_the_others(
    desk_office: Office, engine: Engine, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"])
    broken, sound = desk_office.started(), desk_office.started()
    with desk_office.runtime.database.transaction() as session:
        spoilt = update(Dispatch).where(Dispatch.report_id == broken.id).values(snapshot={})
        session.execute(spoilt)
        session.execute(update(Task).values(due_at=clock() + timedelta(hours=1)))
    clock.advance(11)
    engine.tick()
    [attempt] = desk_office.attempts(sound)
    assert attempt.overdue == 1


def test_a_stranded_dispatch_goes_on(desk_office: Office, engine: Engine) -> None:
    desk_office.on_duty(["c1"], ["c2"])
    report = desk_office.started()
    with desk_office.runtime.database.transaction() as session:
        session.execute(update(Attempt).values(state=AttemptState.LOST, due_at=None))
    engine.tick()
    assert [handle for handle, _ in desk_office.outcomes(report)] == ["c1", "c2"]


def test_worker_tasks_nobody_hears_of_are_done_here(
    runtime: Runtime, desk_office: Office, clock: VirtualClock
) -> None:
    """Without Redis the bell is never heard, so the sweep does the work itself, once."""
    done: list[str] = []
    engine = Engine(ports_of(runtime), done.append, pool=Inline(), elapsed=clock.seconds)
    with runtime.database.transaction() as session:
        task_id = queue.add(session, TaskKind.TRANSCRIBE, "message", clock()).id
    engine.tick()
    assert done == [task_id]
    with runtime.database.transaction() as session:
        lease = queue.claim(session, task_id, "worker", clock(), 60)
        assert lease is not None
    clock.advance(OVERDUE_S + 1)
    engine.tick()
    assert done == [task_id]


class Bell:
    """A doorbell that works, or does not."""

    def __init__(self, works: bool) -> None:
        self.works, self.rung = works, list[str]()

    def ring(self, task_id: str) -> bool:
        self.rung.append(task_id)
        return self.works

    def hears(self) -> bool:
        return self.works


@pytest.mark.parametrize(("works", "after_s"), [(True, SWEEP_EVERY_S), (False, UNHEARD_SWEEP_S)])
def test_work_is_looked_for_more_often_while_no_bell_works(
    runtime: Runtime, clock: VirtualClock, works: bool, after_s: float
) -> None:
    bell = Bell(works)
    ports = replace(ports_of(runtime), doorbell=bell)
    engine = Engine(ports, lambda _: None, pool=Inline(), elapsed=clock.seconds)
    engine.tick()
    with runtime.database.transaction() as session:
        task_id = queue.add(session, TaskKind.TRANSCRIBE, "message", clock()).id
    clock.advance(after_s - 0.1)
    engine.tick()
    assert bell.rung == []
    clock.advance(0.1)
    engine.tick()
    assert bell.rung == [task_id]


def test_a_dispatch_ends_in_the_alarm_and_the_alarm_rings(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"], alarm=["s9"])
    report = desk_office.started()
    with desk_office.runtime.database.transaction() as session:
        attempt = session.scalars(select(Attempt)).one()
        desk.decline(desk_office.books(session), attempt, clock())
    assert desk_office.dispatch(report).state is DispatchState.EXHAUSTED
    for _ in range(3):
        engine.tick()
        clock.advance(desk_office.runtime.settings.alarm_repeat_s)
    assert carrier.rung() == [number_of("s9")] * 3
    [alarm] = desk_office.alarms()
    assert alarm.rounds == 3
