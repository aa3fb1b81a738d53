"""The sound between two sentences while a caller waits: soft, slow chords, no long silence."""

import numpy as np

from ivr.loudness import TELEPHONE_RATE, Samples, to_wav

HOLD_S = 6.0
"""Short enough that a caller whose responder has answered is joined with them within seconds."""
_CHORDS = ((220.0, 277.2, 329.6), (246.9, 311.1, 370.0), (196.0, 246.9, 293.7))
_LEVEL = 0.06
"""Peak of each of three tones: about -26 dBFS together, below the voice (-20 dBFS)."""


def hold_sound() -> bytes:
    """Six seconds of three chords that swell and fade, as a telephone WAV."""
    return to_wav(np.concatenate([_chord(chord) for chord in _CHORDS]))


def _chord(tones: tuple[float, ...]) -> Samples:
    count = int(HOLD_S / len(_CHORDS) * TELEPHONE_RATE)
    t = np.arange(count) / TELEPHONE_RATE
    swell = np.sin(np.pi * np.arange(count) / count) ** 0.5
    tone = np.sum([np.sin(2 * np.pi * hz * t) for hz in tones], axis=0)
    return np.asarray(tone * swell * _LEVEL, dtype=np.float32)
