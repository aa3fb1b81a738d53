"""Lines, clips and rooms."""

import asyncio

import numpy as np

from switch import g711
from switch.media import Clip, Line
from switch.mixer import Room


def frame(value: int) -> bytes:
    return g711.encode(np.full(g711.FRAME, value, dtype=np.int16))


def test_clip_is_heard_as_often_as_asked() -> None:
    clip = Clip(frame(1000) + frame(2000), loops=2)
    heard = [clip.read() for _ in range(5)]
    assert heard == [frame(1000), frame(2000)] * 2 + [g711.SILENCE]


def test_empty_clip_is_over_at_once() -> None:
    assert Clip(b"", loops=0).done.is_set()


async def test_playing_gives_the_line_back() -> None:
    line = Line()
    playing = asyncio.create_task(line.play(frame(1000)))
    await asyncio.sleep(0)
    assert line.send() == frame(1000)
    await playing
    assert line.source is None
    assert line.send() == g711.SILENCE


async def test_interrupted_play_leaves_what_came_after_it_alone() -> None:
    line, other = Line(), Clip(frame(5), loops=0)
    playing = asyncio.create_task(line.play(frame(1000), loops=0))
    await asyncio.sleep(0)
    line.source = other
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    assert line.source is other


def test_keys_nobody_collects_are_lost() -> None:
    line, keys = Line(), []
    line.press("1")
    line.on_key = keys.append
    line.press("2")
    assert keys == ["2"]


def test_everybody_hears_the_others_and_not_themselves() -> None:
    room, lines = Room(), [Line() for _ in range(3)]
    for line in lines:
        room.enter(line)
    for line, value in zip(lines, (1000, 2000, 4000), strict=True):
        line.receive(frame(value))
    heard = [int(g711.decode(line.send())[0]) for line in lines]
    for got, expected in zip(heard, (6000, 5000, 3000), strict=True):
        assert abs(got - expected) < expected * 0.05


def test_sums_are_clipped_and_muted_seats_are_not_heard() -> None:
    room, lines = Room(), [Line() for _ in range(4)]
    for line in lines[:3]:
        room.enter(line)
    room.enter(lines[3], muted=True)
    for line in lines:
        line.receive(frame(30000))
    assert g711.decode(lines[3].send())[0] == 32124
    assert abs(int(g711.decode(lines[0].send())[0])) == 32124


def test_leaving_gives_the_line_back_unless_it_was_taken() -> None:
    room, line, other = Room(), Line(), Clip(b"", loops=0)
    seat = room.enter(line)
    room.leave(seat)
    assert line.source is None
    assert line.sink is None
    seat = room.enter(line)
    line.source = other
    room.leave(seat)
    assert line.source is other
