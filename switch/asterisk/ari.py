"""Asterisk's REST interface (ARI) and its WebSockets, for one application.

Numbers go in the body of a request and never in an address: Asterisk and proxies log those.
"""

import ssl
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import aiohttp

from switch.asterisk.config import AsteriskConfig

TIMEOUT_S = 5.0
"""Seconds that one request may take; a phone must not ring on because an answer does not come."""

HEARTBEAT_S = 5.0
"""Seconds between two pings of a WebSocket; it is lost when half of that passes without a pong."""

LARGEST = 1_000_000
"""Bytes of one message; Asterisk's own are a few thousand."""

NOT_FOUND = 404


class AriError(Exception):
    """Asterisk did not do it. The text tells of no call and no number."""


class GoneError(AriError):
    """What was asked about is not there (any more)."""


class RefusedError(AriError):
    """It answered with another code than success."""

    def __init__(self, status: int) -> None:
        """`status` is HTTP's."""
        super().__init__(f"Asterisk answered with {status}")
        self.status = status


class UnreachableError(AriError):
    """Nothing answered, or not in time."""


class Ari:
    """Made inside a running event loop; `close` when done."""

    def __init__(self, config: AsteriskConfig) -> None:
        """For one Asterisk; raises OSError for a `ca_file` that cannot be read."""
        self._config = config
        known = f"{config.user}:{config.password}"
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Basic {b64encode(known.encode()).decode()}"},
            connector=aiohttp.TCPConnector(ssl=_trusted(config), limit=0),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def ask(self, method: str, path: str, **fields: str | int) -> Any:
        """One request below /ari; the JSON of its answer, None without one. Raises AriError."""
        posted = method == "POST"
        try:
            async with self._session.request(
                method,
                f"{self._config.url}/ari/{path}",
                json=fields if posted else None,
                params=None if posted else fields,
                allow_redirects=False,
            ) as answer:
                if answer.status == NOT_FOUND:
                    raise GoneError("it is not there")
                if not 200 <= answer.status < 300:
                    raise RefusedError(answer.status)
                text = await answer.text()
                return await answer.json(content_type=None) if text else None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise UnreachableError(type(error).__name__) from None

    async def events(self) -> aiohttp.ClientWebSocketResponse:
        """The WebSocket on which everything is told that happens to our calls. Raises AriError."""
        return await self._connect(
            f"{self._config.url}/ari/events", "ari", {"app": self._config.app}
        )

    async def media(self, connection: str) -> aiohttp.ClientWebSocketResponse:
        """The WebSocket of one channel's sound. Raises AriError."""
        place = quote(connection, safe="")
        return await self._connect(f"{self._config.url}/media/{place}", "media", {})

    async def _connect(
        self, url: str, protocol: str, fields: dict[str, str]
    ) -> aiohttp.ClientWebSocketResponse:
        try:
            return await self._session.ws_connect(
                url,
                params=fields,
                protocols=(protocol,),
                heartbeat=HEARTBEAT_S,
                max_msg_size=LARGEST,
            )
        except aiohttp.WSServerHandshakeError as error:
            raise RefusedError(error.status) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise UnreachableError(type(error).__name__) from None


def _trusted(config: AsteriskConfig) -> ssl.SSLContext | bool:
    if not config.encrypted:
        return True
    return ssl.create_default_context(cafile=config.ca_file or None)
