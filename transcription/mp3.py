"""The frames of an MP3 file, picked out of whatever stands between them.

libsndfile reads a clean MP3 only: junk before the first frame is "not recognised", and of a file
with a kilobyte of junk in the middle it yields nothing at all. A message is worth more than that.

Frame header (ISO 11172-3, 2.4.2.3; MPEG 2.5 is a common extension): 11 bits of sync, 2 of version,
2 of layer, 1 of protection; 4 of bit rate, 2 of sampling rate, 1 of padding …
"""

import re

# Version 2.5, 2 or 1, layer III; a bit rate and a sampling rate that exist.
HEADER = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]")
KILOBITS = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
TAGS_AT_THE_END = (b"TAG", b"APETAGEX", b"LYRICSBEGIN")
ONLY_ZEROS = re.compile(rb"\0*\Z")
TAG_HEADER = 10  # bytes of an ID3v2 tag before what it holds
IN_A_ROW = 3  # frames that follow each other exactly are no accident
SEARCHED = 1 << 16  # bytes; the first frame begins within so many after the tag
MOST_GAPS = 1000


def begins(data: bytes) -> bool:
    """Whether the bytes are an MP3: frames in a row near the beginning, after a tag perhaps."""
    return first_frame(data) is not None


def frames(data: bytes) -> tuple[bytes, bool]:
    """Every whole frame, one after the other, and whether anything else stood between them.

    Tags at either end are nothing else; a last frame that is cut off is.
    """
    found: list[bytes] = []
    at = first_frame(data)
    gaps = int(at != after_tag(data))
    while at is not None and gaps <= MOST_GAPS:
        end = run_end(data, at)
        found.append(data[at:end])
        if is_end(data, end):
            break
        at, gaps = next_frame(data, end, len(data)), gaps + 1
    return b"".join(found), gaps > 0


def first_frame(data: bytes) -> int | None:
    """Where the first frame begins; a tag that gives a size beyond it is not believed."""
    after = next_frame(data, after_tag(data))
    return next_frame(data, TAG_HEADER) if after is None else after


def is_end(data: bytes, at: int) -> bool:
    """Whether nothing but a tag or zeros follows."""
    return data.startswith(TAGS_AT_THE_END, at) or ONLY_ZEROS.match(data, at) is not None


def run_end(data: bytes, at: int) -> int:
    """Where the frames that follow each other from `at` on end."""
    while (size := frame_bytes(data, at)) and at + size <= len(data):
        at += size
    return at


def next_frame(data: bytes, start: int, searched: int = SEARCHED) -> int | None:
    """Where the next frame begins that others follow (or the end of the data)."""
    for match in HEADER.finditer(data, start, min(len(data), start + searched)):
        if is_in_a_row(data, match.start()):
            return match.start()
    return None


def is_in_a_row(data: bytes, at: int) -> bool:
    """Whether frames follow each other from `at` on; fewer will do where the data ends."""
    for number in range(IN_A_ROW):
        size = frame_bytes(data, at)
        if not size or at + size > len(data):
            return number > 0 and (size > 0 or is_end(data, at))
        at += size
    return True


def frame_bytes(data: bytes, at: int) -> int:
    """The size of the frame that begins at `at`, its header included; 0 when none does."""
    if not HEADER.match(data, at):
        return 0
    version, bits = data[at + 1] >> 3 & 3, data[at + 2]
    if bits >> 2 & 3 == 3:
        return 0
    rate = RATES[version][bits >> 2 & 3]
    kilobits = KILOBITS[1 if version == 3 else 2][(bits >> 4) - 1]
    return (144 if version == 3 else 72) * 1000 * kilobits // rate + (bits >> 1 & 1)


def after_tag(data: bytes) -> int:
    """Where an ID3v2 tag at the beginning ends; 0 without one."""
    if not data.startswith(b"ID3") or len(data) < TAG_HEADER:
        return 0
    size = 0
    for byte in data[6:TAG_HEADER]:  # 7 bits each
        size = size << 7 | byte & 0x7F
    return TAG_HEADER + size
