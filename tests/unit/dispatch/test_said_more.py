"""Words that come after a report was taken, on both databases: who is rung, and who reads them."""

import pytest
from sqlalchemy import select

from hotline.context import Runtime
from hotline.dispatch import bridge, desk, said_more
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Attempt
from hotline.dispatch.wiring import ports_of
from hotline.dispatch.words import AttemptState, DispatchState, Role
from hotline.oncall import duty
from hotline.oncall.model import DutyState, Responder
from hotline.people.accounts import add_account
from hotline.people.model import Role as AccountRole
from hotline.reports import intake
from hotline.reports.model import Call, Message, MessageKind, Report, ReportState
from hotline.tasks import queue
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.fakes.clock import VirtualClock
from tests.support.inline import Inline
from tests.support.office import Office
from tests.support.threads import all_at_once

GRAVE, OTHER = "life-safety", "urgent"


@pytest.fixture
def office(runtime_on_both: Runtime) -> Office:
    """Counselors 1 and 2, one after the other, on each kind of database."""
    made = Office(runtime_on_both)
    made.on_duty(["c1"], ["c2"])
    return made


@pytest.fixture
def engine(runtime_on_both: Runtime, clock: VirtualClock) -> Engine:
    """Its dispatcher."""
    ports = ports_of(runtime_on_both)
    return Engine(ports, lambda _: None, pool=Inline(), elapsed=clock.seconds)


def taken(office: Office) -> Report:
    """Counselor 1 has it, and has hung up."""
    report = office.started()
    press_1(office, report)
    return report


def press_1(office: Office, report: Report, *, hangs_up: bool = True) -> bool:
    """Whoever is rung takes it."""
    now, last = office.runtime.clock(), office.attempts(report)[-1]
    with office.runtime.database.transaction() as session:
        books, attempt = office.books(session), session.get_one(Attempt, last.id)
        books.dispatch(attempt.dispatch_id)  # locked before its attempts, as everybody does it
        attempt.answered_at = attempt.answered_at or now
        done = desk.accept(books, attempt, now)
        attempt.leg_ended_at = now if hangs_up else None
        return done


def says_more(office: Office, report: Report) -> str:
    """The caller returns and says more; gives the message's id."""
    call, now = office.call(), office.runtime.clock()
    with office.runtime.database.transaction() as session:
        there = session.get_one(Call, call.id)
        there.report_id = report.id
        vault, kind = office.runtime.vault, MessageKind.ADDITION
        message = intake.begin_message(session, vault, there, kind, now)
        intake.recording_ended(session, message.id, now)
        return message.id


def understood(office: Office, message_id: str, urgency: str) -> None:
    """As `transcription.committing` does."""
    with office.runtime.database.transaction() as session:
        message = session.get_one(Message, message_id)
        message.urgency = urgency
        queue.pull_forward(session, TaskKind.SAID_MORE, message.id, office.runtime.clock())


def off_duty(office: Office, handle: str) -> None:
    with office.runtime.database.transaction() as session:
        row = session.scalars(select(Responder).where(Responder.handle == handle)).one()
        duty.put(session, row.id, DutyState.OFF, office.runtime.clock())


def pending(office: Office) -> list[str]:
    query = select(Task.subject_id).where(Task.kind == TaskKind.SAID_MORE)
    with office.runtime.database.transaction() as session:
        return list(session.scalars(query.where(Task.state == TaskState.PENDING)))


def read(office: Office, report: Report) -> bool:
    with office.runtime.database.transaction() as session:
        there = session.get_one(Report, report.id)
        return said_more.read(office.books(session), there, "ana", office.runtime.clock())


# --- whoever has it -------------------------------------------------------------------------


def test_life_safety_rings_whoever_has_it(office: Office, engine: Engine) -> None:
    report = taken(office)
    understood(office, says_more(office, report), GRAVE)
    engine.tick()
    last, row = office.attempts(report)[-1], office.dispatch(report)
    assert last.role is Role.TELL
    assert office.outcomes(report)[-1][0] == "c1"
    assert (row.state, row.said_more) == (DispatchState.TAKEN, True)
    assert row.unread_at is not None
    assert press_1(office, report)
    row = office.dispatch(report)
    assert (row.taken_by, row.said_more, row.unread_at) == (last.id, False, None)
    assert office.kinds(report).count("attempt_left") == 0  # it was theirs all the time
    assert office.outcomes(report) == [("c1", AttemptState.LEFT), ("c1", AttemptState.TAKEN)]


