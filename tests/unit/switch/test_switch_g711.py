"""G.711 against its definition: the table is monotonic, symmetric and its own inverse."""

import numpy as np

from switch import g711

# ITU-T G.711 table 2a: decision values scaled to 16 bits, positive half, ends of the segments.
SEGMENT_ENDS = {0x80: 32124, 0x8F: 16764, 0x9F: 8316, 0xAF: 4092, 0xBF: 1980, 0xFE: 8, 0xFF: 0}


def test_known_values() -> None:
    for code, sample in SEGMENT_ENDS.items():
        assert g711.decode(bytes([code]))[0] == sample
        assert g711.decode(bytes([code & 0x7F]))[0] == -sample


def test_every_code_survives_decoding_and_encoding() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)  # 0x7F is a second zero
    assert g711.encode(g711.decode(codes)) == codes


def test_every_sample_comes_back_within_half_a_step() -> None:
    samples = np.arange(-32124, 32125).astype(np.int16)
    back = g711.decode(g711.encode(samples)).astype(np.int32)
    error = np.abs(back - samples)
    assert (error <= np.maximum(4, (np.abs(samples.astype(np.int32)) + 132) / 32 + 1)).all()


def test_silence_is_silent_and_sound_is_not() -> None:
    assert g711.is_silent(g711.SILENCE)
    quiet = g711.encode(np.full(g711.FRAME, 60, dtype=np.int16))
    loud = g711.encode(np.full(g711.FRAME, 600, dtype=np.int16))
    assert g711.is_silent(quiet)
    assert not g711.is_silent(loud)
    assert g711.loudness(b"") == 0
