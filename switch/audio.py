"""Audio files in and out: anything libsndfile reads becomes µ-law; µ-law becomes a WAV."""

import io
import wave

import numpy as np
import soundfile
import soxr

from switch import g711


class NotAudioError(Exception):
    """The bytes are no audio file that can be played."""


def to_ulaw(data: bytes) -> bytes:
    """Decode a sound file of any rate and channel count to 8 kHz mono µ-law.

    Raises NotAudioError for anything that is not a sound file.
    """
    try:
        samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError, TypeError, ValueError) as error:
        raise NotAudioError("not an audio file") from error
    mono = samples.mean(axis=1)
    if rate != g711.RATE and len(mono):
        mono = soxr.resample(mono, rate, g711.RATE)
    return g711.encode((np.clip(mono, -1, 1) * 32767).astype(np.int16))


def to_wav(ulaw: bytes, right: bytes | None = None) -> bytes:
    """µ-law bytes -> a 16-bit 8 kHz WAV file; stereo when a right channel (as long) is given."""
    samples = g711.decode(ulaw)
    if right is not None:
        samples = np.column_stack((samples, g711.decode(right))).ravel()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1 if right is None else 2)
        file.setsampwidth(2)
        file.setframerate(g711.RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()
