"""Recordings in, samples out: decode what carriers send, within bounded memory.

Twilio sends WAV (8 kHz, PCM or µ-law, one channel or one per leg) or MP3; people give
`hotline transcribe` whatever they have. Everything becomes one channel of 16-bit samples at 8 or
16 kHz, the rates that Vosk's models take.
"""

import io
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

NARROW = 8000
WIDE = 16000
RATES = range(4000, 192_001)  # Hz; outside of it a header is a lie, not a recording
MAX_DURATION_S = (
    30 * 60.0
)  # the longest message is 5 minutes, a recorded bridge rarely half an hour
UNREADABLE = "This is not a recording that can be read (WAV or MP3 is expected)."
BLOCK_SAMPLES = 1 << 16  # decoded at a time, over all channels: 256 kB of float32

Samples = NDArray[np.int16]
Block = NDArray[np.float32]


class AudioError(Exception):
    """The bytes cannot be used as a recording; the message is one plain sentence."""


class NotAudio(AudioError):
    """Something else was sent, a page of HTML for example."""


class Empty(AudioError):
    """There is not one sample in it."""


class TooLong(AudioError):
    """It plays longer than the cap."""


@dataclass(frozen=True)
class Audio:
    """One recording. samples: int16, one channel, shape (n,). rate: 8000 or 16000 Hz."""

    samples: Samples
    rate: int
    duration_s: float


def decode(data: bytes, max_duration_s: float = MAX_DURATION_S) -> Audio:
    """Decode WAV (PCM, float, µ-law, A-law), MP3, FLAC or Ogg of any rate; mix channels down.

    A recording cut off in the middle yields what there is of it. Raises NotAudio, Empty or TooLong.
    """
    refuse_what_is_not_audio(data)
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            return read(file, max_duration_s)
    except soundfile.LibsndfileError:
        raise NotAudio(UNREADABLE) from None


def refuse_what_is_not_audio(data: bytes) -> None:
    """Look at the first bytes. Raises Empty or NotAudio, so that no decoder guesses at a page."""
    if not data:
        raise Empty("The recording is empty: it has no bytes at all.")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{")):
        raise NotAudio("This is a page of text (HTML, XML or JSON), not a recording.")
    if not looks_like_audio(data):
        raise NotAudio(UNREADABLE)


def looks_like_audio(data: bytes) -> bool:
    """Whether it starts as WAV, FLAC, Ogg or MP3 do (an MP3 may start with a tag or a frame)."""
    if data.startswith((b"RIFF", b"RIFX", b"RF64", b"fLaC", b"OggS", b"ID3")):
        return True
    return len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0


def read(file: Any, max_duration_s: float) -> Audio:
    """Decode an open soundfile.SoundFile block by block. Raises NotAudio, Empty or TooLong."""
    source_rate = file.samplerate
    if source_rate not in RATES:
        raise NotAudio(f"A recording at {source_rate} samples per second cannot be used.")
    rate = WIDE if source_rate >= WIDE else NARROW
    blocks = at_rate(limited(mono_blocks(file), int(max_duration_s * source_rate)), file, rate)
    samples = np.concatenate([to_int16(block) for block in blocks] or [np.empty(0, np.int16)])
    if not samples.size:
        raise Empty("The recording is empty: it has no sound in it.")
    return Audio(samples=samples, rate=rate, duration_s=samples.size / rate)


def mono_blocks(file: Any) -> Iterator[Block]:
    """The mean of all channels, piece by piece; ends early where the file is damaged."""
    frames = max(1, BLOCK_SAMPLES // file.channels)
    while True:
        try:
            block = file.read(frames, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError:
            return
        if not len(block):
            return
        yield np.nan_to_num(block.mean(axis=1), posinf=1.0, neginf=-1.0)


def limited(blocks: Iterator[Block], max_frames: int) -> Iterator[Block]:
    """The same blocks. Raises TooLong when they hold more than `max_frames` together."""
    frames = 0
    for block in blocks:
        frames += len(block)
        if frames > max_frames:
            raise TooLong("The recording is longer than the longest that is transcribed.")
        yield block


def at_rate(blocks: Iterator[Block], file: Any, rate: int) -> Iterator[Block]:
    """The blocks resampled from the file's rate to `rate`, as a stream, so that none is kept."""
    if file.samplerate == rate:
        yield from blocks
        return
    stream = soxr.ResampleStream(file.samplerate, rate, 1, dtype="float32")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.empty(0, np.float32), last=True)


def to_int16(block: Block) -> Samples:
    """Samples in -1…1 as 16-bit numbers; 16-bit PCM, µ-law and A-law come back exactly."""
    samples: Samples = np.clip(np.rint(block * 32768.0), -32768, 32767).astype(np.int16)
    return samples


def encode_wav(samples: Samples, rate: int) -> bytes:
    """The samples (int16, one channel, shape (n,)) as a 16-bit PCM WAV file at `rate` Hz."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return buffer.getvalue()
