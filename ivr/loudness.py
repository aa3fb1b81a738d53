"""Bring speech to telephone level and shape: 8 kHz, 16-bit, mono, one loudness, soft edges.

Pure signal work on numpy arrays; the caller hears every prompt, whoever spoke it, equally loud.
"""

import io
import wave
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

Samples = npt.NDArray[np.float32]

TELEPHONE_RATE = 8000
LEVEL_DBFS = -20.0
"""Active speech level; about -16 dBm0, the middle of what networks are planned for (ITU-T P.56)."""
PEAK = 0.8
FADE_S = 0.01
LEAD_S = 0.1
"""Silence before the first sound. Without it the vowel that a sentence begins with is half lost:
Vosk heard "someone is" instead of "if someone is in danger"; telephones clip beginnings too."""
TAIL_S = 0.15
_GATE = 0.02
"""Below this share of the peak a 20 ms frame counts as a pause and not as speech."""


def telephone(samples: Samples, rate: int) -> Samples:
    """Mono samples (-1 to 1) at `rate` Hz -> the same speech at 8 kHz, -20 dBFS, with soft edges.

    Pauses at both ends are cut to 50 ms; 100 ms of silence go before, 150 ms follow. Silence stays
    silence.
    """
    low = samples if rate == TELEPHONE_RATE else soxr.resample(samples, rate, TELEPHONE_RATE)
    low = _trimmed(np.asarray(low, dtype=np.float32))
    before, after = (np.zeros(_count(seconds), np.float32) for seconds in (LEAD_S, TAIL_S))
    return np.concatenate([before, _faded(_levelled(low)), after])


def joined(pieces: Sequence[Samples]) -> Samples:
    """Pieces at 8 kHz one after another; none at all gives silence."""
    return np.concatenate([*pieces, np.zeros(0 if pieces else _count(TAIL_S), np.float32)])


def to_wav(samples: Samples) -> bytes:
    """Samples at 8 kHz (-1 to 1) as a WAV file: 16-bit PCM, mono."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(TELEPHONE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def from_wav(data: bytes) -> tuple[Samples, int]:
    """Any file libsndfile reads -> (mono samples, rate in Hz). Raises soundfile.LibsndfileError."""
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    return samples.mean(axis=1).astype(np.float32), int(rate)


def _count(seconds: float) -> int:
    return int(seconds * TELEPHONE_RATE)


def _frames(samples: Samples) -> npt.NDArray[np.bool_]:
    """Which 20 ms frames hold speech."""
    size = _count(0.02)
    whole = samples[: len(samples) // size * size].reshape(-1, size)
    if not whole.size:
        return np.zeros(0, bool)
    loudness = np.sqrt(np.mean(whole**2, axis=1))
    active: npt.NDArray[np.bool_] = loudness > max(float(loudness.max()) * _GATE, 1e-5)
    return active


def _trimmed(samples: Samples) -> Samples:
    spoken = np.flatnonzero(_frames(samples))
    if not spoken.size:
        return samples[: _count(TAIL_S)]
    size, margin = _count(0.02), _count(0.05)
    first = max(0, int(spoken[0]) * size - margin)
    return samples[first : (int(spoken[-1]) + 1) * size + margin]


def _levelled(samples: Samples) -> Samples:
    active = _frames(samples)
    if not active.any():
        return _limited(samples)  # resampling may overshoot
    size = _count(0.02)
    speech = samples[: len(active) * size].reshape(-1, size)[active]
    gain = 10 ** (LEVEL_DBFS / 20) / float(np.sqrt(np.mean(speech**2)))
    return _limited(samples * np.float32(gain))


def _limited(samples: Samples) -> Samples:
    """Round off peaks above 0.8 instead of cutting them."""
    over = np.abs(samples) - PEAK
    bent = PEAK + (1 - PEAK) * np.tanh(np.maximum(over, 0) / (1 - PEAK))
    limited = np.where(over > 0, np.sign(samples) * bent, samples)
    return np.clip(limited, -1, 1).astype(np.float32)  # rounding may go a hair beyond


def _faded(samples: Samples) -> Samples:
    count = min(_count(FADE_S), len(samples) // 2)
    shaped = samples.copy()
    ramp = np.linspace(0, 1, count, dtype=np.float32)
    shaped[:count] *= ramp
    shaped[len(shaped) - count :] *= ramp[::-1]
    return shaped
