"""G.711 A-law to µ-law and back: each is one byte, so it is one table.

The values follow ITU-T G.711: a sample goes from one code to the nearest of the other.
"""

import numpy as np

from switch import g711

SILENCE = b"\xd5" * g711.FRAME
"""One frame of A-law silence."""


def _values() -> g711.Samples:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    low = (mantissa << 4) + 8
    magnitude = np.where(exponent == 0, low, (low + 256) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _to_alaw() -> bytes:
    """For each µ-law byte the A-law byte whose value is nearest."""
    values = _values().astype(np.int32)
    wanted = g711.decode(bytes(range(256))).astype(np.int32)
    distances = np.abs(wanted[:, None] - values[None, :])
    nearest = bytearray(distances.argmin(axis=1).astype(np.uint8).tobytes())
    # +0 and -0 are one value: µ-law's silence becomes A-law's.
    nearest[0xFF] = 0xD5
    return bytes(nearest)


_TO_ULAW = g711.encode(_values())
_TO_ALAW = _to_alaw()


def to_ulaw(alaw: bytes) -> bytes:
    """A-law bytes -> µ-law bytes."""
    return alaw.translate(_TO_ULAW)


def from_ulaw(ulaw: bytes) -> bytes:
    """µ-law bytes -> A-law bytes."""
    return ulaw.translate(_TO_ALAW)
