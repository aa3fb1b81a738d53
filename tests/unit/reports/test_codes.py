"""Report numbers and PINs."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.reports import codes


def test_numbers_and_pins_have_their_digits() -> None:
    for _ in range(500):
        number, pin = codes.new_number(), codes.new_pin()
        assert len(number) == codes.NUMBER_DIGITS
        assert number.isdecimal()
        assert number[0] != "0"
        assert len(pin) == codes.PIN_DIGITS
        assert pin.isdecimal()


def test_they_are_not_repeated_soon() -> None:
    assert len({codes.new_pin() for _ in range(200)}) > 190


@settings(max_examples=10, deadline=None)
@given(st.text("0123456789", min_size=6, max_size=6), st.text("0123456789", max_size=7))
def test_only_the_right_pin_matches(pin: str, other: str) -> None:
    pin_hash = codes.hash_pin(pin)
    assert pin not in pin_hash
    assert pin_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert codes.pin_matches(pin_hash, pin)
    assert codes.pin_matches(pin_hash, other) == (other == pin)


def test_the_same_pin_hashes_differently() -> None:
    assert codes.hash_pin("123456") != codes.hash_pin("123456")


def test_a_malformed_hash_matches_nothing() -> None:
    assert not codes.pin_matches("", "123456")
    assert not codes.pin_matches("123456", "123456")
