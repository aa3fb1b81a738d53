"""Check-in before a shift: who is rung when, and the alarm for who does not answer."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from hotline.carrier.port import Refused
from hotline.context import Runtime
from hotline.dispatch import checkin, drill
from hotline.dispatch.auditor import Auditor
from hotline.dispatch.checkin import CALL_S, TRIES, Next, decide
from hotline.oncall import schedules
from hotline.oncall.calendar import Rotation, Schedule
from hotline.oncall.model import CheckCall, Responder
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.office import Office, number_of

AHEAD_S = 900.0
HANDOFF = datetime(2026, 9, 21, 13, 0, tzinfo=UTC)
"""Monday, 08:00 in Chicago: c2 takes over from c1."""


@pytest.fixture
def office(make_runtime: MakeRuntime, database_url: str) -> Office:
    """Two people who take turns week by week, and check-in 15 minutes ahead."""
    made = Office(make_runtime(database_url, check_in_s=AHEAD_S))
    made.on_duty(["c1"], ["c2"], alarm=["s9"])
    rotation = Rotation(("c1", "c2"), "week", 1, date(2026, 9, 14), time(8))
    with made.runtime.database.transaction() as session:
        schedules.put(session, "days", Schedule("days", "America/Chicago", (rotation,)))
    return made


def calls(office: Office) -> list[CheckCall]:
    with office.runtime.database.transaction() as session:
        return list(session.scalars(select(CheckCall).order_by(CheckCall.placed_at)))


def confirm(office: Office) -> None:
    last = calls(office)[-1].id
    with office.runtime.database.transaction() as session:
        runtime = office.runtime
        drill.confirm(session, runtime.vault, session.get_one(CheckCall, last), runtime.clock())


def end(office: Office) -> None:
    last = calls(office)[-1].id
    with office.runtime.database.transaction() as session:
        drill.ended(session, session.get_one(CheckCall, last), office.runtime.clock())


def reasons(office: Office) -> list[str]:
    return [alarm.reason for alarm in office.alarms()]


def test_whoever_begins_is_rung_ahead_of_the_shift_and_once(
    office: Office, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    clock.set(HANDOFF - timedelta(seconds=AHEAD_S + 1))
    assert checkin.look(office.runtime) == []
    clock.advance(2)
    assert checkin.look(office.runtime) == ["c2"]
    assert checkin.look(office.runtime) == []
    assert carrier.rung() == [number_of("c2")]
    assert [row.purpose for row in calls(office)] == ["check_in"]


def test_whoever_presses_1_is_not_rung_again(
    office: Office, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    clock.set(HANDOFF - timedelta(seconds=AHEAD_S - 1))
    checkin.look(office.runtime)
    confirm(office)
    for _ in range(30):
        clock.advance(60)
        assert checkin.look(office.runtime) == []
    assert reasons(office) == []
    assert len(carrier.rung()) == 1


def test_two_calls_without_an_answer_are_one_alarm(
    office: Office, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    clock.set(HANDOFF - timedelta(seconds=AHEAD_S - 1))
    checkin.look(office.runtime)
    end(office)  # nobody pressed 1
    assert checkin.look(office.runtime) == ["c2"]
    clock.advance(CALL_S - 1)
    assert checkin.look(office.runtime) == []
    assert reasons(office) == []
    clock.advance(2)  # its end was never told
    checkin.look(office.runtime)
    checkin.look(office.runtime)
    assert reasons(office) == ["check_in_unanswered"]
    assert carrier.rung() == [number_of("c2")] * TRIES
    with office.runtime.database.transaction() as session:
        person = session.scalars(select(Responder).where(Responder.handle == "c2")).one()
        assert person.confirmed_at is None


def test_a_refused_number_comes_to_the_alarm_too(
    office: Office, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    def before(method: str) -> None:
        raise Refused("21211")

    carrier.before = before
    clock.set(HANDOFF - timedelta(seconds=AHEAD_S - 1))
    for _ in range(3):
        checkin.look(office.runtime)
    assert reasons(office) == ["check_in_unanswered"]


def test_whoever_was_on_call_already_is_not_asked(office: Office, clock: VirtualClock) -> None:
    clock.set(HANDOFF - timedelta(days=3))
    assert checkin.look(office.runtime) == []


def test_an_auditor_that_was_away_still_asks(office: Office, clock: VirtualClock) -> None:
    clock.set(HANDOFF + timedelta(seconds=100))
    assert checkin.look(office.runtime) == ["c2"]


def test_it_is_off_unless_it_is_wanted(
    runtime: Runtime, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    Office(runtime).on_duty(["c1"], ["c2"])
    rotation = Rotation(("c1", "c2"), "week", 1, date(2026, 9, 14), time(8))
    with runtime.database.transaction() as session:
        schedules.put(session, "days", Schedule("days", "America/Chicago", (rotation,)))
    clock.set(HANDOFF)
    Auditor(runtime, elapsed=clock.seconds).check_in()
    assert carrier.rung() == []


CALLS = st.lists(st.tuples(st.integers(0, 300), st.booleans(), st.booleans()), max_size=4)


@given(CALLS)
def test_a_decision_fits_its_calls(given_calls: list[tuple[int, bool, bool]]) -> None:
    now = HANDOFF
    rows = [
        CheckCall(
            placed_at=now - timedelta(seconds=age_s),
            ended_at=now if over else None,
            confirmed_at=now if pressed else None,
        )
        for age_s, over, pressed in given_calls
    ]
    running = any(
        r.ended_at is None and r.placed_at > now - timedelta(seconds=CALL_S) for r in rows
    )
    decision = decide(rows, now)
    if any(row.confirmed_at for row in rows) or running:
        assert decision is Next.NOTHING
    else:
        assert decision is (Next.ALARM if len(rows) >= TRIES else Next.RING)
