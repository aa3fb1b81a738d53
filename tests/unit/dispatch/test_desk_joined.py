"""A caller who comes back after a talk that somebody had joined: it is over for all of them."""

import pytest

from hotline.carrier.port import LegState
from hotline.context import Runtime
from hotline.dispatch import bridge, desk, legs, moves
from hotline.dispatch.model import Attempt
from hotline.dispatch.words import AttemptState, DispatchState, Role
from hotline.reports.model import Call, Report
from tests.support.office import Office


@pytest.fixture
def office(runtime_on_both: Runtime) -> Office:
    """Two counselors and the police, on each kind of database."""
    made = Office(runtime_on_both)
    made.on_duty(["c1"], ["c2"], last_resort=["p9"])
    return made


def accepts(office: Office, attempt_id: str, invites: Role | None = None) -> None:
    now = office.runtime.clock()
    with office.runtime.database.transaction() as session:
        books, attempt = office.books(session), session.get_one(Attempt, attempt_id)
        attempt.answered_at = now
        assert desk.accept(books, attempt, now)
        bridge.name(books, moves.of_attempt(books, attempt))
        if invites is not None:
            assert desk.invite(books, attempt, invites, now)


def talk_of_three(office: Office) -> tuple[Call, Report]:
    """Counselor 1 talks with the caller, and the police have joined."""
    call, report = office.waiting_caller()
    accepts(office, office.attempts(report)[0].id, Role.ADD)
    accepts(office, office.attempts(report)[-1].id)
    assert office.outcomes(report) == [("c1", AttemptState.TAKEN), ("p9", AttemptState.JOINED)]
    return call, report


def hangs_up(office: Office, attempt_id: str) -> None:
    with office.runtime.database.transaction() as session:
        books = office.books(session)
        legs.leg_is(books, attempt_id, LegState.COMPLETED, office.runtime.clock())


def test_after_it_the_next_person_is_rung_for_the_caller(office: Office) -> None:
    call, report = talk_of_three(office)
    for attempt in office.attempts(report):
        hangs_up(office, attempt.id)
    again, now = office.call(), office.runtime.clock()
    with office.runtime.database.transaction() as session:
        books = office.books(session)
        bridge.caller_left(books, session.get_one(Call, call.id), now, 20.0)
        there = session.get_one(Call, again.id)
        there.report_id = report.id
        bridge.waiting_began(there, now)
        desk.start(books, session.get_one(Report, report.id), now, there)
    assert office.dispatch(report).state is DispatchState.RINGING
    assert office.outcomes(report)[-1] == ("c2", AttemptState.INTENDED)


def test_who_has_joined_and_hung_up_is_not_left_with_the_caller(office: Office) -> None:
    call, report = talk_of_three(office)
    counselor, police = office.attempts(report)
    hangs_up(office, police.id)
    hangs_up(office, counselor.id)
    with office.runtime.database.transaction() as session:
        there = session.get_one(Call, call.id)
        assert not bridge.ended(office.books(session), there, office.runtime.clock())
    assert office.dispatch(report).state is DispatchState.RINGING
