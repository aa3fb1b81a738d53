"""What can break, as things to be done at a moment of a call; and seeded schedules of them."""

import os
import random
import resource
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import URL, create_engine, make_url

from hotline import crash
from hotline.supervise.child import session_members
from tests.e2e.conftest import Theatre
from tests.faults import clocks, points
from tests.faults.network import BadLine, Line
from tests.faults.plays import CALLS, Call

PARTS = ("web", "media", "worker", "dispatcher", "redis")
CARRIER = {
    "recording_callback": ("drop", "twice", "times:10", "delay:5"),
    "status_callback": ("drop", "twice", "times:10", "scatter:30"),
    "rest": ("500:2", "429:2", "accept_then_drop:1"),
    "media": ("404:2",),
    "stream": ("refuse", "refuse:1", "cut:100", "delay:2"),
}
CALL_LASTS_S = 8.0
"""Wall seconds within which blows fall: so long is a call at the speed of these tests."""
FROZEN_S = (0.5, 4.0)
CLOCK_SET_S = (-86400.0, -3600.0, -60.0, -5.0, 5.0, 60.0, 3600.0, 86400.0)
FULL = 1
"""Bytes that any file may have while the disk is full: nothing can be written, as on a disk that
fills up during a write; reading goes on."""


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
    chosen = chance.choices(list(MAKERS), weights=list(MAKERS.values()), k=chance.randint(1, 3))
    faults = tuple(
        maker(chance, round(chance.uniform(0, CALL_LASTS_S), 1), order_file) for maker in chosen
    )
    return Schedule(seed, bool(seed % 2), call, faults)


def clock_schedule(seed: int) -> Schedule:
    """A call in the middle of which the machine's clock is set, once or twice: forward and back, by
    so much that somebody would notice and by so much that a shift changes."""
    chance = random.Random(seed)
    call = chance.choice(list(CALLS.values()))
    faults = tuple(clock_set(chance) for _ in range(chance.randint(1, 2)))
    return Schedule(seed, bool(seed % 2), call, faults)


def clock_set(chance: random.Random) -> Fault:
    """The clock of the machine is set."""
    by_s, at_s = chance.choice(CLOCK_SET_S), round(chance.uniform(0, CALL_LASTS_S), 1)

    def strike(theatre: Theatre) -> None:
        if theatre.set_clock is None:
            raise FileNotFoundError(clocks.MISSING)
        theatre.set_clock(by_s)

    told = f"the clock is set by {by_s:+.0f} s"
    return Fault(told, told, at_s, strike)


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


def restarted(chance: random.Random, at_s: float, _file: Path) -> Fault:
    """PostgreSQL dies and comes up again after some seconds; where SQLite is, the dispatcher."""
    for_s = round(chance.uniform(*FROZEN_S), 1)

    def strike(theatre: Theatre) -> None:
        if theatre.restart_database is None:
            for pid in _members(theatre, "dispatcher"):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        else:
            threading.Thread(target=theatre.restart_database, args=(for_s,)).start()

    told = f"the database's server, or SQLite's dispatcher, is away for {for_s} s"
    return Fault("database server", told, at_s, strike)


def full(chance: random.Random, at_s: float, _file: Path) -> Fault:
    """No part can write to the disk for some seconds."""
    for_s = round(chance.uniform(*FROZEN_S), 1)

    def strike(theatre: Theatre) -> None:
        pids = [pid for part in PARTS for pid in _members(theatre, part)]
        _let_write(pids, FULL)
        threading.Timer(for_s, room_again, (theatre,)).start()

    def room_again(theatre: Theatre) -> None:
        for _ in range(2):  # who was started meanwhile has its parent's limit
            again = [pid for part in PARTS for pid in _members(theatre, part)]
            _let_write(again, resource.RLIM_INFINITY)

    return Fault("disk full", f"the disk is full for {for_s} s", at_s, strike)


def network(chance: random.Random, at_s: float, _file: Path) -> Fault:
    """The line to Redis is bad for some seconds."""
    line, for_s = chance.choice(list(Line)), round(chance.uniform(*FROZEN_S), 1)

    def strike(theatre: Theatre) -> None:
        bad = BadLine(Path(urlsplit(theatre.stack.settings.redis_url or "").path), line)
        bad.begin()
        threading.Timer(for_s, bad.end).start()

    return Fault(f"Redis: {line}", f"the line to Redis, {line}, for {for_s} s", at_s, strike)


def database(chance: random.Random, at_s: float, _file: Path) -> Fault:
    """The database does not let anybody write for some seconds: another one writes (SQLite), or
    every connection is cut (PostgreSQL)."""
    for_s = round(chance.uniform(*FROZEN_S), 1)

    def strike(theatre: Theatre) -> None:
        url = make_url(theatre.stack.settings.database)
        if url.get_backend_name() == "sqlite":
            threading.Thread(target=write_for, args=(str(url.database), for_s)).start()
        else:
            _cut(url)

    return Fault("database", f"database taken for {for_s} s, or cut off", at_s, strike)


def read_only(chance: random.Random, at_s: float, _file: Path) -> Fault:
    """Redis answers, and takes nothing in: for some seconds it is a copy of another one."""
    for_s = round(chance.uniform(*FROZEN_S), 1)

    def copy_of(theatre: Theatre, *whose: str) -> None:
        with (
            suppress(RedisError, OSError),
            Redis.from_url(theatre.stack.settings.redis_url or "", socket_timeout=1.0) as client,
        ):
            client.execute_command("REPLICAOF", *whose)

    def strike(theatre: Theatre) -> None:
        copy_of(theatre, "127.0.0.1", "1")
        threading.Timer(for_s, copy_of, (theatre, "NO", "ONE")).start()

    return Fault("Redis read-only", f"Redis takes nothing in for {for_s} s", at_s, strike)


def wiped(_chance: random.Random, at_s: float, _file: Path) -> Fault:
    """Redis forgets everything."""

    def strike(theatre: Theatre) -> None:
        with (
            suppress(RedisError, OSError),
            Redis.from_url(theatre.stack.settings.redis_url or "", socket_timeout=1.0) as client,
        ):
            client.flushall()

    return Fault("Redis emptied", "Redis is emptied", at_s, strike)


MAKERS = {
    **{crashes: 4, killed: 4, frozen: 2, carrier: 4, database: 2, wiped: 1},
    **{restarted: 1, full: 2, network: 2, read_only: 1},
}
"""What a schedule is made of, and how often each comes."""


def give_order(order_file: Path, text: str) -> None:
    """Put an order for a crash point; it is there as a whole or not at all."""
    unfinished = order_file.with_suffix(".new")
    unfinished.write_text(text)
    unfinished.replace(order_file)


def write_for(path: str, for_s: float) -> None:
    """Hold SQLite's one right to write for so long."""
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


def _let_write(pids: list[int], most: int) -> None:
    """Let no file of these processes grow beyond so many bytes."""
    for pid in pids:
        with suppress(ProcessLookupError):
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, hard))
