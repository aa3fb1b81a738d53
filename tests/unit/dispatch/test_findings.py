"""What the auditor looks for: found when it is lost, and never while all is well."""

from collections.abc import Callable
from datetime import date, time

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from hotline.carrier.port import LegState
from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.dispatch import bridge, desk, engine, findings, policy
from hotline.dispatch.engine import Engine
from hotline.dispatch.findings import LEASE_S, SETTLE_S, SLACK_S, Finding, Limits
from hotline.dispatch.limits import longest_s
from hotline.dispatch.model import Alarm, AlarmCall, Attempt, Dispatch
from hotline.dispatch.policy import Policy
from hotline.dispatch.wiring import ports_of
from hotline.dispatch.words import DispatchState, Step
from hotline.oncall import calendar, schedules
from hotline.oncall.calendar import Rotation, Schedule
from hotline.reports import audio, intake
from hotline.reports.model import Call, Message, MessageKind, MessageState, Report, ReportState
from hotline.tasks.model import Task, TaskKind
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.inline import Inline
from tests.support.office import Office

WAIT_S = 20.0
CAP_S = 120.0
NEVER_S = 100_000.0


@pytest.fixture
def office(runtime_on_both: Runtime) -> Office:
    """An office on each kind of database."""
    made = Office(runtime_on_both)
    made.on_duty(["c1"], ["c2"], alarm=["s9"])
    return made


@pytest.fixture
def dispatcher(office: Office, clock: VirtualClock) -> Engine:
    """Its dispatcher, which does everything at once and in this thread."""
    return Engine(ports_of(office.runtime), lambda _: None, pool=Inline(), elapsed=clock.seconds)


def find(office: Office) -> list[Finding]:
    now = office.runtime.clock()
    with office.runtime.database.transaction() as session:
        return findings.find(session, now, Limits(WAIT_S, CAP_S))


def found(office: Office) -> list[tuple[str, str]]:
    return [(f.what, f.report_id) for f in find(office)]


def found_after(office: Office, clock: VirtualClock, seconds: float) -> list[tuple[str, str]]:
    """What is found this much later and not before."""
    clock.advance(seconds - 1)
    assert find(office) == []
    clock.advance(2)
    return found(office)


def change(office: Office, act: Callable[[Session], object]) -> None:
    """Do to the rows what a lost task or a lost update would have done."""
    with office.runtime.database.transaction() as session:
        act(session)


def lose_tasks(office: Office, *kinds: TaskKind) -> None:
    change(office, lambda session: session.execute(delete(Task).where(Task.kind.in_(kinds))))


def lose_timers(office: Office) -> None:
    change(office, lambda session: session.execute(update(Attempt).values(due_at=None)))


# --- reports --------------------------------------------------------------------------------


def test_a_report_whose_dispatch_never_began(office: Office, clock: VirtualClock) -> None:
    report = office.sent_report()
    lose_tasks(office, TaskKind.START_DISPATCH)
    change(office, lambda s: s.execute(update(Message).values(state=MessageState.DISCARDED)))
    late_s = WAIT_S + LEASE_S + SLACK_S
    assert found_after(office, clock, late_s) == [("not_started", report.id)]


def test_a_closed_report_is_nobodys_any_more(office: Office, clock: VirtualClock) -> None:
    office.sent_report()
    change(office, lambda s: s.execute(update(Message).values(state=MessageState.DISCARDED)))
    change(office, lambda s: s.execute(update(Report).values(state=ReportState.CLOSED)))
    clock.advance(NEVER_S)
    assert find(office) == []


def test_a_search_whose_timers_are_lost(office: Office, clock: VirtualClock) -> None:
    _, report = office.waiting_caller()
    change(office, lambda s: s.execute(update(Call).values(parked_at=None)))
    lose_timers(office)
    with office.runtime.database.transaction() as session:
        plan = policy.current(session).plan
    late_s = longest_s(plan) + LEASE_S + SLACK_S
    assert found_after(office, clock, late_s) == [("search_too_long", report.id)]


def test_a_plan_that_nobody_can_read(office: Office, clock: VirtualClock) -> None:
    _, report = office.waiting_caller()
    change(office, lambda s: s.execute(update(Dispatch).values(snapshot={"plan": "?"})))
    assert found_after(office, clock, LEASE_S + SLACK_S) == [("search_too_long", report.id)]


def test_a_search_that_began_again_has_its_time_again(office: Office, clock: VirtualClock) -> None:
    call, report = office.waiting_caller()
    clock.advance(100)
    [attempt] = office.attempts(report)

    def take_and_drop(session: Session) -> None:
        books = office.books(session)
        assert desk.accept(books, session.get_one(Attempt, attempt.id), clock())
        bridge.ended(books, session.get_one(Call, call.id), clock())

    change(office, take_and_drop)
    assert office.dispatch(report).state is DispatchState.RINGING
    change(office, lambda s: s.execute(update(Call).values(parked_at=None)))
    with office.runtime.database.transaction() as session:
        plan = policy.current(session).plan
    late_s = longest_s(plan) + LEASE_S + SLACK_S
    assert found_after(office, clock, late_s) == [("search_too_long", report.id)]


