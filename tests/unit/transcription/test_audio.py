"""What carriers and people send: every format, every kind of damage, bounded memory."""

import io
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from transcription.audio import (
    Audio,
    AudioError,
    Empty,
    NotAudio,
    Samples,
    TooLong,
    decode,
    encode_wav,
)

DATA = Path(__file__).parents[2] / "data" / "speech"
SPEECH = (DATA / "en" / "seen" / "001.wav").read_bytes()


def tone(rate: int, duration_s: float = 1.0, hertz: float = 440.0) -> Samples:
    """A sine at half of full scale."""
    t = np.arange(int(rate * duration_s)) / rate
    samples: Samples = np.rint(16384 * np.sin(2 * np.pi * hertz * t)).astype(np.int16)
    return samples


def encoded(samples: Samples, rate: int, form: str, subtype: str | None = None) -> bytes:
    """The samples in any format that libsndfile writes."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples / 32768, rate, format=form, subtype=subtype)
    return buffer.getvalue()


def pitch(audio: Audio) -> float:
    """The strongest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(audio.samples.astype(float)))
    return float(np.argmax(spectrum) * audio.rate / audio.samples.size)


def header(rate: int, data_bytes: int, channels: int = 1) -> bytes:
    """A WAV header (16-bit PCM) that may promise anything."""
    form = struct.pack("<HHIIHH", 1, channels, rate, 2 * rate * channels, 2 * channels, 16)
    return (
        b"RIFF" + struct.pack("<I", min(36 + data_bytes, 0xFFFFFFFF)) + b"WAVEfmt \x10\0\0\0" + form
    ) + (b"data" + struct.pack("<I", data_bytes))


@pytest.mark.parametrize("rate", [8000, 16000])
def test_pcm_comes_back_as_it_went(rate: int) -> None:
    audio = decode(encode_wav(tone(rate), rate))
    assert (audio.rate, audio.duration_s) == (rate, 1.0)
    assert audio.samples.dtype == np.int16
    assert np.array_equal(audio.samples, tone(rate))


@pytest.mark.parametrize("subtype", ["ULAW", "ALAW", "PCM_U8", "PCM_24", "PCM_32", "FLOAT"])
def test_every_wav_encoding_is_read(subtype: str) -> None:
    audio = decode(encoded(tone(8000), 8000, "WAV", subtype))
    assert (audio.rate, audio.samples.size) == (8000, 8000)
    assert np.max(np.abs(audio.samples - tone(8000).astype(int))) < 600


@pytest.mark.parametrize("form", ["MP3", "FLAC", "OGG", "RF64"])
def test_other_containers_are_read(form: str) -> None:
    audio = decode(encoded(tone(16000), 16000, form))
    assert audio.rate == 16000
    assert pitch(audio) == pytest.approx(440, abs=2)
    assert audio.duration_s == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize(
    ("source", "target"),
    [(6000, 8000), (11025, 8000), (22050, 16000), (44100, 16000), (48000, 16000)],
)
def test_any_rate_becomes_8_or_16_khz(source: int, target: int) -> None:
    audio = decode(encode_wav(tone(source, 2.0), source))
    assert audio.rate == target
    assert audio.duration_s == pytest.approx(2.0, abs=0.01)
    assert pitch(audio) == pytest.approx(440, abs=1)


def test_two_legs_are_mixed_down() -> None:
    left, right = tone(8000), np.zeros(8000, np.int16)
    audio = decode(encoded(np.stack([left, right], axis=1), 8000, "WAV"))
    assert np.max(np.abs(2 * audio.samples.astype(int) - left)) <= 1


@pytest.mark.parametrize("data", [b"", encode_wav(np.empty(0, np.int16), 8000)])
def test_an_empty_recording_is_called_empty(data: bytes) -> None:
    with pytest.raises(Empty, match="The recording is empty"):
        decode(data)


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>Not found</body></html>",
        b"\r\n<!DOCTYPE html>",
        b"\xef\xbb\xbf<?xml version='1.0'?><TwilioResponse/>",
        b'{"code": 20404}',
    ],
)
def test_a_page_is_not_audio(page: bytes) -> None:
    with pytest.raises(NotAudio, match="page of text"):
        decode(page)


@pytest.mark.parametrize(
    "data", [b"hello", b"%PDF-1.7", b"RIFF", b"RIFF\0\0\0\0AVI LIST", b"\xff", b"ID3", b"\0" * 999]
)
def test_anything_else_is_not_audio(data: bytes) -> None:
    with pytest.raises(NotAudio, match="not a recording"):
        decode(data)


@pytest.mark.parametrize("rate", [1, 3999, 192_001, 2**31 - 1])
def test_an_impossible_rate_is_not_audio(rate: int) -> None:
    with pytest.raises(NotAudio):
        decode(header(rate, 2000) + b"\1\0" * 1000)


@pytest.mark.parametrize("promised", [1_000_000, 0xFFFFFFFF])
def test_a_header_that_promises_more_than_there_is_yields_what_there_is(promised: int) -> None:
    audio = decode(header(8000, promised) + tone(8000).tobytes())
    assert np.array_equal(audio.samples, tone(8000))


@pytest.mark.parametrize("form", ["WAV", "MP3", "FLAC"])
def test_a_recording_cut_off_in_the_middle_yields_its_beginning(form: str) -> None:
    whole = encoded(tone(8000, 20.0), 8000, form)
    audio = decode(whole[: len(whole) // 2])
    assert 6.0 < audio.duration_s < 12.0
    assert pitch(audio) == pytest.approx(440, abs=1)


def test_a_recording_over_the_cap_is_too_long() -> None:
    data = encode_wav(tone(8000, 2.0), 8000)
    assert decode(data, max_duration_s=2.0).duration_s == 2.0
    with pytest.raises(TooLong):
        decode(data, max_duration_s=1.9)


def test_an_hour_is_refused_within_bounded_memory() -> None:
    flac = encoded(np.zeros((3600 * 8000,), np.int16), 8000, "FLAC")
    tracemalloc.start()
    try:
        with pytest.raises(TooLong):
            decode(flac)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64 * 2**20  # 30 minutes of int16 at 8 kHz are 27 MB


def test_numbers_that_are_none_do_no_harm() -> None:
    samples = np.array([np.nan, np.inf, -np.inf, 0.5] * 2000, np.float32)
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, 8000, format="WAV", subtype="FLOAT")
    assert decode(buffer.getvalue()).samples[:4].tolist() == [0, 32767, -32768, 16384]


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 255)), max_size=8), st.integers(0))
def test_damage_never_breaks_it(flips: list[tuple[int, int]], length: int) -> None:
    data = bytearray(SPEECH[: 60 + length % len(SPEECH)])
    for at, value in flips:
        data[at % len(data)] = value
    try:
        audio = decode(bytes(data), max_duration_s=60.0)
    except AudioError:
        return
    assert audio.rate in (8000, 16000)
    assert audio.samples.size == round(audio.duration_s * audio.rate) > 0
