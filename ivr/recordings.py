"""Human recordings of prompts: checked, brought into one shape, kept in the recordings folder.

What is kept is our own WAV of the decoded samples, never the bytes that were sent. Its loudness is
made even when a prompt is rendered from it, as that of every voice (`ivr.loudness`).
"""

from enum import StrEnum
from pathlib import Path

import numpy as np

from ivr.prompts import write_whole
from transcription.audio import Audio, AudioError, Empty, Flaw, TooLong, encode_wav
from transcription.decoder import decoded

MAX_BYTES = 5 * 1024 * 1024
"""Half a minute of stereo at 44.1 kHz and 16 bit."""
MAX_S = 30.0
"""No prompt is a speech: whoever is in danger waits for its end."""
SHORTEST_S = 0.2
CLIPPED_AT, CLIPPED_SHARE = 32_600, 0.005
"""Samples at the limit of 16 bit; where 1 of 200 is, speech sounds torn."""
QUIETEST = 330
"""A peak of -40 dBFS: raised to the telephone's level, its noise would be louder than a line's."""


class Wrong(StrEnum):
    """Why a recording cannot be a prompt."""

    NOT_AUDIO = "not_audio"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    SILENT = "silent"
    TOO_QUIET = "too_quiet"
    CLIPPED = "clipped"


class RecordingRefused(Exception):
    """The recording cannot be a prompt; `why` says the reason."""

    def __init__(self, why: Wrong) -> None:
        super().__init__(why.value)
        self.why = why


def checked(data: bytes) -> bytes:
    """The recording as a WAV of one channel that may become a prompt. Raises RecordingRefused."""
    if len(data) > MAX_BYTES:
        raise RecordingRefused(Wrong.TOO_LARGE)
    try:
        audio = decoded(data, MAX_S)
    except TooLong:
        raise RecordingRefused(Wrong.TOO_LONG) from None
    except Empty:
        raise RecordingRefused(Wrong.SILENT) from None
    except AudioError:
        raise RecordingRefused(Wrong.NOT_AUDIO) from None
    if wrong := _wrong(audio):
        raise RecordingRefused(wrong)
    return encode_wav(audio.samples, audio.rate)


def _wrong(audio: Audio) -> Wrong | None:
    loud = np.abs(audio.samples.astype(np.int32))
    if Flaw.TRUNCATED in audio.flaws:
        return Wrong.NOT_AUDIO
    if Flaw.SILENT in audio.flaws:
        return Wrong.SILENT
    if audio.duration_s < SHORTEST_S:
        return Wrong.TOO_SHORT
    if int(loud.max()) < QUIETEST:
        return Wrong.TOO_QUIET
    return Wrong.CLIPPED if float(np.mean(loud >= CLIPPED_AT)) > CLIPPED_SHARE else None


def put(folder: Path, language: str, name: str, wav: bytes) -> None:
    """Keep a checked recording; from now on callers hear it. The names must be known ones."""
    write_whole(_path(folder, language, name), wav)


def remove(folder: Path, language: str, name: str) -> bool:
    """Take a recording away, so that the local voice speaks again. False when there was none."""
    path = _path(folder, language, name)
    there = path.is_file()
    path.unlink(missing_ok=True)
    return there


def _path(folder: Path, language: str, name: str) -> Path:
    return folder / language / f"{name}.wav"
