"""A ring whose end nobody told does not keep the next phone silent until its timer."""

from dataclasses import dataclass

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


@dataclass
class Search:
    """c1's phone rings for a report; c2 is the next."""

    office: Office
    engine: Engine
    clock: VirtualClock
    report: Report
    leg: FakeCall

    def after(self, seconds: float) -> list[tuple[str, AttemptState]]:
        """Who was rung, and what came of it, so many seconds later."""
        self.clock.advance(seconds)
        self.engine.tick()
        return self.office.outcomes(self.report)


@pytest.fixture
def search(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> Search:
    desk_office.on_duty(["c1"], ["c2"])
    report = desk_office.started()
    engine.tick()
    [leg] = carrier.live_calls()
    return Search(desk_office, engine, clock, report, leg)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [(LegState.BUSY, AttemptState.BUSY), (LegState.COMPLETED, AttemptState.DECLINED)],
)
def test_an_end_that_nobody_told_is_found(
    search: Search, carrier: FakeCarrier, state: LegState, outcome: AttemptState
) -> None:
    carrier.set_state(search.leg, state)
    assert search.after(RING_ASK_S - 1) == [("c1", AttemptState.PLACED)]
    first, second = search.after(2)
    assert first == ("c1", outcome)
    assert second[0] == "c2"


def test_who_answered_and_hung_up_unheard_is_found(search: Search, carrier: FakeCarrier) -> None:
    """Whoever listens to what it is about has two minutes; the end of their call ends them."""
    with search.office.runtime.database.transaction() as session:
        books = search.office.books(session)
        [attempt] = search.office.attempts(search.report)
        legs.leg_is(books, attempt.id, LegState.ANSWERED, search.clock())
    carrier.set_state(search.leg, LegState.ANSWERED)
    for _ in range(5):
        assert search.after(RING_ASK_S + 1) == [("c1", AttemptState.SCREENING)]
    carrier.set_state(search.leg, LegState.COMPLETED)
    assert search.after(RING_ASK_S + 1)[0] == ("c1", AttemptState.DECLINED)


def test_a_carrier_that_does_not_answer_is_asked_again(
    search: Search, carrier: FakeCarrier
) -> None:
    def refuse(asked: str) -> None:
        raise Busy("503")

    carrier.set_state(search.leg, LegState.BUSY)
    carrier.before = refuse
    assert search.after(RING_ASK_S + 1) == [("c1", AttemptState.PLACED)]
    carrier.before = nothing
    assert search.after(ASK_AGAIN_S + 1)[0] == ("c1", AttemptState.BUSY)


def test_a_call_the_carrier_does_not_know_is_left_to_its_timer(
    search: Search, carrier: FakeCarrier
) -> None:
    """It may be listed late; the attempt ends when its time is up, not before."""
    del carrier.calls[search.leg.id]
    assert search.after(RING_ASK_S + 1) == [("c1", AttemptState.PLACED)]
    for _ in range(round(RING_S)):
        rung = search.after(2)
    assert [handle for handle, _ in rung] == ["c1", "c2"]
