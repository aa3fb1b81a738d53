"""Tones, and how they are measured."""

import numpy as np
import pytest

from switch import g711, tones
from switch.audio import to_wav


def test_a_tone_is_found_at_its_frequency_only() -> None:
    wav = to_wav(tones.tone(700, seconds=2))
    assert tones.tone_seconds(wav, 700) == pytest.approx(2.0)
    assert tones.tone_seconds(wav, 1200) == 0


def test_two_tones_share_the_power() -> None:
    samples = g711.decode(tones.tone(700, 1500, seconds=1)).astype(np.float64)
    assert tones.goertzel(samples, 8000, 700) == pytest.approx(0.5, abs=0.05)
    assert tones.goertzel(samples, 8000, 1500) == pytest.approx(0.5, abs=0.05)
    assert tones.goertzel(samples, 8000, 300) < 0.01


def test_silence_and_too_little_audio_hold_no_tone() -> None:
    assert tones.tone_seconds(to_wav(tones.silence(1)), 700) == 0
    assert tones.goertzel(np.zeros(10), 8000, 700) == 0
    assert tones.goertzel(np.zeros(8000), 8000, 700) == 0


def test_key_tones_are_two_frequencies() -> None:
    samples = g711.decode(tones.dtmf("5")[:800]).astype(np.float64)
    assert tones.goertzel(samples, 8000, 770) > 0.4
    assert tones.goertzel(samples, 8000, 1336) > 0.4
    assert len(tones.dtmf("w")) == 4000
    assert tones.dtmf("?") == b""
