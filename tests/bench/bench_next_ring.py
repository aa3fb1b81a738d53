"""How long until the next phone is asked to ring, once the carrier has said that a leg is over.

The real engine with its threads on SQLite and, where there is one, PostgreSQL; the carrier answers
at once. The clock starts when the status callback is taken up, in another thread with connections
of its own as in the web process, and stops at the next `place_call`. Printed as JSON, beside the
time of a bare transaction of the same run: that is the share of the disk.

    python -m tests.bench.bench_next_ring [ROUNDS]
"""

import json
import math
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from hotline.carrier.port import LegState
from hotline.context import Runtime
from hotline.database import migrations
from hotline.database.engine import Database
from hotline.dispatch import legs
from hotline.dispatch.books import Books
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Attempt
from hotline.dispatch.sql import transactions
from hotline.dispatch.wiring import ports_of
from hotline.dispatch.words import AttemptState
from hotline.languages import load_languages
from hotline.privacy import keys
from hotline.privacy.cipher import Vault
from hotline.settings import Settings
from hotline.tasks.doorbell import SilentDoorbell
from tests.fakes.carrier import FakeCall, FakeCarrier, ring
from tests.support import postgres
from tests.support.office import Office

Transaction = Callable[[], AbstractContextManager[Books]]
ROUNDS = 200
PATIENCE_S = 30.0


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class Bench:
    """One database, one engine, one web process beside it."""

    def __init__(self, url: str, folder: Path) -> None:
        migrations.upgrade(url)
        self.carrier = FakeCarrier(now)
        self.carrier.on_place = self._rung
        self.rung: dict[str, float] = {}
        self.news = threading.Condition()
        self.vault = Vault(keys.generate())
        self.dispatcher, self.web = (self._runtime(url, folder) for _ in range(2))

    def _runtime(self, url: str, folder: Path) -> Runtime:
        settings = Settings(  # type: ignore[call-arg]
            _env_file=None, data_dir=folder, database_url=url, console_secure_cookies=False
        )
        languages = load_languages(settings.languages)
        database, bell = Database(url), SilentDoorbell()
        return Runtime(settings, database, self.vault, self.carrier, bell, languages, now)

    def _rung(self, call: FakeCall) -> None:
        ring(call)
        with self.news:
            self.rung[call.url.rpartition("/")[2]] = time.perf_counter()
            self.news.notify_all()

    @contextmanager
    def running(self) -> Iterator[None]:
        """The engine runs until the end of the block; all connections are closed then."""
        stop = threading.Event()
        engine = Engine(ports_of(self.dispatcher), lambda _: None)
        thread = threading.Thread(target=engine.run, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            self.dispatcher.close()
            self.web.close()

    def measure(self, rounds: int) -> list[float]:
        """Seconds from the callback to the next ring, once for each of so many reports."""
        office = Office(self.web)
        office.on_duty(["c1"], ["c2"])
        transaction = transactions(self.web)
        with ThreadPoolExecutor(1) as web_process:
            found = []
            for _ in range(rounds):
                [dispatch_id] = office.started_at_once(1)
                first = self._first_placed(office, dispatch_id)
                began = time.perf_counter()
                web_process.submit(self._callback, transaction, first.id).result()
                second = self._attempt(office, dispatch_id, 1)
                found.append(self._rung_at(second.token) - began)
                web_process.submit(self._callback, transaction, second.id).result()
        return found

    def _callback(self, transaction: Transaction, attempt_id: str) -> None:
        with transaction() as books:
            legs.leg_is(books, attempt_id, LegState.BUSY, now())

    def _attempt(self, office: Office, dispatch_id: str, number: int) -> Attempt:
        with office.runtime.database.transaction() as session:
            return office.books(session).attempts(dispatch_id)[number]

    def _first_placed(self, office: Office, dispatch_id: str) -> Attempt:
        """The attempt once its call is placed and this is written down."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            attempt = self._attempt(office, dispatch_id, 0)
            if attempt.state is AttemptState.PLACED:
                return attempt
            if time.monotonic() > deadline:
                raise TimeoutError("the engine does not place calls")
            time.sleep(0.005)

    def _rung_at(self, token: str) -> float:
        with self.news:
            if not self.news.wait_for(lambda: token in self.rung, PATIENCE_S):
                raise TimeoutError("the next phone was not rung")
            return self.rung[token]

    def bare(self, rounds: int) -> list[float]:
        """Seconds of the smallest transaction that writes, as often."""
        transaction, found = transactions(self.web), []
        for _ in range(rounds):
            began = time.perf_counter()
            with transaction() as books:
                books.beat("bench", now())
            found.append(time.perf_counter() - began)
        return found


def figures(seconds: list[float]) -> dict[str, float]:
    """n, p50, p99 and max, in ms."""
    ordered = sorted(seconds)
    p50, p99 = (ordered[math.ceil(len(ordered) * p) - 1] for p in (0.5, 0.99))
    ms = {"p50_ms": p50, "p99_ms": p99, "max_ms": ordered[-1]}
    return {"n": len(ordered)} | {name: round(value * 1000, 1) for name, value in ms.items()}


def run(name: str, url: str, rounds: int) -> None:
    """Measure on one database and print what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(url or f"sqlite:///{folder}/hotline.sqlite", Path(folder))
        with bench.running():
            next_ring, bare = figures(bench.measure(rounds)), figures(bench.bare(rounds))
    ratio = round(next_ring["p50_ms"] / bare["p50_ms"], 1)
    said = {"database": name, "next_ring": next_ring, "transaction": bare, "ratio_p50": ratio}
    print(json.dumps(said))


def main() -> None:
    """SQLite, then PostgreSQL if a throw-away cluster can be made."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    run("sqlite", "", rounds)
    try:
        cluster = postgres.start()
    except postgres.NoPostgres as reason:
        print(json.dumps({"database": "postgresql", "skipped": str(reason)}))
        return
    try:
        run("postgresql", cluster.new_database(), rounds)
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
