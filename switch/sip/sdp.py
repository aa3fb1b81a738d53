"""Session descriptions (RFC 8866) as far as a telephone line needs them: where sound is sent to,
which of the two codes of G.711, and how keys are told. Offers and answers follow RFC 3264.

Nothing but `BadSdpError` comes out of a description that is wrong, and it says nothing of what was
in it: descriptions name addresses and may name people.
"""

import ipaddress
import re
from dataclasses import dataclass, replace

from switch.sip import crypto
from switch.sip.crypto import Crypto

PCMU, PCMA = 0, 8
"""Payload types of G.711 µ-law and A-law (RFC 3551)."""

EVENTS = 101
"""The payload type under which our own offers tell of keys; any free one would do."""

MOST = 16_384
"""Characters of the longest description that is read; real ones have a few hundred."""

SENDRECV, SENDONLY, RECVONLY, INACTIVE = "sendrecv", "sendonly", "recvonly", "inactive"
_DIRECTIONS = frozenset({SENDRECV, SENDONLY, RECVONLY, INACTIVE})
_ANSWERS = {SENDRECV: SENDRECV, SENDONLY: RECVONLY, RECVONLY: SENDONLY, INACTIVE: INACTIVE}
_NAMES = {PCMU: "PCMU", PCMA: "PCMA"}
_NUMBER = re.compile(r"[0-9]{1,5}")
_RTPMAP = re.compile(r"([0-9]{1,3}) +([A-Za-z0-9-]{1,32})/([0-9]{1,6})(?:/1)?")
_MEDIA = re.compile(r"([a-z]{1,16}) ([0-9]{1,5})(?:/1)? ([A-Z/]{1,24})((?: [!-~]{1,64}){1,64})")
PLAIN, ENCRYPTED = "RTP/AVP", "RTP/SAVP"
"""How sound is sent: as it is, or encrypted (SRTP)."""


class BadSdpError(Exception):
    """A description that is broken, or that offers nothing a telephone line understands."""


@dataclass(frozen=True)
class Section:
    """One `m=` line: what kind, how, and its list of formats as it was written."""

    kind: str
    port: int
    protocol: str
    formats: str


@dataclass(frozen=True)
class Sound:
    """What the far end wants: sound to `address` and `port`, in `codec`, sent under `payload`.

    `events` is the payload type of keys, or None where they come as tones only. `direction` is the
    far end's own word for itself. `crypto` are the keys of its that can be used; sound without any
    is not encrypted. `sections` and `chosen` let an answer keep the offer's order.
    """

    address: str
    port: int
    codec: int = PCMU
    payload: int = PCMU
    events: int | None = None
    direction: str = SENDRECV
    crypto: tuple[Crypto, ...] = ()
    sections: tuple[Section, ...] = ()
    chosen: int = 0

    @property
    def held(self) -> bool:
        """Whether the far end does not want to hear anything now."""
        return self.direction in {SENDONLY, INACTIVE} or self.address == "0.0.0.0"  # noqa: S104  # nosec B104

    @property
    def silent(self) -> bool:
        """Whether the far end said that it sends nothing now."""
        return self.direction in {RECVONLY, INACTIVE}


def parse(text: str, *, encrypted: bool = False) -> Sound:
    """Read an offer or an answer; raises BadSdpError. `encrypted`: sound that is not is refused.

    Of an offer with both ways the encrypted one is taken.
    """
    if len(text) > MOST:
        raise BadSdpError("a description of a session is too long")
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if lines[0] != "v=0":
        raise BadSdpError("this is no description of a session")
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            blocks.append([])
        blocks[-1].append(line)
    common, *rest = blocks
    sections = tuple(_section(block[0][2:]) for block in rest)
    for protocol in (ENCRYPTED,) if encrypted else (ENCRYPTED, PLAIN):
        for at, section in enumerate(sections):
            if section.kind != "audio" or not section.port or section.protocol != protocol:
                continue
            keys = crypto.read(rest[at]) if protocol == ENCRYPTED else ()
            if keys or protocol == PLAIN:
                sound = _sound(section, rest[at], common)
                return replace(sound, crypto=keys, sections=sections, chosen=at)
    raise BadSdpError("there is no sound in this description that a line can carry")


def _section(text: str) -> Section:
    match = _MEDIA.fullmatch(text)
    if match is None or int(match[2]) > 65535:
        raise BadSdpError("a description has a line of media that cannot be read")
    return Section(match[1], int(match[2]), match[3], match[4].strip())


