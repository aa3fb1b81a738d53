"""What can break, as things to be done at a moment of a call; and seeded schedules of them."""

import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import URL, create_engine, make_url

from hotline import crash
from hotline.supervise.child import session_members
from tests.e2e.conftest import Theatre
from tests.faults import points
from tests.faults.plays import CALLS, Call

PARTS = ("web", "media", "worker", "dispatcher", "redis")
CARRIER = {
    "recording_callback": ("drop", "twice", "delay:5"),
    "status_callback": ("drop", "twice"),
    "rest": ("500:2", "429:2", "accept_then_drop:1"),
    "media": ("404:2",),
    "stream": ("refuse", "refuse:1", "cut:100", "delay:2"),
}
CALL_LASTS_S = 8.0
"""Wall seconds within which blows fall: so long is a call at the speed of these tests."""
FROZEN_S = (0.5, 4.0)


@dataclass(frozen=True)
class Fault:
    """One thing that breaks. kind: of which sort it is. name: as it is told. at_s: wall seconds
    since the call began."""

    kind: str
    name: str
    at_s: float
    strike: Callable[[Theatre], None]


@dataclass(frozen=True)
class Schedule:
    """One call and what breaks meanwhile. streamed: how its sound comes in."""

    seed: int
    streamed: bool
    call: Call
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        told = ", ".join(f"{fault.name} at {fault.at_s:.1f} s" for fault in self.faults)
        how = "streamed" if self.streamed else "recorded"
        return f"seed {self.seed}: {self.call.name}, {how}; {told}"

    def blow(self, theatre: Theatre) -> Callable[[float], None]:
        """What `Stage.play` calls all the time."""
        left = sorted(self.faults, key=lambda fault: fault.at_s)

        def due(elapsed: float) -> None:
            while left and left[0].at_s <= elapsed:
                left.pop(0).strike(theatre)

        return due


def schedule(seed: int, order_file: Path) -> Schedule:
    """The schedule of this seed: the same one every time. order_file: of crash points."""
    chance = random.Random(seed)
    call = chance.choice(list(CALLS.values()))
    makers = (crashes, killed, frozen, carrier, database, wiped)
    chosen = chance.choices(makers, weights=(4, 4, 2, 4, 2, 1), k=chance.randint(1, 3))
    faults = tuple(
        maker(chance, round(chance.uniform(0, CALL_LASTS_S), 1), order_file) for maker in chosen
    )
    return Schedule(seed, bool(seed % 2), call, faults)


def crashes(chance: random.Random, at_s: float, order_file: Path) -> Fault:
    """Whoever passes a crash point next, or some passings later, is killed there."""
    name, after = chance.choice(points.names()), chance.choice((0, 0, 0, 1, 2, 5, 13))
    text = crash.order(name, after)
    return Fault(
        f"crash at {name}",
        f"crash at {name} after {after}",
        at_s,
        lambda _: give_order(order_file, text),
    )


def killed(chance: random.Random, at_s: float, _file: Path) -> Fault:
    """A part is killed, with all that it has started."""
    part = chance.choice(PARTS)

    def strike(theatre: Theatre) -> None:
        for pid in _members(theatre, part):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    return Fault(f"kill -9 {part}", f"kill -9 {part}", at_s, strike)


def frozen(chance: random.Random, at_s: float, _file: Path) -> Fault:
    """A part stands still for some seconds, and goes on as if nothing had been."""
    part, for_s = chance.choice(PARTS), round(chance.uniform(*FROZEN_S), 1)

    def strike(theatre: Theatre) -> None:
        pids = _members(theatre, part)
        _signal(pids, signal.SIGSTOP)
        waker = threading.Timer(for_s, _signal, (pids, signal.SIGCONT))
        waker.start()

    return Fault(f"{part} frozen", f"{part} stands still for {for_s} s", at_s, strike)


def carrier(chance: random.Random, at_s: float, _file: Path) -> Fault:
    """The carrier loses, doubles or refuses something."""
    place = chance.choice(sorted(CARRIER))
    fault = chance.choice(CARRIER[place])
    told = f"carrier: {place} {fault}"
    return Fault(told, told, at_s, lambda t: t.switch.faults(**{place: fault}))


def database(chance: random.Random, at_s: float, _file: Path) -> Fault:
    """The database does not let anybody write for some seconds: another one writes (SQLite), or
    every connection is cut (PostgreSQL)."""
    for_s = round(chance.uniform(*FROZEN_S), 1)

    def strike(theatre: Theatre) -> None:
        url = make_url(theatre.stack.settings.database)
        if url.get_backend_name() == "sqlite":
            threading.Thread(target=_write_for, args=(str(url.database), for_s)).start()
        else:
            _cut(url)

    return Fault("database", f"database taken for {for_s} s, or cut off", at_s, strike)


def wiped(_chance: random.Random, at_s: float, _file: Path) -> Fault:
    """Redis forgets everything."""

    def strike(theatre: Theatre) -> None:
        with (
            suppress(RedisError, OSError),
            Redis.from_url(theatre.stack.settings.redis_url or "", socket_timeout=1.0) as client,
        ):
            client.flushall()

    return Fault("Redis emptied", "Redis is emptied", at_s, strike)


def give_order(order_file: Path, text: str) -> None:
    """Put an order for a crash point; it is there as a whole or not at all."""
    unfinished = order_file.with_suffix(".new")
    unfinished.write_text(text)
    unfinished.replace(order_file)


def _write_for(path: str, for_s: float) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10.0)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(for_s)
        connection.execute("ROLLBACK")


def _cut(url: URL) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    engine.dispose()


def _members(theatre: Theatre, part: str) -> list[int]:
    pid = theatre.stack.pids().get(part)
    return [] if pid is None else session_members(pid)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
