"""How loud a recording is, piece by piece, for the wave that a page draws.

`of_plain` reads what the telephone network mostly sends, raw G.711 and plain WAV, without any
decoder: arithmetic on bytes, with nothing for hostile ones to break. Anything else is decoded only
in a confined child (`transcription.apart`), which gives its loudness with the words.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transcription import containers
from transcription.audio import (
    HEADERLESS,
    MAX_DURATION_S,
    AudioError,
    Part,
    bare,
    has_container,
    rate_of,
)
from transcription.samples import NARROW, WIDE, Samples

PIECES = 400
"""More than a wave has bars on a wide screen."""
# RFC 2361: the format tags of PCM, A-law, µ-law; bits of a sample.
TABLES = {(6, 8): "ALAW", (7, 8): "ULAW"}
PCM16 = (1, 16)
LOUDEST = 32768.0


@dataclass(frozen=True)
class Loudness:
    """peaks: of PIECES equally long pieces, 0 to 100 (the square root of the loudest sample, so
    that quiet speech is seen). duration_s: of the whole."""

    duration_s: float
    peaks: tuple[int, ...]


def of_samples(samples: Samples, rate: int) -> Loudness:
    """The loudness of 16-bit samples, shape (n,), at `rate` Hz; no peaks without samples."""
    if not samples.size:
        return Loudness(0.0, ())
    edges = np.linspace(0, samples.size, PIECES, endpoint=False).astype(np.int64)
    highest = np.maximum.reduceat(samples, edges).astype(np.int32)
    lowest = np.minimum.reduceat(samples, edges).astype(np.int32)
    loudest = np.maximum(highest, -lowest).clip(0) / LOUDEST
    peaks = np.rint(100 * np.sqrt(loudest)).astype(int)
    return Loudness(samples.size / rate, tuple(peaks.tolist()))


def of_plain(parts: Sequence[Part]) -> Loudness | None:
    """The loudness of a message's parts one after the other, read without a decoder.

    None when one of them is anything but raw G.711 or a whole WAV of G.711 or 16-bit PCM at the
    telephone's rates, or when they play too long.
    """
    pieces = [_samples(media_type, data) for media_type, data in parts if data]
    known = [piece for piece in pieces if piece is not None]
    if not known or len(known) < len(pieces):
        return None
    length_s = sum(samples.size / rate for samples, rate in known)
    if length_s > MAX_DURATION_S:
        return None
    highest = max(rate for _, rate in known)
    return of_samples(np.concatenate([_at(s, rate, highest) for s, rate in known]), highest)


def _at(samples: Samples, rate: int, wanted: int) -> Samples:
    """At twice the rate where another part has it; for the eye that is enough."""
    return samples if rate == wanted else np.repeat(samples, wanted // rate)


def _samples(media_type: str, data: bytes) -> tuple[Samples, int] | None:
    """Samples and rate of one part; None for what is not plain."""
    code = HEADERLESS.get(bare(media_type))
    try:
        if code is not None and not has_container(data):
            rate = rate_of(media_type)
            return (_expanded(data, code), rate) if rate in (NARROW, WIDE) else None
        return _of_wav(data)
    except (struct.error, AudioError):
        return None


def _of_wav(data: bytes) -> tuple[Samples, int] | None:
    if not data.startswith(b"RIFF") or data[8:16] != b"WAVEfmt ":
        return None
    tag, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", data, 20)
    start, size = containers.wav_data(data)
    whole = frame == channels * bits // 8 and 0 < size == frame * (size // max(1, frame))
    if not whole or start + size > len(data) or channels not in (1, 2):
        return None
    if rate not in (NARROW, WIDE):
        return None
    sound = data[start : start + size]
    if (tag, bits) == PCM16:
        return _loudest(np.frombuffer(sound, "<i2"), channels), rate
    code = TABLES.get((tag, bits))
    return (_loudest(_expanded(sound, code), channels), rate) if code else None


def _loudest(samples: Samples, channels: int) -> Samples:
    """Of two legs the louder one: of either every word is to be seen."""
    if channels == 1:
        return samples
    one, other = samples.reshape(-1, channels).T.astype(np.int32)
    louder = np.where(np.abs(one) >= np.abs(other), one, other)
    return louder.astype(np.int16)


def _expanded(data: bytes, code: str) -> Samples:
    expanded: Samples = TABLE[code][np.frombuffer(data, np.uint8)]
    return expanded


def _ulaw() -> NDArray[np.int16]:
    """ITU-T G.711, table 2a: sign, 3 bits of exponent, 4 of mantissa, all inverted; bias 132."""
    byte = ~np.arange(256, dtype=np.uint8)
    size = ((((byte & 15).astype(np.int32) << 3) + 132) << ((byte & 112) >> 4)) - 132
    return np.where(byte & 128, -size, size).astype(np.int16)


def _alaw() -> NDArray[np.int16]:
    """ITU-T G.711, table 1a: every second bit inverted; the first segment has no leading one."""
    byte = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent = ((byte & 112) >> 4).astype(np.int32)
    mantissa = ((byte & 15).astype(np.int32) << 4) + 8
    size = np.where(exponent == 0, mantissa, (mantissa + 256) << np.maximum(exponent - 1, 0))
    return np.where(byte & 128, size, -size).astype(np.int16)


TABLE = {"ULAW": _ulaw(), "ALAW": _alaw()}
"""Every byte of G.711 as a 16-bit sample."""
