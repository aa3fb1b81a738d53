"""The hold sound is never silent for long, and softer than the voice."""

import numpy as np

from ivr.hold import HOLD_S, hold_sound
from ivr.loudness import from_wav


def test_no_silence_of_a_second_and_no_louder_than_speech() -> None:
    samples, rate = from_wav(hold_sound())
    assert len(samples) == int(HOLD_S * rate)
    windows = samples[: len(samples) // 4000 * 4000].reshape(-1, 4000)
    assert (np.sqrt(np.mean(windows**2, axis=1)) > 0.005).all()
    assert 20 * np.log10(np.sqrt(np.mean(samples**2))) < -20
