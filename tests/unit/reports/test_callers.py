"""Telephones that call again in a day: counting, blocking, forgetting; on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.privacy import pseudonym
from hotline.reports import callers, intake, timeline
from hotline.reports.caller_model import CallerBlock, CallerCall
from hotline.reports.callers import Doubt
from hotline.reports.model import Call, Report
from tests.fakes.clock import VirtualClock
from tests.support.threads import together

BEGINS_H, FREE = 9, 2
MINE, OTHER = "a" * 32, "b" * 32


def day(now: datetime) -> str:
    return pseudonym.day_of(now, BEGINS_H)


def calls(session: Session, runtime: Runtime, name: str | None, leg: str) -> Call:
    now = runtime.clock()
    call = intake.open_call(session, leg, now)
    session.flush()
    callers.arrived(session, call, name, day(now))
    return call


def report_of(session: Session, runtime: Runtime, call: Call) -> Report:
    return intake.draft_report(session, runtime.vault, call, runtime.clock())


def test_a_word_is_asked_for_from_the_call_after_the_free_ones(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        mine = [calls(session, runtime, MINE, f"CA{n}") for n in range(4)]
        stranger = calls(session, runtime, OTHER, "CB1")
        nameless = [calls(session, runtime, None, f"CC{n}") for n in range(4)]
        found = [callers.doubt(session, call, FREE, runtime.clock()) for call in mine]
        assert found == [Doubt.NONE, Doubt.NONE, Doubt.WORD, Doubt.WORD]
        assert [callers.nth_today(session, call) for call in mine] == [1, 2, 3, 4]
        others = [stranger, *nameless]
        assert {callers.doubt(session, c, FREE, runtime.clock()) for c in others} == {Doubt.NONE}
        assert callers.doubt(session, mine[3], 0, runtime.clock()) is Doubt.NONE


def test_a_block_ends_with_its_day_and_by_undoing(
    runtime_on_both: Runtime, clock: VirtualClock
) -> None:
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        call, other = calls(session, runtime, MINE, "CA1"), calls(session, runtime, OTHER, "CB1")
        report = report_of(session, runtime, call)
        now = runtime.clock()
        assert callers.block(session, report, "me", now, BEGINS_H)
        assert not callers.block(session, report, "me", now, BEGINS_H)
        assert callers.doubt(session, call, FREE, now) is Doubt.BLOCKED
        assert callers.doubt(session, other, FREE, now) is Doubt.NONE
        row = callers.standing(session, report, now)
        assert row is not None
        assert now < row.ends_at <= now + timedelta(days=1)
        assert callers.doubt(session, call, FREE, row.ends_at) is Doubt.NONE
        assert callers.standing(session, report, row.ends_at) is None
        assert callers.unblock(session, report, "me", now)
        assert not callers.unblock(session, report, "me", now)
        assert callers.doubt(session, call, FREE, now) is Doubt.NONE
        told = [event.kind for event in timeline.read(session, report.id)]
        assert told[-2:] == ["telephone_blocked", "telephone_unblocked"]


def test_another_day_forgets_all_of_them(runtime_on_both: Runtime, clock: VirtualClock) -> None:
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        call = calls(session, runtime, MINE, "CA1")
        report = report_of(session, runtime, call)
        assert callers.is_known(session, report, day(runtime.clock()))
        callers.block(session, report, "me", runtime.clock(), BEGINS_H)
        clock.advance(86400.0)
        assert not callers.is_known(session, report, day(runtime.clock()))
        calls(session, runtime, OTHER, "CB1")
        assert session.scalar(select(func.count()).select_from(CallerBlock)) == 0
        assert session.scalars(select(CallerCall.name)).all() == [OTHER]
        assert not callers.block(session, report, "me", runtime.clock(), BEGINS_H)


def test_a_report_without_a_telephone_cannot_be_blocked(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        report = report_of(session, runtime, calls(session, runtime, None, "CA1"))
        assert not callers.is_known(session, report, day(runtime.clock()))
        assert not callers.block(session, report, "me", runtime.clock(), BEGINS_H)


@pytest.mark.timeout(60)
def test_two_supervisors_at_once_leave_one_block(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        report_id = report_of(session, runtime, calls(session, runtime, MINE, "CA1")).id

    def block(_: int) -> bool:
        with runtime.database.transaction() as session:
            report = session.get_one(Report, report_id)
            return callers.block(session, report, "me", runtime.clock(), BEGINS_H)

    done = together(2, block)
    assert sorted(done) == [False, True]
