"""Recordings in, samples out: decode what carriers send, within bounded memory.

Twilio sends WAV (8 kHz, PCM or µ-law, one channel or one per leg) or MP3, a stream is raw µ-law,
and people give `hotline transcribe` whatever they have. Everything becomes one channel of 16-bit
samples at 8 or 16 kHz, the rates that Vosk's models take. Several channels are mixed down: with the
caller on one of them and silence or a prompt on the other, every word of the caller's is kept.
"""

import io
import wave
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import soundfile

from transcription import containers, mp3
from transcription.audio_errors import AudioError, Empty, Flaw, NotAudio, TooLong
from transcription.containers import NO_SOUND, UNREADABLE, Container
from transcription.samples import (
    NARROW,
    RATES,
    WIDE,
    Block,
    Samples,
    Source,
    at_rate,
    collected,
    mono_blocks,
    refuse_what_no_call_has,
)

__all__ = [
    "MAX_DURATION_S",
    "NARROW",
    "STREAMED_TYPE",
    "WIDE",
    "Audio",
    "AudioError",
    "Empty",
    "Flaw",
    "NotAudio",
    "Part",
    "Samples",
    "TooLong",
    "decode",
    "decode_parts",
    "encode_wav",
    "playable",
]

MAX_DURATION_S = (
    30 * 60.0
)  # the longest message is 5 minutes, a recorded bridge rarely half an hour
STREAMED_TYPE = "audio/x-mulaw;rate=8000"
"""Media type of what is streamed to us: µ-law without any header."""
# RFC 4856, RFC 2046 §4.2 (basic), and what Twilio's streams call it.
HEADERLESS = {
    "audio/x-mulaw": "ULAW",
    "audio/pcmu": "ULAW",
    "audio/basic": "ULAW",
    "audio/x-alaw": "ALAW",
    "audio/pcma": "ALAW",
}
SILENCE = 64  # of 32,768: -54 dB; the noise of a telephone line alone is louder

Part = tuple[str, bytes]
"""Media type and bytes."""


@dataclass(frozen=True)
class Audio:
    """One recording. samples: int16, one channel, shape (n,). rate: 8000 or 16000 Hz.

    flaws: what is odd about it, each with its sentence.
    """

    samples: Samples
    rate: int
    duration_s: float
    flaws: frozenset[Flaw] = frozenset()

    @property
    def damaged(self) -> bool:
        """Whether something of the recording is missing."""
        return bool(self.flaws & {Flaw.TRUNCATED, Flaw.PART_LOST})


def decode(data: bytes, max_duration_s: float = MAX_DURATION_S, media_type: str = "") -> Audio:
    """Decode WAV (PCM, float, µ-law, A-law …), MP3, FLAC or Ogg of any rate; mix channels down.

    The bytes decide what it is. media_type: what it was said to be; only a headerless kind
    (HEADERLESS, with `;rate=`) needs it. What there is of a damaged file is used, and silence is a
    recording like any other: see `Audio.flaws`. Raises NotAudio, Empty or TooLong.
    """
    headerless = HEADERLESS.get(bare(media_type))
    if headerless is not None and not has_container(data):
        return decode_headerless(data, headerless, rate_of(media_type), max_duration_s)
    container = containers.recognise(data)
    clean, flaws = readable(data, container)
    if containers.contradicts(media_type, container) or headerless is not None:
        flaws |= {Flaw.MISLABELLED}
    try:
        with soundfile.SoundFile(io.BytesIO(clean)) as file:
            return read(file, max_duration_s, flaws)
    except soundfile.LibsndfileError:
        raise NotAudio(UNREADABLE) from None


def decode_parts(parts: Sequence[Part], max_duration_s: float = MAX_DURATION_S) -> Audio:
    """The parts of one message, one after the other, at the highest of their rates.

    A part that cannot be decoded is left out (Flaw.PART_LOST) as long as another has sound; a part
    without any bytes is no loss. Raises what the first part raised when none has sound, TooLong
    when they play too long together, and Empty without any part.
    """
    heard: list[Audio] = []
    errors: list[AudioError] = []
    for media_type, data in parts:
        try:
            heard.append(decode(data, max_duration_s, media_type))
        except (NotAudio, Empty) as error:
            errors += [error] if data or len(parts) == 1 else []
    if not heard:
        raise errors[0] if errors else Empty(NO_SOUND)
    whole = joined(heard)
    if whole.duration_s > max_duration_s:
        raise TooLong("The recording is longer than the longest that is transcribed.")
    return replace(whole, flaws=whole.flaws | {Flaw.PART_LOST}) if errors else whole


