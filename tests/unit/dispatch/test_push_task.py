"""Browsers are told beside the call: after it was placed, once, apart, and whatever comes of it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from hotline.context import Runtime
from hotline.dispatch import alarms
from hotline.dispatch.books import Ports
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Alarm, Attempt
from hotline.dispatch.wiring import ports_of
from hotline.oncall.model import Responder
from hotline.people import push
from hotline.people.accounts import add_account
from hotline.people.model import PushSubscription, Role
from hotline.people.push import Delivery
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.inline import Inline
from tests.support.office import Office


@pytest.fixture
def told() -> list[str]:
    """Endpoints to which a message was sent."""
    return []


@pytest.fixture
def ports(runtime: Runtime, told: list[str]) -> Ports:
    def send(endpoint: str) -> Delivery:
        told.append(endpoint)
        return Delivery.GONE if endpoint.endswith("gone") else Delivery.SENT

    return replace(ports_of(runtime), push=send)


@pytest.fixture
def engine(ports: Ports, clock: VirtualClock) -> Engine:
    return Engine(ports, lambda _: None, pool=Inline(), elapsed=clock.seconds)


def listen(office: Office, handle: str, *names: str) -> None:
    """Somebody's browsers want to be told."""
    runtime = office.runtime
    with runtime.database.transaction() as session:
        account = add_account(session, handle, handle, Role.COUNSELOR, "none", runtime.clock())
        query = select(Responder.id).where(Responder.handle == handle)
        account.responder_id = session.scalars(query).one()
        for name in names:
            given = {"endpoint": f"https://push.example.com/{name}"}
            push.subscribe(session, runtime.vault, account.id, given, runtime.clock())


def pushes(office: Office) -> list[TaskState]:
    with office.runtime.database.transaction() as session:
        return list(session.scalars(select(Task.state).where(Task.kind == TaskKind.PUSH)))


def test_who_is_rung_is_told_on_each_device_and_who_is_gone_is_forgotten(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, told: list[str]
) -> None:
    desk_office.on_duty(["c1"], ["c2"])
    listen(desk_office, "c1", "one", "gone")
    listen(desk_office, "c2", "other")
    desk_office.started()
    for _ in range(3):
        engine.tick()
    assert len(carrier.calls) == 1
    assert told == ["https://push.example.com/one", "https://push.example.com/gone"]
    assert pushes(desk_office) == [TaskState.DONE]
    with desk_office.runtime.database.transaction() as session:
        assert session.scalar(select(func.count(PushSubscription.id))) == 2


def test_without_a_device_there_is_no_task(desk_office: Office, engine: Engine) -> None:
    desk_office.on_duty(["c1"])
    desk_office.started()
    engine.tick()
    engine.tick()
    assert pushes(desk_office) == []


def test_an_alarm_tells_its_phones_owners_once(
    desk_office: Office, engine: Engine, clock: VirtualClock, told: list[str]
) -> None:
    desk_office.on_duty(["c1"], alarm=["s1"])
    listen(desk_office, "s1", "boss")
    with desk_office.runtime.database.transaction() as session:
        alarms.raise_alarm(desk_office.books(session), None, "illegal_move", clock())
    for _ in range(200):
        engine.tick()
        clock.advance(1)
    assert told == ["https://push.example.com/boss"]
    with desk_office.runtime.database.transaction() as session:
        assert session.scalars(select(Alarm.rounds)).one() > 1


def test_what_comes_too_late_is_not_sent(
    desk_office: Office, ports: Ports, engine: Engine, clock: VirtualClock, told: list[str]
) -> None:
    desk_office.on_duty(["c1"])
    listen(desk_office, "c1", "one")
    with ports.transaction() as books:
        responder = books.responder("c1")
        assert responder is not None
        books.add_task(TaskKind.PUSH, responder.id, clock(), again="a")
    clock.advance(61)
    engine.tick()
    assert told == []
    assert pushes(desk_office) == [TaskState.DONE]


@pytest.fixture
def stuck() -> Iterator[tuple[Callable[[str], Delivery], threading.Event, threading.Event]]:
    """A push service that answers nothing until it is let go; and whether it was asked."""
    asked, go_on = threading.Event(), threading.Event()

    def send(endpoint: str) -> Delivery:
        asked.set()
        go_on.wait(60)
        return Delivery.FAILED

    yield send, asked, go_on
    go_on.set()


def test_a_push_service_that_hangs_keeps_no_phone_from_ringing(
    desk_office: Office,
    runtime: Runtime,
    carrier: FakeCarrier,
    stuck: tuple[Callable[[str], Delivery], threading.Event, threading.Event],
) -> None:
    send, asked, go_on = stuck
    desk_office.on_duty(["c1", "c2", "c3"])
    for handle in ("c1", "c2", "c3"):
        listen(desk_office, handle, f"{handle}-one", f"{handle}-two")
    engine = Engine(replace(ports_of(runtime), push=send), lambda _: None)
    all_rung = threading.Event()
    carrier.on_place = lambda call: all_rung.set() if len(carrier.calls) == 6 else None
    stop = threading.Event()
    thread = threading.Thread(target=engine.run, args=(stop,))
    thread.start()
    try:
        desk_office.started()
        assert asked.wait(60)
        desk_office.started()  # everybody is busy, and so is rung all the same
        assert all_rung.wait(60)
    finally:
        go_on.set()
        stop.set()
        thread.join()
    with runtime.database.transaction() as session:
        assert session.scalar(select(func.count(Attempt.id))) == 6
