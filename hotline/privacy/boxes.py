"""Sealing to people: key pairs, boxes that only the private key opens, a key in two halves. Pure
but for randomness.

Boxes are HPKE (RFC 9180, X25519, HKDF-SHA256, AES-256-GCM) of the library `cryptography`, bound to
the place that they are kept at.
"""

import base64
import hashlib
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from hotline.database.types import Sealed
from hotline.mistakes import Mistake
from hotline.privacy.cipher import CannotOpen

KEY_BYTES = 32  # X25519, RFC 7748
CHECK_BYTES = 3
"""Of a half of the recovery key: one slip of the pen in 16 million goes unnoticed."""
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class WrongHalf(Mistake):
    """A half of the recovery key that was mistyped, or two that do not belong together."""


@dataclass(frozen=True)
class Pair:
    """A key pair, 32 bytes each. Whoever has `public` seals, whoever has `private` opens."""

    public: bytes
    private: bytes


def new_pair() -> Pair:
    """A fresh key pair."""
    return pair_of(X25519PrivateKey.generate().private_bytes_raw())


def pair_of(private: bytes) -> Pair:
    """The pair that a private key belongs to."""
    key = X25519PrivateKey.from_private_bytes(private)
    return Pair(key.public_key().public_bytes_raw(), private)


def seal_to(public: bytes, place: str, plain: bytes) -> Sealed:
    """Put `plain` into a box for one place that only the private key opens."""
    key = X25519PublicKey.from_public_bytes(public)
    return Sealed(_SUITE.encrypt(plain, key, place.encode()))


def open_box(private: bytes, place: str, sealed: bytes) -> bytes:
    """What is in a box that was made for the same place. Raises CannotOpen."""
    key = X25519PrivateKey.from_private_bytes(private)
    try:
        return _SUITE.decrypt(bytes(sealed), key, place.encode())
    except (InvalidTag, ValueError):
        raise CannotOpen(
            f"{place} does not open: it was altered, moved, or its key is another"
        ) from None


def split(private: bytes) -> tuple[str, str]:
    """Two halves to be written down by two people; one alone tells nothing about the key."""
    pad = os.urandom(len(private))
    return _written(b"1", pad), _written(b"2", _xor(private, pad))


def join(one: str, other: str) -> bytes:
    """The private key of two halves, in either order. Raises WrongHalf."""
    halves = dict((_read(one), _read(other)))
    if set(halves) != {b"1", b"2"}:
        raise WrongHalf("These are not two different halves: one begins with 1, the other with 2.")
    return _xor(halves[b"1"], halves[b"2"])


def _written(which: bytes, half: bytes) -> str:
    """`1-XXXXX-XXXXX-…`: Base32, in groups of five, with a check at the end."""
    text = base64.b32encode(half + _check(which, half)).decode().rstrip("=")
    groups = [text[at : at + 5] for at in range(0, len(text), 5)]
    return "-".join([which.decode(), *groups])


def _read(text: str) -> tuple[bytes, bytes]:
    plain = "".join(text.upper().replace("0", "O").split()).replace("-", "")
    which, body = plain[:1].encode(), plain[1:].replace("1", "I").replace("8", "B")
    try:
        both = base64.b32decode(body + "=" * (-len(body) % 8))
    except ValueError:
        both = b""
    half, check = both[:KEY_BYTES], both[KEY_BYTES:]
    if len(half) != KEY_BYTES or check != _check(which, half):
        raise WrongHalf("A half was mistyped; read it again, letter by letter.")
    return which, half


def _check(which: bytes, half: bytes) -> bytes:
    return hashlib.sha256(which + half).digest()[:CHECK_BYTES]


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
