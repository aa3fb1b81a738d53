"""Who may come in, who may be rung, and what two processes say to each other."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.g711 import FRAME
from switch.sip import numbers, wire
from switch.sip.sources import REMEMBERED, Sources, network


def test_only_who_is_listed() -> None:
    sources = Sources([network("192.0.2.0/28"), network("198.51.100.7")])
    assert sources.allow("192.0.2.15", 0)
    assert sources.allow("198.51.100.7", 0)
    assert not sources.allow("192.0.2.16", 0)
    assert not sources.allow("nonsense", 0)
    assert not Sources([]).allow("192.0.2.1", 0)


def test_a_pace_for_each_address() -> None:
    sources = Sources([network("0.0.0.0/0")], rate=2, burst=3)
    assert [sources.allow("192.0.2.1", 10) for _ in range(4)] == [True, True, True, False]
    assert sources.allow("192.0.2.2", 10)
    assert [sources.allow("192.0.2.1", 11) for _ in range(3)] == [True, True, False]
    assert not sources.allow("192.0.2.1", 5), "a clock that goes back gives nothing"


def test_what_is_remembered_has_an_end() -> None:
    sources = Sources([network("0.0.0.0/0")])
    for number in range(REMEMBERED + 50):
        sources.allow(f"10.0.{number // 256}.{number % 256}", 0)
    assert len(sources._paces) == REMEMBERED


@pytest.mark.parametrize(
    ("user", "number"),
    [
        ("+15550100123", "+15550100123"),
        ("0015550100123", "+15550100123"),
        ("15550100123", "+15550100123"),
        ("+1-555-010-0123", "+15550100123"),
        ("+15550100123;phone-context=x", "+15550100123"),
        ("anonymous", "anonymous"),
        ("", "anonymous"),
        (None, "anonymous"),
        ("100", "anonymous"),
        ("+1555<script>", "anonymous"),
    ],
)
def test_numbers(user: str | None, number: str) -> None:
    assert numbers.from_sip(user) == number


@given(st.text())
def test_any_user_is_a_number_or_anonymous(user: str) -> None:
    number = numbers.from_sip(user)
    assert number == "anonymous" or number[1:].isascii()


def test_allowed_numbers_follow_their_file(tmp_path: Path) -> None:
    file = tmp_path / "allowed"
    file.write_text("+15550100201  # the day phone\n\n+15550100202\n")
    allowed = numbers.AllowedNumbers(file)
    assert "+15550100201" in allowed
    assert "+15550100203" not in allowed
    file.write_text("+15550100203\n")
    assert "+15550100203" in allowed
    assert "+15550100201" not in allowed
    file.write_text("nonsense\n")
    os.utime(file, ns=(1, 1))
    assert "+15550100203" in allowed, "a broken list changes nothing"
    file.unlink()
    assert "+15550100203" in allowed


def test_a_wrong_list_is_told_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "allowed"
    file.write_text("+15550100201\n0900 secret\n")
    with pytest.raises(ValueError, match="line 2 is no number") as error:
        numbers.AllowedNumbers(file)
    assert "secret" not in str(error.value)


MESSAGES: list[wire.Message | wire.Sound] = [
    {"event": "key", "leg": 4, "digit": "1"},
    [(1, b"\x01" * FRAME), (4_000_000_000, b"\x02" * FRAME)],
    {"event": "ended", "leg": 4},
]


@given(st.lists(st.integers(1, 400), max_size=10))
def test_messages_in_any_pieces(cuts: list[int]) -> None:
    data = b"".join(wire.told(m) if isinstance(m, dict) else wire.sounded(m) for m in MESSAGES)
    reader, got, at = wire.Reader(), [], 0
    for cut in [*cuts, len(data)]:
        got += reader.feed(data[at : at + cut])
        at += cut
    assert got == MESSAGES


@given(st.binary(max_size=60))
def test_what_is_no_message(data: bytes) -> None:
    try:
        wire.Reader().feed(data)
    except wire.BrokenWireError:
        return


def test_a_process_that_does_not_read_loses_sound_and_no_event() -> None:
    here, there = (wire.Wire(end) for end in socket.socketpair())
    frames = [(leg, b"\x01" * FRAME) for leg in range(500)]
    for _ in range(200):
        here.sound(frames)
    for number in range(100):
        here.tell({"event": "key", "leg": number})
    assert here.behind
    got: list[wire.Message | wire.Sound] = []
    while here.behind:
        got += there.receive()
        here.flush()
    got += there.receive()
    assert [m["leg"] for m in got if isinstance(m, dict)] == list(range(100))
    assert sum(isinstance(m, list) for m in got) < 200
    here.socket.close()
    with pytest.raises(EOFError):
        there.receive()
    there.socket.close()


def test_numbers_that_are_given() -> None:
    given = numbers.GivenNumbers()
    assert "+15550100201" not in given
    given.give(["+15550100201", "988"])
    assert "+15550100201" in given
    assert "988" in given
    with pytest.raises(ValueError, match="like") as error:
        given.give(["+15550100202", "secret"])
    assert "secret" not in str(error.value)
    assert "+15550100202" not in given
    given.give([])
    assert "+15550100201" not in given
