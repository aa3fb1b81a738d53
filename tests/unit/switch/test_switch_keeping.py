"""A switch can run for ever: what is over is forgotten. Objects are counted, not bytes."""

import asyncio
import gc
from dataclasses import replace

import pytest

from switch import placing
from switch.calls import Call
from switch.clock import TIMERS, Clock, Timer
from switch.config import Keep
from switch.messages import Message
from switch.recordings import Recording
from switch.session import Session
from tests.unit.switch.conftest import CALLER

MANY = 2000


def alive(*kinds: type) -> list[int]:
    gc.collect()
    objects = gc.get_objects()
    return [sum(type(each) is kind for each in objects) for kind in kinds]


def keep(b, **limits: float) -> None:
    config = b.exchange.config
    b.exchange.config = replace(config, keep=replace(config.keep, **limits))


async def call_in(b, count: int) -> None:
    """So many calls one after the other, each to its end."""
    for _ in range(count):
        call = placing.dial_in(b.exchange, CALLER)
        await asyncio.wait_for(call.over.wait(), 20)


@pytest.mark.timeout(170)
async def test_two_thousand_short_calls_leave_as_many_objects_as_fifty(bench) -> None:
    async with bench() as b:
        keep(b, calls=50)
        b.exchange.journal._most = 300
        b.phone(CALLER)
        b.voice("<Hangup/>")
        before = alive(Call, Session, Timer)
        await call_in(b, 100)
        after_hundred = alive(Call, Session, Timer)
        await call_in(b, MANY - 100)
        calls, sessions, timers = alive(Call, Session, Timer)
        assert len(b.exchange.calls) == 50
        assert calls - before[0] <= 60
        assert sessions - before[1] <= 60
        assert timers <= after_hundred[2] + 2 * TIMERS
        assert len(b.exchange.journal.entries) <= 330
        newest = b.exchange.journal.entries[-1]["n"]
        assert newest > 3 * MANY, "events are numbered on"
        assert [e["n"] for e in await b.exchange.journal.after(newest - 3)] == [
            newest - 2,
            newest - 1,
            newest,
        ]


async def test_rest_pages_what_is_kept_newest_first(bench) -> None:
    async with bench() as b:
        keep(b, calls=5)
        b.phone(CALLER)
        b.voice("<Hangup/>")
        await call_in(b, 9)
        kept = list(b.exchange.calls)[::-1]
        assert len(kept) == 5
        _, first = await b.rest("GET", "Calls.json?PageSize=3")
        _, second = await b.rest("GET", "Calls.json?PageSize=3&Page=1")
        assert [c["sid"] for c in first["calls"] + second["calls"]] == kept


async def test_what_is_old_goes_with_what_belongs_to_it(bench) -> None:
    async with bench() as b:
        exchange = b.exchange
        keep(b, hours=1.0, recordings=1)
        b.phone(CALLER)
        b.voice("<Hangup/>")
        await call_in(b, 1)
        (old,) = exchange.calls.values()
        deleted, unfetched, unfetched_too = (Recording(old.sid) for _ in range(3))
        for each in (deleted, unfetched, unfetched_too):
            exchange.recordings.add(each)
            each.finish(b"\x00" * 160)
        exchange.recordings.delete(deleted.sid)
        room = exchange.conferences.named("room")
        room.first_call = old
        room.end("conference-ended-via-api")
        exchange.keeping.sweep()
        assert old.sid in exchange.calls, "not yet"
        assert exchange.conferences.get(room.sid) is room
        exchange.clock._ticks += 50 * 3601  # an hour of telephone time
        await call_in(b, 1)
        for _ in range(5):
            exchange.recordings.add(gone := Recording(next(reversed(exchange.calls))))
            gone.finish(b"\x00" * 160)
            exchange.recordings.delete(gone.sid)
        exchange.keeping.sweep()
        assert exchange.recordings.get(gone.sid, deleted=True) is gone
        assert old.sid not in exchange.calls
        assert len(exchange.calls) == 1
        assert exchange.conferences.get(room.sid) is None
        assert exchange.recordings.get(deleted.sid, deleted=True) is None
        assert exchange.recordings.get(unfetched.sid) is None, "one more than may be kept"
        assert exchange.recordings.get(unfetched_too.sid) is not None, "nobody has deleted it"
        assert all(event["call_sid"] != old.sid for event in exchange.journal.entries)


async def test_what_runs_is_never_forgotten(bench) -> None:
    async with bench() as b:
        keep(b, calls=1, hours=0.001, recordings=0)
        b.phone(CALLER)
        b.voice('<Pause length="60"/>')
        call = placing.dial_in(b.exchange, CALLER)
        running = Recording(call.sid)
        b.exchange.recordings.add(running)
        room = b.exchange.conferences.named("room")
        b.exchange.messages.add(Message(CALLER, CALLER, "x"))
        b.exchange.messages.add(newest := Message(CALLER, CALLER, "y"))
        b.exchange.clock._ticks += 50 * 3600
        b.exchange.keeping.sweep()
        assert call.sid in b.exchange.calls
        assert b.exchange.recordings.get(running.sid) is running
        assert b.exchange.conferences.get(room.sid) is room
        assert b.exchange.messages.listed() == [newest]


def test_cancelled_timers_are_let_go_of() -> None:
    clock = Clock()
    rung: list[str] = []
    clock.call_later(1, lambda: rung.append("kept"))
    for _ in range(20 * TIMERS):
        clock.call_later(14_400, lambda: rung.append("cancelled")).cancel()
    assert len(clock._timers) <= 2 * TIMERS + 1
    for _ in range(51):
        clock._tick()
    assert rung == ["kept"]


def test_the_defaults_are_those_of_the_guide() -> None:
    assert Keep() == Keep(calls=5000, events=200_000, recordings=1000, hours=24.0)