def test_if_they_do_not_take_it_the_policy_begins_with_its_first_step(
    office: Office, engine: Engine
) -> None:
    report = taken(office)
    understood(office, says_more(office, report), GRAVE)
    engine.tick()
    with office.runtime.database.transaction() as session:
        last = session.get_one(Attempt, office.attempts(report)[-1].id)
        desk.decline(office.books(session), last, office.runtime.clock())
    assert office.outcomes(report) == [
        ("c1", AttemptState.LEFT),
        ("c1", AttemptState.DECLINED),
        ("c1", AttemptState.INTENDED),
    ]
    row = office.dispatch(report)
    assert (row.state, row.taken_by, row.said_more) == (DispatchState.RINGING, None, True)


def test_other_words_wait_in_the_console(office: Office, engine: Engine) -> None:
    report = taken(office)
    understood(office, says_more(office, report), OTHER)
    engine.tick()
    row = office.dispatch(report)
    assert len(office.attempts(report)) == 1
    assert (row.state, row.said_more) == (DispatchState.TAKEN, False)
    assert row.unread_at is not None
    assert pending(office) == []
    assert "said_more" in office.kinds(report)


@pytest.mark.parametrize("urgency", [GRAVE, OTHER])
def test_who_is_off_duty_is_not_waited_for(office: Office, engine: Engine, urgency: str) -> None:
    report = taken(office)
    off_duty(office, "c1")
    understood(office, says_more(office, report), urgency)
    engine.tick()
    row, last = office.dispatch(report), office.attempts(report)[-1]
    assert row.state is DispatchState.RINGING
    assert (last.role, row.said_more) == (Role.SEEK, True)


@pytest.mark.parametrize(("urgency", "sought"), [(GRAVE, True), (OTHER, False)])
def test_who_talks_with_another_caller_is_not_waited_for_where_it_is_grave(
    office: Office, engine: Engine, urgency: str, sought: bool
) -> None:
    report, other = taken(office), office.started()
    press_1(office, other, hangs_up=False)
    understood(office, says_more(office, report), urgency)
    engine.tick()
    assert (office.dispatch(report).state is DispatchState.RINGING) == sought
    assert office.dispatch(report).unread_at is not None


