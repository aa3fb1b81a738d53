"""The desk on real tables: start, what happens to attempts, acceptance, withdrawal, reopening."""

from functools import partial

import pytest
from sqlalchemy import func, select

from hotline.carrier.port import LegState
from hotline.context import Runtime
from hotline.dispatch import alarms, bridge, desk, legs, moves, words
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.oncall.model import Responder
from hotline.reports import intake
from hotline.reports.model import Call, MessageKind, Report
from hotline.tasks.model import Task, TaskKind
from tests.fakes.clock import VirtualClock
from tests.support.office import Office
from tests.support.threads import all_at_once, together

THREADS = 8


@pytest.fixture
def office(runtime_on_both: Runtime) -> Office:
    """An office on each kind of database."""
    return Office(runtime_on_both)


def tasks(office: Office, kind: TaskKind) -> list[str]:
    """Subjects of the tasks of a kind, oldest first."""
    with office.runtime.database.transaction() as session:
        query = select(Task.subject_id).where(Task.kind == kind).order_by(Task.id)
        return list(session.scalars(query))


def leg(office: Office, attempt: Attempt, *states: LegState) -> None:
    """What the carrier says of an attempt's leg, each in a transaction of its own."""
    for state in states:
        with office.runtime.database.transaction() as session:
            legs.leg_is(office.books(session), attempt.id, state, office.runtime.clock())


def accept(office: Office, attempt: Attempt) -> bool:
    with office.runtime.database.transaction() as session:
        books = office.books(session)
        found = books.attempt_by_token(attempt.token)
        assert found is not None
        return desk.accept(books, found, office.runtime.clock())


def test_starting_rings_the_first_and_twice_is_once(office: Office) -> None:
    office.on_duty(["c1"], ["c2"])
    report = office.started()
    with office.runtime.database.transaction() as session:
        there = session.get_one(Report, report.id)
        desk.start(office.books(session), there, office.runtime.clock())
        assert session.scalar(select(func.count()).select_from(Dispatch)) == 1
    assert office.outcomes(report) == [("c1", AttemptState.INTENDED)]
    assert tasks(office, TaskKind.PLACE_CALL) == [office.attempts(report)[0].id]
    assert office.kinds(report).count("dispatch_started") == 1


def test_without_a_policy_it_is_an_alarm_at_once(office: Office) -> None:
    report = office.started()
    assert office.dispatch(report).state is DispatchState.EXHAUSTED
    [alarm] = office.alarms()
    assert (alarm.reason, alarm.report_id) == ("nobody_took_it", report.id)
    assert tasks(office, TaskKind.ALARM) == [alarm.id]


def test_a_target_out_of_the_roster_is_passed_over(office: Office) -> None:
    office.on_duty(["c1"], ["c2"])
    with office.runtime.database.transaction() as session:
        query = select(Responder).where(Responder.handle == "c1")
        session.scalars(query).one().active = False
    report = office.started()
    assert office.outcomes(report) == [("c2", AttemptState.INTENDED)]
    assert "target_skipped" in office.kinds(report)


def test_a_running_dispatch_keeps_its_policy(office: Office) -> None:
    office.on_duty(["c1"], ["c2"])
    report = office.started()
    office.on_duty(["c9"])
    leg(office, office.attempts(report)[0], LegState.BUSY)
    assert [handle for handle, _ in office.outcomes(report)] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (LegState.COMPLETED, AttemptState.DECLINED),
        (LegState.BUSY, AttemptState.BUSY),
        (LegState.UNANSWERED, AttemptState.UNANSWERED),
        (LegState.FAILED, AttemptState.FAILED),
        (LegState.CANCELLED, AttemptState.UNANSWERED),
        (LegState.UNKNOWN, AttemptState.LOST),
    ],
)
def test_a_leg_that_is_over_leads_to_the_next(
    office: Office, clock: VirtualClock, state: LegState, outcome: AttemptState
) -> None:
    office.on_duty(["c1"], ["c2"])
    report = office.started()
    first = office.attempts(report)[0]
    leg(office, first, LegState.QUEUED, LegState.RINGING)
    clock.advance(9)
    leg(office, first, state, state, LegState.RINGING, LegState.ANSWERED, LegState.QUEUED)
    assert office.outcomes(report) == [("c1", outcome), ("c2", AttemptState.INTENDED)]
    stored = office.attempts(report)[0]
    assert stored.ended_at == clock()
    assert stored.rang_at is not None
    assert office.kinds(report).count(f"attempt_{outcome}") == 1


