"""µ-law, the code of the telephone network (ITU-T G.711): 8000 samples a second, a byte each."""

import numpy as np
from numpy.typing import NDArray

from transcription.samples import NARROW

RATE = NARROW


def _linear() -> NDArray[np.int16]:
    """Every µ-law byte as a 16-bit sample."""
    code = ~np.arange(256, dtype=np.uint8)
    magnitude = (((code & 0x0F).astype(np.int32) << 3) + 0x84) << ((code & 0x70) >> 4)
    linear = np.where(code & 0x80, 0x84 - magnitude, magnitude - 0x84)
    return linear.astype(np.int16)


LINEAR = _linear()


def samples(ulaw: bytes) -> NDArray[np.int16]:
    """µ-law bytes as 16-bit samples. shape: (n,)."""
    return LINEAR[np.frombuffer(ulaw, np.uint8)]


def pcm(ulaw: bytes) -> bytes:
    """µ-law bytes as 16-bit little-endian samples."""
    return samples(ulaw).astype("<i2").tobytes()


def encode(values: NDArray[np.int16]) -> bytes:
    """16-bit samples, shape (n,), as the nearest µ-law bytes."""
    order = np.argsort(LINEAR, kind="stable")
    known = LINEAR[order].astype(np.int32)
    middles = (known[1:] + known[:-1]) / 2
    found = order[np.searchsorted(middles, values.astype(np.int32))]
    return bytes(found.astype(np.uint8).tobytes())


def tone(hz: float, seconds: float, level: float) -> bytes:
    """A sine as µ-law. level: of full scale, 0 to 1. It swells and fades for 10 ms: no click."""
    at = np.arange(int(seconds * RATE)) / RATE
    swell = np.clip(np.minimum(at, seconds - at) / 0.01, 0.0, 1.0)
    return encode((np.sin(2 * np.pi * hz * at) * swell * level * 32767).astype(np.int16))