def test_what_nobody_understands_is_taken_for_life_safety_in_the_end(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    report = taken(office)
    says_more(office, report)
    engine.tick()
    assert len(office.attempts(report)) == 1
    clock.advance(office.runtime.settings.transcript_wait_s + said_more.AGAIN_S)
    engine.tick()
    assert office.attempts(report)[-1].role is Role.TELL


def test_two_messages_at_once_ring_once(office: Office, engine: Engine) -> None:
    report = taken(office)
    both = all_at_once(lambda: says_more(office, report), lambda: says_more(office, report))
    for message_id in both:
        understood(office, message_id, GRAVE)
    engine.tick()
    assert [a.role for a in office.attempts(report)] == [Role.SEEK, Role.TELL]
    assert pending(office) == []


# --- a talk ---------------------------------------------------------------------------------


def test_a_talk_is_not_interrupted_and_an_alarm_ends_the_wait(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    _, report = office.waiting_caller()
    press_1(office, report, hangs_up=False)
    with office.runtime.database.transaction() as session:
        bridge.name(office.books(session), office.books(session).dispatch_of(report.id))
    understood(office, says_more(office, report), GRAVE)
    engine.tick()
    assert [a.role for a in office.attempts(report)] == [Role.SEEK]
    assert pending(office)
    clock.advance(said_more.WAITS_S)
    engine.tick()
    assert [a.reason for a in office.alarms()] == ["words_wait"]
    assert pending(office) == []
    assert office.dispatch(report).state is DispatchState.TAKEN


def test_after_the_talk_whoever_has_it_is_rung(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    report = office.started()
    press_1(office, report, hangs_up=False)
    understood(office, says_more(office, report), GRAVE)
    engine.tick()
    assert len(office.attempts(report)) == 1
    with office.runtime.database.transaction() as session:
        first = session.get_one(Attempt, office.attempts(report)[0].id)
        first.leg_ended_at = clock()
    clock.advance(said_more.AGAIN_S)
    engine.tick()
    assert office.attempts(report)[-1].role is Role.TELL


# --- the console ----------------------------------------------------------------------------


def test_what_is_read_rings_nobody_any_more(office: Office, engine: Engine) -> None:
    report = taken(office)
    understood(office, says_more(office, report), GRAVE)
    engine.tick()
    assert read(office, report)
    row = office.dispatch(report)
    assert (row.state, row.said_more, row.unread_at) == (DispatchState.TAKEN, False, None)
    assert office.outcomes(report)[-1] == ("c1", AttemptState.CANCELLED)
    assert not read(office, report)
    assert not press_1(office, report)


def test_reading_and_a_press_of_1_at_once_leave_one_who_has_it(
    office: Office, engine: Engine
) -> None:
    report = taken(office)
    understood(office, says_more(office, report), GRAVE)
    engine.tick()
    all_at_once(lambda: read(office, report), lambda: press_1(office, report))
    row, states = office.dispatch(report), [s for _, s in office.outcomes(report)]
    assert states.count(AttemptState.TAKEN) == 1
    assert (row.state, row.said_more, row.unread_at) == (DispatchState.TAKEN, False, None)


def test_a_report_closed_meanwhile_is_open_again(office: Office, engine: Engine) -> None:
    report = taken(office)
    message_id = says_more(office, report)
    with office.runtime.database.transaction() as session:
        there = session.get_one(Report, report.id)
        there.state, there.closed_at = ReportState.CLOSED, office.runtime.clock()
    understood(office, message_id, OTHER)
    engine.tick()
    engine.tick()
    with office.runtime.database.transaction() as session:
        assert session.get_one(Report, report.id).state is ReportState.OPEN
    assert office.dispatch(report).state is DispatchState.RINGING


def test_who_took_it_at_the_desk_is_rung_on_their_own_phone(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    report = office.started()
    with office.runtime.database.transaction() as session:
        account = add_account(session, "ana", "Ana", AccountRole.COUNSELOR, "hash", clock())
        query = select(Responder.id).where(Responder.handle == "c2")
        account.responder_id = session.scalars(query).one()
        there = session.get_one(Report, report.id)
        assert desk.take_at_desk(office.books(session), there, account.id, clock())
        there.assignee = account.id
    understood(office, says_more(office, report), GRAVE)
    engine.tick()
    assert (office.attempts(report)[-1].role, office.outcomes(report)[-1][0]) == (Role.TELL, "c2")
    assert press_1(office, report)
    assert office.dispatch(report).taken_by == office.attempts(report)[-1].id


@pytest.mark.parametrize(("urgency", "sought"), [(GRAVE, True), (OTHER, False)])
def test_who_took_it_at_the_desk_and_has_no_phone_reads_it(
    office: Office, engine: Engine, urgency: str, sought: bool
) -> None:
    report = office.started()
    with office.runtime.database.transaction() as session:
        there = session.get_one(Report, report.id)
        desk.take_at_desk(office.books(session), there, "nobody", office.runtime.clock())
    understood(office, says_more(office, report), urgency)
    engine.tick()
    row = office.dispatch(report)
    assert (row.state is DispatchState.RINGING) == sought
    assert row.unread_at is not None


# --- nobody has it --------------------------------------------------------------------------


def test_words_to_a_search_that_was_withdrawn_begin_it_anew(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    report = office.started()
    with office.runtime.database.transaction() as session:
        desk.withdraw(office.books(session), office.dispatch(report).id, "ana", clock())
    understood(office, says_more(office, report), OTHER)
    engine.tick()
    assert office.dispatch(report).state is DispatchState.RINGING


def test_the_first_message_is_not_said_later(office: Office) -> None:
    office.sent_report()
    assert pending(office) == []


def test_words_while_somebody_is_sought_need_no_second_search(
    office: Office, engine: Engine, clock: VirtualClock
) -> None:
    report = office.started()
    understood(office, says_more(office, report), GRAVE)
    engine.tick()
    assert (len(office.attempts(report)), office.dispatch(report).said_more) == (1, True)
    press_1(office, report)
    assert office.dispatch(report).said_more is False
