"""What Asterisk says, and what its words mean here. Pure.

Events are those of rest-api/api-docs/events.json of Asterisk 22; causes of hang-ups are those of
Q.850, as Asterisk maps them (docs.asterisk.org, "Hangup Cause Mappings").
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_KEYS = frozenset("0123456789*#ABCD")

SIP_CODES: Mapping[int, int] = {
    1: 404,  # no such number
    17: 486,  # busy
    18: 408,  # no user responds
    19: 480,  # no answer; a phone that is not there at all, too
    20: 480,  # subscriber absent
    21: 603,  # declined
    22: 410,  # number changed
    28: 484,  # number incomplete
    102: 408,  # recovery on timer
}
"""Why a phone was not answered, as a code of SIP; a cause that is not here means no way there."""

NO_WAY = 503

REASONS: Mapping[str, str] = {"busy": "busy", "failed": "congestion", "no-answer": "no_answer"}
"""Why we end a call that was not answered, by its state, as ARI's `reason`; others: normal."""


class Event(StrEnum):
    """What can happen to a channel, or to us."""

    ARRIVED = "arrived"
    """It is in our hands: somebody calls, a phone that we rang is answered, sound can flow."""
    RINGING = "ringing"
    KEY = "key"
    GONE = "gone"
    REPLACED = "replaced"
    """Another program takes our calls from now on; no channel."""


@dataclass(frozen=True)
class Happened:
    """One event. `number` is the caller's, as Asterisk writes it; `cause` is why a channel went."""

    event: Event
    channel: str = ""
    number: str = field(default="", repr=False)
    digit: str = field(default="", repr=False)
    cause: int = 0


@dataclass(frozen=True)
class Channel:
    """A channel as a list tells it."""

    id: str
    state: str
    number: str = field(default="", repr=False)


def read(text: str) -> Happened | None:
    """An event that matters here; None for any other, and for what is no event at all."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    if not isinstance(data, dict):
        return None
    if data.get("type") == "ApplicationReplaced":
        return Happened(Event.REPLACED)
    channel = channel_of(data.get("channel"))
    if channel is None:
        return None
    return _about(channel, data)


def channel_of(data: object) -> Channel | None:
    """A channel from its JSON; None when it is none."""
    if not isinstance(data, dict) or not isinstance(data.get("id"), str) or not data["id"]:
        return None
    caller = data.get("caller")
    number = caller.get("number") if isinstance(caller, dict) else None
    return Channel(data["id"], str(data.get("state")), number if isinstance(number, str) else "")


def sip_code(cause: int) -> int:
    """Why a phone was not answered, as a code of SIP."""
    return SIP_CODES.get(cause, NO_WAY)


def reason(status: str) -> str:
    """ARI's reason for the end of a call that was not answered."""
    return REASONS.get(status, "normal")


def _about(channel: Channel, data: dict[str, Any]) -> Happened | None:
    match data.get("type"):
        case "StasisStart":
            return Happened(Event.ARRIVED, channel.id, channel.number)
        case "ChannelStateChange" if channel.state == "Ringing":
            return Happened(Event.RINGING, channel.id)
        case "ChannelDtmfReceived" if str(data.get("digit")) in _KEYS:
            return Happened(Event.KEY, channel.id, digit=str(data["digit"]))
        case "ChannelDestroyed" | "StasisEnd":
            cause = data.get("cause")
            return Happened(Event.GONE, channel.id, cause=cause if isinstance(cause, int) else 0)
    return None
