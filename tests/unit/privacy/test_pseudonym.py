"""A telephone's name for a day: what has one, and what a name tells."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.privacy import pseudonym

NUMBERS = st.from_regex(r"\+[1-9][0-9]{8,13}", fullmatch=True)
MOMENTS = st.datetimes(timezones=st.just(UTC)).filter(lambda at: 2 < at.year < 9999)
KEYS = st.binary(min_size=32, max_size=32)


@given(NUMBERS, KEYS, KEYS)
def test_a_name_is_of_one_number_and_one_key(number: str, key: bytes, other: bytes) -> None:
    name = pseudonym.of(number, key)
    assert name == pseudonym.of(number.removeprefix("+"), key)
    if number.removeprefix("+") not in pseudonym.WITHHELD:
        assert name is not None
        assert len(name) == pseudonym.NAME_DIGITS
        assert number.removeprefix("+") not in name
        assert (key == other) == (name == pseudonym.of(number, other))


@pytest.mark.parametrize(
    "shown",
    [
        *("", "anonymous", "Restricted", "unavailable", "client:phone-1", "sip:200@example.org"),
        *("+266696687", "266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"),
        *("+7748283", "911", "+1217555014x", "+12175550142\n0"),
    ],
)
def test_what_shows_no_number_has_no_name(shown: str) -> None:
    assert pseudonym.of(shown, b"key") is None


@given(MOMENTS, st.integers(0, 23))
def test_a_day_ends_when_the_next_begins(now: datetime, begins_h: int) -> None:
    ends = pseudonym.ends_at(now, begins_h)
    day = pseudonym.day_of(now, begins_h)
    assert now < ends <= now + timedelta(days=1)
    assert ends.hour == begins_h
    assert pseudonym.day_of(ends - timedelta(microseconds=1), begins_h) == day
    assert pseudonym.day_of(ends, begins_h) > day
