"""How loud a recording is; a plain one is read without a decoder as a decoder reads it."""

import io
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from transcription import loudness
from transcription.audio import STREAMED_TYPE, Part, decode_parts, encode_wav
from transcription.loudness import PIECES, Loudness, of_plain, of_samples
from transcription.media import g711
from transcription.samples import Samples


def buzz(seconds: float, height: int = 8000, rate: int = 8000) -> Samples:
    wave = height * np.sin(np.arange(int(seconds * rate)) / rate * 2 * np.pi * 200)
    return wave.astype(np.int16)


def wav(samples: Samples, subtype: str, rate: int = 8000) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype=subtype)
    return file.getvalue()


def test_the_tables_are_those_of_libsndfile() -> None:
    every = bytes(range(256))
    for code in ("ULAW", "ALAW"):
        options = {"samplerate": 8000, "channels": 1, "format": "RAW", "subtype": code}
        expected = soundfile.read(io.BytesIO(every), dtype="int16", **options)[0]
        assert (loudness.TABLE[code] == expected).all()


def test_silence_is_low_and_a_shout_is_high() -> None:
    found = of_samples(np.concatenate([buzz(1, 0), buzz(1, 32000)]), 8000)
    assert found.duration_s == 2
    assert len(found.peaks) == PIECES
    assert set(found.peaks[: PIECES // 2]) == {0}
    assert min(found.peaks[PIECES // 2 + 1 :]) > 90


def test_the_lowest_sample_counts_as_its_height() -> None:
    assert of_samples(np.full(800, -32768, np.int16), 8000).peaks == (100,) * PIECES


def test_nothing_has_no_peaks() -> None:
    assert of_samples(np.zeros(0, np.int16), 8000) == Loudness(0.0, ())


@given(st.integers(1, 2000), st.integers(0, 32767))
def test_any_length_has_as_many_pieces(count: int, height: int) -> None:
    found = of_samples(np.full(count, height, np.int16), 8000)
    assert len(found.peaks) == PIECES
    assert all(0 <= peak <= 100 for peak in found.peaks)


SOUND = buzz(0.7)
BOTH = np.stack([SOUND, np.zeros_like(SOUND)], axis=1)
PLAIN: list[list[Part]] = [
    [("audio/wav", encode_wav(SOUND, 8000))],
    [("audio/wav", encode_wav(buzz(0.5, rate=16000), 16000))],
    [("audio/x-wav", wav(SOUND, "ULAW"))],
    [("audio/wav", wav(SOUND, "ALAW"))],
    [(STREAMED_TYPE, g711.encode(SOUND))],
    [("audio/pcma", wav(SOUND, "ALAW")[-SOUND.size :])],
    [(STREAMED_TYPE, g711.encode(SOUND)), ("audio/wav", encode_wav(SOUND, 8000))],
    [(STREAMED_TYPE, b""), ("audio/wav", encode_wav(SOUND, 8000))],
]


@pytest.mark.parametrize("parts", PLAIN, ids=range(len(PLAIN)))
def test_plain_sound_is_read_as_a_decoder_reads_it(parts: list[Part]) -> None:
    decoded = decode_parts(parts)
    assert of_plain(parts) == of_samples(decoded.samples, decoded.rate)


def test_of_two_legs_the_louder_is_seen() -> None:
    found = of_plain([("audio/wav", wav(BOTH, "PCM_16"))])
    assert found == of_samples(SOUND, 8000)


def test_parts_of_different_rates_are_as_long_together() -> None:
    parts = [
        (STREAMED_TYPE, g711.encode(buzz(1))),
        ("audio/wav", encode_wav(buzz(1, rate=16000), 16000)),
    ]
    found = of_plain(parts)
    assert found is not None
    assert found.duration_s == 2


def head(tag: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16) -> bytes:
    frame = channels * bits // 8
    fmt = struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits)
    return b"RIFF\x00\x00\x00\x00WAVEfmt " + struct.pack("<I", 16) + fmt + b"data"


ODD = [
    b"",
    b"ID3\x04 an MP3",
    b"RIFF",
    b"RIFF\x00\x00\x00\x00WAVEfmt ",
    head() + struct.pack("<I", 400) + bytes(10),  # promises more than there is
    head() + struct.pack("<I", 3) + bytes(3),  # half a sample
    head() + struct.pack("<I", 0),
    head(rate=44100) + struct.pack("<I", 8) + bytes(8),
    head(channels=6) + struct.pack("<I", 12) + bytes(12),
    head(bits=24) + struct.pack("<I", 6) + bytes(6),
    head(tag=3, bits=32) + struct.pack("<I", 8) + bytes(8),
]


@pytest.mark.parametrize("data", ODD, ids=range(len(ODD)))
def test_anything_else_is_left_to_the_decoder(data: bytes) -> None:
    assert of_plain([("audio/wav", data)]) is None
    whole = ("audio/wav", encode_wav(SOUND, 8000))
    if data:
        assert of_plain([whole, ("audio/wav", data)]) is None


def test_a_rate_that_no_telephone_has_is_left_to_the_decoder() -> None:
    assert of_plain([("audio/x-mulaw;rate=44100", bytes(100))]) is None
    assert of_plain([("audio/x-mulaw;rate=none", bytes(100))]) is None


def test_half_an_hour_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loudness, "MAX_DURATION_S", 0.5)
    assert of_plain([("audio/wav", encode_wav(SOUND, 8000))]) is None


@given(st.binary(max_size=200))
def test_no_bytes_do_any_harm(data: bytes) -> None:
    of_plain([("audio/wav", data)])
    of_plain([("audio/wav", b"RIFF\x00\x00\x00\x00WAVEfmt " + data)])
