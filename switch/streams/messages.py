"""A stream's messages, as Twilio documents them for <Connect><Stream>.

All numbers in ours are strings, but for those of `mediaFormat`.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from switch import g711
from switch.clock import FRAME_S

CONNECTED = json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})
"""The first message of every stream; it has no sequence number."""

MEDIA_FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": g711.RATE, "channels": 1}


INBOUND = ("inbound",)


class Letters:
    """Writes one stream's messages; each has a `sequenceNumber` one above that before it."""

    def __init__(
        self, account_sid: str, call_sid: str, stream_sid: str, tracks: tuple[str, ...] = INBOUND
    ) -> None:
        """For the stream `stream_sid` of a call; `tracks` of `inbound` and `outbound`."""
        self._tracks = tracks
        self._ids = {"accountSid": account_sid, "callSid": call_sid}
        self._stream_sid = stream_sid
        self._written = 0
        self._chunks = dict.fromkeys(tracks, 0)

    @property
    def chunks(self) -> int:
        """Frames written so far, of the first track."""
        return self._chunks[self._tracks[0]]

    def start(self, parameters: Mapping[str, str], *, on_top: bool = False) -> str:
        """What the stream is; `on_top` puts the parameters beside `start`, as Somleng does."""
        start: dict[str, Any] = {
            **self._ids,
            "streamSid": self._stream_sid,
            "tracks": list(self._tracks),
            "mediaFormat": MEDIA_FORMAT,
        }
        custom = {"customParameters": dict(parameters)}
        if on_top:
            return self._write("start", start=start, **custom)
        return self._write("start", start=start | custom)

    def media(self, frame: bytes, track: str = "inbound") -> str:
        """One frame of a track; the first begins at 0 ms, and each track counts its own."""
        at_ms = round(self._chunks[track] * FRAME_S * 1000)
        self._chunks[track] += 1
        media = {
            "track": track,
            "chunk": str(self._chunks[track]),
            "timestamp": str(at_ms),
            "payload": base64.b64encode(frame).decode(),
        }
        return self._write("media", media=media)

    def dtmf(self, digit: str) -> str:
        """A key was pressed."""
        return self._write("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    def mark(self, name: str) -> str:
        """What the server sent before its mark was heard, or cleared."""
        return self._write("mark", mark={"name": name})

    def stop(self) -> str:
        """The stream is over."""
        return self._write("stop", stop=self._ids)

    def _write(self, event: str, **content: Any) -> str:
        self._written += 1
        ids = {"sequenceNumber": str(self._written), "streamSid": self._stream_sid}
        return json.dumps({"event": event} | ids | content)


@dataclass(frozen=True)
class Media:
    """Sound for the far end: µ-law, of any length."""

    audio: bytes


@dataclass(frozen=True)
class Mark:
    """Comes back once all before it was heard."""

    name: str


@dataclass(frozen=True)
class Clear:
    """Forget all sound that was not heard yet."""


Message = Media | Mark | Clear

_FIELDS = {
    "media": {"event", "streamSid", "media"},
    "mark": {"event", "streamSid", "mark"},
    "clear": {"event", "streamSid"},
}


def read(text: str, stream_sid: str) -> Message:
    """A message of the server's; raises ValueError, whose text never quotes it.

    As strict as Twilio (its warning 31951): other events, missing or unexpected fields and another
    stream's identifier are wrong.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error
    event = message.get("event") if isinstance(message, dict) else None
    if not isinstance(event, str) or event not in _FIELDS:
        raise ValueError("not a media, mark or clear message")
    if set(message) != _FIELDS[event]:
        raise ValueError("missing or unexpected fields")
    if message["streamSid"] != stream_sid:
        raise ValueError("the streamSid of another stream")
    if event == "media":
        return Media(_audio(_only(message["media"], "payload")))
    return Mark(_only(message["mark"], "name")) if event == "mark" else Clear()


def _only(content: Any, name: str) -> str:
    if not isinstance(content, dict) or set(content) != {name}:
        raise ValueError("missing or unexpected fields")
    value = content[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a text")
    return value


def _audio(payload: str) -> bytes:
    try:
        return base64.b64decode(payload, validate=True)
    except ValueError as error:
        raise ValueError("the payload is not base64") from error