def test_the_stages_of_a_call_are_written_with_their_times(
    office: Office, clock: VirtualClock
) -> None:
    office.on_duty(["c1"])
    report = office.started()
    attempt = office.attempts(report)[0]
    moments = []
    for state in (LegState.QUEUED, LegState.RINGING, LegState.ANSWERED):
        moments.append(clock.advance(1))
        leg(office, attempt, state, state)
    stored = office.attempts(report)[0]
    assert [stored.placed_at, stored.rang_at, stored.answered_at] == moments
    assert stored.state is AttemptState.SCREENING
    assert office.kinds(report)[-3:] == [
        "attempt_placed",
        "attempt_ringing",
        "attempt_screening",
    ]


def test_a_screening_without_a_key_is_a_machine(office: Office) -> None:
    office.on_duty(["c1"], ["c2"])
    report = office.started()
    [first] = office.attempts(report)
    with office.runtime.database.transaction() as session:
        attempt = session.get_one(Attempt, first.id)
        desk.nobody_there(office.books(session), attempt, office.runtime.clock())
    assert office.outcomes(report)[0] == ("c1", AttemptState.MACHINE)


def test_taking_it_is_told_once_and_stops_the_others(office: Office) -> None:
    office.on_duty(["c1", "c2"])
    report = office.started()
    one, two = office.attempts(report)
    assert accept(office, two)
    assert accept(office, two)
    assert not accept(office, one)
    row = office.dispatch(report)
    assert (row.state, row.taken_by) == (DispatchState.TAKEN, two.id)
    assert row.responder_id == two.responder_id
    assert office.outcomes(report) == [
        ("c1", AttemptState.CANCELLED),
        ("c2", AttemptState.TAKEN),
    ]
    assert tasks(office, TaskKind.CANCEL_CALL) == [one.id]
    assert office.kinds(report).count("dispatch_taken") == 1
    assert office.kinds(report).count("late_acceptance") == 1


def test_eight_press_1_together_and_one_has_it(office: Office) -> None:
    handles = [f"c{n}" for n in range(1, THREADS + 1)]
    office.on_duty(handles)
    for _ in range(4):
        report = office.started()
        attempts = office.attempts(report)
        answers = all_at_once(*(partial(accept, office, attempt) for attempt in attempts))
        assert sum(answers) == 1
        assert office.dispatch(report).taken_by == attempts[answers.index(True)].id
        kinds = office.kinds(report)
        assert kinds.count("dispatch_taken") == 1
        assert kinds.count("attempt_taken") == 1
        assert kinds.count("attempt_cancelled") == THREADS - 1
        assert kinds.count("late_acceptance") == THREADS - 1


def test_one_end_told_eight_times_together_rings_one_phone(office: Office) -> None:
    office.on_duty(["c1"], ["c2"], ["c3"])
    report = office.started()
    first = office.attempts(report)[0]
    together(THREADS, lambda _: leg(office, first, LegState.BUSY))
    assert office.outcomes(report) == [("c1", AttemptState.BUSY), ("c2", AttemptState.INTENDED)]
    assert office.kinds(report).count("attempt_busy") == 1


def test_a_late_press_of_1_ends_the_alarm(office: Office) -> None:
    office.on_duty(["c1"])
    report = office.started()
    first = office.attempts(report)[0]
    leg(office, first, LegState.COMPLETED)
    assert [a.acknowledged_at for a in office.alarms()] == [None]
    assert accept(office, first)
    [alarm] = office.alarms()
    assert alarm.acknowledged_by == first.responder_id
    assert office.dispatch(report).state is DispatchState.TAKEN


