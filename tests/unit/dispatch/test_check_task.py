"""A test ring from the console: placed once by the dispatcher, and its end told however it ends."""

import pytest
from sqlalchemy import select

from hotline.carrier.port import Busy, CarrierError, LegState, Refused, Uncertain
from hotline.dispatch import drill
from hotline.dispatch.drill import PRESS_S, RING_S, Tried
from hotline.dispatch.engine import Engine
from hotline.oncall.model import CheckCall, Responder
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.office import Office, number_of


@pytest.fixture
def asked(desk_office: Office, clock: VirtualClock) -> Office:
    """An office in which somebody asked for a test ring of c1, whose number was verified once."""
    desk_office.on_duty(["c1"])
    runtime = desk_office.runtime
    with runtime.database.transaction() as session:
        row = session.scalars(select(Responder)).one()
        row.confirmed_at = clock()
        assert drill.ask_for(session, runtime.vault, row, clock())
        assert not drill.ask_for(session, runtime.vault, row, clock())  # one at a time
    return desk_office


def tried(office: Office) -> Tried:
    with office.runtime.database.transaction() as session:
        (found,) = drill.last_tries(session).values()
        return found


def verified(office: Office) -> bool:
    with office.runtime.database.transaction() as session:
        return session.scalars(select(Responder.confirmed_at)).one() is not None


def task_state(office: Office) -> TaskState:
    with office.runtime.database.transaction() as session:
        return session.scalars(select(Task.state).where(Task.kind == TaskKind.DRILL)).one()


def go_on(engine: Engine, clock: VirtualClock, seconds: float) -> None:
    """Let the dispatcher tick once a second."""
    for _ in range(int(seconds)):
        clock.advance(1)
        engine.tick()


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (LegState.UNANSWERED, "unanswered"),
        (LegState.BUSY, "busy"),
        (LegState.FAILED, "failed"),
        (LegState.COMPLETED, "completed"),
    ],
)
def test_how_it_ended_is_asked_of_the_carrier(
    asked: Office,
    engine: Engine,
    carrier: FakeCarrier,
    clock: VirtualClock,
    end: LegState,
    code: str,
) -> None:
    engine.tick()
    (call,) = carrier.calls.values()
    assert call.to == number_of("c1")
    assert tried(asked).goes_on(clock())
    carrier.set_state(call, end)
    go_on(engine, clock, 6)
    assert (tried(asked).code, tried(asked).goes_on(clock())) == (code, False)
    assert not verified(asked)
    assert task_state(asked) is TaskState.FAILED
    go_on(engine, clock, 120)
    assert len(carrier.calls) == 1


def test_the_press_of_1_verifies(
    asked: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    engine.tick()
    clock.advance(3)
    with asked.runtime.database.transaction() as session:
        call = session.scalars(select(CheckCall)).one()
        drill.confirm(session, asked.runtime.vault, call, clock())
    (call,) = carrier.calls.values()
    carrier.set_state(call, LegState.COMPLETED)
    go_on(engine, clock, 6)
    assert tried(asked).confirmed_at is not None
    assert verified(asked)
    assert task_state(asked) is TaskState.DONE


def test_when_the_carrier_says_nothing_it_ends_by_itself(
    asked: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    engine.tick()
    go_on(engine, clock, RING_S + PRESS_S - 5)
    assert tried(asked).ended_at is None
    go_on(engine, clock, 11)
    assert tried(asked).code == "too_late"
    assert not verified(asked)


@pytest.mark.parametrize("error", [Refused("13224"), Busy("429"), Uncertain("timeout")])
def test_what_the_carrier_does_not_take(
    asked: Office,
    engine: Engine,
    carrier: FakeCarrier,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
    error: CarrierError,
) -> None:
    places = []

    def place(**values: object) -> str:
        places.append(values)
        raise error

    monkeypatch.setattr(carrier, "place_call", place)
    engine.tick()
    go_on(engine, clock, 120)
    repeated = isinstance(error, Busy)
    assert (len(places) > 1) is repeated
    assert len(places) <= 61
    assert tried(asked).code == ("refused" if isinstance(error, Refused) else "too_late")
    # A number that was never rung stays as it was.
    assert verified(asked) is repeated


def test_nobody_is_rung_for_what_was_asked_long_ago(
    asked: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    clock.advance(3600)
    engine.tick()
    assert not carrier.calls
    assert tried(asked).code == "too_late"
    assert verified(asked)
