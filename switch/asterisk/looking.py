"""What an Asterisk lacks that we need; it is asked while everything else works."""

import re

from switch.asterisk.ari import Ari, GoneError
from switch.asterisk.config import AsteriskConfig

SOUND, ENDPOINT, OFFLINE = "sound", "endpoint", "endpoint_offline"
"""No chan_websocket; no such endpoint; the endpoint's far end does not answer Asterisk."""

MODULE = "chan_websocket.so"

_AT = re.compile(r"(PJSIP|SIP|IAX2)/[^@/]*[@/]([A-Za-z0-9_.-]+)")


def resource(endpoint: str) -> str:
    """`PJSIP/trunk` of `PJSIP/{number}@trunk`, by which Asterisk lists it; empty where none is."""
    match = _AT.fullmatch(endpoint)
    return f"{match[1]}/{match[2]}" if match else ""


async def lacking(ari: Ari, config: AsteriskConfig) -> list[str]:
    """Of SOUND, ENDPOINT and OFFLINE what is so. Raises AriError when it cannot be asked."""
    found = []
    if not await _has_module(ari):
        found.append(SOUND)
    name = resource(config.endpoint)
    if name:
        try:
            told = await ari.ask("GET", f"endpoints/{name}")
        except GoneError:
            found.append(ENDPOINT)
        else:
            if isinstance(told, dict) and told.get("state") == "offline":
                found.append(OFFLINE)
    return found


async def _has_module(ari: Ari) -> bool:
    try:
        await ari.ask("GET", f"asterisk/modules/{MODULE}")
    except GoneError:
        return False
    return True
