"""The sound path between a caller and one other party."""

import asyncio
from typing import TYPE_CHECKING

from switch.calls import Call
from switch.mixer import Room
from switch.verbs.dialing import DialOptions

if TYPE_CHECKING:
    from switch.session import Session


async def bridge(
    session: "Session", other: Call, gone: asyncio.Event, options: DialOptions
) -> None:
    """Let both hear each other until `other` is over or `gone`, `*` is pressed or time is up."""
    room, exchange, star = Room(), session.exchange, asyncio.Event()
    calls = (session.call, other)
    seats = [room.enter(call.line) for call in calls]
    if options.hangup_on_star:
        session.line.on_key = lambda digit: star.set() if digit == "*" else None
    for call in calls:
        exchange.note(call, "bridge_joined", conference=None)
    for call in calls:
        exchange.note(call, "bridged")
    try:
        async with session.clock.timeout(options.time_limit):
            await session.wait(either(star, other.over, gone))
    except TimeoutError:
        pass
    finally:
        session.line.on_key = None
        for seat, call in zip(seats, calls, strict=True):
            room.leave(seat)
            exchange.note(call, "bridge_left", conference=None)


async def either(*events: asyncio.Event) -> None:
    """Wait for the first of some events."""
    tasks = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
