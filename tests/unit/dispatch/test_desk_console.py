"""Taking a report at the desk, without a phone: one taker, and silent phones."""

import pytest
from sqlalchemy import select

from hotline.context import Runtime
from hotline.dispatch import desk
from hotline.dispatch.model import Attempt
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.reports.model import Call, Report
from hotline.tasks.model import Task, TaskKind
from tests.support.office import Office
from tests.support.threads import all_at_once


@pytest.fixture
def office(runtime_on_both: Runtime) -> Office:
    """An office on each kind of database."""
    return Office(runtime_on_both)


def tasks(office: Office, kind: TaskKind) -> list[str]:
    with office.runtime.database.transaction() as session:
        return list(session.scalars(select(Task.subject_id).where(Task.kind == kind)))


def accept(office: Office, attempt: Attempt) -> bool:
    with office.runtime.database.transaction() as session:
        books = office.books(session)
        found = books.attempt_by_token(attempt.token)
        assert found is not None
        return desk.accept(books, found, office.runtime.clock())


def take(office: Office, report: Report, by: str = "ana") -> bool:
    with office.runtime.database.transaction() as session:
        there = session.get_one(Report, report.id)
        return desk.take_at_desk(office.books(session), there, by, office.runtime.clock())


def start(office: Office, report: Report) -> None:
    with office.runtime.database.transaction() as session:
        there = session.get_one(Report, report.id)
        desk.start(office.books(session), there, office.runtime.clock())


def test_taken_at_the_desk_every_phone_stops(office: Office) -> None:
    office.on_duty(["c1", "c2"])
    report = office.started()
    first = office.attempts(report)[0]
    assert take(office, report)
    row = office.dispatch(report)
    assert (row.state, row.taken_by) == (DispatchState.TAKEN, None)
    assert {state for _, state in office.outcomes(report)} == {AttemptState.CANCELLED}
    assert len(tasks(office, TaskKind.CANCEL_CALL)) == 2
    assert not accept(office, first)
    assert not take(office, report, "bo")
    assert office.kinds(report).count("taken_at_desk") == 1
    assert "late_acceptance" in office.kinds(report)


def test_what_was_taken_by_phone_is_not_taken_at_the_desk(office: Office) -> None:
    office.on_duty(["c1"])
    report = office.started()
    first = office.attempts(report)[0]
    assert accept(office, first)
    assert not take(office, report)
    assert office.dispatch(report).taken_by == first.id


def test_a_press_of_1_and_the_desk_at_once_give_it_to_one(office: Office) -> None:
    office.on_duty(["c1"])
    report = office.started()
    first = office.attempts(report)[0]
    given = all_at_once(lambda: accept(office, first), lambda: take(office, report))
    assert sorted(given) == [False, True]
    row = office.dispatch(report)
    assert row.state is DispatchState.TAKEN
    assert (row.taken_by == first.id) == given[0]


def test_taken_before_anybody_is_rung_nobody_is(office: Office) -> None:
    office.on_duty(["c1"])
    report = office.sent_report()
    assert take(office, report)
    start(office, report)
    assert office.attempts(report) == []
    assert office.dispatch(report).state is DispatchState.TAKEN


def test_the_desk_answers_for_the_alarm(office: Office) -> None:
    report = office.started()
    assert take(office, report)
    [alarm] = office.alarms()
    assert alarm.acknowledged_by == "ana"
    assert office.dispatch(report).state is DispatchState.TAKEN


def test_while_the_caller_waits_only_a_phone_takes_it(office: Office) -> None:
    office.on_duty(["c1"])
    _, report = office.waiting_caller()
    assert not take(office, report)
    assert office.dispatch(report).state is DispatchState.RINGING
    with office.runtime.database.transaction() as session:
        there = session.get_one(Report, report.id)
        assert desk.is_on_the_line(office.books(session), there)
        assert desk.is_sought(office.books(session), there)


def test_a_caller_on_the_line_needs_a_voice_though_the_desk_has_it(office: Office) -> None:
    office.on_duty(["c1"])
    report = office.started()
    take(office, report)
    call = office.call()
    with office.runtime.database.transaction() as session:
        there, leg_row = session.get_one(Report, report.id), session.get_one(Call, call.id)
        desk.start(office.books(session), there, office.runtime.clock(), leg_row)
    assert office.dispatch(report).state is DispatchState.RINGING


def test_words_after_closing_ring_somebody_anew(office: Office) -> None:
    office.on_duty(["c1"], ["c2"])
    report = office.started()
    first = office.attempts(report)[0]
    assert accept(office, first)
    start(office, report)
    assert office.dispatch(report).state is DispatchState.TAKEN  # it is theirs, and they read it
    with office.runtime.database.transaction() as session:
        session.get_one(Report, report.id).closed_at = office.runtime.clock()
    start(office, report)
    assert office.outcomes(report) == [("c1", AttemptState.LEFT), ("c1", AttemptState.INTENDED)]
    start(office, report)
    assert office.kinds(report).count("dispatch_reopened") == 1
