"""A ring whose end nobody told does not keep the next phone silent until its timer."""

import pytest

from hotline.carrier.port import Busy, LegState
from hotline.dispatch import legs
from hotline.dispatch.engine import Engine
from hotline.dispatch.housekeeping import ASK_AGAIN_S
from hotline.dispatch.store import RING_ASK_S
from hotline.dispatch.words import AttemptState
from hotline.reports.model import Report
from tests.fakes.carrier import FakeCall, FakeCarrier, nothing
from tests.fakes.clock import VirtualClock
from tests.support.office import RING_S, Office


@pytest.fixture
def report(desk_office: Office, engine: Engine) -> Report:
    """One for which c1's phone rings."""
    desk_office.on_duty(["c1"], ["c2"])
    report = desk_office.started()
    engine.tick()
    return report


@pytest.fixture
def leg(report: Report, carrier: FakeCarrier) -> FakeCall:
    """The call to c1."""
    [leg] = carrier.live_calls()
    return leg


def after(engine: Engine, clock: VirtualClock, seconds: float) -> None:
    clock.advance(seconds)
    engine.tick()


@pytest.mark.parametrize(
    ("state", "outcome"),
    [(LegState.BUSY, AttemptState.BUSY), (LegState.COMPLETED, AttemptState.DECLINED)],
)
def test_an_end_that_nobody_told_is_found(
    desk_office: Office,
    engine: Engine,
    carrier: FakeCarrier,
    clock: VirtualClock,
    report: Report,
    leg: FakeCall,
    state: LegState,
    outcome: AttemptState,
) -> None:
    carrier.set_state(leg, state)
    after(engine, clock, RING_ASK_S - 1)
    assert desk_office.outcomes(report) == [("c1", AttemptState.PLACED)]
    after(engine, clock, 2)
    assert desk_office.outcomes(report)[0] == ("c1", outcome)
    assert desk_office.outcomes(report)[1][0] == "c2"


def test_who_answered_and_hung_up_unheard_is_found(
    desk_office: Office,
    engine: Engine,
    carrier: FakeCarrier,
    clock: VirtualClock,
    report: Report,
    leg: FakeCall,
) -> None:
    """Whoever listens to what it is about has two minutes; the end of their call ends them."""
    with desk_office.runtime.database.transaction() as session:
        books = desk_office.books(session)
        [attempt] = desk_office.attempts(report)
        legs.leg_is(books, attempt.id, LegState.ANSWERED, clock())
    carrier.set_state(leg, LegState.ANSWERED)
    for _ in range(5):
        after(engine, clock, RING_ASK_S + 1)
    assert desk_office.outcomes(report) == [("c1", AttemptState.SCREENING)]
    carrier.set_state(leg, LegState.COMPLETED)
    after(engine, clock, RING_ASK_S + 1)
    assert desk_office.outcomes(report)[0] == ("c1", AttemptState.DECLINED)


def test_a_carrier_that_does_not_answer_is_asked_again(
    desk_office: Office,
    engine: Engine,
    carrier: FakeCarrier,
    clock: VirtualClock,
    report: Report,
    leg: FakeCall,
) -> None:
    def refuse(asked: str) -> None:
        raise Busy("503")

    carrier.set_state(leg, LegState.BUSY)
    carrier.before = refuse
    after(engine, clock, RING_ASK_S + 1)
    assert desk_office.outcomes(report) == [("c1", AttemptState.PLACED)]
    carrier.before = nothing
    after(engine, clock, ASK_AGAIN_S + 1)
    assert desk_office.outcomes(report)[0] == ("c1", AttemptState.BUSY)


def test_a_call_the_carrier_does_not_know_is_left_to_its_timer(
    desk_office: Office,
    engine: Engine,
    carrier: FakeCarrier,
    clock: VirtualClock,
    report: Report,
    leg: FakeCall,
) -> None:
    """It may be listed late; the attempt ends when its time is up, not before."""
    del carrier.calls[leg.id]
    after(engine, clock, RING_ASK_S + 1)
    assert desk_office.outcomes(report) == [("c1", AttemptState.PLACED)]
    for _ in range(round(RING_S)):
        after(engine, clock, 2)
    assert [handle for handle, _ in desk_office.outcomes(report)] == ["c1", "c2"]
