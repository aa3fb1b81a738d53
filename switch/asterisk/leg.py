"""One call at Asterisk: its channel, a second one for its sound, and a bridge that joins both.

A leg is one task from the first event to the last. It looks whether the call is over between any
two requests, and clears away what it made, so that nothing rings or waits on by itself.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import aiohttp

from switch.asterisk.ari import AriError, GoneError, UnreachableError
from switch.asterisk.media import Media

if TYPE_CHECKING:
    from switch.asterisk.lines import AsteriskLines

log = logging.getLogger(__name__)

RING_MOST_S = 600
"""Seconds after which Asterisk gives up by itself, if we cannot tell it to: Twilio's longest."""

JOIN_S = 5.0
"""Seconds in which a channel of sound must be there once its WebSocket is."""

TRIES = 3
"""How often in a row a way for the sound is sought before the call is given up."""

AGAIN_S = 0.5

GONE = "gone"
"""Why a call was lost: its channel is not there."""

CONNECTION = "MEDIA_WEBSOCKET_CONNECTION_ID"
"""The channel variable by which chan_websocket tells the address of its WebSocket."""


class Ending(StrEnum):
    """What is done with the channel at the end."""

    GONE = "gone"
    """Nothing: it is not there any more."""
    HANG_UP = "hang up"
    HAND_BACK = "hand back"
    """It goes on in the dialplan behind Stasis: somebody calls, and we cannot take the call."""


class NoSoundError(Exception):
    """A channel of sound did not come."""


