"""Two dispatchers with their own threads on one database: nobody is rung twice."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from hotline.context import Runtime
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Attempt
from hotline.dispatch.wiring import ports_of
from hotline.dispatch.words import AttemptState
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.support.office import Office
from tests.support.patient import patient

REPORTS = 12
PATIENCE_S = 60.0


@pytest.fixture
def runtimes(make_runtime: MakeRuntime, database_url: str) -> Iterator[tuple[Runtime, Runtime]]:
    """Two processes' worth of runtime on one database and one carrier."""
    one, two = make_runtime(database_url), make_runtime(database_url)
    with patient(one, PATIENCE_S) as first, patient(two, PATIENCE_S) as second:
        yield first, second


def until(true: Callable[[], bool]) -> None:
    """Wait for something; fails when it never comes."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_every_phone_is_rung_once(runtimes: tuple[Runtime, Runtime], carrier: FakeCarrier) -> None:
    office = Office(runtimes[0])
    office.on_duty(["c1", "c2"])
    for _ in range(REPORTS):
        office.sent_report()
    stop = threading.Event()
    engines = [Engine(ports_of(runtime), lambda _: None) for runtime in runtimes]
    threads = [threading.Thread(target=engine.run, args=(stop,)) for engine in engines]
    for thread in threads:
        thread.start()

    def all_placed() -> bool:
        with runtimes[0].database.reading() as session:
            placed = select(func.count()).where(Attempt.state == AttemptState.PLACED)
            return session.scalar(placed) == 2 * REPORTS

    try:
        until(all_placed)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    tokens = [call.url for call in carrier.calls.values()]
    assert len(tokens) == len(set(tokens)) == 2 * REPORTS
