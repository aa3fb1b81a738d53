"""The handshake of every stream: signed as Twilio signs it, and refused where a fault says so."""

from typing import TYPE_CHECKING

from switch import errors
from switch.signature import sign
from switch.streams.wire import StreamError, Wire
from switch.webhook import USER_AGENT

if TYPE_CHECKING:
    from switch.exchange import Exchange


async def shake_hands(exchange: "Exchange", wire: Wire, url: str) -> None:
    """Connect the wire to a server. Raises StreamError."""
    faults = exchange.faults
    if faults.stream == "refuse" or faults.take("stream", "refuse"):
        raise StreamError(errors.STREAM_HANDSHAKE, "HTTP status 503")
    signature = sign(exchange.config.auth_token, url)
    await wire.open(url, {"X-Twilio-Signature": signature, "User-Agent": USER_AGENT})