def test_an_alarm_is_acknowledged_once(office: Office) -> None:
    report = office.started()
    with office.runtime.database.transaction() as session:
        [alarm] = session.scalars(select(Alarm))
        books = office.books(session)
        assert alarms.acknowledge(books, alarm, "somebody", office.runtime.clock())
        assert not alarms.acknowledge(books, alarm, "another", office.runtime.clock())
    assert office.alarms()[0].acknowledged_by == "somebody"
    assert office.kinds(report).count("alarm_acknowledged") == 1


def leave(office: Office, call: Call) -> None:
    with office.runtime.database.transaction() as session:
        there = session.get_one(Call, call.id)
        bridge.caller_left(office.books(session), there, office.runtime.clock(), 20.0)


def test_a_caller_who_leaves_without_a_word_needs_nobody(office: Office) -> None:
    office.on_duty(["c1", "c2"])
    call, report = office.waiting_caller()
    leave(office, call)
    leave(office, call)
    assert office.dispatch(report).state is DispatchState.WITHDRAWN
    assert len(tasks(office, TaskKind.CANCEL_CALL)) == 2
    assert not accept(office, office.attempts(report)[0])
    assert office.kinds(report).count("caller_left") == 1


def test_a_caller_who_said_something_is_still_looked_after(office: Office) -> None:
    office.on_duty(["c1"])
    call, report = office.waiting_caller()
    with office.runtime.database.transaction() as session:
        there = session.get_one(Call, call.id)
        now = office.runtime.clock()
        intake.begin_message(session, office.runtime.vault, there, MessageKind.OPENING, now)
    leave(office, call)
    row = office.dispatch(report)
    assert (row.state, row.call_id) == (DispatchState.RINGING, None)


def test_words_that_come_in_after_the_withdrawal_are_dispatched(office: Office) -> None:
    office.on_duty(["c1"], ["c2"])
    call, report = office.waiting_caller()
    leave(office, call)
    with office.runtime.database.transaction() as session:
        intake.recording_arrived(
            session,
            office.runtime.vault,
            carrier_call_id=call.carrier_call_id,
            message_id=None,
            recording_id="RE1",
            duration_s=3.0,
            now=office.runtime.clock(),
        )
    assert tasks(office, TaskKind.START_DISPATCH) == [report.id]
    with office.runtime.database.transaction() as session:
        there = session.get_one(Report, report.id)
        desk.start(office.books(session), there, office.runtime.clock())
    assert office.dispatch(report).state is DispatchState.RINGING


def test_a_bridge_that_broke_goes_on_with_the_next(office: Office) -> None:
    office.on_duty(["c1"], ["c2"])
    call, report = office.waiting_caller()
    first = office.attempts(report)[0]
    assert accept(office, first)
    assert tasks(office, TaskKind.CONNECT_CALLER) == [call.id]
    for _ in range(2):
        with office.runtime.database.transaction() as session:
            there = session.get_one(Call, call.id)
            bridge.ended(office.books(session), there, office.runtime.clock())
    assert office.outcomes(report) == [("c1", AttemptState.LEFT), ("c2", AttemptState.INTENDED)]
    assert not accept(office, first)
    assert office.kinds(report).count("dispatch_reopened") == 1


def test_the_bridge_has_one_random_name_while_the_caller_waits(office: Office) -> None:
    office.on_duty(["c1"])
    call, report = office.waiting_caller()
    with office.runtime.database.transaction() as session:
        books = office.books(session)
        row = books.dispatch_of(report.id)
        assert row is not None
        name = bridge.name(books, row)
        assert name is not None
        assert len(name) >= 24
        assert bridge.name(books, row) == name
    leave(office, call)
    with office.runtime.database.transaction() as session:
        books = office.books(session)
        row = books.dispatch_of(report.id)
        assert row is not None
        assert bridge.name(books, row) is None


def test_strangers_are_ignored(office: Office) -> None:
    with office.runtime.database.transaction() as session:
        books = office.books(session)
        moves.tell(books, "nobody", words.Placed("nobody"), office.runtime.clock())
        moves.apply(books, "nothing", words.Begin(), office.runtime.clock())
        assert books.attempt_by_token("no such token") is None
