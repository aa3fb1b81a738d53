"""µ-law, against libsndfile's."""

import io

import numpy as np
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from transcription.media import g711

EVERY = bytes(range(256))


def test_every_code_is_decoded_as_libsndfile_does() -> None:
    file = io.BytesIO(EVERY)
    theirs, _ = soundfile.read(
        file, dtype="int16", samplerate=8000, channels=1, format="RAW", subtype="ULAW"
    )
    assert np.array_equal(g711.samples(EVERY), theirs)
    assert g711.pcm(EVERY) == theirs.astype("<i2").tobytes()


@given(st.binary(min_size=1, max_size=500))
def test_what_was_decoded_is_encoded_to_the_same_sound(data: bytes) -> None:
    samples = g711.samples(data)
    assert np.array_equal(g711.samples(g711.encode(samples)), samples)


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=200))
def test_any_sample_finds_the_nearest_code(values: list[int]) -> None:
    given_ = np.array(values, np.int16)
    found = g711.samples(g711.encode(given_)).astype(int)
    best = np.abs(g711.LINEAR.astype(int)[None, :] - given_.astype(int)[:, None]).min(axis=1)
    assert np.array_equal(np.abs(found - given_.astype(int)), best)


def test_a_tone_has_its_length_its_pitch_and_no_click() -> None:
    heard = g711.samples(g711.tone(1000.0, 0.4, 0.25)).astype(float)
    assert len(heard) == 3200
    spectrum = np.abs(np.fft.rfft(heard))
    assert np.argmax(spectrum) * g711.RATE / len(heard) == 1000.0
    assert abs(heard).max() <= 0.26 * 32767
    assert abs(heard[0]) < 100
    assert abs(heard[-1]) < 1500
