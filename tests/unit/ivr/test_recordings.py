"""Recordings of prompts: what may become one, and what is kept of it."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hotline.languages import load_languages
from ivr import recordings
from ivr.loudness import LEVEL_DBFS, from_wav
from ivr.prompts import Catalogue
from ivr.recordings import RecordingRefused, Wrong

RATE = 44_100


def voice(seconds: float, level: float = 0.3) -> np.ndarray:
    """Something like speech: a tone that swells and fades four times a second."""
    t = np.arange(int(seconds * RATE)) / RATE
    return np.asarray(level * np.sin(2 * np.pi * 330 * t) * np.sin(np.pi * 4 * t) ** 2)


def file(samples: np.ndarray, kind: str = "WAV", subtype: str | None = "PCM_16") -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, RATE, format=kind, subtype=subtype)
    return buffer.getvalue()


def why(data: bytes) -> Wrong:
    with pytest.raises(RecordingRefused) as refused:
        recordings.checked(data)
    return refused.value.why


@pytest.mark.parametrize(("kind", "subtype"), [("WAV", "PCM_24"), ("WAV", "FLOAT"), ("MP3", None)])
def test_stereo_of_any_kind_becomes_one_channel(kind: str, subtype: str | None) -> None:
    both = np.stack([voice(1.0), voice(1.0)], axis=1)
    wav = soundfile.info(io.BytesIO(recordings.checked(file(both, kind, subtype))))
    assert (wav.channels, wav.samplerate, wav.subtype) == (1, 16_000, "PCM_16")
    assert wav.duration == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"<!doctype html><title>Not found</title>", Wrong.NOT_AUDIO),
        (b"\x00" * 4000, Wrong.NOT_AUDIO),
        (file(voice(1.0))[:3000], Wrong.NOT_AUDIO),
        (b"", Wrong.SILENT),
        (file(np.zeros(RATE)), Wrong.SILENT),
        (file(voice(0.1)), Wrong.TOO_SHORT),
        (file(voice(1.0, level=0.005)), Wrong.TOO_QUIET),
        (file(np.clip(voice(1.0, level=6.0), -1, 1)), Wrong.CLIPPED),
        (file(voice(31.0)), Wrong.TOO_LONG),
        (b"RIFF" + b"\x00" * recordings.MAX_BYTES, Wrong.TOO_LARGE),
    ],
    ids=lambda value: value.value if isinstance(value, Wrong) else "",
)
def test_what_cannot_be_a_prompt_is_refused(data: bytes, wrong: Wrong) -> None:
    assert why(data) is wrong


def test_a_recording_is_heard_at_once_and_at_the_loudness_of_all(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    catalogue = Catalogue(load_languages(["en"]), tmp_path / "cache", folder)
    before = catalogue.url_path("en", "danger")
    recordings.put(folder, "en", "danger", recordings.checked(file(voice(1.5, level=0.05))))
    assert catalogue.recorded("en", "danger")
    assert catalogue.url_path("en", "danger") != before
    samples, rate = from_wav(catalogue.file("en", "danger").read_bytes())
    assert (rate, len(samples) / rate) == (8000, pytest.approx(1.75, abs=0.15))
    loud = samples[np.abs(samples) > 0.02]
    assert 20 * np.log10(np.sqrt(np.mean(loud**2))) == pytest.approx(LEVEL_DBFS, abs=3)


def test_without_the_recording_the_local_voice_speaks_again(tmp_path: Path) -> None:
    catalogue = Catalogue(load_languages(["en"]), tmp_path / "cache", tmp_path / "recordings")
    before = catalogue.url_path("en", "danger")
    wav = recordings.checked(file(voice(1.0)))
    recordings.put(tmp_path / "recordings", "en", "danger", wav)
    assert recordings.remove(tmp_path / "recordings", "en", "danger")
    assert not recordings.remove(tmp_path / "recordings", "en", "danger")
    assert catalogue.url_path("en", "danger") == before
    assert [p.name for p in (tmp_path / "recordings" / "en").iterdir()] == []
