"""Codes of an authenticator app: the vectors of RFC 6238, and what a step is good for."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.people import totp

# RFC 6238, appendix B (SHA-1), the last six of eight digits.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
MOMENTS = st.integers(1_577_836_800, 3_786_912_000).map(lambda s: datetime.fromtimestamp(s, UTC))


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_vectors_of_the_standard(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_of(RFC_SECRET, totp.step_at(now)) == code
    assert totp.fitting_step(RFC_SECRET, code, now, 0) == totp.step_at(now)


@given(MOMENTS, st.integers(-1, 1))
def test_a_code_fits_one_step_around(now: datetime, away: int) -> None:
    step = totp.step_at(now) + away
    found = totp.fitting_step(RFC_SECRET, totp.code_of(RFC_SECRET, step), now, 0)
    assert found is not None
    assert totp.code_of(RFC_SECRET, found) == totp.code_of(RFC_SECRET, step)


@given(MOMENTS, st.integers(-2, 2), st.integers(-3, 3))
def test_no_step_is_accepted_that_is_not_later(now: datetime, away: int, used: int) -> None:
    after = totp.step_at(now) + used
    code = totp.code_of(RFC_SECRET, totp.step_at(now) + away)
    found = totp.fitting_step(RFC_SECRET, code, now, after)
    assert found is None or found > after
    assert found is None or abs(found - totp.step_at(now)) <= totp.DRIFT


@given(MOMENTS)
def test_a_code_is_over_after_a_minute(now: datetime) -> None:
    step = totp.step_at(now)
    later = now + timedelta(seconds=2 * totp.STEP_S)
    near = {totp.code_of(RFC_SECRET, totp.step_at(later) + n) for n in (-1, 0, 1)}
    code = totp.code_of(RFC_SECRET, step)
    assert (totp.fitting_step(RFC_SECRET, code, later, 0) is not None) == (code in near)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "²²²²²²", "------"])
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    assert totp.typed_code(typed) is None
    assert totp.fitting_step(RFC_SECRET, typed, datetime(2026, 1, 1, tzinfo=UTC), 0) is None


def test_spaces_are_passed_over() -> None:
    assert totp.typed_code(" 123 456 ") == "123456"


def test_secrets_are_long_and_differ() -> None:
    first, second = totp.new_secret(), totp.new_secret()
    assert first != second
    assert len(base64.b32decode(first)) == 20
    assert totp.grouped(first).replace(" ", "") == first


def test_the_address_names_hotline_and_person() -> None:
    said = totp.address(RFC_SECRET, "ana@example.org", "line.example.org")
    assert said.startswith("otpauth://totp/")
    assert f"secret={RFC_SECRET}" in said
    assert "line.example.org" in said
