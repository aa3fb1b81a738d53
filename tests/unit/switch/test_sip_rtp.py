"""Packets of sound, keys as events, and the buffer that puts late and lost ones in order."""

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.g711 import FRAME, SILENCE
from switch.sip import rtp
from switch.sip.jitter import MOST, STALE, Jitter
from switch.sip.keypad import Keypad

packets = st.builds(
    rtp.Packet,
    st.integers(0, 127),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.binary(max_size=400),
    st.booleans(),
)


@given(packets)
def test_there_and_back(packet: rtp.Packet) -> None:
    assert rtp.unpack(rtp.pack(packet)) == packet


def test_contributors_an_extension_and_padding_are_left_out() -> None:
    header = struct.pack("!BBHII", 0x80 | 0x20 | 0x10 | 2, 0, 1, 2, 3)
    data = header + b"CCCCcccc" + b"\0\1\0\1EEEE" + b"sound" + b"\0\0\3"
    assert rtp.unpack(data).payload == b"sound"


@given(st.binary(max_size=100))
def test_nothing_but_the_named_error_gets_out(data: bytes) -> None:
    try:
        rtp.unpack(data)
    except rtp.BadPacketError:
        return


@pytest.mark.parametrize("data", [b"", b"\x80" * 11, b"\x00" * 20, b"\x80" * 1501])
def test_what_is_no_packet(data: bytes) -> None:
    with pytest.raises(rtp.BadPacketError):
        rtp.unpack(data)


def frames(count: int) -> list[bytes]:
    return [bytes([number % 255]) * FRAME for number in range(count)]


def test_frames_come_out_as_they_went_in() -> None:
    jitter, sound = Jitter(), frames(50)
    heard = []
    for number, frame in enumerate(sound):
        jitter.put(1, 160 * number, frame)
        heard.append(jitter.pull())
    assert heard[:2] == [SILENCE, SILENCE]
    assert heard[2:] == sound[:48]


def test_overtaken_and_doubled_packets_and_a_timestamp_that_wraps() -> None:
    jitter, sound = Jitter(), frames(40)
    heard = []
    order = [number ^ 1 for number in range(40)]
    for number in order:
        for _ in range(2):
            jitter.put(1, (0xFFFFFFFF - 1000 + 160 * number) & 0xFFFFFFFF, sound[number])
        heard.append(jitter.pull())
    assert heard[2:] == sound[:38]


@pytest.mark.parametrize("size", [80, 240, 320, 480])
def test_packets_of_any_length(size: int) -> None:
    jitter, sound = Jitter(), b"".join(frames(60))
    heard, at = [], 0
    for tick in range(60):
        while at < FRAME * (tick + 1):
            jitter.put(1, at, sound[at : at + size])
            at += size
        heard.append(jitter.pull())
    first = next(number for number, frame in enumerate(heard) if frame != SILENCE)
    assert b"".join(heard[first:]) == sound[: FRAME * (60 - first)]


def test_a_gap_is_filled_once_then_silent() -> None:
    jitter, sound = Jitter(), frames(20)
    heard = []
    for number, frame in enumerate(sound):
        if number not in {8, 9}:
            jitter.put(1, 160 * number, frame)
        heard.append(jitter.pull())
    assert heard[2:][7:11] == [sound[7], sound[7], SILENCE, sound[10]]


def test_after_a_long_pause_it_begins_anew() -> None:
    jitter, sound = Jitter(), frames(3)
    for number, frame in enumerate(sound):
        jitter.put(1, 160 * number, frame)
    for _ in range(3 + STALE + 5):
        jitter.pull()
    for number, frame in enumerate(sound):
        jitter.put(1, 160 * number + 800, frame)
    assert [jitter.pull() for _ in range(3)] == sound


def test_who_sends_more_than_is_played_is_caught_up_with() -> None:
    jitter = Jitter()
    for number, frame in enumerate(frames(200)):
        jitter.put(1, 160 * number, frame)
    left = 0
    while jitter.pull() != SILENCE:
        left += 1
    assert left <= MOST // FRAME + 1


def test_another_stream_begins_anew() -> None:
    jitter = Jitter()
    for number, frame in enumerate(frames(5)):
        jitter.put(1, 160 * number, frame)
    jitter.pull()
    for number in range(3):
        jitter.put(2, 7 + 160 * number, b"\x11" * FRAME)
    assert jitter.pull() == b"\x11" * FRAME


@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 0xFFFFFFFF), st.binary(max_size=500)),
        max_size=60,
    )
)
def test_whatever_comes_a_frame_goes_out(packets: list[tuple[int, int, bytes]]) -> None:
    jitter = Jitter()
    for packet in packets:
        jitter.put(*packet)
        assert len(jitter.pull()) == FRAME
    assert len(jitter._pieces) <= 2 * MOST // 80 + 10


def event(number: int, *, end: bool = False, duration: int = 160) -> bytes:
    return struct.pack("!BBH", number, 0x80 | 10 if end else 10, duration)


def test_a_press_is_told_of_once_however_many_packets_it_has() -> None:
    keypad = Keypad()
    told = [keypad.take(1, 1000, event(5)) for _ in range(4)]
    told += [keypad.take(1, 1000, event(5, end=True)) for _ in range(3)]
    assert told == ["5"] + [None] * 6
    assert keypad.take(1, 3000, event(5)) == "5"
    assert keypad.take(1, 1000, event(5, end=True)) is None, "overtaken, not pressed again"
    assert keypad.take(1, 5000, event(11)) == "#"


def test_a_press_of_which_only_the_end_came() -> None:
    assert Keypad().take(1, 1000, event(9, end=True)) == "9"


def test_what_is_no_key() -> None:
    keypad = Keypad()
    assert keypad.take(1, 1, event(16)) is None
    assert keypad.take(1, 2, b"\1\0\0") is None


@given(st.integers(0, 5), st.integers(0, 0xFFFFFFFF), st.binary(max_size=8))
def test_any_event(source: int, timestamp: int, payload: bytes) -> None:
    assert Keypad().take(source, timestamp, payload) in {None, *"0123456789*#ABCD"}


def test_a_random_network_loses_only_what_it_lost() -> None:
    rng, jitter, sound = random.Random(5), Jitter(), frames(250)
    queue: list[tuple[float, int]] = sorted(
        (number + rng.random() * 1.9, number) for number in range(250) if rng.random() > 0.1
    )
    heard: list[bytes] = []
    for tick in range(250):
        while queue and queue[0][0] <= tick:
            number = queue.pop(0)[1]
            jitter.put(1, 160 * number, sound[number])
        heard.append(jitter.pull())
    kept = sum(frame in heard for frame in sound)
    assert kept >= 250 * 0.8
