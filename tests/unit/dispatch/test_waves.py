"""Many calls about one thing, on both databases: who is rung for the next one, and when."""

from datetime import datetime

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.dispatch import alarms, desk, findings, said_more, unread, waves
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Alarm, Attempt
from hotline.dispatch.wiring import ports_of
from hotline.dispatch.words import DispatchState
from hotline.oncall import duty
from hotline.oncall.model import DutyState, Responder
from hotline.reports import timeline
from hotline.reports.incident_model import Incident, IncidentReport, Membership
from hotline.reports.model import Message, MessageState, Report
from hotline.tasks.model import Task, TaskKind
from tests.fakes.clock import VirtualClock
from tests.support.inline import Inline
from tests.support.office import Office


@pytest.fixture
def office(runtime_on_both: Runtime) -> Office:
    """Counselors 1 and 2, one after the other, on each kind of database."""
    made = Office(runtime_on_both)
    made.on_duty(["c1"], ["c2"], alarm=["boss1"])
    return made


@pytest.fixture
def engine(runtime_on_both: Runtime, clock: VirtualClock) -> Engine:
    """Its dispatcher."""
    ports = ports_of(runtime_on_both)
    return Engine(ports, lambda _: None, pool=Inline(), elapsed=clock.seconds)


def press_1(office: Office, report: Report) -> None:
    """Whoever is rung last for it takes it, and has hung up."""
    now, last = office.runtime.clock(), office.attempts(report)[-1]
    with office.runtime.database.transaction() as session:
        attempt = session.get_one(Attempt, last.id)
        attempt.answered_at = attempt.answered_at or now
        assert desk.accept(office.books(session), attempt, now)
        attempt.leg_ended_at = now


def picked_up(office: Office, report: Report) -> None:
    with office.runtime.database.transaction() as session:
        session.get_one(
            Attempt, office.attempts(report)[-1].id
        ).answered_at = office.runtime.clock()


def begun(office: Office) -> Report:
    """The first report of an incident, which counselor 1 has taken."""
    report = office.started()
    with office.runtime.database.transaction() as session:
        now = office.runtime.clock()
        session.add(Incident(id="incident", lead_id=report.id, created_at=now))
        session.flush()
        _link(session, report.id, Membership.FIRST, now)
    press_1(office, report)
    return report


def _link(
    session: Session, report_id: str, state: Membership, now: datetime, *, newer: bool = False
) -> None:
    link = IncidentReport(report_id=report_id, incident_id="incident", state=state, joined_at=now)
    link.newer = newer
    session.add(link)


def alike(office: Office, engine: Engine, *, newer: bool = False) -> Report:
    """Another report about the same, whose task is due."""
    report = office.sent_report()
    with office.runtime.database.transaction() as session:
        _link(session, report.id, Membership.SUGGESTED, office.runtime.clock(), newer=newer)
    engine.tick()
    return report


def is_begun(office: Office, report: Report) -> bool:
    with office.runtime.database.transaction() as session:
        return office.books(session).dispatch_of(report.id) is not None


def rung(office: Office, report: Report) -> list[str]:
    return [handle for handle, _ in office.outcomes(report)]


def test_the_first_one_after_a_quiet_time_rings_the_owner_at_once(
    office: Office, engine: Engine
) -> None:
    begun(office)
    assert rung(office, alike(office, engine)) == ["c1"]


def test_those_after_it_wait_and_are_taken_with_it(office: Office, engine: Engine) -> None:
    begun(office)
    lead = alike(office, engine)
    second, third = alike(office, engine), alike(office, engine)
    assert not is_begun(office, second)
    picked_up(office, lead)
    last, dispatch_id = office.attempts(lead)[-1].id, office.dispatch(lead).id
    with office.runtime.database.transaction() as session:
        attempt = session.get_one(Attempt, last)
        row = office.books(session).dispatch(dispatch_id)
        assert row is not None
        assert waves.more(office.books(session), row, attempt) == 2
    press_1(office, lead)
    for report in (second, third):
        row = office.dispatch(report)
        assert (row.state, row.taken_by) == (DispatchState.TAKEN, None)
        assert row.responder_id == office.dispatch(lead).responder_id
        assert row.unread_at is not None
        with office.runtime.database.transaction() as session:
            assert "taken_with" in [e.kind for e in timeline.read(session, report.id)]


