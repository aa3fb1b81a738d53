"""Tones are measured where they are, and nowhere else."""

import io

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from hotline.demo.tones import seconds_of

RATE = 8000


def tone(hz: float, seconds: float, level: float = 0.3) -> npt.NDArray[np.float64]:
    return level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def wav(*pieces: npt.NDArray[np.float64]) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.concatenate(pieces), RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def test_measures_a_tone_between_silences() -> None:
    sound = wav(np.zeros(RATE), tone(700, 3.0), np.zeros(RATE))
    assert seconds_of(sound, 700) == pytest.approx(3.0, abs=0.11)
    assert seconds_of(sound, 1100) == 0.0


@given(st.floats(300, 3000), st.floats(0.5, 3.0))
def test_finds_any_telephone_tone(hz: float, seconds: float) -> None:
    assert seconds_of(wav(tone(hz, seconds)), hz) == pytest.approx(seconds, abs=0.21)


def test_noise_and_silence_are_no_tone() -> None:
    noise = np.random.default_rng(7).normal(0, 0.1, RATE * 3)
    assert seconds_of(wav(noise), 700) == 0.0
    assert seconds_of(wav(np.zeros(RATE)), 700) == 0.0
    assert seconds_of(wav(np.zeros(10)), 700) == 0.0
