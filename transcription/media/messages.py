"""Pure: the messages of a media stream, as Twilio and those who speak like it write them.

Numbers come as text, except in `mediaFormat`; custom parameters stand inside `start` (Twilio) or
beside it (Somleng). See docs/facts.md and Twilio's "Media Streams: WebSocket messages".
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

ENCODING, RATE = "audio/x-mulaw", 8000
"""The only format of a stream from the telephone network."""


_UNREADABLE = (
    *(KeyError, TypeError, ValueError, AttributeError, binascii.Error),
    *(OverflowError, RecursionError),  # a number without end; lists in lists
)


class BadMessage(Exception):
    """Not a message of a media stream; `code` says why and never quotes it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Start:
    """The stream begins. Ids are the carrier's; parameters are ours, from the TwiML."""

    stream_id: str
    call_id: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Sound:
    """µ-law samples of the caller. at_s: seconds since the stream began; None when not told."""

    data: bytes
    at_s: float | None


@dataclass(frozen=True)
class Key:
    """The caller pressed a key."""

    digit: str


@dataclass(frozen=True)
class Heard:
    """What we sent before the mark of this name has been heard."""

    name: str


@dataclass(frozen=True)
class Stop:
    """The carrier ends the stream."""


Message = Start | Sound | Key | Heard | Stop


def parse(text: str) -> Message | None:
    """A message of the carrier's; None for one that means nothing to us. Raises BadMessage."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage("not_json") from None
    event = raw.get("event") if isinstance(raw, dict) else None
    if not isinstance(event, str):
        raise BadMessage("no_event")
    read = _READERS.get(event)
    try:
        return read(raw) if read is not None else None
    except _UNREADABLE:
        raise BadMessage(f"bad_{event}") from None


def sound(stream_id: str, data: bytes) -> str:
    """A message that lets the caller hear µ-law audio."""
    media = {"payload": base64.b64encode(data).decode()}
    return json.dumps({"event": "media", "streamSid": stream_id, "media": media})


def mark(stream_id: str, name: str) -> str:
    """A message that comes back as `Heard` when all sound before it has been played."""
    return json.dumps({"event": "mark", "streamSid": stream_id, "mark": {"name": name}})


def _start(raw: Mapping[str, Any]) -> Start:
    start = raw["start"]
    _check_format(start.get("mediaFormat", {}))
    given = start.get("customParameters") or raw.get("customParameters") or {}
    parameters = {_text(name): _text(value) for name, value in given.items()}
    stream_id = raw.get("streamSid") or start["streamSid"]
    return Start(_text(stream_id), _text(start["callSid"]), parameters)


def _text(value: object) -> str:
    """What a database takes as text. Raises ValueError for a NUL or half a character."""
    text = str(value)
    if "\0" in text:
        raise ValueError("NUL")
    text.encode()
    return text


def _check_format(given: Mapping[str, Any]) -> None:
    found = given.get("encoding", ENCODING), int(given.get("sampleRate", RATE))
    if found != (ENCODING, RATE) or int(given.get("channels", 1)) != 1:
        raise BadMessage("format")


def _sound(raw: Mapping[str, Any]) -> Sound | None:
    media = raw["media"]
    if media.get("track", "inbound") not in ("inbound", "inbound_track"):
        return None
    at = media.get("timestamp")
    data = base64.b64decode(media["payload"], validate=True)
    return Sound(data, float(at) / 1000 if at is not None else None)


def _key(raw: Mapping[str, Any]) -> Key:
    digit = str(raw["dtmf"]["digit"])
    if len(digit) != 1 or digit not in "0123456789*#ABCD":
        raise ValueError("no key")
    return Key(digit)


_READERS: dict[str, Callable[[Mapping[str, Any]], Message | None]] = {
    "start": _start,
    "media": _sound,
    "dtmf": _key,
    "mark": lambda raw: Heard(str(raw["mark"]["name"])),
    "stop": lambda raw: Stop(),
}
