"""The cap on guessing numbers and PINs, for all doors together, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from hotline.context import Runtime
from hotline.reports import codes, guesses, written
from hotline.reports.guesses import LINE_LIMIT, NUMBER_LIMIT, LookedUp
from hotline.reports.intake import Receipt
from hotline.reports.model import WrongPair
from hotline.reports.written import Place
from tests.fakes.clock import VirtualClock
from tests.support.threads import together

HOUR_S, DAY_S = 3600.0, 86400.0
FEW = 4


@pytest.fixture
def receipt(runtime_on_both: Runtime) -> Receipt:
    """A report's number and PIN."""
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        report, _ = written.new_report(
            session, runtime.vault, "en", Place(), "a-token", runtime.clock()
        )
        return written.receipt(report)


def wrong(pin: str) -> str:
    """Another PIN."""
    return f"{(int(pin) + 1) % 10**6:06d}"


def look(runtime: Runtime, number: str, pin: str) -> LookedUp:
    """One try, in a transaction of its own."""
    with runtime.database.transaction() as session:
        return guesses.look_up(session, number, pin, runtime.clock())


def counted(runtime: Runtime) -> int:
    """How many wrong pairs are remembered."""
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(WrongPair)) or 0


@contextmanager
def work(runtime: Runtime, patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the database is asked, and each hash that is made, meanwhile."""
    done: list[str] = []
    real = codes.pin_matches

    def hashed(pin_hash: str, pin: str) -> bool:
        done.append("hash" if codes.costs_the_same(pin_hash) else "another hash")
        return real(pin_hash, pin)

    def asked(_c: object, _cursor: object, statement: str, *_: object) -> None:
        done.append(statement)

    event.listen(runtime.database.engine, "before_cursor_execute", asked)
    with patch.context() as patched:
        patched.setattr(codes, "pin_matches", hashed)
        yield done
    event.remove(runtime.database.engine, "before_cursor_execute", asked)


def test_a_right_pair_is_found_and_not_counted(runtime_on_both: Runtime, receipt: Receipt) -> None:
    found = look(runtime_on_both, receipt.number, receipt.pin)
    assert found.report is not None
    assert found.report.number == receipt.number
    assert counted(runtime_on_both) == 0


def test_a_wrong_number_costs_what_a_wrong_pin_costs(
    runtime_on_both: Runtime, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [(receipt.number, wrong(receipt.pin)), ("100000", receipt.pin), ("12", "")]
    works = []
    for number, pin in pairs:
        with work(runtime_on_both, monkeypatch) as done:
            assert look(runtime_on_both, number, pin) == LookedUp(None)
        works.append(done)
    assert works[0] == works[1] == works[2]
    assert works[0].count("hash") == 1


def test_one_number_has_so_many_tries_a_day(
    runtime_on_both: Runtime, receipt: Receipt, clock: VirtualClock
) -> None:
    for _ in range(NUMBER_LIMIT):
        assert not look(runtime_on_both, receipt.number, wrong(receipt.pin)).locked
        clock.advance(HOUR_S)
    assert look(runtime_on_both, receipt.number, receipt.pin) == LookedUp(None, locked=True)
    clock.advance(DAY_S)
    assert look(runtime_on_both, receipt.number, receipt.pin).report is not None


def test_a_number_of_no_report_is_locked_just_the_same(
    runtime_on_both: Runtime, clock: VirtualClock
) -> None:
    locked = []
    for _ in range(NUMBER_LIMIT + 1):
        locked.append(look(runtime_on_both, "100000", "000000").locked)
        clock.advance(HOUR_S)
    assert locked == [False] * NUMBER_LIMIT + [True]


def test_all_numbers_together_have_so_many_tries_an_hour(
    runtime_on_both: Runtime, receipt: Receipt, clock: VirtualClock
) -> None:
    for number in range(LINE_LIMIT):
        assert not look(runtime_on_both, str(100_000 + number), "000000").locked
    assert look(runtime_on_both, receipt.number, receipt.pin).locked
    clock.advance(HOUR_S)
    assert look(runtime_on_both, receipt.number, receipt.pin).report is not None


def test_nobody_guesses_in_parallel(
    runtime_on_both: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "LINE_LIMIT", FEW)
    found = together(2 * FEW, lambda n: look(runtime_on_both, str(100_000 + n), "0"))
    assert sum(not one.locked for one in found) == FEW
    assert counted(runtime_on_both) == FEW


def test_what_is_remembered_is_forgotten_after_a_day(
    runtime_on_both: Runtime, clock: VirtualClock
) -> None:
    look(runtime_on_both, "100000", "000000")
    clock.advance(DAY_S)
    look(runtime_on_both, "+1 217 555 0177", "000000")
    with runtime_on_both.database.reading() as session:
        assert session.scalars(select(WrongPair.number)).all() == [""]
