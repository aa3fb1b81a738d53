"""How long a tone sounds in a recording: the proof that sound passed. Pure."""

import io

import numpy as np
import soundfile

WINDOW_S = 0.1
SHARE = 0.5
"""A window counts when at least this share of its power lies at the tone."""
LOUD = 0.01
"""Root mean square (of full scale 1) below which a window is silence; µ-law hiss lies under it."""


def seconds_of(wav: bytes, hz: float) -> float:
    """Seconds, in steps of 0.1, in which the tone of `hz` holds most of the sound."""
    samples, rate = soundfile.read(io.BytesIO(wav), dtype="float64", always_2d=True)
    mono = samples.mean(axis=1)
    size = int(rate * WINDOW_S)
    count = len(mono) // size
    if not count:
        return 0.0
    windows = mono[: count * size].reshape(count, size)
    energy = (windows**2).sum(axis=1)
    probe = np.exp(-2j * np.pi * hz * np.arange(size) / rate)
    at_hz = np.abs(windows @ probe) ** 2 * 2 / size
    loud = energy / size > LOUD**2
    return float(np.count_nonzero(loud & (at_hz >= SHARE * energy)) * WINDOW_S)