def test_a_schedule_is_as_long_as_it_may_have_people(office: Office, clock: VirtualClock) -> None:
    day = date(2026, 9, 7)
    turns = [Rotation((who,), "week", 1, day, time(8)) for who in ("c1", "c2")]
    override = calendar.Override(clock(), clock.advance(60), "s9", besides=True)
    step = Step(("schedule:nights",), 20.0, in_order=True)

    def put(session: Session) -> None:
        schedule = Schedule("nights", "America/Chicago", tuple(turns), (override,))
        schedules.put(session, "nights", schedule)
        policy.put(session, policy.DEFAULT, Policy((step,)))

    change(office, put)
    _, report = office.waiting_caller()
    change(office, lambda s: s.execute(update(Call).values(parked_at=None)))
    lose_timers(office)
    late_s = longest_s((step,), [3]) + LEASE_S + SLACK_S
    assert found_after(office, clock, late_s) == [("search_too_long", report.id)]


def exhaust(office: Office, dispatcher: Engine, clock: VirtualClock) -> Report:
    """A report that everybody has let ring; phones never end by themselves. Nothing is found."""
    report = office.started()
    for second in range(400):
        dispatcher.tick()
        assert second % 5 or find(office) == []
        if office.dispatch(report).state is DispatchState.EXHAUSTED:
            return report
        clock.advance(1)
    raise AssertionError("it is never exhausted")


def test_the_alarm_of_an_exhausted_search(
    office: Office, dispatcher: Engine, clock: VirtualClock
) -> None:
    report = exhaust(office, dispatcher, clock)
    change(office, lambda s: s.execute(update(Message).values(state=MessageState.DISCARDED)))
    clock.advance(NEVER_S)
    assert find(office) == []  # it is alarming
    change(office, lambda s: s.execute(update(Alarm).values(acknowledged_at=clock())))
    assert find(office) == []  # a person has answered for it
    change(office, lambda s: s.execute(delete(AlarmCall)))
    change(office, lambda s: s.execute(delete(Alarm)))
    assert found(office) == [("no_alarm", report.id)]


def test_an_alarm_answered_before_the_search_began_again_does_not_count(
    office: Office, dispatcher: Engine, clock: VirtualClock
) -> None:
    report = exhaust(office, dispatcher, clock)
    change(office, lambda s: s.execute(update(Message).values(state=MessageState.DISCARDED)))
    change(office, lambda s: s.execute(update(Alarm).values(acknowledged_at=clock())))
    clock.advance(600)
    change(office, lambda s: s.execute(update(Dispatch).values(ended_at=clock())))
    assert found_after(office, clock, SLACK_S) == [("no_alarm", report.id)]


def test_words_that_came_after_the_search_was_withdrawn(
    office: Office, clock: VirtualClock
) -> None:
    call, report = office.waiting_caller()

    def leave(session: Session) -> None:
        row = session.get_one(Call, call.id)
        bridge.caller_left(office.books(session), row, clock(), WAIT_S)

    change(office, leave)
    assert office.dispatch(report).state is DispatchState.WITHDRAWN
    clock.advance(1000)
    assert find(office) == []

    def arrive(session: Session) -> None:
        intake.recording_arrived(
            session,
            office.runtime.vault,
            carrier_call_id=call.carrier_call_id,
            message_id=None,
            recording_id="RE1",
            duration_s=4.0,
            now=clock(),
        )

    change(office, arrive)
    lose_tasks(office, TaskKind.START_DISPATCH)
    late_s = WAIT_S + LEASE_S + SLACK_S
    assert found_after(office, clock, late_s) == [("words_after_withdrawal", report.id)]


# --- callers --------------------------------------------------------------------------------


def test_a_caller_who_waits_although_somebody_has_it(office: Office, clock: VirtualClock) -> None:
    call, report = office.waiting_caller()
    [attempt] = office.attempts(report)

    def take(session: Session) -> None:
        assert desk.accept(office.books(session), session.get_one(Attempt, attempt.id), clock())

    change(office, take)
    late_s = CAP_S + SETTLE_S + LEASE_S + SLACK_S
    assert found_after(office, clock, late_s) == [("caller_still_waits", report.id)]
    change(office, lambda s: bridge.waiting_ended(s.get_one(Call, call.id)))
    assert find(office) == []


# --- words ----------------------------------------------------------------------------------


def message_of(office: Office, kind: MessageKind = MessageKind.MESSAGE) -> tuple[Call, Message]:
    """A message that was just recorded and is in review (or sent at once, as its kind is)."""
    call, now = office.call(), office.runtime.clock()
    with office.runtime.database.transaction() as session:
        row = session.get_one(Call, call.id)
        message = intake.begin_message(session, office.runtime.vault, row, kind, now)
        intake.recording_ended(session, message.id, now)
        return call, message


