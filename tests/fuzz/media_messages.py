"""What a carrier with bugs of its own, or a stranger, writes into a media socket: from chance."""

import base64
import copy
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

EVENTS = ("connected", "start", "media", "mark", "dtmf", "stop")
ODD: tuple[Any, ...] = (
    *(None, True, [], {}, "", " ", "\x00", "\ud800", "😀" * 40, "x" * 5000, "Infinity"),
    *(-1, 0, 1.5, 1e400, 10**400, "1e400", "nan", "٣", "0x10", [[[]]], {"a": {"b": None}}),
)
"""In the place of any value. 1e400 is Infinity in JSON as Python writes it, and it reads it."""
RAW = (
    *("", "{", "[]", "null", "1", '"start"', '{"event":1}', '{"event":"start"', "\x00"),
    *("[" * 100_000, '{"event":"media","media":' * 2_000, "9" * 6_000, '{"event":"\\ud800"}'),
    *('{"event":"start","event":"stop","start":{}}', '{"event":"media","media":{"payload":"A"}}'),
)
"""Text that is no message."""
WIRE = (b"\xff" * 40, b"\x81\x05ab", b"\x83\x80\x00\x00\x00\x00", b"\x81\xfe\xff\xff", b"\x81\x82")
"""Bytes that are no frame, or the beginning of one."""
HUGE = 300 * 1024
"""More than a message may have."""


@dataclass(frozen=True)
class Text:
    """A text frame; lone surrogates are bytes that are no UTF-8."""

    text: str


@dataclass(frozen=True)
class Bytes:
    """A binary frame."""

    data: bytes


@dataclass(frozen=True)
class Wire:
    """Bytes past the protocol, as they are; nothing can be sent after them."""

    data: bytes


Frame = Text | Bytes | Wire


def sequence(chance: random.Random, call_id: str, parameters: Mapping[str, str]) -> Iterator[Frame]:
    """The frames of one stream, in any order; most begin as they should."""
    if chance.random() < 0.85:
        yield _text(chance, message(chance, "connected", call_id, parameters), 0.03)
        yield _text(chance, message(chance, "start", call_id, parameters), 0.15)
    for _ in range(chance.randrange(12)):
        pick = chance.random()
        if pick < 0.9:
            event = chance.choice((*EVENTS, "media", "media", "media"))
            yield _text(chance, message(chance, event, call_id, parameters), 0.4)
        elif pick < 0.95:
            yield Text(chance.choice(RAW))
        elif pick < 0.97:
            yield Bytes(chance.randbytes(chance.choice((0, 1, 160, 5000))))
        elif pick < 0.985:
            yield Text("x" * HUGE)
        elif pick < 0.99:
            yield Wire(chance.choice(WIRE))
            return


def _text(chance: random.Random, made: dict[str, Any], odd: float) -> Text:
    """A message as text; with probability `odd` something about it is not as it should be."""
    if chance.random() < odd:
        for _ in range(chance.randrange(1, 3)):
            spoil(chance, made)
    text = json.dumps(made, ensure_ascii=chance.random() < 0.7)
    if chance.random() < odd / 4:
        text = text[: chance.randrange(len(text))]
    return Text(text)


def spoil(chance: random.Random, made: dict[str, Any]) -> None:
    """Take a field away, or put something odd in its place, anywhere in the message."""
    inside = made
    while True:
        name = chance.choice(sorted(inside) or [""])
        below = inside.get(name)
        if not isinstance(below, dict) or chance.random() < 0.3:
            break
        inside = below
    if chance.random() < 0.3:
        inside.pop(name, None)
    else:
        inside[name] = copy.deepcopy(chance.choice(ODD))


def message(
    chance: random.Random, event: str, call_id: str, parameters: Mapping[str, str]
) -> dict[str, Any]:
    """A message as Twilio writes it: numbers are text, except in mediaFormat."""
    number = str(chance.randrange(100))
    media = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    start = {
        "callSid": call_id,
        "streamSid": "MZ1",
        "tracks": ["inbound"],
        "mediaFormat": media,
        "customParameters": dict(parameters),
    }
    sound = base64.b64encode(chance.randbytes(chance.choice((160, 160, 160, 0, 1, 8000)))).decode()
    content: dict[str, dict[str, Any]] = {
        "connected": {"protocol": "Call", "version": "1.0.0"},
        "start": {"start": start},
        "media": {"media": {"track": "inbound", "timestamp": number, "payload": sound}},
        "mark": {"mark": {"name": "beep"}},
        "dtmf": {"dtmf": {"track": "inbound_track", "digit": chance.choice("0123456789*#")}},
        "stop": {"stop": {"callSid": call_id}},
    }
    return {"event": event, "sequenceNumber": number, "streamSid": "MZ1", **content[event]}
