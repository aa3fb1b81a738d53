"""A number to be called back at: sealed, one for each report, limited, and gone when gone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.privacy.cipher import CannotOpen, DataKey
from hotline.reports import callback, callback_rings, intake, shredding, timeline
from hotline.reports.callback import Gone, Limits
from hotline.reports.callback_model import Callback, CallbackRing, CallbackSecret
from hotline.reports.model import Call, Report, ReportState
from tests.support.messages import message_left

OWN, DIGITS, NUMBER = "+12175550100", "2175550142", "+12175550142"
LIMITS = Limits(OWN, days=7, tries=3, allowed=(), numbers_a_day=50, rings_a_day=3)


@pytest.fixture
def runtime(runtime_on_both: Runtime) -> Runtime:
    return runtime_on_both


def caller(session: Session, runtime: Runtime, number: int = 1) -> Call:
    """A caller who has left a message and is still on the line."""
    message_left(session, runtime, number)
    return intake.open_call(session, f"CA{number}", runtime.clock())


def leaves(session: Session, runtime: Runtime, call: Call, digits: str = DIGITS) -> Callback:
    """They key in a number and confirm it."""
    now = runtime.clock()
    assert callback.enter(session, runtime.vault, call, digits, LIMITS, now)
    assert callback.keep(session, call, now)
    row = callback.of(session, str(call.report_id))
    assert row is not None
    return row


def later(runtime: Runtime, **much: float) -> None:
    seconds = timedelta(**much).total_seconds()
    runtime.clock.advance(seconds)  # type: ignore[attr-defined]


def test_a_number_counts_once_it_is_confirmed(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        call, now = caller(session, runtime), runtime.clock()
        assert callback.enter(session, runtime.vault, call, DIGITS, LIMITS, now)
        assert callback.of(session, str(call.report_id)) is None
        row = callback.entered(session, call)
        assert row is not None
        assert callback.read_aloud(session, runtime.vault, row) == NUMBER[1:]
        assert callback.keep(session, call, now)
        assert callback.of(session, str(call.report_id)) is row
        assert callback.number(session, runtime.vault, row) == NUMBER
        assert not callback.keep(session, call, now)  # nothing is entered any more
        kinds = [e.kind for e in timeline.read(session, str(call.report_id))]
    assert kinds.count("callback_left") == 1


def test_a_number_that_may_not_be_called_is_not_held(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        call = caller(session, runtime)
        for digits in ("911", "9005551234", OWN[1:]):
            assert not callback.enter(session, runtime.vault, call, digits, LIMITS, runtime.clock())
        assert session.scalars(select(Callback)).all() == []


def test_there_is_none_without_a_report_that_was_sent(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        call = intake.open_call(session, "CA9", runtime.clock())
        assert not callback.enter(session, runtime.vault, call, DIGITS, LIMITS, runtime.clock())


def test_what_is_not_confirmed_goes_with_its_key(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        call = caller(session, runtime)
        before = set(session.scalars(select(DataKey.id)))
        callback.enter(session, runtime.vault, call, DIGITS, LIMITS, runtime.clock())
        callback.drop_entered(session, call)
        assert set(session.scalars(select(DataKey.id))) == before
        assert session.scalars(select(Callback)).all() == []


def test_a_second_number_takes_the_place_of_the_first(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        call = caller(session, runtime)
        first = leaves(session, runtime, call)
        second = leaves(session, runtime, call, "2175550143")
        assert (first.gone_why, first.number, first.data_key_id) == (Gone.REPLACED, None, None)
        assert callback.number(session, runtime.vault, second) == "+12175550143"
        with pytest.raises(CannotOpen):
            callback.number(session, runtime.vault, first)


def test_it_opens_under_neither_key_alone(runtime: Runtime) -> None:
    """Its own key is deleted with it, the report's with the report: either of them shreds it."""
    with runtime.database.transaction() as session:
        call = caller(session, runtime)
        row = leaves(session, runtime, call)
        number, report = row.number, session.get_one(Report, row.report_id)
        where = f"callback/{row.id}/number"
        assert number is not None
        assert NUMBER.encode() not in bytes(number)
        inner = runtime.vault.open_bytes(session, report.data_key_id, where, number)
        assert NUMBER[1:].encode() not in inner
        with pytest.raises(CannotOpen):
            runtime.vault.open_bytes(session, str(row.data_key_id), where, number)


@pytest.mark.parametrize("why", [Gone.WITHDRAWN, Gone.USED, Gone.DECLINED, Gone.TRIES])
def test_forgetting_leaves_the_row_and_no_number(runtime: Runtime, why: Gone) -> None:
    with runtime.database.transaction() as session:
        call = caller(session, runtime)
        row = leaves(session, runtime, call)
        key_id = row.data_key_id
        assert callback.forget(session, row.report_id, why, runtime.clock())
        assert not callback.forget(session, row.report_id, why, runtime.clock())
        assert (row.number, row.data_key_id, row.gone_why) == (None, None, why)
        assert session.get(DataKey, key_id) is None
        event = timeline.read(session, row.report_id)[-1]
    assert (event.kind, event.detail) == ("callback_gone", {"why": why.value})


