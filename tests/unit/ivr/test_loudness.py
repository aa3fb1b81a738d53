"""Telephone level and shape."""

import io
import wave

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.loudness import Samples, from_wav, joined, telephone, to_wav


def tone(seconds: float, rate: int, level: float) -> Samples:
    t = np.arange(int(seconds * rate)) / rate
    return np.asarray(level * np.sin(2 * np.pi * 440 * t), dtype=np.float32)


def dbfs(samples: Samples) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2))))


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
@pytest.mark.parametrize("level", [0.001, 0.05, 0.9])
def test_every_voice_comes_out_equally_loud(rate: int, level: float) -> None:
    shaped = telephone(tone(1, rate, level), rate)
    assert dbfs(shaped[1200:7800]) == pytest.approx(-20, abs=0.5)


def test_edges_are_soft_and_a_tail_follows() -> None:
    shaped = telephone(tone(1, 8000, 0.5), 8000)
    assert not shaped[:800].any()
    assert abs(shaped[800]) < 0.001
    assert not shaped[-1200:].any()


def test_long_pauses_at_the_ends_are_cut() -> None:
    quiet = np.zeros(16000, np.float32)
    shaped = telephone(np.concatenate([quiet, tone(1, 8000, 0.5), quiet]), 8000)
    assert len(shaped) == pytest.approx(8000 * 1.35, abs=400)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-1, 1, width=32), max_size=400), st.sampled_from([8000, 16000]))
def test_anything_becomes_a_sound_within_bounds(values: list[float], rate: int) -> None:
    shaped = telephone(np.array(values, dtype=np.float32), rate)
    assert np.isfinite(shaped).all()
    assert (np.abs(shaped) <= 1).all()


def test_a_wav_comes_back_as_it_went() -> None:
    sound = tone(0.2, 8000, 0.5)
    data = to_wav(sound)
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
    samples, rate = from_wav(data)
    assert rate == 8000
    assert np.allclose(samples, sound, atol=1e-3)


def test_nothing_joined_is_silence() -> None:
    assert not joined([]).any()
    assert len(joined([])) > 0
    assert len(joined([tone(1, 8000, 1), tone(1, 8000, 1)])) == 16000
