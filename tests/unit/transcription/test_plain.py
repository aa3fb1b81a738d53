"""Replies by voice: a plain WAV becomes the telephone's, everything else is refused."""

import io
import wave

import numpy as np
import pytest

from transcription import plain
from transcription.audio import AudioError, Empty, NotAudio, TooLong
from transcription.audio_errors import AudioError as Base


def made(rate: int, channels: int = 1, seconds: float = 0.5, width: int = 2) -> bytes:
    file = io.BytesIO()
    tone = np.sin(np.arange(int(rate * seconds)) / rate * 2 * np.pi * 440) * 8000
    samples = np.repeat(tone.astype("<i2"), channels)
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(samples.tobytes() if width == 2 else bytes(len(samples)))
    return file.getvalue()


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (44100, 1), (48000, 2)])
def test_it_becomes_one_channel_of_8_khz(rate: int, channels: int) -> None:
    samples, seconds = plain.telephone(made(rate, channels), 120.0)
    assert samples.dtype == np.int16
    assert abs(len(samples) - 4000) <= 2
    assert seconds == pytest.approx(0.5)
    loudest = np.abs(np.fft.rfft(samples[:4000])).argmax() * 8000 / 4000
    assert loudest == pytest.approx(440, abs=4)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotAudio),
        (b"<html>", NotAudio),
        (made(8000)[:40], NotAudio),
        (made(8000, width=1), NotAudio),
        (made(4000), NotAudio),
        (made(8000, channels=6), NotAudio),
        (made(8000, seconds=0.0), Empty),
        (made(8000, seconds=3.0), TooLong),
    ],
)
def test_anything_else_is_refused(data: bytes, error: type[Base]) -> None:
    with pytest.raises(error):
        plain.telephone(data, 2.0)


def test_what_is_cut_off_is_used_as_far_as_it_goes() -> None:
    samples, _ = plain.telephone(made(8000)[:-1001], 2.0)
    assert 3000 < len(samples) < 4000


def test_all_refusals_are_of_one_kind() -> None:
    assert AudioError is Base