def test_it_is_shredded_with_the_report(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        call = caller(session, runtime)
        row = leaves(session, runtime, call)
        row_id, key_id = row.id, row.data_key_id
        callback.enter(session, runtime.vault, call, DIGITS, LIMITS, runtime.clock())
        shredding.shred(session, session.get_one(Report, row.report_id), runtime.clock())
        session.flush()
        assert session.get(DataKey, key_id) is None
        assert [r.number for r in session.scalars(select(Callback))] == [None, None]
        assert session.get_one(Callback, row_id).number is None


def test_it_goes_after_its_days(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        row_id = leaves(session, runtime, caller(session, runtime)).id
    later(runtime, days=6.9)
    with runtime.database.transaction() as session:
        assert callback.expire(session, LIMITS, runtime.clock()) == 0
    later(runtime, days=0.2)
    with runtime.database.transaction() as session:
        assert callback.expire(session, LIMITS, runtime.clock()) == 1
        assert session.get_one(Callback, row_id).gone_why == Gone.TIME


def test_it_goes_when_the_report_is_closed(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        row = leaves(session, runtime, caller(session, runtime))
        session.get_one(Report, row.report_id).state = ReportState.CLOSED
        assert callback.expire(session, LIMITS, runtime.clock()) == 1
        assert row.gone_why == Gone.CLOSED


def test_what_nobody_confirmed_goes_after_an_hour(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        call = caller(session, runtime)
        callback.enter(session, runtime.vault, call, DIGITS, LIMITS, runtime.clock())
    later(runtime, minutes=61)
    with runtime.database.transaction() as session:
        assert callback.expire(session, LIMITS, runtime.clock()) == 1
        assert session.scalars(select(Callback)).all() == []


def test_a_report_takes_three_numbers_a_day(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        call, other = caller(session, runtime), caller(session, runtime, 2)
        for last in range(callback.OF_A_REPORT):
            assert not full(session, call, runtime)
            leaves(session, runtime, call, f"217555014{last}")
        assert full(session, call, runtime)
        assert not full(session, other, runtime)
    later(runtime, days=1.01)
    with runtime.database.transaction() as session:
        assert not full(session, intake.open_call(session, "CA1", runtime.clock()), runtime)


def test_all_callers_together_leave_so_many_a_day(runtime: Runtime) -> None:
    limits = Limits(OWN, days=7, tries=3, allowed=(), numbers_a_day=2, rings_a_day=3)
    with runtime.database.transaction() as session:
        for n in (1, 2):
            leaves(session, runtime, caller(session, runtime, n))
        call = caller(session, runtime, 3)
        assert callback.is_full(session, str(call.report_id), limits, runtime.clock())


def full(session: Session, call: Call, runtime: Runtime) -> bool:
    return callback.is_full(session, str(call.report_id), LIMITS, runtime.clock())


# --- how often a number is rung --------------------------------------------------------------


@pytest.fixture
def may_ring(runtime: Runtime) -> Callable[[str], bool]:
    """Whether a number may be rung now, at most three times a day."""

    def ask(number: str = NUMBER) -> bool:
        with runtime.database.transaction() as session:
            return callback_rings.may_ring(session, runtime.vault, number, 3, runtime.clock())

    return ask


def ring(runtime: Runtime, number: str = NUMBER, *, refused: bool = False) -> None:
    with runtime.database.transaction() as session:
        callback_rings.note(session, runtime.vault, number, runtime.clock(), refused=refused)


def test_a_number_is_rung_three_times_in_any_24_hours(
    runtime: Runtime, may_ring: Callable[[str], bool]
) -> None:
    for _ in range(3):
        assert may_ring(NUMBER)
        ring(runtime)
        later(runtime, hours=6)  # over midnight, too
    assert not may_ring(NUMBER)
    assert may_ring("+12175550143")
    later(runtime, hours=7)
    assert may_ring(NUMBER)


def test_who_refuses_is_not_rung_again_that_day(
    runtime: Runtime, may_ring: Callable[[str], bool]
) -> None:
    ring(runtime, refused=True)
    later(runtime, hours=23)
    assert not may_ring(NUMBER)
    later(runtime, hours=2)
    assert may_ring(NUMBER)


def test_no_number_can_be_told_from_what_is_kept(runtime: Runtime) -> None:
    ring(runtime)
    later(runtime, days=1)
    ring(runtime)
    with runtime.database.transaction() as session:
        names = list(session.scalars(select(CallbackRing.name)))
        assert len(set(names)) == 2  # each day has a key of its own
        assert not any(NUMBER[-7:] in name for name in names)
        assert len(session.scalars(select(CallbackSecret)).all()) == 2
    later(runtime, days=2)
    with runtime.database.transaction() as session:
        keys = set(session.scalars(select(CallbackSecret.data_key_id)))
        callback_rings.expire(session, runtime.clock())
        assert session.scalars(select(CallbackRing)).all() == []
        assert session.scalars(select(CallbackSecret)).all() == []
        assert not keys & set(session.scalars(select(DataKey.id)))
