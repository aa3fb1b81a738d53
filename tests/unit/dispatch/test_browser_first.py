"""The browser first and the phone next, through the engine: what is dialed, and what it becomes."""

from collections.abc import Callable

import pytest

from hotline.carrier.port import LegState, Refused
from hotline.dispatch import degraded, desk, legs
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Attempt
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.reports.model import Call
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.office import RING_S, Office, number_of, ticks

Browser = Callable[[str], str]


def says(office: Office, attempt: Attempt, state: LegState) -> None:
    """The carrier tells of an attempt's leg."""
    with office.runtime.database.transaction() as session:
        legs.leg_is(office.books(session), attempt.id, state, office.runtime.clock())


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        (LegState.UNANSWERED, AttemptState.UNANSWERED),
        (LegState.COMPLETED, AttemptState.UNANSWERED),
        (LegState.FAILED, AttemptState.FAILED),
        (LegState.UNKNOWN, AttemptState.LOST),
    ],
)
def test_whatever_becomes_of_the_browser_the_phone_rings_next(
    desk_office: Office,
    engine: Engine,
    carrier: FakeCarrier,
    clock: VirtualClock,
    browser: Browser,
    state: LegState,
    becomes: AttemptState,
) -> None:
    desk_office.on_duty(["c1"], ["c2"])
    address = browser("c1")
    report = desk_office.started()
    engine.tick()
    [first] = desk_office.attempts(report)
    assert (carrier.rung(), first.browser) == ([address], address)
    assert next(iter(carrier.calls.values())).ring_s == first.ring_s == 6.0
    says(desk_office, first, state)
    ticks(engine, clock, 1)
    first, phone = desk_office.attempts(report)
    assert (first.state, phone.state) == (becomes, AttemptState.PLACED)
    assert (phone.follows, phone.turn) == (first.id, first.turn)
    assert carrier.rung() == [address, number_of("c1")]
    says(desk_office, phone, LegState.UNANSWERED)
    ticks(engine, clock, 1)
    assert carrier.rung()[-1] == number_of("c2")


def test_whoever_passes_in_the_browser_has_passed(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock, browser: Browser
) -> None:
    desk_office.on_duty(["c1"], ["c2"])
    address = browser("c1")
    report = desk_office.started()
    engine.tick()
    says(desk_office, desk_office.attempts(report)[0], LegState.BUSY)
    ticks(engine, clock, 1)
    assert desk_office.outcomes(report)[0] == ("c1", AttemptState.DECLINED)
    assert carrier.rung() == [address, number_of("c2")]


def test_it_is_taken_in_the_browser_and_said_so(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, browser: Browser
) -> None:
    desk_office.on_duty(["c1"])
    browser("c1")
    report = desk_office.started()
    engine.tick()
    [first] = desk_office.attempts(report)
    with desk_office.runtime.database.transaction() as session:
        row = session.get_one(Attempt, first.id)
        assert desk.accept(desk_office.books(session), row, desk_office.runtime.clock())
    assert desk_office.dispatch(report).state is DispatchState.TAKEN
    assert len(carrier.rung()) == 1


def test_a_browser_that_the_carrier_refuses_costs_nobody_any_time(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock, browser: Browser
) -> None:
    desk_office.on_duty(["c1"])
    browser("c1")

    def refuse(asked: str) -> None:
        if asked == "place_call":
            raise Refused("21211")

    carrier.before = refuse
    report = desk_office.started()
    engine.tick()
    carrier.before = lambda asked: None
    engine.tick()
    phone = desk_office.attempts(report)[1]
    assert (phone.ring_s, phone.state) == (RING_S, AttemptState.PLACED)
    assert carrier.rung() == [number_of("c1")]


def test_without_a_dispatcher_the_callers_leg_rings_the_telephone_for_the_whole_time(
    desk_office: Office, browser: Browser
) -> None:
    desk_office.on_duty(["c1"])
    browser("c1")
    call, _ = desk_office.waiting_caller()
    with desk_office.runtime.database.transaction() as session:
        books = desk_office.books(session)
        row = session.get_one(Call, call.id)
        [rung] = degraded.next_to_ring(books, row, desk_office.runtime.clock(), 5)
        assert (rung.browser, rung.phone_s, rung.ring_s) == (None, None, RING_S)
        assert rung.chained
