"""What there is in the Asterisk of the tests, in the words of ARI and of chan_websocket."""

import asyncio
import json
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from switch.g711 import FRAME


@dataclass(eq=False)
class Channel:
    """A channel: a telephone outside (`sound` None), or one of sound to us."""

    id: str
    state: str = "Ring"
    number: str = ""
    in_stasis: bool = False
    bridge: str = ""
    connection: str = ""
    wire: web.WebSocketResponse | None = None
    says: deque[bytes] = field(default_factory=deque)
    heard: bytearray = field(default_factory=bytearray)
    tells: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    cause: int = 0

    def say(self, sound: bytes) -> None:
        """Let the far end say µ-law sound, a frame after the other."""
        self.says.extend(sound[at : at + FRAME] for at in range(0, len(sound), FRAME))


def channel_model(channel: Channel, app: str) -> dict[str, Any]:
    """ARI's model of a channel; app: the application that has it when it is in Stasis."""
    nobody = {"name": "", "number": ""}
    return {
        "id": channel.id,
        "name": f"PJSIP/trunk-{channel.id}",
        "protocol_id": "",
        "state": channel.state,
        "caller": nobody | {"number": channel.number},
        "connected": nobody,
        "accountcode": "",
        "dialplan": {
            "context": "from-trunk",
            "exten": "s",
            "priority": 1,
            "app_name": "Stasis" if channel.in_stasis else "",
            "app_data": app,
        },
        "creationtime": now(),
        "language": "en",
    }


def bridge_model(name: str, channels: Collection[str]) -> dict[str, Any]:
    """ARI's model of a bridge."""
    return {
        "id": name,
        "technology": "simple_bridge",
        "bridge_type": "mixing",
        "bridge_class": "stasis",
        "creator": "Stasis",
        "name": "",
        "channels": sorted(channels),
        "creationtime": now(),
    }


def told(event: str, channel: Channel, *, as_json: bool) -> str:
    """What chan_websocket says of its channel: as JSON or as plain text."""
    if as_json:
        return json.dumps({"event": event, "channel_id": channel.id, "format": "ulaw"})
    return f"{event} connection_id:{channel.connection} format:ulaw optimal_frame_size:160"


def now() -> str:
    """The moment, as events tell it."""
    return datetime.now(UTC).isoformat()
