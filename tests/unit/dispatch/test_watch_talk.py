"""A responder whose leg's end nobody told is not busy for hours."""

import pytest

from hotline.carrier.port import Busy, LegState
from hotline.dispatch import desk
from hotline.dispatch.engine import Engine
from hotline.dispatch.housekeeping import TALK_ASK_MOST_S
from hotline.dispatch.store import TALK_ASK_S
from hotline.dispatch.words import TALKS_AT_MOST
from tests.fakes.carrier import FakeCall, FakeCarrier, nothing
from tests.fakes.clock import VirtualClock
from tests.support.office import Office


@pytest.fixture
def talking(desk_office: Office, engine: Engine, carrier: FakeCarrier) -> FakeCall:
    """The leg of c1, who has pressed 1 for a message."""
    desk_office.on_duty(["c1"], ["c2"])
    report = desk_office.started()
    engine.tick()
    [leg] = carrier.live_calls()
    carrier.set_state(leg, LegState.ANSWERED)
    with desk_office.runtime.database.transaction() as session:
        books, now = desk_office.books(session), desk_office.runtime.clock()
        [attempt] = desk_office.attempts(report)
        row = books.attempt_by_token(attempt.token)
        assert row is not None
        row.answered_at = now
        assert desk.accept(books, row, now)
    return leg


def busy(office: Office) -> set[str]:
    with office.runtime.database.transaction() as session:
        return office.books(session).busy("", office.runtime.clock())


def after(engine: Engine, clock: VirtualClock, seconds: float) -> None:
    clock.advance(seconds)
    engine.tick()


def test_an_end_that_nobody_told_is_found(
    desk_office: Office,
    engine: Engine,
    carrier: FakeCarrier,
    clock: VirtualClock,
    talking: FakeCall,
) -> None:
    assert busy(desk_office) == {"c1"}
    carrier.set_state(talking, LegState.COMPLETED)
    after(engine, clock, TALK_ASK_S + 1)
    assert busy(desk_office) == set()


def test_who_still_talks_is_asked_about_ever_more_rarely(
    desk_office: Office,
    engine: Engine,
    carrier: FakeCarrier,
    clock: VirtualClock,
    talking: FakeCall,
) -> None:
    for _ in range(round(2 * 3600 / 10)):
        after(engine, clock, 10)
    asked = carrier.requests.count("call_state")
    assert 2 * 3600 / TALK_ASK_MOST_S <= asked <= 2 * 3600 / TALK_ASK_MOST_S + 6
    assert busy(desk_office) == {"c1"}
    carrier.set_state(talking, LegState.COMPLETED)
    for _ in range(round(TALK_ASK_MOST_S / 10) + 1):
        after(engine, clock, 10)
    assert busy(desk_office) == set()


def test_a_carrier_that_does_not_answer_is_asked_again(
    desk_office: Office,
    engine: Engine,
    carrier: FakeCarrier,
    clock: VirtualClock,
    talking: FakeCall,
) -> None:
    def refuse(asked: str) -> None:
        raise Busy("429")

    carrier.set_state(talking, LegState.COMPLETED)
    carrier.before = refuse
    after(engine, clock, TALK_ASK_S + 1)
    assert busy(desk_office) == {"c1"}
    carrier.before = nothing
    after(engine, clock, 6)
    assert busy(desk_office) == set()


def test_nobody_is_asked_about_for_ever(
    desk_office: Office,
    engine: Engine,
    carrier: FakeCarrier,
    clock: VirtualClock,
    talking: FakeCall,
) -> None:
    after(engine, clock, TALKS_AT_MOST.total_seconds() + 1)
    asked = carrier.requests.count("call_state")
    after(engine, clock, TALK_ASK_MOST_S + 1)
    assert carrier.requests.count("call_state") == asked
