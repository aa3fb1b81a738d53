"""µ-law: what the table and the way back give, and the tone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcription.audio import STREAMED_TYPE, decode
from transcription.media import g711


@given(st.binary(min_size=1, max_size=500))
def test_a_stream_sounds_as_the_worker_decodes_it(data: bytes) -> None:
    data = b"\xff" * 16 + data  # as speech begins: a worker would read "<!DOCTYPE" as a page
    assert np.array_equal(g711.samples(data), decode(data, media_type=STREAMED_TYPE).samples)
    assert g711.pcm(data) == g711.samples(data).astype("<i2").tobytes()


def test_the_table_is_that_of_the_standard() -> None:
    """ITU-T G.711, table 2a, scaled to 16 bits: the ends of both halves and the steps around 0."""
    picked = {0x00: -32124, 0x7F: 0, 0x80: 32124, 0xFF: 0, 0x0F: -16764, 0x7E: -8, 0xFE: 8}
    assert {code: int(g711.LINEAR[code]) for code in picked} == picked


@given(st.binary(min_size=1, max_size=500))
def test_what_was_decoded_is_encoded_to_the_same_sound(data: bytes) -> None:
    samples = g711.samples(data)
    assert np.array_equal(g711.samples(g711.encode(samples)), samples)


def test_a_tone_has_its_length_its_pitch_and_no_click() -> None:
    heard = g711.samples(g711.tone(1000.0, 0.4, 0.25)).astype(float)
    assert len(heard) == 3200
    spectrum = np.abs(np.fft.rfft(heard))
    assert np.argmax(spectrum) * g711.RATE / len(heard) == 1000.0
    assert abs(heard).max() <= 0.26 * 32767
    assert abs(heard[0]) < 100
    assert abs(heard[-1]) < 1500
