"""µ-law, the code of the telephone network (ITU-T G.711): 8000 samples a second, a byte each.

libsndfile knows it; of the 256 codes there are, a table is made once.
"""

import io

import numpy as np
import soundfile
from numpy.typing import NDArray

from transcription.samples import NARROW, Samples

RATE = NARROW
FORMAT = {"samplerate": RATE, "format": "RAW", "subtype": "ULAW"}


def _decoded(ulaw: bytes) -> Samples:
    found: Samples = soundfile.read(io.BytesIO(ulaw), dtype="int16", channels=1, **FORMAT)[0]
    return found


LINEAR = _decoded(bytes(range(256)))
"""Every µ-law byte as a 16-bit sample."""


def samples(ulaw: bytes) -> Samples:
    """µ-law bytes as 16-bit samples. shape: (n,)."""
    return LINEAR[np.frombuffer(ulaw, np.uint8)]


def pcm(ulaw: bytes) -> bytes:
    """µ-law bytes as 16-bit little-endian samples."""
    return samples(ulaw).astype("<i2").tobytes()


def encode(values: NDArray[np.int16]) -> bytes:
    """16-bit samples, shape (n,), as µ-law bytes."""
    file = io.BytesIO()
    soundfile.write(file, values, **FORMAT)
    return file.getvalue()


def tone(hz: float, seconds: float, level: float) -> bytes:
    """A sine as µ-law. level: of full scale, 0 to 1. It swells and fades for 10 ms: no click."""
    at = np.arange(int(seconds * RATE)) / RATE
    swell = np.clip(np.minimum(at, seconds - at) / 0.01, 0.0, 1.0)
    return encode((np.sin(2 * np.pi * hz * at) * swell * level * 32767).astype(np.int16))
