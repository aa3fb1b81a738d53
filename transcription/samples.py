"""From an open sound file to one channel of 16-bit samples, block by block, in bounded memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from transcription.audio_errors import NotAudio, TooLong

NARROW = 8000
WIDE = 16000
RATES = range(4000, 192_001)  # Hz; outside of it a header is a lie, not a recording
CHANNELS = 8  # the most: a call has two legs, a cinema eight
# Frames decoded at a time. Where a file is damaged, the rest of its block is lost with it: at the
# telephone's rate half a second.
BLOCK_FRAMES = 4096
UNCOUNTED = 1 << 62  # libsndfile's number of frames where the header gives none
EXACT = {"PCM_16", "ULAW", "ALAW"}  # libsndfile's names of what is 16-bit samples anyway

Samples = NDArray[np.int16]
Block = NDArray[np.float32]
"""A piece of sound: samples in -1…1. Of an EXACT file it is 16-bit samples."""


@dataclass
class Source:
    """An open file and what came of it. file: an open soundfile.SoundFile."""

    file: Any
    frames: int = field(default=0, init=False)
    broken: bool = field(default=False, init=False)

    @property
    def short(self) -> bool:
        """Whether less came than the header promised."""
        return self.broken or self.frames < self.file.frames < UNCOUNTED


def refuse_what_no_call_has(file: Any) -> None:
    """Raises NotAudio for rates and channels that no recording of a call has."""
    if file.samplerate not in RATES:
        raise NotAudio(f"A recording at {file.samplerate} samples per second cannot be used.")
    if file.channels > CHANNELS:
        raise NotAudio(f"A recording with {file.channels} channels cannot be used.")


def mono_blocks(source: Source, max_frames: int) -> Iterator[Block]:
    """The mean of all channels, piece by piece; ends where the file is damaged.

    Raises TooLong when there are more than `max_frames` in it.
    """
    kind = "int16" if is_exact(source.file) else "float32"
    while True:
        try:
            block = source.file.read(BLOCK_FRAMES, dtype=kind, always_2d=True)
        except soundfile.LibsndfileError:
            source.broken = True
            return
        if not len(block):
            return
        source.frames += len(block)
        if source.frames > max_frames:
            raise TooLong("The recording is longer than the longest that is transcribed.")
        yield mono(block) if kind == "float32" else block[:, 0]


def is_exact(file: Any) -> bool:
    """Whether the file holds one channel of 16-bit samples at the rate that is wanted: what
    telephones record."""
    return file.channels == 1 and file.subtype in EXACT and file.samplerate in (NARROW, WIDE)


def mono(block: Block) -> Block:
    """The mean of the channels, shape (frames,), in -1…1; numbers that are none become silence."""
    np.nan_to_num(block, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
    if block.shape[1] == 1:
        return block[:, 0]
    mean: Block = np.clip(block, -1.0, 1.0).mean(axis=1)
    return mean


def at_rate(blocks: Iterable[Block], source_rate: int, rate: int) -> Iterator[Block]:
    """The blocks resampled from one rate to the other, as a stream, so that none is kept."""
    if source_rate == rate:
        yield from blocks
        return
    stream = soxr.ResampleStream(source_rate, rate, 1, dtype="float32")
    for block in blocks:
        yield stream.resample_chunk(np.clip(block, -1.0, 1.0))
    yield stream.resample_chunk(np.empty(0, np.float32), last=True)


class Resampler:
    """16-bit samples at another rate, as a stream."""

    def __init__(self, source_rate: int, rate: int) -> None:
        """From `source_rate` to `rate`, both in Hz."""
        self._stream = soxr.ResampleStream(source_rate, rate, 1, dtype="int16")

    def more(self, pcm: bytes, *, last: bool = False) -> bytes:
        """What comes of more little-endian samples; some of it comes later, and with `last` all."""
        made = self._stream.resample_chunk(np.frombuffer(pcm, "<i2"), last=last)
        return bytes(made.astype("<i2", copy=False).tobytes())


def to_int16(block: Block) -> Samples:
    """Samples in -1…1 as 16-bit numbers; 16-bit PCM, µ-law and A-law come back exactly."""
    if block.dtype == np.int16:
        return block.view(np.int16)
    whole = np.rint(np.clip(block, -1.0, 1.0) * np.float32(32768.0))
    samples: Samples = np.minimum(whole, np.float32(32767.0)).astype(np.int16)
    return samples


def collected(blocks: Iterable[Block]) -> Samples:
    """All blocks in one array; never twice in memory."""
    gathered = bytearray()
    for block in blocks:
        gathered += to_int16(block).tobytes()
    return np.frombuffer(gathered, np.int16)
