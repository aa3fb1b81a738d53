"""Signatures with a public key: what is signed, how long it counts, every way to be wrong."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hotline.carrier.ed25519 import KeyWrong, public_key, verify

# The same in every process: tests are named by what they are given.
PRIVATE, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
NOW = 1_764_000_000
BODY = b"CallSid=v3%3Aabc&Digits=1"


def text(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def sign(timestamp: str = str(NOW), body: bytes = BODY, key: Ed25519PrivateKey = PRIVATE) -> str:
    return base64.b64encode(key.sign(timestamp.encode() + b"|" + body)).decode()


KEY = text(PRIVATE)


@pytest.mark.parametrize("keys", [[KEY], [text(OTHER), KEY], ["rubbish", KEY]])
def test_signed_by_one_of_the_keys(keys: list[str]) -> None:
    assert verify(keys, str(NOW), BODY, sign(), NOW, 300)


@pytest.mark.parametrize("away", [-301, 301, 10_000_000])
def test_too_long_ago_or_ahead(away: int) -> None:
    assert not verify([KEY], str(NOW), BODY, sign(), NOW + away, 300)


@pytest.mark.parametrize("away", [-300, 0, 299.9])
def test_within_the_tolerance(away: float) -> None:
    assert verify([KEY], str(NOW), BODY, sign(), NOW + away, 300)


@pytest.mark.parametrize(
    ("keys", "timestamp", "body", "signature"),
    [
        ([], str(NOW), BODY, sign()),
        ([text(OTHER)], str(NOW), BODY, sign()),
        ([KEY], str(NOW + 1), BODY, sign()),
        ([KEY], str(NOW), BODY + b"&x=1", sign()),
        ([KEY], str(NOW), BODY, sign(key=OTHER)),
        ([KEY], str(NOW), BODY, ""),
        ([KEY], str(NOW), BODY, "é"),
        ([KEY], str(NOW), BODY, sign()[:-4]),
        ([KEY], "", BODY, sign("")),
        ([KEY], "-1", BODY, sign("-1")),
        ([KEY], "١٧٦٤", BODY, sign("١٧٦٤")),
        ([KEY], "1" * 5000, BODY, sign("1" * 5000)),
    ],
)
def test_everything_else_is_refused(
    keys: list[str], timestamp: str, body: bytes, signature: str
) -> None:
    assert not verify(keys, timestamp, body, signature, NOW, 300)


@pytest.mark.parametrize("wrong", ["", "AAAA", "not base64!", KEY[:-2], KEY + "AAAA"])
def test_a_key_that_is_none(wrong: str) -> None:
    with pytest.raises(KeyWrong):
        public_key(wrong)
