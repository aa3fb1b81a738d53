"""Telephone time."""

import asyncio

import pytest

from switch.clock import FRAME_S, Clock


async def ticking(clock: Clock) -> asyncio.Task[None]:
    return asyncio.create_task(clock.run())


async def test_sleeping_takes_exactly_its_frames() -> None:
    clock = Clock(speed=50)
    ticker = await ticking(clock)
    clock.on_frame = lambda: True
    start = clock.now
    await clock.sleep(1.0)
    assert clock.now - start == pytest.approx(1.0, abs=FRAME_S + 1e-9)
    ticker.cancel()


async def test_timers_run_in_order_and_can_be_cancelled() -> None:
    clock, ran, over = Clock(speed=50), [], asyncio.Event()
    ticker = await ticking(clock)
    clock.call_later(0.3, over.set)
    clock.call_later(0.2, lambda: ran.append("b"))
    clock.call_later(0.1, lambda: ran.append("a"))
    clock.call_later(0.15, lambda: ran.append("never")).cancel()
    await over.wait()
    assert ran == ["a", "b"]
    ticker.cancel()


async def test_timeout_ends_its_body_only() -> None:
    clock = Clock(speed=50)
    ticker = await ticking(clock)
    with pytest.raises(TimeoutError):
        async with clock.timeout(0.1):
            await asyncio.Event().wait()
    async with clock.timeout(5):
        await clock.sleep(0.1)
    async with clock.timeout(None):
        await clock.sleep(0)
    ticker.cancel()


async def test_idle_time_passes_too() -> None:
    clock = Clock(speed=1000)
    ticker = await ticking(clock)
    start = clock.now
    while clock.now < start + 5:  # no timer and no line: nothing counts frames
        await asyncio.sleep(0)
    ticker.cancel()


async def test_speed_changes_from_now_on() -> None:
    clock = Clock(speed=1)
    ticker = await ticking(clock)
    clock.set_speed(500)
    before = clock.now
    await clock.sleep(2)
    assert clock.now - before >= 2
    with pytest.raises(ValueError, match="positive"):
        clock.set_speed(0)
    ticker.cancel()


async def test_lost_time_is_given_up_instead_of_rushed(monkeypatch) -> None:
    wall = [100.0]
    monkeypatch.setattr("switch.clock.time.monotonic", lambda: wall[0])
    clock = Clock(speed=1)
    clock.wake()
    wall[0] += 30
    assert clock._until_next() < 0
    assert clock._until_next() == pytest.approx(FRAME_S)