def test_what_comes_after_the_phone_was_picked_up_is_not_taken_unheard(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    begun(office)
    lead = alike(office, engine)
    picked_up(office, lead)
    clock.advance(1)
    late = alike(office, engine)
    press_1(office, lead)
    assert not is_begun(office, late)


def test_something_newer_rings_at_once(office: Office, engine: Engine) -> None:
    begun(office)
    press_1(office, alike(office, engine))
    assert not is_begun(office, alike(office, engine))
    assert rung(office, alike(office, engine, newer=True)) == ["c1"]


def test_it_rings_the_owner_again_after_a_while_and_then_the_policy(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    begun(office)
    press_1(office, alike(office, engine))
    waits = alike(office, engine)
    clock.advance(waves.GATHERS_S - 1)
    engine.tick()
    assert not is_begun(office, waits)
    clock.advance(2)
    engine.tick()
    assert rung(office, waits) == ["c1"]
    last = office.attempts(waits)[-1]
    with office.runtime.database.transaction() as session:
        desk.decline(office.books(session), session.get_one(Attempt, last.id), clock())
    assert rung(office, waits) == ["c1", "c1"], "the policy begins with its first step"


def test_nobody_waits_longer_for_a_ring_that_nobody_takes(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    begun(office)
    alike(office, engine)
    waits = alike(office, engine)
    for _ in range(int(waves.LONGEST_S)):
        clock.advance(1)
        engine.tick()
    assert is_begun(office, waits)


@pytest.mark.parametrize("why", ["off duty", "exhausted"])
def test_without_an_owner_it_rings_as_a_new_report(
    office: Office, engine: Engine, clock: VirtualClock, why: str
) -> None:
    first = begun(office)
    with office.runtime.database.transaction() as session:
        if why == "off duty":
            person = session.scalars(select(Responder).where(Responder.handle == "c1")).one()
            duty.put(session, person.id, DutyState.OFF, clock(), None)
        else:
            row = office.books(session).dispatch_of(first.id)
            assert row is not None
            row.state, row.taken_by = DispatchState.EXHAUSTED, None
    report = alike(office, engine)
    assert len(rung(office, report)) == 1
    with office.runtime.database.transaction() as session:
        assert "to_owner_first" not in [e.kind for e in timeline.read(session, report.id)]


def test_whoever_takes_the_last_one_is_the_owner(office: Office, engine: Engine) -> None:
    begun(office)
    report = alike(office, engine)
    last = office.attempts(report)[-1]
    with office.runtime.database.transaction() as session:
        desk.decline(
            office.books(session), session.get_one(Attempt, last.id), office.runtime.clock()
        )
    again = office.attempts(report)[-1]
    with office.runtime.database.transaction() as session:
        desk.decline(
            office.books(session), session.get_one(Attempt, again.id), office.runtime.clock()
        )
    press_1(office, report)
    with office.runtime.database.transaction() as session:
        owner = session.get_one(Incident, "incident").responder_id
        assert session.get_one(Responder, owner).handle == "c2"


def test_confirmed_it_goes_to_the_owner_without_a_ring(office: Office, engine: Engine) -> None:
    begun(office)
    press_1(office, alike(office, engine))
    waits = alike(office, engine)
    now = office.runtime.clock()
    with office.runtime.database.transaction() as session:
        books, report = office.books(session), session.get_one(Report, waits.id)
        assert waves.confirm(books, report, "ana", now)
        assert not waves.confirm(books, report, "ana", now)
    assert office.dispatch(waits).state is DispatchState.TAKEN
    assert rung(office, waits) == []


def test_rejected_its_own_search_begins_also_after_it_was_taken_with_another(
    office: Office, engine: Engine
) -> None:
    begun(office)
    lead = alike(office, engine)
    taken, now = alike(office, engine), office.runtime.clock()
    press_1(office, lead)
    waits = alike(office, engine)
    for report in (taken, waits):
        with office.runtime.database.transaction() as session:
            found = session.get_one(Report, report.id)
            assert waves.reject(office.books(session), found, "ana", now)
            assert not waves.reject(office.books(session), found, "ana", now)
    engine.tick()
    assert rung(office, taken) == ["c1"]
    assert rung(office, waits) == ["c1"]


def test_a_clock_that_was_set_back_keeps_nobody_waiting(office: Office, engine: Engine) -> None:
    begun(office)
    press_1(office, alike(office, engine))
    waits = alike(office, engine)
    with office.runtime.database.transaction() as session:
        books, report = office.books(session), session.get_one(Report, waits.id)
        before = office.runtime.clock().replace(year=2020)
        assert waves.waits_until(books, report, before) is None


def test_a_report_of_its_own_waits_for_nobody(office: Office) -> None:
    report = office.sent_report()
    with office.runtime.database.transaction() as session:
        there = session.get_one(Report, report.id)
        assert waves.waits_until(office.books(session), there, office.runtime.clock()) is None


# --- read by nobody -------------------------------------------------------------------------


def together(office: Office, engine: Engine) -> tuple[Report, Report]:
    """Two reports that were taken together with a third one, and that nobody has read."""
    begun(office)
    lead = alike(office, engine)
    both = alike(office, engine), alike(office, engine)
    picked_up(office, lead)
    press_1(office, lead)
    return both


def pass_by(office: Office, engine: Engine, clock: VirtualClock, seconds: float) -> list[str]:
    """The reasons of the alarms that ring after so long."""
    engine.tick()
    clock.advance(seconds)
    engine.tick()
    return [a.reason for a in office.alarms() if a.acknowledged_at is None]


def answer_for(office: Office) -> None:
    with office.runtime.database.transaction() as session:
        for alarm in session.scalars(select(Alarm)):
            alarms.acknowledge(office.books(session), alarm, "boss1", office.runtime.clock())


def read(office: Office, report: Report) -> None:
    with office.runtime.database.transaction() as session:
        there = session.get_one(Report, report.id)
        assert said_more.read(office.books(session), there, "account", office.runtime.clock())


def test_what_nobody_reads_is_an_alarm_and_one_for_all_of_them(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    together(office, engine)
    assert pass_by(office, engine, clock, unread.AFTER_S - 1) == []
    assert pass_by(office, engine, clock, 1) == ["unread"]
    assert pass_by(office, engine, clock, unread.AFTER_S) == ["unread"]


def test_who_answers_and_forgets_is_told_again(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    together(office, engine)
    pass_by(office, engine, clock, unread.AFTER_S)
    answer_for(office)
    assert pass_by(office, engine, clock, unread.AFTER_S - 1) == []
    assert pass_by(office, engine, clock, 1) == ["unread"]


def test_what_is_read_is_no_alarm(office: Office, engine: Engine, clock: VirtualClock) -> None:
    for report in together(office, engine):
        read(office, report)
    assert pass_by(office, engine, clock, 2 * unread.AFTER_S) == []


def test_reading_it_answers_for_its_alarm(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    first, second = together(office, engine)
    pass_by(office, engine, clock, unread.AFTER_S)
    [alarm] = office.alarms()
    read(office, first if alarm.report_id == first.id else second)
    assert pass_by(office, engine, clock, unread.AFTER_S - 1) == []
    assert pass_by(office, engine, clock, 1) == ["unread"]


def test_what_is_about_something_else_is_sought_for_and_no_alarm_of_this_kind(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    both = together(office, engine)
    pass_by(office, engine, clock, unread.AFTER_S)
    with office.runtime.database.transaction() as session:
        for report in both:
            there = session.get_one(Report, report.id)
            assert waves.reject(office.books(session), there, "account", clock())
    assert [a for a in office.alarms() if a.acknowledged_at is None] == []
    assert all(office.dispatch(r).state is DispatchState.RINGING for r in both)


@pytest.mark.parametrize(
    ("state", "newer", "waits_s"),
    [
        (Membership.SUGGESTED, False, waves.LONGEST_S),
        (Membership.CONFIRMED, False, waves.LONGEST_S),
        (Membership.SUGGESTED, True, 20.0),
        (Membership.REJECTED, False, 20.0),
    ],
)
def test_the_auditor_lets_it_wait_for_another_ones_ring_and_no_longer(
    office: Office, clock: VirtualClock, state: Membership, newer: bool, waits_s: float
) -> None:
    report, now = office.sent_report(), office.runtime.clock()

    def found() -> list[str]:
        with office.runtime.database.transaction() as session:
            limits = findings.Limits(transcript_wait_s=20.0, wait_cap_s=120.0)
            all_found = findings.find(session, office.runtime.clock(), limits)
            return [each.what for each in all_found if each.report_id == report.id]

    with office.runtime.database.transaction() as session:
        session.add(Incident(id="incident", created_at=now))
        session.flush()
        _link(session, report.id, state, now, newer=newer)
        session.execute(delete(Task).where(Task.kind == TaskKind.START_DISPATCH))
        session.execute(update(Message).values(state=MessageState.DISCARDED))
    clock.advance(waits_s + findings.LEASE_S + findings.SLACK_S - 1)
    assert found() == []
    clock.advance(2)
    assert found() == ["not_started"]
