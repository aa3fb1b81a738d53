"""The synthetic call in the auditor: when it is placed, how it goes, what it leaves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from hotline.carrier.port import Busy, LegState, Refused
from hotline.context import Runtime
from hotline.dispatch import synthetic
from hotline.dispatch.findings import Limits, find
from hotline.dispatch.model import Alarm, Dispatch
from hotline.dispatch.synthetic import (
    KEEP_DAYS,
    LIMIT_S,
    look,
)
from hotline.doctor import own_calls
from hotline.doctor.finding import Level
from hotline.metrics import exposition
from hotline.privacy.cipher import DataKey
from hotline.reports import intake
from hotline.reports import synthetic as rows
from hotline.reports.model import (
    Call,
    Message,
    Report,
    ReportState,
    TimelineEvent,
    Transcript,
)
from hotline.statistics.period import Period
from hotline.statistics.selection import Selection, counted
from hotline.tasks.model import Task, TaskKind
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.office import Office
from tests.support.own_calls import (
    EVERY_S,
    arrives,
    calling_office,
    calls,
    count,
    dispatcher,
    fails,
    goes_well,
    outcomes,
)


@pytest.fixture
def office(make_runtime: MakeRuntime, database_url: str) -> Office:
    """A hotline that calls itself every five minutes, on each kind of database."""
    return calling_office(make_runtime, database_url)


# --- when it is placed ----------------------------------------------------------------------


def test_off_it_does_nothing(runtime_on_both: Runtime, carrier: FakeCarrier) -> None:
    look(runtime_on_both)
    assert carrier.calls == {}


def test_one_call_each_period_to_our_own_number(
    office: Office, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    look(office.runtime, only_look=True)
    assert calls(office) == []
    look(office.runtime)
    look(office.runtime)
    [row] = calls(office)
    [placed] = carrier.calls.values()
    assert placed.to == office.runtime.settings.phone_number
    assert placed.url.endswith(f"/voice/synthetic/{row.token}")
    assert row.carrier_call_id == placed.id
    clock.advance(LIMIT_S + 1)
    look(office.runtime)
    assert len(carrier.calls) == 1
    clock.advance(EVERY_S)
    look(office.runtime)
    assert len(carrier.calls) == 2


def test_it_may_dial_another_number_of_ours(
    make_runtime: MakeRuntime, sqlite_url: str, carrier: FakeCarrier
) -> None:
    to = "+15550100920"
    look(make_runtime(sqlite_url, synthetic_call_min=5, synthetic_call_to=to))
    assert carrier.rung() == [to]


def test_a_carrier_that_refuses_has_answered(office: Office, carrier: FakeCarrier) -> None:
    carrier.before = raising(Refused("21211"))
    look(office.runtime)
    assert outcomes(office) == ["not_placed"]


def test_a_carrier_that_does_not_say_is_waited_for(
    office: Office, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    carrier.before = raising(Busy("429"))
    look(office.runtime)
    assert outcomes(office) == [None]
    clock.advance(LIMIT_S + 1)
    look(office.runtime)
    assert outcomes(office) == ["not_answered"]


def raising(error: Exception) -> Callable[[str], None]:
    def before(method: str) -> None:
        if method == "place_call":
            raise error

    return before


# --- the whole way --------------------------------------------------------------------------


def test_what_arrives_leaves_nothing_but_its_times(
    office: Office, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    keys = count(office, DataKey)
    goes_well(office, clock)
    [row] = calls(office)
    assert row.outcome == "ok"
    stages = [getattr(row, f"{stage}_at") for stage in synthetic.STAGES]
    assert None not in stages
    assert (row.code, row.report_id, row.call_id) == (None, None, None)
    for kind in (Report, Call, Message, Transcript, TimelineEvent, Task, Dispatch, Alarm):
        assert count(office, kind) == 0, kind
    assert count(office, DataKey) <= keys + 1, "the one that opens nothing"
    assert carrier.rung() == [office.runtime.settings.phone_number]
    [leg] = carrier.calls.values()
    assert leg.state is LegState.CANCELLED, "ended by us, since nobody had answered it here"
    figures = exposition(office.runtime).decode()
    assert "hotline_synthetic_call_failures 0.0" in figures
    assert 'hotline_synthetic_call_stage_seconds{stage="dispatched"}' in figures


def test_while_it_lasts_no_list_and_no_figure_has_it(office: Office, clock: VirtualClock) -> None:
    look(office.runtime)
    arrives(office, clock, words=None)
    clock.advance(10_000)
    with office.runtime.database.reading() as session:
        assert session.scalars(select(Report.state)).all() == [ReportState.SYNTHETIC]
        start = clock() - timedelta(days=1)
        period = Period(start.date(), (clock() + timedelta(days=1)).date())
        assert session.scalars(select(Report.id).where(counted(Selection(period)))).all() == []
        assert session.scalars(select(Call.id).where(rows.real_calls())).all() == []
        assert find(session, clock(), Limits(20.0, 120.0)) == []
    assert "hotline_reports_untaken 0.0" in exposition(office.runtime).decode()


def test_its_leg_is_waited_for_and_its_copy_at_the_carrier_too(
    office: Office, clock: VirtualClock
) -> None:
    look(office.runtime)
    arrives(office, clock)
    with office.runtime.database.transaction() as session:
        session.scalars(select(Message)).one().carrier_recording_id = "RE1"
    clock.advance(30)
    dispatcher(office, clock).tick()
    look(office.runtime)
    assert (outcomes(office), count(office, Report)) == (["ok"], 1)
    with office.runtime.database.transaction() as session:
        session.scalars(select(Message)).one().carrier_deleted_at = clock()
    look(office.runtime)
    assert count(office, Report) == 0


@pytest.mark.parametrize("known", [True, False])
def test_what_the_carrier_tells_once_more_makes_no_report(
    office: Office, clock: VirtualClock, known: bool
) -> None:
    look(office.runtime)
    arrives(office, clock)
    with office.runtime.database.reading() as session:
        leg = session.scalars(select(Call.carrier_call_id)).one()
        message_id = session.scalars(select(Message.id)).one()
    clock.advance(30)
    dispatcher(office, clock).tick()
    look(office.runtime)
    assert count(office, Report) == 0
    with office.runtime.database.transaction() as session:
        made = intake.recording_arrived(
            session,
            office.runtime.vault,
            carrier_call_id=leg,
            message_id=message_id if known else None,
            recording_id="RE1",
            duration_s=5.0,
            now=clock(),
        )
        assert made is None
    assert (count(office, Report), count(office, Call)) == (0, 0)


def test_a_second_recording_of_words_that_were_handed_over_is_kept(
    office: Office, clock: VirtualClock
) -> None:
    look(office.runtime)
    arrives(office, clock, words="he has a gun and he is in the school")
    look(office.runtime)
    with office.runtime.database.transaction() as session:
        leg = session.scalars(select(Call.carrier_call_id)).one()
        made = intake.recording_arrived(
            session,
            office.runtime.vault,
            carrier_call_id=leg,
            message_id=None,
            recording_id="RE2",
            duration_s=5.0,
            now=clock(),
        )
        assert made is not None
        report = session.scalars(select(Report)).one()
        assert (made.report_id, report.state) == (report.id, ReportState.OPEN)


# --- rows, and what doctor says -------------------------------------------------------------


def test_rows_are_kept_for_a_month(office: Office, clock: VirtualClock) -> None:
    goes_well(office, clock)
    clock.advance(KEEP_DAYS * 86400 - 100)
    look(office.runtime, only_look=True)
    assert len(calls(office)) == 1
    clock.advance(200)
    look(office.runtime, only_look=True)
    assert calls(office) == []


def test_what_doctor_says(office: Office, clock: VirtualClock) -> None:
    def said() -> tuple[Level, str]:
        with office.runtime.database.reading() as session:
            found = own_calls.judged(session, EVERY_S, clock())
            return found.level, found.says

    assert said() == (Level.OK, "The hotline has not called itself yet.")
    goes_well(office, clock)
    assert said() == (Level.OK, "The hotline reached itself by telephone 35 s ago.")
    clock.advance(4 * 3600)
    assert said() == (Level.BAD, "The hotline last reached itself 4 h ago.")
    fails(office, clock)
    fails(office, clock)
    assert said()[1] == "The hotline does not reach itself by telephone (not_answered)."
    look(office.runtime)
    arrives(office, clock, words="he has a gun and he is in the school")
    look(office.runtime)
    assert said()[1] == "Other words than its own arrived when the hotline called itself."


def test_the_task_of_a_synthetic_report_begins_no_search(
    office: Office, clock: VirtualClock
) -> None:
    look(office.runtime)
    arrives(office, clock)
    clock.advance(30)
    dispatcher(office, clock).tick()
    with office.runtime.database.reading() as session:
        task = session.scalars(select(Task).where(Task.kind == TaskKind.START_DISPATCH)).one()
        assert task.done_at is not None
    assert count(office, Dispatch) == 0
