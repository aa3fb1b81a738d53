"""A caller who is alone in the bridge, or a responder whose caller has left, is not left so."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.carrier.port import LegState
from hotline.dispatch import bridge, desk, legs
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Attempt
from hotline.reports.intake import SETTLE_AFTER_S
from hotline.reports.model import Call
from tests.fakes.carrier import FakeCall, FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.office import Office, number_of, ticks


def bridged(
    office: Office, engine: Engine, carrier: FakeCarrier
) -> tuple[Call, FakeCall, FakeCall]:
    """A caller whose report was just taken: the call, its leg and the responder's leg."""
    call, report = office.waiting_caller()
    engine.tick()
    leg = carrier.add_call()
    carrier.set_state(leg, LegState.ANSWERED)
    [responder] = [c for c in carrier.live_calls() if c.to]
    carrier.set_state(responder, LegState.ANSWERED)
    with office.runtime.database.transaction() as session:
        row = session.get_one(Call, call.id)
        row.carrier_call_id = leg.id
        attempt = session.get_one(Attempt, office_attempt_id(session))
        books = office.books(session)
        assert desk.accept(books, attempt, office.runtime.clock())
        dispatch = books.dispatch_of(report.id)
        assert dispatch is not None
        assert bridge.name(books, dispatch) is not None
    return call, leg, responder


def office_attempt_id(session: Session) -> str:
    return session.scalars(select(Attempt.id).order_by(Attempt.id)).one()


def over(office: Office, carrier: FakeCarrier, responder: FakeCall) -> None:
    """The responder's leg ends, and the carrier says so."""
    carrier.set_state(responder, LegState.COMPLETED)
    with office.runtime.database.transaction() as session:
        books = office.books(session)
        attempt = books.attempt_by_token(responder.url.rpartition("/")[2])
        assert attempt is not None
        legs.leg_is(books, attempt.id, LegState.COMPLETED, office.runtime.clock())


def test_a_caller_left_alone_in_the_bridge_is_fetched_back(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"], ["c2"])
    call, leg, responder = bridged(desk_office, engine, carrier)
    over(desk_office, carrier, responder)
    ticks(engine, clock, 5)
    assert leg.redirects[-1:] == [desk_office.runtime.url("/voice/park")]
    assert carrier.rung() == [number_of("c1"), number_of("c2")]
    with desk_office.runtime.database.transaction() as session:
        assert session.get_one(Call, call.id).parked_at is not None


def test_a_caller_left_alone_is_found_though_no_callback_came(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"], ["c2"])
    _, _, responder = bridged(desk_office, engine, carrier)
    carrier.set_state(responder, LegState.COMPLETED)
    ticks(engine, clock, 60)
    assert number_of("c2") in carrier.rung()


def test_a_responder_whose_callers_end_was_never_told_is_told_so(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"], ["c2"])
    call, leg, responder = bridged(desk_office, engine, carrier)
    carrier.set_state(leg, LegState.COMPLETED)
    ticks(engine, clock, 2 * round(SETTLE_AFTER_S))
    assert responder.redirects == [f"{responder.url}/bridge?again=1"]
    with desk_office.runtime.database.transaction() as session:
        assert session.get_one(Call, call.id).ended_at is not None
    assert carrier.rung() == [number_of("c1")]


def test_a_responder_who_cannot_be_told_is_left_where_they_are(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"], ["c2"])
    call, leg, responder = bridged(desk_office, engine, carrier)
    carrier.set_state(leg, LegState.COMPLETED)
    carrier.set_state(responder, LegState.COMPLETED)
    ticks(engine, clock, 2 * round(SETTLE_AFTER_S))
    assert responder.redirects == []
    with desk_office.runtime.database.transaction() as session:
        assert session.get_one(Call, call.id).ended_at is not None


@pytest.mark.parametrize("who", ["caller hung up", "caller at the recorder", "both talk"])
def test_a_bridge_in_order_is_left_alone(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock, who: str
) -> None:
    desk_office.on_duty(["c1"], ["c2"])
    call, leg, responder = bridged(desk_office, engine, carrier)
    if who == "caller hung up":
        carrier.set_state(leg, LegState.COMPLETED)
    if who == "caller at the recorder":
        with desk_office.runtime.database.transaction() as session:
            session.get_one(Call, call.id).conference = None
    if who != "both talk":
        over(desk_office, carrier, responder)
    ticks(engine, clock, 60)
    assert carrier.rung() == [number_of("c1")]
