"""What bytes really are: told from the bytes, never from a name or a media type.

Also whether a file ends before its own header says it does. Sizes and flags are those of the
formats' own descriptions: RIFF (Microsoft, 1991), RF64 (EBU Tech 3306), Ogg (RFC 3533).
"""

import re
import struct
from enum import StrEnum

from transcription import mp3
from transcription.audio_errors import Empty, NotAudio

UNREADABLE = "This is not a recording that can be read (WAV or MP3 is expected)."
PAGE = "This is a page of text (HTML, XML or JSON), not a recording."
NO_SOUND = "The recording is empty: it has no sound in it."
UNKNOWN_SIZE = 0xFFFFFFFF  # what a writer that cannot seek back puts into a WAV header
CHUNK_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9 _]{3}")
OGG_HEADER = 27  # bytes of a page before its table of segments


class Container(StrEnum):
    """The kinds of file that are decoded."""

    WAV = "WAV"
    MP3 = "MP3"
    FLAC = "FLAC"
    OGG = "OGG"


# Format tags of 16-bit PCM, A-law and µ-law (RFC 2361), each with its bits a sample.
PLAIN = {(1, 16), (6, 8), (7, 8)}
PLAIN_RATES = (8000, 16000)
# Bytes of such a format's description, without and with the size of an extension that is not there.
PLAIN_SIZES = (16, 18)

# Common kinds that libsndfile does not read, or that nobody needs here: first bytes -> name.
FOREIGN = {
    b"FORM": "an AIFF",
    b".snd": "an AU",
    b"caff": "a CAF",
    b"#!AMR": "an AMR",
    b"\x1aE\xdf\xa3": "a WebM or Matroska",
    b"0&\xb2u": "a Windows Media (WMA)",
}
MEDIA_TYPES = {
    "audio/wav": Container.WAV,
    "audio/x-wav": Container.WAV,
    "audio/wave": Container.WAV,
    "audio/vnd.wave": Container.WAV,
    "audio/mpeg": Container.MP3,
    "audio/mp3": Container.MP3,
    "audio/flac": Container.FLAC,
    "audio/x-flac": Container.FLAC,
    "audio/ogg": Container.OGG,
}


def recognise(data: bytes) -> Container:
    """The kind of file. Raises Empty or NotAudio, so that no decoder guesses at a page."""
    if not data:
        raise Empty("The recording is empty: it has no bytes at all.")
    if data.startswith((b"RIFF", b"RIFX", b"RF64")) and data[8:12] == b"WAVE":
        return Container.WAV
    if data.startswith(b"fLaC"):
        return Container.FLAC
    if data.startswith(b"OggS"):
        return Container.OGG
    refuse_what_is_known_not_to_be_read(data)
    if mp3.begins(data):
        return Container.MP3
    raise NotAudio(UNREADABLE)


def refuse_what_is_known_not_to_be_read(data: bytes) -> None:
    """Raises NotAudio with the name of the thing, where the first bytes tell it."""
    if data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{")):
        raise NotAudio(PAGE)
    name = next((name for start, name in FOREIGN.items() if data.startswith(start)), None)
    if data[4:8] == b"ftyp":
        name = "an MP4 (M4A)"
    if name is not None:
        raise NotAudio(f"This is {name} file, which cannot be read here; convert it to WAV.")


def contradicts(media_type: str, container: Container) -> bool:
    """Whether a media type says something else than what the bytes are; an unknown one does not."""
    bare = media_type.partition(";")[0].strip().lower()
    return bare.startswith("text/") or MEDIA_TYPES.get(bare, container) is not container


def ends_early(data: bytes, container: Container) -> bool:
    """Whether the file is shorter than it says. FLAC is told when it is decoded."""
    if container is Container.WAV:
        start, promised = wav_data(data)
        return promised != UNKNOWN_SIZE and start + promised > len(data)
    return container is Container.OGG and ogg_ends_early(data)


def wav_data(data: bytes) -> tuple[int, int]:
    """Where the samples begin and how many bytes of them the header promises.

    Raises NotAudio when there are none.
    """
    order = ">" if data.startswith(b"RIFX") else "<"
    at, whole = 12, None
    while at + 8 <= len(data):
        name, size = struct.unpack_from(f"{order}4sI", data, at)
        if name == b"ds64" and at + 24 <= len(data):  # RF64: the sizes that need 64 bits
            (whole,) = struct.unpack_from("<Q", data, at + 16)
        if name == b"data":
            return at + 8, whole if size == UNKNOWN_SIZE and whole is not None else size
        at += 8 + size + size % 2
    raise NotAudio("This is a WAV file without any samples: its beginning is cut off or damaged.")


def plain_s(data: bytes) -> float | None:
    """How long a WAV file as telephones make them plays, in seconds; None for any other file.

    For one that is whole and in which nothing is left to a decoder's judgment: 16-bit PCM, µ-law or
    A-law, one channel or one per leg, a header whose sizes all fit. No native code has read it.
    """
    if not data.startswith(b"RIFF") or data[8:16] != b"WAVEfmt ":
        return None
    try:
        described, kind, channels, rate, _, frame, bits = struct.unpack_from("<IHHIIHH", data, 16)
        start, size = wav_data(data)
    except (struct.error, NotAudio):
        return None
    fits = frame == channels * bits // 8 and size % max(1, frame) == 0 < size
    known = (
        described in PLAIN_SIZES
        and (kind, bits) in PLAIN
        and channels in (1, 2)
        and rate in PLAIN_RATES
    )
    return size / frame / rate if known and fits and start + size <= len(data) else None


def with_its_size(data: bytes) -> bytes:
    """The same WAV file; where its writer died before it wrote the size, the size is put in."""
    start, promised = wav_data(data)
    rest = data[start:]
    if promised or len(rest) < 2 or (CHUNK_NAME.match(rest) and len(rest) < 1024):
        return data
    order = ">" if data.startswith(b"RIFX") else "<"
    return data[: start - 4] + struct.pack(f"{order}I", min(len(rest), UNKNOWN_SIZE)) + rest


def ogg_ends_early(data: bytes) -> bool:
    """Whether the last page is not the last of its stream, or is not whole."""
    page = data[data.rfind(b"OggS") :]
    if len(page) < OGG_HEADER:
        return True
    segments = page[OGG_HEADER : OGG_HEADER + page[OGG_HEADER - 1]]
    end_of_stream = bool(page[5] & 4)
    return not end_of_stream or OGG_HEADER + len(segments) + sum(segments) > len(page)
