"""Boxes that only the private key opens, and the recovery key in two halves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.privacy import boxes
from hotline.privacy.boxes import WrongHalf
from hotline.privacy.cipher import CannotOpen

keys = st.binary(min_size=32, max_size=32)


@given(st.binary(max_size=80))
def test_round_trip(plain: bytes) -> None:
    pair = boxes.new_pair()
    box = boxes.seal_to(pair.public, "here", plain)
    assert boxes.open_box(pair.private, "here", box) == plain
    assert len(plain) < 4 or plain not in box


def test_nobody_else_opens_and_nowhere_else() -> None:
    pair, other = boxes.new_pair(), boxes.new_pair()
    box = boxes.seal_to(pair.public, "here", b"key")
    for private, place, found in (
        (other.private, "here", box),
        (pair.private, "there", box),
        (pair.private, "here", box[:-1]),
        (pair.private, "here", b""),
        (pair.private, "here", bytes([box[0] ^ 1]) + box[1:]),
    ):
        with pytest.raises(CannotOpen):
            boxes.open_box(private, place, found)


@given(keys)
def test_two_halves_make_the_key_in_either_order(private: bytes) -> None:
    one, other = boxes.split(private)
    assert boxes.join(one, other) == boxes.join(other.lower(), f" {one} ") == private


@given(keys)
def test_one_half_alone_is_random(private: bytes) -> None:
    """The same key is never split alike, and no half holds it."""
    assert boxes.split(private)[0] != boxes.split(private)[0]
    assert boxes.split(private)[1] != boxes.split(private)[1]


@given(keys, st.data())
def test_a_slip_of_the_pen_is_told(private: bytes, data: st.DataObject) -> None:
    one, other = boxes.split(private)
    at = data.draw(st.sampled_from([i for i in range(2, len(one) - 2) if one[i] != "-"]))
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
    wrong = one[:at] + letter + one[at + 1 :]
    if wrong != one:
        with pytest.raises(WrongHalf):
            boxes.join(wrong, other)


def test_the_same_half_twice_is_told() -> None:
    one, _ = boxes.split(bytes(32))
    with pytest.raises(WrongHalf, match="two different halves"):
        boxes.join(one, one)
    for nothing in ("", "1", "1-AAAAA", "é"):
        with pytest.raises(WrongHalf):
            boxes.join(nothing, one)