class Leg:
    """A call; `endpoint` and `shown` are of one that we place: what is rung, and our number."""

    def __init__(
        self, lines: "AsteriskLines", channel: str, endpoint: str = "", shown: str = ""
    ) -> None:
        """Nothing happens before `run`."""
        self._lines = lines
        self._ari = lines.ari
        self.channel = channel
        self.media = Media()
        self._endpoint = endpoint
        self._shown = shown
        self._picked = asyncio.Event()
        self._over = asyncio.Event()
        self._ending = Ending.HANG_UP
        self._reason = "normal"
        self._bridge = ""
        self._sound = ""
        self._joined = False

    @property
    def outbound(self) -> bool:
        """Whether we place it."""
        return bool(self._endpoint)

    @property
    def names(self) -> set[str]:
        """What is there for this call at Asterisk."""
        return {self.channel, self._sound, self._bridge} - {""}

    def pick(self) -> None:
        """The call is answered: by us, or by the phone that was rung."""
        self._picked.set()

    def end(self, ending: Ending, reason: str = "normal") -> None:
        """It is over; the first ending counts."""
        if not self._over.is_set():
            self._ending, self._reason = ending, reason
            self._over.set()

    async def run(self) -> None:
        """Live, and clear away."""
        try:
            await self._live()
        except GoneError:
            self._lines.lost(self, GONE)
        except (AriError, NoSoundError) as error:
            self._lines.lost(self, str(error))
        finally:
            await self._clear()

    async def _live(self) -> None:
        if self.outbound:
            await self._place()
            await self._until(self._picked.wait())
        else:
            with suppress(AriError):  # a tone that is not heard ends no call
                await self._ari.ask("POST", f"channels/{self.channel}/ring")
        failures = 0
        while not self._over.is_set():
            try:
                await self._carry()
                failures = 0
            except GoneError:
                raise
            except (AriError, NoSoundError) as error:
                # Without a connection it is waited for: whether the call is over is told then.
                failures += self._lines.up.is_set() or not isinstance(error, UnreachableError)
                if failures == TRIES:
                    raise
                await self._until(asyncio.sleep(AGAIN_S))
                await self._until(self._lines.up.wait())

    async def _carry(self) -> None:
        """Let sound pass until its WebSocket or the call is over. Raises AriError, NoSoundError."""
        carrying: asyncio.Task[None] | None = None
        try:
            carrying = await self._find_way()
            await self._until(self._picked.wait())
            if not self._over.is_set():
                await self._join()
                await self._until(asyncio.shield(carrying))
        finally:
            if carrying is not None:
                carrying.cancel()
                await asyncio.gather(carrying, return_exceptions=True)
            await self._drop_sound()

    async def _place(self) -> None:
        shown = {"callerId": self._shown} if self._shown else {}
        await self._ari.ask(
            "POST",
            "channels",
            endpoint=self._endpoint,
            app=self._lines.app,
            appArgs="dialed",
            channelId=self.channel,
            timeout=RING_MOST_S,
            **shown,
        )

    async def _find_way(self) -> asyncio.Task[None]:
        """A bridge, a channel of sound and its WebSocket; the task that carries what passes. What
        is not there is never the caller, whose call must not be taken for over: NoSoundError."""
        try:
            if not self._bridge:
                await self._make_bridge()
            wire = await self._make_sound()
        except GoneError:
            raise NoSoundError("Asterisk has no way for the sound") from None
        arrived = self._lines.awaited(self._sound)
        carrying = asyncio.create_task(self.media.carry(wire))
        try:
            await asyncio.wait_for(arrived.wait(), JOIN_S)
        except TimeoutError:
            carrying.cancel()
            await asyncio.gather(carrying, return_exceptions=True)
            raise NoSoundError("the channel of sound did not come") from None
        return carrying

    async def _make_bridge(self) -> None:
        bridge = self._bridge = self._lines.fresh_id("bridge")
        self._joined = False
        try:
            await self._ari.ask("POST", "bridges", type="mixing,dtmf_events", bridgeId=bridge)
        except AriError:
            self._bridge = ""
            raise

    async def _make_sound(self) -> aiohttp.ClientWebSocketResponse:
        self._sound = self._lines.fresh_id("sound")
        self._lines.awaited(self._sound)  # before it can be told of
        told = await self._ari.ask(
            "POST",
            "channels/externalMedia",
            channelId=self._sound,
            app=self._lines.app,
            external_host="INCOMING",
            encapsulation="none",
            transport="websocket",
            connection_type="server",
            format="ulaw",
            direction="both",
        )
        return await self._ari.media(await self._connection(told))

    async def _connection(self, told: Any) -> str:
        variables = told.get("channelvars") if isinstance(told, dict) else None
        if isinstance(variables, dict) and isinstance(variables.get(CONNECTION), str):
            return str(variables[CONNECTION])
        path = f"channels/{self._sound}/variable"
        answer = await self._ari.ask("GET", path, variable=CONNECTION)
        if not isinstance(answer, dict) or not isinstance(answer.get("value"), str):
            raise NoSoundError("no address for the sound")
        return str(answer["value"])

    async def _join(self) -> None:
        channels = self._sound
        if not self._joined:
            if not self.outbound:
                await self._ari.ask("POST", f"channels/{self.channel}/answer")
            channels = f"{self.channel},{self._sound}"
        try:
            await self._ari.ask("POST", f"bridges/{self._bridge}/addChannel", channel=channels)
        except GoneError:
            self._bridge = ""
            raise NoSoundError("the bridge has gone") from None
        self._joined = True
        self.media.open()

    async def _until(self, work: Awaitable[Any]) -> None:
        """Wait for something, or for the end of the call; whatever the work raises is told."""
        doing = asyncio.ensure_future(work)
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({doing, over}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done() and not doing.cancelled():
                doing.result()
        finally:
            for each in (doing, over):
                each.cancel()
            await asyncio.gather(doing, over, return_exceptions=True)

    async def _clear(self) -> None:
        """The far end first: it must not ring on. What is not there any more is all right."""
        if self._ending is Ending.HAND_BACK and not self.outbound:
            await self._quietly("POST", f"channels/{self.channel}/continue")
        elif self._ending is not Ending.GONE:
            await self._quietly("DELETE", f"channels/{self.channel}", reason=self._reason)
        await self._drop_sound()
        if self._bridge:
            await self._quietly("DELETE", f"bridges/{self._bridge}")

    async def _drop_sound(self) -> None:
        sound, self._sound = self._sound, ""
        if sound:
            self._lines.forget(sound)
            await self._quietly("DELETE", f"channels/{sound}")

    async def _quietly(self, method: str, path: str, **fields: str) -> None:
        try:
            await self._ari.ask(method, path, **fields)
        except GoneError:
            return
        except AriError as error:  # it is looked for again when the connection is there again
            log.warning("asterisk: something could not be cleared away (%s)", error)


def new_id(prefix: str, kind: str) -> str:
    """A fresh identifier for a channel or a bridge of ours."""
    return f"{prefix}{kind}-{secrets.token_hex(8)}"