def playable(parts: Sequence[Part]) -> tuple[bytes, str]:
    """The sound of a message as a browser can play it: bytes and media type.

    A single file is given as it was received; anything else becomes one 16-bit PCM WAV, because not
    all browsers play µ-law without a header. Raises NotAudio, Empty or TooLong.
    """
    if len(parts) == 1 and bare(parts[0][0]) not in HEADERLESS:
        return parts[0][1], parts[0][0]
    audio = decode_parts(parts)
    return encode_wav(audio.samples, audio.rate), "audio/wav"


def joined(pieces: Sequence[Audio]) -> Audio:
    """The pieces one after the other. They are silent only if all are."""
    if len(pieces) == 1:
        return pieces[0]
    rate = max(piece.rate for piece in pieces)
    samples = np.concatenate([resampled(piece, rate) for piece in pieces])
    flaws = frozenset[Flaw]().union(*(piece.flaws for piece in pieces)) - {Flaw.SILENT}
    return finished(samples, rate, flaws)


def resampled(audio: Audio, rate: int) -> Samples:
    """The samples at another rate."""
    if audio.rate == rate:
        return audio.samples
    block: Block = audio.samples.astype(np.float32) / np.float32(32768.0)
    return collected(at_rate([block], audio.rate, rate))


def readable(data: bytes, container: Container) -> tuple[bytes, frozenset[Flaw]]:
    """The bytes as libsndfile reads them best, and what is wrong with them. Raises NotAudio."""
    if container is Container.MP3:
        clean, damaged = mp3.frames(data)
        return (clean, frozenset({Flaw.TRUNCATED})) if damaged else (data, frozenset())
    early = containers.ends_early(data, container)
    clean = containers.with_its_size(data) if container is Container.WAV else data
    return clean, frozenset({Flaw.TRUNCATED} if early or clean is not data else ())


def read(file: Any, max_duration_s: float, flaws: frozenset[Flaw]) -> Audio:
    """Decode an open soundfile.SoundFile block by block. Raises NotAudio, Empty or TooLong."""
    refuse_what_no_call_has(file)
    rate = WIDE if file.samplerate >= WIDE else NARROW
    source = Source(file)
    blocks = mono_blocks(source, int(max_duration_s * file.samplerate))
    samples = collected(at_rate(blocks, file.samplerate, rate))
    return finished(samples, rate, flaws | ({Flaw.TRUNCATED} if source.short else set()))


def finished(samples: Samples, rate: int, flaws: frozenset[Flaw]) -> Audio:
    """The recording of these samples. Raises Empty when there are none."""
    if not samples.size:
        raise Empty(NO_SOUND)
    if int(samples.max()) <= SILENCE and int(samples.min()) >= -SILENCE:
        flaws |= {Flaw.SILENT}
    return Audio(samples, rate, samples.size / rate, flaws)


def decode_headerless(data: bytes, subtype: str, rate: int, max_duration_s: float) -> Audio:
    """Decode µ-law or A-law without a header. Raises NotAudio, Empty or TooLong."""
    if not data:
        raise Empty(NO_SOUND)
    raw = io.BytesIO(data)
    with soundfile.SoundFile(raw, "r", rate, 1, subtype, format="RAW") as file:
        return read(file, max_duration_s, frozenset())


def has_container(data: bytes) -> bool:
    """Whether it is a file, whatever its media type says; speech does not begin like that."""
    return data.startswith((b"RIFF", b"RIFX", b"RF64", b"fLaC", b"OggS", b".snd", b"<!DOCTYPE"))


def bare(media_type: str) -> str:
    """A media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def rate_of(media_type: str) -> int:
    """The `rate` of a headerless media type in Hz; the telephone's without one. Raises NotAudio."""
    _, _, value = media_type.replace(" ", "").lower().partition(";rate=")
    value = value.partition(";")[0] or str(NARROW)
    if not value.isdecimal() or int(value) not in RATES:
        raise NotAudio("A recording without a header gives an impossible rate.")
    return int(value)


def encode_wav(samples: Samples, rate: int) -> bytes:
    """The samples (int16, one channel, shape (n,)) as a 16-bit PCM WAV file at `rate` Hz."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return buffer.getvalue()