def send(office: Office, call: Call) -> None:
    """The caller sends it, and somebody takes it at once."""
    now = office.runtime.clock()
    with office.runtime.database.transaction() as session:
        row = session.get_one(Call, call.id)
        intake.send(session, office.runtime.vault, row, now, WAIT_S)
        report = session.get_one(Report, row.report_id)
        dispatch = desk.start(office.books(session), report, now)
        attempt = office.books(session).attempts(dispatch.id)[0]
        assert desk.accept(office.books(session), attempt, now)


def test_words_in_review_are_safe_while_the_carrier_will_be_asked(
    office: Office, clock: VirtualClock
) -> None:
    _, message = message_of(office)
    clock.advance(NEVER_S)
    assert find(office) == []
    lose_tasks(office, TaskKind.SETTLE_CALL)
    assert found(office) == [("call_unsettled", message.report_id)]


def test_words_of_a_call_that_ended_without_being_sent(office: Office, clock: VirtualClock) -> None:
    call, message = message_of(office)
    change(
        office,
        lambda s: s.execute(update(Call).where(Call.id == call.id).values(ended_at=clock())),
    )
    assert found_after(office, clock, SLACK_S) == [("words_unsent", message.report_id)]


def test_words_sent_of_a_report_that_was_left_a_draft(office: Office, clock: VirtualClock) -> None:
    _, message = message_of(office, MessageKind.ADDITION)
    clock.advance(1)
    assert found_after(office, clock, SLACK_S - 1) == [("words_unsent", message.report_id)]


@pytest.mark.parametrize(
    ("recording_id", "stored", "lost", "what"),
    [
        (None, False, TaskKind.SETTLE_CALL, "recording_missing"),
        ("RE1", False, TaskKind.FETCH_RECORDING, "not_to_be_fetched"),
        ("RE1", True, TaskKind.TRANSCRIBE, "not_to_be_transcribed"),
    ],
    ids=lambda value: str(value),
)
def test_a_sent_message_whose_task_is_lost(
    office: Office,
    clock: VirtualClock,
    recording_id: str | None,
    stored: bool,
    lost: TaskKind,
    what: str,
) -> None:
    call, message = message_of(office)

    def arrive(session: Session) -> None:
        if recording_id is not None:
            intake.recording_arrived(
                session,
                office.runtime.vault,
                carrier_call_id=call.carrier_call_id,
                message_id=message.id,
                recording_id=recording_id,
                duration_s=4.0,
                now=clock(),
            )
        if stored:
            row = session.get_one(Message, message.id)
            audio.store(session, office.runtime.vault, row, b"RIFF", "audio/wav")

    change(office, arrive)
    send(office, call)
    clock.advance(NEVER_S)
    assert find(office) == []
    lose_tasks(office, lost)
    assert found(office) == [(what, message.report_id)]
    change(office, lambda s: s.execute(update(Report).values(needs_listening=True)))
    assert find(office) == []  # a person has been told to listen


def test_a_caller_who_was_connected_before_a_word_was_said(
    office: Office, clock: VirtualClock
) -> None:
    call, report = office.waiting_caller()
    [attempt] = office.attempts(report)

    def talk(session: Session) -> None:
        row = session.get_one(Call, call.id)
        kind = MessageKind.OPENING
        opening = intake.begin_message(session, office.runtime.vault, row, kind, clock())
        intake.recording_ended(session, opening.id, clock())
        assert desk.accept(office.books(session), session.get_one(Attempt, attempt.id), clock())
        bridge.waiting_ended(row)

    change(office, talk)
    lose_tasks(office, TaskKind.SETTLE_CALL)
    clock.advance(NEVER_S)
    assert find(office) == []


# --- all is well ----------------------------------------------------------------------------


def test_an_empty_hotline(office: Office) -> None:
    assert find(office) == []


def test_the_slowest_search_and_the_caller_who_hangs_up_in_it(
    office: Office, dispatcher: Engine, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    call, report = office.waiting_caller()
    leg = carrier.add_call()
    carrier.set_state(leg, LegState.ANSWERED)
    change(
        office,
        lambda s: s.execute(update(Call).where(Call.id == call.id).values(carrier_call_id=leg.id)),
    )
    carrier.set_state(leg, LegState.COMPLETED)  # and nobody tells us
    for second in range(400):
        dispatcher.tick()
        assert second % 5 or find(office) == []
        clock.advance(1)
    assert office.dispatch(report).state is DispatchState.WITHDRAWN


def test_its_own_figures_are_those_of_the_parts_it_watches() -> None:
    assert findings.LEASE_S >= engine.LEASE_S
    assert findings.SETTLE_S == intake.SETTLE_AFTER_S


def test_a_finding_names_only_ids_and_codes(office: Office, clock: VirtualClock) -> None:
    office.sent_report()
    clock.advance(NEVER_S)
    for finding in find(office):
        assert len(finding.report_id) == len(new_id())
        assert finding.what.replace("_", "").isalpha()
