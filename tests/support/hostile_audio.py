"""Recordings as a carrier, a broken disk or a bad day may send them; made here, the same each time.

`CASES`: what each is, its bytes, and what must become of it.
"""

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from transcription.audio import STREAMED_TYPE, encode_wav

HEARD, NOT_AUDIO, EMPTY, TOO_LONG = "heard", "NotAudio", "Empty", "TooLong"
SPEECH = (Path(__file__).parents[1] / "data" / "speech" / "en" / "seen" / "001.wav").read_bytes()
"""3.6 s of 8 kHz µ-law in a WAV file."""
HOUR_S = 3600


@dataclass(frozen=True)
class Case:
    """expected: HEARD or the name of the error. flaws: those of what is heard."""

    name: str
    make: Callable[[], bytes]
    expected: str
    flaws: tuple[str, ...] = ()
    media_type: str = "audio/x-wav"


def noise(frames: int, channels: int = 1, level: float = 0.1) -> NDArray[np.float32]:
    """White noise, the same each time. shape: (frames, channels)."""
    drawn = np.random.default_rng(7).standard_normal((frames, channels), np.float32)
    return np.clip(drawn * np.float32(level), -1, 1)


def encoded(
    samples: NDArray[np.float32], rate: int = 8000, form: str = "WAV", subtype: str | None = None
) -> bytes:
    """The samples in any format that libsndfile writes."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=form, subtype=subtype)
    return buffer.getvalue()


@cache
def spoken(form: str = "WAV", subtype: str | None = "PCM_16", rate: int = 8000) -> bytes:
    """The sentence in another format; at another rate it is only faster or slower."""
    samples, _ = soundfile.read(io.BytesIO(SPEECH), dtype="float32")
    return encoded(samples, rate, form, subtype)


def raw_ulaw() -> bytes:
    """The sentence as a stream brings it."""
    return SPEECH[-28_000:]


def chunk(name: bytes, body: bytes, order: str = "<", size: int | None = None) -> bytes:
    """A chunk of a RIFF file, with a size that may be a lie."""
    head = name + struct.pack(f"{order}I", len(body) if size is None else size)
    return head + body + b"\0" * (len(body) % 2)


def fmt(
    rate: int = 8000, channels: int = 1, tag: int = 1, bits: int = 16, order: str = "<"
) -> bytes:
    """The `fmt ` chunk, whatever nonsense it says."""
    frame = channels * bits // 8
    numbers = (tag, channels, rate, rate * frame & 0xFFFFFFFF, frame & 0xFFFF, bits)
    return chunk(b"fmt ", struct.pack(f"{order}HHIIHH", *numbers), order)


def riff(*chunks: bytes, name: bytes = b"RIFF", size: int | None = None) -> bytes:
    """A file of chunks."""
    body = b"WAVE" + b"".join(chunks)
    order = ">" if name == b"RIFX" else "<"
    return name + struct.pack(f"{order}I", len(body) if size is None else size) + body


def pcm(order: str = "<") -> bytes:
    """A second of noise as 16-bit numbers."""
    return (noise(8000)[:, 0] * 30000).astype(f"{order}i2").tobytes()


def wav(format_chunk: bytes, data: bytes, size: int | None = None) -> bytes:
    """A WAV file of a `fmt ` chunk and samples."""
    return riff(format_chunk, chunk(b"data", data, size=size))


def extensible() -> bytes:
    """WAVE_FORMAT_EXTENSIBLE, with PCM as its sub-format."""
    pcm_guid = bytes.fromhex("0100000000001000800000aa00389b71")
    head = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 8000, 16000, 2, 16, 22, 16, 4)
    return riff(chunk(b"fmt ", head + pcm_guid), chunk(b"data", pcm()))


def flipped(data: bytes, every: int, start: int = 44) -> bytes:
    """The same with one bit in so many bytes turned over."""
    changed = bytearray(data)
    for at in range(start, len(changed), every):
        changed[at] ^= 1 << at % 8
    return bytes(changed)


def cut(data: bytes, part: float) -> bytes:
    """The first part of it."""
    return data[: int(len(data) * part)]


def holed(data: bytes, filling: bytes) -> bytes:
    """A tenth in the middle replaced."""
    return data[: len(data) // 2] + filling + data[len(data) * 6 // 10 :]


def two_legs() -> bytes:
    """The caller on one channel, silence on the other."""
    samples, _ = soundfile.read(io.BytesIO(SPEECH), dtype="float32")
    return encoded(np.stack([samples, np.zeros_like(samples)], axis=1), subtype="ULAW")


def floats(value: float) -> bytes:
    """A second of one number, as float32."""
    return encoded(np.full((8000, 1), value, np.float32), subtype="FLOAT")


def still(seconds: int, form: str = "WAV", subtype: str = "PCM_U8") -> bytes:
    """Digital silence."""
    return encoded(np.zeros((seconds * 8000, 1), np.float32), form=form, subtype=subtype)


def tag(size: int = 32, claimed: bytes | None = None) -> bytes:
    """An ID3v2 tag of so many bytes, which may claim another size."""
    claim = claimed or bytes([0, 0, size >> 7, size & 0x7F])
    return b"ID3\x04\0\0" + claim + b"\0" * size


def mp3(rate: int = 8000) -> bytes:
    """The sentence as MP3."""
    return spoken("MP3", None, rate)


def endless_flac() -> bytes:
    """Twenty seconds of eight channels at the highest rate: 60 MB of samples from few bytes."""
    samples = np.zeros((192_000, 8), np.int16)
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", 192_000, 8, "PCM_16", format="FLAC") as file:
        for _ in range(20):
            file.write(samples)
    return buffer.getvalue()


PAGE = b"<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>"
CUT = ("truncated",)
ODD = ("mislabelled",)
QUIET = ("silent",)

CASES = (
    # Nothing, or something else
    Case("zero bytes", lambda: b"", EMPTY),
    Case("one byte", lambda: b"R", NOT_AUDIO),
    Case("HTML named .wav", lambda: PAGE, NOT_AUDIO),
    Case("HTML after blank lines", lambda: b"\r\n\r\n  " + PAGE, NOT_AUDIO, media_type="text/html"),
    Case("XML with a mark", lambda: b"\xef\xbb\xbf<?xml version='1.0'?><Error/>", NOT_AUDIO),
    Case("JSON", lambda: b'{"code": 20404, "status": 404}', NOT_AUDIO),
    Case("plain text", lambda: b"The recording was not found.\n", NOT_AUDIO),
    Case("a PDF", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20, NOT_AUDIO),
    Case("a PNG", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, NOT_AUDIO),
    Case("a ZIP", lambda: b"PK\x03\x04" + bytes(range(256)) * 20, NOT_AUDIO),
    Case("zeros", lambda: b"\0" * 100_000, NOT_AUDIO),
    Case("ones", lambda: b"\xff" * 100_000, NOT_AUDIO),
    Case("noise for bytes", lambda: np.random.default_rng(1).bytes(100_000), NOT_AUDIO),
    Case("an AVI", lambda: b"RIFF\x20\0\0\0AVI LIST" + b"\0" * 64, NOT_AUDIO),
    Case("an M4A", lambda: b"\0\0\0\x20ftypM4A " + b"\0" * 64, NOT_AUDIO, media_type="audio/mp4"),
    Case("a WebM", lambda: b"\x1aE\xdf\xa3" + b"\0" * 64, NOT_AUDIO, media_type="audio/webm"),
    Case("an AMR", lambda: b"#!AMR\n" + b"\0" * 64, NOT_AUDIO, media_type="audio/amr"),
    Case("an AU", lambda: encoded(noise(800), form="AU"), NOT_AUDIO, media_type="audio/basic"),
    Case("an AIFF", lambda: encoded(noise(800), form="AIFF"), NOT_AUDIO),
    # Cut off
    Case("four letters", lambda: b"RIFF", NOT_AUDIO),
    Case("cut off in the RIFF header", lambda: SPEECH[:10], NOT_AUDIO),
    Case("cut off in the format", lambda: SPEECH[:24], NOT_AUDIO),
    Case("cut off before the samples", lambda: riff(fmt()), NOT_AUDIO),
    Case("cut off after the header", lambda: wav(fmt(), b"", size=16000), EMPTY),
    Case("no samples", lambda: wav(fmt(), b""), EMPTY),
    Case("cut off in the middle", lambda: cut(spoken(), 0.5), HEARD, CUT),
    Case("cut off in the middle, µ-law", lambda: cut(SPEECH, 0.5), HEARD, CUT),
    Case("cut off by a byte", lambda: spoken()[:-1], HEARD, CUT),
    Case("MP3 cut off", lambda: cut(mp3(), 0.5), HEARD, CUT, "audio/mpeg"),
    Case("MP3 cut off at 44.1 kHz", lambda: cut(mp3(44100), 0.7), HEARD, CUT, "audio/mpeg"),
    Case("MP3 cut off in its first frame", lambda: mp3()[:20], NOT_AUDIO, (), "audio/mpeg"),
    Case("FLAC cut off", lambda: cut(spoken("FLAC"), 0.5), HEARD, CUT, "audio/flac"),
    Case("FLAC header alone", lambda: spoken("FLAC")[:42], EMPTY, (), "audio/flac"),
    Case("Ogg cut off", lambda: cut(spoken("OGG", "VORBIS"), 0.7), HEARD, CUT, "audio/ogg"),
    Case("Ogg, first page", lambda: spoken("OGG", "VORBIS")[:58], NOT_AUDIO, (), "audio/ogg"),
    # Headers that lie
    Case("4 GB promised", lambda: wav(fmt(), pcm(), size=0xFFFFFFF0), HEARD, CUT),
    Case("length unknown", lambda: riff(fmt(), chunk(b"data", pcm(), size=0xFFFFFFFF)), HEARD),
    Case("2 GB promised", lambda: wav(fmt(), pcm(), size=0x7FFFFFFF), HEARD, CUT),
    Case("size never written", lambda: riff(fmt(), chunk(b"data", pcm(), size=0)), HEARD, CUT),
    Case("RIFF size a lie", lambda: riff(fmt(), chunk(b"data", pcm()), size=8), HEARD),
    Case("0 channels", lambda: wav(fmt(channels=0), pcm()), NOT_AUDIO),
    Case("9 channels", lambda: wav(fmt(channels=9), pcm()), NOT_AUDIO),
    Case("65,535 channels", lambda: wav(fmt(channels=65535), pcm()), NOT_AUDIO),
    Case("rate 0", lambda: wav(fmt(rate=0), pcm()), NOT_AUDIO),
    Case("rate 1", lambda: wav(fmt(rate=1), pcm()), NOT_AUDIO),
    Case("rate of 4 GHz", lambda: wav(fmt(rate=0xFFFFFFFF), pcm()), NOT_AUDIO),
    Case("0 bits", lambda: wav(fmt(bits=0), pcm()), NOT_AUDIO),
    Case("64 bits of PCM", lambda: wav(fmt(bits=64), pcm()), NOT_AUDIO),
    Case("an unknown encoding", lambda: wav(fmt(tag=0x7777), pcm()), NOT_AUDIO),
    Case("empty format chunk", lambda: riff(chunk(b"fmt ", b""), chunk(b"data", pcm())), NOT_AUDIO),
    Case("format chunk of 4 GB", lambda: riff(chunk(b"fmt ", b"\1\0", size=0xFFFFFFFE)), NOT_AUDIO),
    Case("samples before the format", lambda: riff(chunk(b"data", pcm()), fmt()), NOT_AUDIO),
    Case("a thousand empty chunks", lambda: riff(chunk(b"junk", b"") * 1000), NOT_AUDIO),
    Case("MP3 tag alone", tag, NOT_AUDIO, (), "audio/mpeg"),
    Case("MP3 tag of 256 MB", lambda: tag(0, b"\x7f" * 4) + mp3(), HEARD, CUT, "audio/mpeg"),
    # Unusual, and right
    Case("odd chunks and lists", lambda: riff(
        chunk(b"LIST", b"INFOISFT\x05\0\0\0Lavf\0\0"), chunk(b"abcd", b"odd"), fmt(),
        chunk(b"fact", struct.pack("<I", 8000)), chunk(b"data", pcm()), chunk(b"LIST", b"INFO"),
    ), HEARD),
    Case("WAVE_FORMAT_EXTENSIBLE", extensible, HEARD),
    Case("RF64", lambda: spoken("RF64"), HEARD),
    Case("RF64 cut off", lambda: cut(spoken("RF64"), 0.5), HEARD, CUT),
    Case("RIFX", lambda: riff(fmt(order=">"), chunk(b"data", pcm(">"), ">"), name=b"RIFX"), HEARD),
    Case("A-law", lambda: spoken(subtype="ALAW"), HEARD),
    Case("24 bits", lambda: spoken(subtype="PCM_24"), HEARD),
    Case("32 bits", lambda: spoken(subtype="PCM_32"), HEARD),
    Case("64-bit floats", lambda: spoken(subtype="DOUBLE"), HEARD),
    Case("GSM in WAV", lambda: spoken(subtype="GSM610"), HEARD),
    Case("Opus", lambda: spoken("OGG", "OPUS", 48000), HEARD, (), "audio/ogg"),
    Case("two legs", two_legs, HEARD),
    Case("stereo at 48 kHz", lambda: encoded(noise(96_000, 2), 48_000), HEARD),
    Case("eight channels at 192 kHz", lambda: encoded(noise(96_000, 8), 192_000), HEARD),
    Case("one sample", lambda: encode_wav(np.array([9000], np.int16), 8000), HEARD),
    # Wrong label
    Case("MP3 called WAV", mp3, HEARD, ODD),
    Case("WAV called MP3", lambda: SPEECH, HEARD, ODD, "audio/mpeg"),
    Case("WAV called HTML", lambda: SPEECH, HEARD, ODD, "text/html; charset=utf-8"),
    Case("WAV called a stream", lambda: SPEECH, HEARD, ODD, STREAMED_TYPE),
    Case("WAV called nothing", lambda: SPEECH, HEARD, (), ""),
    Case("a stream", raw_ulaw, HEARD, (), STREAMED_TYPE),
    Case("a stream of one byte", lambda: b"\x10", HEARD, (), STREAMED_TYPE),
    Case("a stream of nothing", lambda: b"", EMPTY, (), STREAMED_TYPE),
    Case("a stream at rate 0", raw_ulaw, NOT_AUDIO, (), "audio/x-mulaw;rate=0"),
    Case("A-law without a header", raw_ulaw, HEARD, (), "audio/x-alaw;rate=8000"),
    # Damaged inside
    Case("bits turned in µ-law", lambda: flipped(SPEECH, 97, 58), HEARD),
    Case("bits turned in MP3", lambda: flipped(mp3(), 500, 300), HEARD, CUT, "audio/mpeg"),
    Case("junk before the MP3", lambda: b"\r\nxyz" * 99 + mp3(), HEARD, CUT, "audio/mpeg"),
    Case("junk after the MP3", lambda: mp3() + b"junk" * 500, HEARD, CUT, "audio/mpeg"),
    Case("zeros within the MP3", lambda: holed(mp3(), b"\0" * 700), HEARD, CUT, "audio/mpeg"),
    Case("a page within the MP3", lambda: holed(mp3(), PAGE * 40), HEARD, CUT, "audio/mpeg"),
    Case("zeros within FLAC", lambda: holed(spoken("FLAC"), b"\0" * 999), HEARD, CUT, "audio/flac"),
    Case("floats that are no numbers", lambda: floats(float("nan")), HEARD, QUIET),
    Case("infinite floats", lambda: floats(float("inf")), HEARD),
    Case("floats of 10^38", lambda: floats(1e38), HEARD),
    # Nobody speaks
    Case("silence", lambda: still(5), HEARD, QUIET),
    Case("silence, µ-law", lambda: still(5, "WAV", "ULAW"), HEARD, QUIET),
    Case("silence, MP3", lambda: still(5, "MP3", "MPEG_LAYER_III"), HEARD, QUIET, "audio/mpeg"),
    Case("noise", lambda: encoded(noise(40_000)), HEARD),
    Case("noise at full scale", lambda: encoded(noise(40_000, level=3.0)), HEARD),
    # Long
    Case("60 minutes of silence", lambda: still(HOUR_S), TOO_LONG),
    Case("60 minutes of silence, FLAC", lambda: still(HOUR_S, "FLAC", "PCM_16"), TOO_LONG,
         (), "audio/flac"),
    Case("29 minutes of silence", lambda: still(29 * 60), HEARD, QUIET),
    Case("much from little", endless_flac, HEARD, QUIET, "audio/flac"),
)  # fmt: skip
