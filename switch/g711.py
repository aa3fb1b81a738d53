"""G.711 µ-law, the code of the public telephone network: 8000 samples/s, one byte each.

The tables follow ITU-T G.711 (bias 33 on 14-bit samples, here 132 on 16-bit ones).
"""

import numpy as np
import numpy.typing as npt

RATE = 8000
"""Samples per second."""

FRAME = 160
"""Samples, and µ-law bytes, in one 20 ms frame."""

SILENCE = b"\xff" * FRAME
"""One frame of digital silence."""

_BIAS = 132
_CLIP = 32635

Samples = npt.NDArray[np.int16]


def _decode_table() -> Samples:
    code = ~np.arange(256, dtype=np.uint8)
    exponent = ((code >> 4) & 7).astype(np.int32)
    mantissa = (code & 15).astype(np.int32)
    magnitude = (((mantissa << 3) + _BIAS) << exponent) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encode_table() -> npt.NDArray[np.uint8]:
    sample = np.arange(65536, dtype=np.uint16).astype(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(sample), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    sign = np.where(sample < 0, 0x80, 0)
    table: npt.NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return table


_DECODE = _decode_table()
_ENCODE = _encode_table()
_LOUDNESS = np.abs(_DECODE.astype(np.float32))


def decode(ulaw: bytes) -> Samples:
    """µ-law bytes -> 16-bit samples, one per byte."""
    return _DECODE[np.frombuffer(ulaw, dtype=np.uint8)]


def encode(samples: Samples) -> bytes:
    """16-bit samples -> µ-law bytes, one per sample."""
    return _ENCODE[samples.view(np.uint16)].tobytes()


def loudness(ulaw: bytes) -> float:
    """Mean absolute 16-bit sample value of some µ-law audio, 0..32124; 0 for no audio."""
    if not ulaw:
        return 0.0
    return float(_LOUDNESS[np.frombuffer(ulaw, dtype=np.uint8)].mean())


SILENCE_LEVEL = 100.0
"""Frames whose `loudness` is below this count as silence (about -50 dBFS; line noise is below)."""


def is_silent(ulaw: bytes) -> bool:
    """Whether a frame counts as silence."""
    return ulaw == SILENCE or loudness(ulaw) < SILENCE_LEVEL
