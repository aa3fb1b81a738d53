"""Races with real threads, round after round: one taker, and one call for each step.

HOTLINE_RACE_ROUNDS sets how many rounds; `make test-races` runs 1,000 of each on both databases.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest
from sqlalchemy import func, select

from hotline.carrier.port import LegState
from hotline.context import Runtime
from hotline.dispatch import desk, legs
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.sql import transactions
from hotline.dispatch.wiring import ports_of
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.reports.model import TimelineEvent
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCall, FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.office import Office, number_of
from tests.support.patient import patient

ROUNDS = int(os.environ.get("HOTLINE_RACE_ROUNDS", "50"))
BURST = 50
"""Reports at the same moment; what engines do for them is one race each."""
PATIENCE_S = 60.0 + ROUNDS * 0.5
TOLD = min(ROUNDS, 100)
ENGINES = 2
THREADS = {"sqlite": 1, "postgresql": 4}
"""Of each engine. SQLite lets one transaction in at a time and does not queue the others: a dozen
at once can starve one of them past `SQLITE_BUSY_S`, and that is not the race that is meant here."""

pytestmark = pytest.mark.timeout(120 + ROUNDS)


@pytest.fixture
def runtimes(make_runtime: MakeRuntime, database_url: str) -> Iterator[list[Runtime]]:
    """Two processes' worth of runtime on one database and one carrier."""
    with ExitStack() as opened:
        made = (make_runtime(database_url) for _ in range(ENGINES))
        yield [opened.enter_context(patient(each, PATIENCE_S)) for each in made]


def count(runtime: Runtime, *of: object) -> int:
    """How many attempts are so."""
    with runtime.database.transaction() as session:
        return session.scalar(select(func.count(Attempt.id)).where(*of)) or 0  # type: ignore[arg-type]


def test_two_press_1_at_the_same_moment_and_one_has_it(runtimes: list[Runtime]) -> None:
    office = Office(runtimes[0])
    office.on_duty(["c1", "c2"])
    ids = office.started_at_once(ROUNDS)
    gate = threading.Barrier(ENGINES, timeout=PATIENCE_S)

    def press(who: int) -> list[bool]:
        """Every round's attempt of this person, at the same moment as the other."""
        transaction, answers = transactions(runtimes[who]), []
        for dispatch_id in ids:
            with transaction() as books:
                token = books.attempts(dispatch_id)[who].token
            gate.wait()
            with transaction() as books:
                attempt = books.attempt_by_token(token)
                assert attempt is not None
                answers.append(desk.accept(books, attempt, runtimes[who].clock()))
        return answers

    with ThreadPoolExecutor(ENGINES) as pool:
        first, second = pool.map(press, range(ENGINES))
    assert [one + other for one, other in zip(first, second, strict=True)] == [1] * ROUNDS
    assert count(runtimes[0], Attempt.state == AttemptState.TAKEN) == ROUNDS
    assert count(runtimes[0], Attempt.state == AttemptState.CANCELLED) == ROUNDS
    with runtimes[0].database.transaction() as session:
        states = session.execute(select(Dispatch.state, Dispatch.taken_by)).all()
        told = select(func.count()).where(TimelineEvent.kind == "dispatch_taken")
        assert session.scalar(told) == ROUNDS
    assert all(s is DispatchState.TAKEN and by is not None for s, by in states)
    print(f"{ROUNDS} rounds, {ROUNDS} takers; the first of the two {sum(first)} times")


@contextmanager
def engines(runtimes: list[Runtime]) -> Iterator[None]:
    """An engine on each runtime, with threads of its own, until the end of the block."""
    stop = threading.Event()
    size = THREADS[runtimes[0].database.engine.dialect.name]
    made = [Engine(ports_of(r), lambda _: None, pool=ThreadPoolExecutor(size)) for r in runtimes]
    threads = [threading.Thread(target=engine.run, args=(stop,)) for engine in made]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def until(true: Callable[[], bool]) -> None:
    """Wait for something; fails when it never comes."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.25)


def placed(runtime: Runtime, ids: list[str], position: int) -> bool:
    """Whether the calls of that step have been placed for all of these dispatches."""
    theirs = Attempt.dispatch_id.in_(ids) & (Attempt.position == position)
    return count(runtime, theirs & (Attempt.state == AttemptState.PLACED)) == len(ids)


def test_two_engines_place_one_call_for_each_step(
    runtimes: list[Runtime], carrier: FakeCarrier, clock: VirtualClock
) -> None:
    """Step 1 by its task; step 2 by the timer of step 1, which both engines see at once."""
    office = Office(runtimes[0])
    office.on_duty(["c1"], ["c2"])
    with engines(runtimes):
        for begun in range(0, ROUNDS, BURST):
            ids = office.started_at_once(min(BURST, ROUNDS - begun))
            until(partial(placed, runtimes[0], ids, 0))
            clock.advance(31)  # 20 s of ringing and the slack: every timer fires
            until(partial(placed, runtimes[0], ids, 1))
            with runtimes[0].database.transaction() as session:
                for dispatch_id in ids:
                    assert desk.withdraw(office.books(session), dispatch_id, "test", clock())
    rung = carrier.rung()
    assert rung.count(number_of("c1")) == rung.count(number_of("c2")) == ROUNDS
    assert len({call.url for call in carrier.calls.values()}) == len(rung) == 2 * ROUNDS
    assert count(runtimes[0]) == 2 * ROUNDS
    print(f"{ROUNDS} rounds, {len(rung)} calls")


def test_an_end_told_to_two_processes_at_once_rings_the_next_phone_once(
    runtimes: list[Runtime], carrier: FakeCarrier
) -> None:
    """The same callback twice, in two web processes, while both engines are at it."""
    office = Office(runtimes[0])
    office.on_duty(["c1"], ["c2"])
    gate = threading.Barrier(ENGINES, timeout=PATIENCE_S)
    ids = office.started_at_once(TOLD)

    def tell(who: int) -> None:
        transaction = transactions(runtimes[who])
        for dispatch_id in ids:
            with transaction() as books:
                first = books.attempts(dispatch_id)[0].id
            gate.wait()
            with transaction() as books:
                legs.leg_is(books, first, LegState.BUSY, runtimes[who].clock())

    carrier.on_place = rings_on
    with engines(runtimes), ThreadPoolExecutor(ENGINES) as pool:
        list(pool.map(tell, range(ENGINES)))
        second = (Attempt.position == 1) & (Attempt.state == AttemptState.PLACED)
        until(lambda: count(runtimes[0], second) == TOLD)
    assert carrier.rung().count(number_of("c2")) == TOLD
    assert count(runtimes[0]) == 2 * TOLD


def rings_on(call: FakeCall) -> None:
    """The phone rings, and nobody is told."""
    call.state = LegState.RINGING
