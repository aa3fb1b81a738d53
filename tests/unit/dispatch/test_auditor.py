"""The auditor's process: one alarm a finding, a ping after clean sweeps, silence both ways."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update

from hotline.carrier.port import Uncertain
from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.dispatch import alarms, watch
from hotline.dispatch.auditor import Auditor
from hotline.dispatch.engine import PROCESS
from hotline.dispatch.model import Alarm
from hotline.dispatch.watch import AUDITOR, DISPATCHER, REMIND_S, AuditorWatch
from hotline.reports.model import Message, MessageState, Report, TimelineEvent
from hotline.tasks import heartbeat, queue
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.monitor import open_monitor
from tests.support.office import Office, number_of
from tests.support.threads import together


@pytest.fixture
def office(runtime_on_both: Runtime) -> Office:
    """An office on each kind of database."""
    made = Office(runtime_on_both)
    made.on_duty(["c1"], alarm=["s9"])
    return made


def auditor_of(office: Office, clock: VirtualClock) -> Auditor:
    return Auditor(office.runtime, elapsed=clock.seconds)


def beat(office: Office, process: str) -> None:
    with office.runtime.database.transaction() as session:
        heartbeat.beat(session, process, office.runtime.clock())


def lose_a_report(office: Office, clock: VirtualClock) -> Report:
    """A report nobody will ever look after; the dispatcher is alive."""
    report = office.sent_report()
    with office.runtime.database.transaction() as session:
        session.execute(delete(Task).where(Task.kind == TaskKind.START_DISPATCH))
        session.execute(update(Message).values(state=MessageState.DISCARDED))
    clock.advance(200)
    beat(office, DISPATCHER)
    return report


def acknowledge(office: Office) -> None:
    now = office.runtime.clock()
    with office.runtime.database.transaction() as session:
        books = office.books(session)
        for alarm in session.scalars(select(Alarm)).all():
            alarms.acknowledge(books, alarm, "account", now)


def reasons(office: Office) -> list[str]:
    return [alarm.reason for alarm in office.alarms()]


def test_the_names_are_those_the_processes_use() -> None:
    assert PROCESS == DISPATCHER


def test_a_finding_is_one_alarm(office: Office, clock: VirtualClock) -> None:
    report = lose_a_report(office, clock)
    auditor = auditor_of(office, clock)
    assert [finding.what for finding in auditor.sweep()] == ["not_started"]
    assert auditor.sweep() == []
    [alarm] = office.alarms()
    assert (alarm.reason, alarm.report_id) == ("auditor_found", report.id)
    with office.runtime.database.transaction() as session:
        task = session.scalars(select(Task).where(Task.kind == TaskKind.ALARM)).one()
        assert (task.subject_id, task.state) == (alarm.id, TaskState.PENDING)
        told = session.scalars(select(TimelineEvent).where(TimelineEvent.kind == "alarm_raised"))
        assert [event.detail for event in told] == [
            {"reason": "auditor_found", "what": "not_started"}
        ]


def test_what_a_person_has_answered_for_is_not_raised_again(
    office: Office, clock: VirtualClock
) -> None:
    lose_a_report(office, clock)
    auditor = auditor_of(office, clock)
    auditor.sweep()
    clock.advance(20)
    acknowledge(office)
    clock.advance(100_000)
    beat(office, DISPATCHER)
    auditor.sweep()
    assert reasons(office) == ["auditor_found"]


def test_two_auditors_at_once_raise_one_alarm(office: Office, clock: VirtualClock) -> None:
    lose_a_report(office, clock)
    auditors = [auditor_of(office, clock) for _ in range(4)]
    found = together(4, lambda number: len(auditors[number].sweep()))
    assert sorted(found) == [0, 0, 0, 1]
    assert reasons(office) == ["auditor_found"]


def test_the_task_of_the_engine_rings_what_the_auditor_has_raised(
    office: Office, clock: VirtualClock
) -> None:
    lose_a_report(office, clock)
    auditor_of(office, clock).sweep()
    with office.runtime.database.transaction() as session:
        [task_id] = queue.due(session, [TaskKind.ALARM], clock())
        assert queue.claim(session, task_id, "dispatcher", clock(), 30.0) is not None


# --- the heartbeat and the ping -------------------------------------------------------------


def test_the_monitor_is_fetched_only_after_a_clean_sweep(
    make_runtime: MakeRuntime, sqlite_url: str, clock: VirtualClock
) -> None:
    with open_monitor() as monitor:
        office = Office(make_runtime(sqlite_url, auditor_url=monitor.url))
        office.on_duty(["c1"], alarm=["s9"])
        auditor = auditor_of(office, clock)
        beat(office, DISPATCHER)
        auditor.sweep()
        assert monitor.fetched == ["/ping"]
        lose_a_report(office, clock)
        auditor.sweep()
        assert monitor.fetched == ["/ping"]
        monitor.status = 500  # the monitor is ill; that is no reason to stop
        auditor.sweep()
        assert monitor.fetched == ["/ping"] * 2
        clock.advance(61)  # the dispatcher is silent now
        auditor.sweep()
        assert monitor.fetched == ["/ping"] * 2


def test_a_sweep_that_fails_beats_no_heart(
    runtime: Runtime, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor = Auditor(runtime, elapsed=clock.seconds)
    stop = threading.Event()

    def fail(*_: object) -> None:
        stop.set()
        raise RuntimeError

    monkeypatch.setattr("hotline.dispatch.findings.find", fail)
    auditor.run(stop)  # it logs the error and goes on to the end of the round
    with runtime.database.transaction() as session:
        assert watch.is_silent(session, AUDITOR, clock(), 60.0)


def test_a_sweep_beats_its_heart(office: Office, clock: VirtualClock) -> None:
    auditor_of(office, clock).sweep()
    clock.advance(59)
    with office.runtime.database.transaction() as session:
        assert not watch.is_silent(session, AUDITOR, clock(), 60.0)
        assert watch.is_silent(session, AUDITOR, clock.advance(2), 60.0)


# --- silence --------------------------------------------------------------------------------


def look_at_auditor(office: Office, clock: VirtualClock) -> Callable[[], object]:
    return AuditorWatch(office.runtime, elapsed=clock.seconds).look


def look_at_dispatcher(office: Office, clock: VirtualClock) -> Callable[[], object]:
    return auditor_of(office, clock).sweep


both_ways = pytest.mark.parametrize(
    ("process", "looking"),
    [(AUDITOR, look_at_auditor), (DISPATCHER, look_at_dispatcher)],
    ids=[AUDITOR, DISPATCHER],
)
Looking = Callable[[Office, VirtualClock], Callable[[], object]]


@both_ways
def test_silence_is_an_alarm(
    office: Office, clock: VirtualClock, process: str, looking: Looking
) -> None:
    beat(office, process)
    clock.advance(1000)
    look = looking(office, clock)
    look()
    assert reasons(office) == []  # both may have been started just now
    clock.advance(61)
    look()
    look()
    assert reasons(office) == [f"{process}_silent"]


@both_ways
def test_a_heart_that_beats_is_no_alarm(
    office: Office, clock: VirtualClock, process: str, looking: Looking
) -> None:
    look = looking(office, clock)
    for _ in range(20):
        beat(office, process)
        clock.advance(15)
        look()
    assert reasons(office) == []


@both_ways
def test_whoever_answered_for_a_silence_is_reminded_of_it(
    office: Office, clock: VirtualClock, process: str, looking: Looking
) -> None:
    look = looking(office, clock)
    clock.advance(61)
    look()
    acknowledge(office)
    clock.advance(REMIND_S - 1)
    look()
    assert len(reasons(office)) == 1
    clock.advance(2)
    look()
    assert reasons(office) == [f"{process}_silent"] * 2


@both_ways
def test_a_new_silence_is_a_new_alarm(
    office: Office, clock: VirtualClock, process: str, looking: Looking
) -> None:
    look = looking(office, clock)
    clock.advance(61)
    look()
    acknowledge(office)
    clock.advance(10)
    beat(office, process)
    clock.advance(61)
    look()
    assert reasons(office) == [f"{process}_silent"] * 2


# --- ringing --------------------------------------------------------------------------------


def test_it_rings_the_alarm_itself_when_the_dispatcher_is_dead(
    office: Office, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    auditor = auditor_of(office, clock)
    clock.advance(61)
    auditor.sweep()
    assert auditor.ring_alarms() == 1
    assert carrier.rung() == [number_of("s9")]
    assert auditor.ring_alarms() == 0  # the round is over; the next one is due later
    clock.advance(office.runtime.settings.alarm_repeat_s)
    assert auditor.ring_alarms() == 1
    assert carrier.rung() == [number_of("s9")] * 2


def test_an_alarm_that_a_living_dispatcher_rings_is_left_to_it(
    office: Office, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    lose_a_report(office, clock)
    auditor = auditor_of(office, clock)
    auditor.sweep()
    clock.advance(5)
    assert auditor.ring_alarms() == 0
    clock.advance(6)  # its heart beats, but nobody does the task
    assert auditor.ring_alarms() == 1
    assert carrier.rung() == [number_of("s9")]


def test_a_carrier_that_fails_is_asked_again(
    office: Office, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    auditor = auditor_of(office, clock)
    clock.advance(61)
    auditor.sweep()

    def before(method: str) -> None:
        raise Uncertain("timeout")

    carrier.before = before
    assert auditor.ring_alarms() == 1
    clock.advance(office.runtime.settings.alarm_repeat_s)
    carrier.before = lambda method: None
    assert auditor.ring_alarms() == 1
    assert carrier.rung() == [number_of("s9")]


def test_a_round_that_breaks_is_due_again_at_once(
    office: Office, clock: VirtualClock, carrier: FakeCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor = auditor_of(office, clock)
    clock.advance(61)
    auditor.sweep()
    with monkeypatch.context() as broken:
        broken.setattr("hotline.dispatch.alarm._targets", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            auditor.ring_alarms()
    assert auditor.ring_alarms() == 1
    assert carrier.rung() == [number_of("s9")]


def test_an_alarm_that_has_lost_its_task_rings_again(
    office: Office, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    now = clock()
    with office.runtime.database.transaction() as session:
        session.add(Alarm(id=new_id(), reason="audio_unusable", raised_at=now, rounds=0))
    auditor = auditor_of(office, clock)
    auditor.sweep()
    auditor.sweep()
    clock.advance(11)
    assert auditor.ring_alarms() == 1
    acknowledge(office)
    clock.advance(61)
    assert auditor.ring_alarms() == 1  # its last: phones stop
    clock.advance(61)
    beat(office, DISPATCHER)
    auditor.sweep()
    assert auditor.ring_alarms() == 0
    assert carrier.rung() == [number_of("s9")]