def _sound(section: Section, block: list[str], common: list[str]) -> Sound:
    address = _address(_first(block, "c=") or _first(common, "c="))
    known, events = _formats(block)
    for word in section.formats.split():
        payload = int(word) if _NUMBER.fullmatch(word) else -1
        codec = known.get(payload, payload)
        if codec in _NAMES and 0 <= payload <= 127:
            offered = events if str(events) in section.formats.split() else None
            way = _direction(block) or _direction(common) or SENDRECV
            return Sound(address, section.port, codec, payload, offered, way)
    raise BadSdpError("the far end speaks neither PCMU nor PCMA")


def _formats(block: list[str]) -> tuple[dict[int, int], int | None]:
    """By payload type: which code of G.711 it is (-1: another); and the one of keys."""
    known: dict[int, int] = {}
    events: int | None = None
    codecs = {name: codec for codec, name in _NAMES.items()}
    for line in block:
        match = _RTPMAP.fullmatch(line[9:]) if line.startswith("a=rtpmap:") else None
        if match is None or int(match[1]) > 127:
            continue
        name, eight = match[2].upper(), match[3] == "8000"
        known[int(match[1])] = codecs.get(name, -1) if eight else -1
        if name == "TELEPHONE-EVENT" and eight and events is None:
            events = int(match[1])
    return known, events


def _first(block: list[str], start: str) -> str:
    return next((line[len(start) :] for line in block if line.startswith(start)), "")


def _direction(block: list[str]) -> str:
    return next((line[2:] for line in block if line[:2] == "a=" and line[2:] in _DIRECTIONS), "")


def _address(text: str) -> str:
    """An IPv4 address as such: a name would let the far end choose what is looked up."""
    words = text.split()
    try:
        if words[:2] != ["IN", "IP4"] or len(words) != 3:
            raise ValueError
        address = ipaddress.IPv4Address(words[2])
    except ValueError:
        raise BadSdpError("a description has no IPv4 address to send sound to") from None
    if address.is_multicast or address == ipaddress.IPv4Address("255.255.255.255"):
        raise BadSdpError("a description wants sound sent to many at once")
    return str(address)


def offer(address: str, port: int, number: int, keys: tuple[Crypto, ...] = ()) -> str:
    """Our offer: both codes and keys, at an address and port; `number` names the session. With
    `keys` of ours sound is to be encrypted."""
    return _text(address, number, 1, [_media(port, (PCMU, PCMA), EVENTS, SENDRECV, keys)])


def answer(
    sound: Sound,
    address: str,
    port: int,
    number: int,
    version: int = 1,
    key: Crypto | None = None,
) -> str:
    """Our answer to an offer; other media of it are refused. `version` counts our descriptions,
    `key` is ours where the offer is encrypted."""
    way = INACTIVE if sound.address == "0.0.0.0" else _ANSWERS[sound.direction]  # noqa: S104  # nosec B104
    keys = () if key is None else (key,)
    media = []
    for at, section in enumerate(sound.sections):
        if at == sound.chosen:
            media.append(_media(port, (sound.codec,), sound.events, way, keys, sound.payload))
        else:
            media.append(f"m={section.kind} 0 {section.protocol} {section.formats}\r\n")
    return _text(address, number, version, media)


def _text(address: str, number: int, version: int, media: list[str]) -> str:
    return (
        f"v=0\r\no=- {number} {version} IN IP4 {address}\r\ns=-\r\n"
        f"c=IN IP4 {address}\r\nt=0 0\r\n{''.join(media)}"
    )


def _media(
    port: int,
    codecs: tuple[int, ...],
    events: int | None,
    way: str,
    keys: tuple[Crypto, ...],
    payload: int | None = None,
) -> str:
    numbers = {codec: codec if payload is None else payload for codec in codecs}
    formats = [*numbers.values(), *([] if events is None else [events])]
    lines = [f"m=audio {port} {ENCRYPTED if keys else PLAIN} {' '.join(map(str, formats))}"]
    lines += [key.line() for key in keys]
    lines += [f"a=rtpmap:{number} {_NAMES[codec]}/8000" for codec, number in numbers.items()]
    if events is not None:
        lines += [f"a=rtpmap:{events} telephone-event/8000", f"a=fmtp:{events} 0-15"]
    lines += ["a=ptime:20", f"a={way}"]
    return "".join(f"{line}\r\n" for line in lines)
