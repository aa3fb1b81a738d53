"""Signatures with a public key of the carrier's (Telnyx): over the moment and the body.

The address of a request is no part of what is signed, so our own addresses are sealed
(`hotline.carrier.seal`). Neither is anything here secret: no time can tell of a key.
"""

import base64
import binascii
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class KeyWrong(ValueError):
    """The text is no Ed25519 public key in base64."""


def public_key(text: str) -> Ed25519PublicKey:
    """The key of 32 bytes in base64. Raises KeyWrong."""
    try:
        raw = base64.b64decode(text, validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except (binascii.Error, ValueError):
        raise KeyWrong from None


def verify(
    keys: Sequence[str], timestamp: str, body: bytes, signature: str, now_s: float, within_s: float
) -> bool:
    """Whether one of these keys belongs to the signature over `timestamp|body`, made within so many
    seconds of `now_s` (Unix time). Never raises."""
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    if abs(now_s - int(timestamp)) > within_s:
        return False
    try:
        given = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    return any(_fits(key, given, timestamp.encode() + b"|" + body) for key in keys)


def _fits(key: str, signature: bytes, signed: bytes) -> bool:
    try:
        public_key(key).verify(signature, signed)
    except (KeyWrong, InvalidSignature):
        return False
    return True
