"""The interpreter's side of its lines through Asterisk: the one WebSocket on which all is told.

It is opened again whenever it is lost. Calls outlive that, for their sound has WebSockets of its
own; what became of them meanwhile is asked then. Asterisk that ended took its calls along.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import aiohttp

from switch import placing
from switch.asterisk import words
from switch.asterisk.ari import Ari, AriError, RefusedError
from switch.asterisk.config import AsteriskConfig
from switch.asterisk.leg import Leg, new_id
from switch.asterisk.looking import lacking
from switch.asterisk.phone import AsteriskPhone
from switch.asterisk.words import Channel, Event, Happened
from switch.calls import Call
from switch.exchange import Exchange
from switch.sip.numbers import ANONYMOUS, GivenNumbers, Ringable, from_sip

log = logging.getLogger(__name__)

AGAIN_S = 1.0
"""Seconds before the connection is tried again."""

YIELD_S = 30.0
"""The same after another program took our calls: two that take turns help nobody."""

LOST_S = 10.0
"""Seconds without a connection after which calls are given up: nobody can be heard or steered."""

LOOK_S = 30.0
"""Seconds between two looks at what Asterisk lacks."""

FAREWELL_S = 6.0
"""Seconds in which calls are cleared away when the switch stops."""

DENIED = frozenset({401, 403})
KINDS = ("call", "sound", "bridge")


class AsteriskError(Exception):
    """The lines cannot be had; the message says what to do."""


class State(StrEnum):
    """How the connection is."""

    WAITING = "waiting"
    """It was not there yet."""
    UP = "up"
    LOST = "lost"
    REFUSED = "refused"
    """Asterisk answers, and lets us not in."""
    REPLACED = "replaced"
    """Another program took our calls."""


class AsteriskLines:
    """All lines of one exchange through one Asterisk. `start` in a running loop, then `stop`."""

    def __init__(
        self,
        exchange: Exchange,
        config: AsteriskConfig,
        allowed: Ringable | None = None,
        *,
        lost_s: float = LOST_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Only numbers in `allowed` are rung, without a list none is. `lost_s`: see LOST_S; `now`
        is a clock that only goes on."""
        self._exchange = exchange
        self._config = config
        self._allowed = allowed
        self._lost_s = lost_s
        self._now = now
        self._prefix = f"{config.app}-"
        self._phones: dict[str, AsteriskPhone] = {}
        self._sounds: dict[str, asyncio.Event] = {}
        self._legs: set[asyncio.Task[None]] = set()
        self._keeping: asyncio.Task[None] | None = None
        self._first_try = asyncio.Event()
        self.up = asyncio.Event()
        """Set while there is a connection."""
        self.state = State.WAITING
        self._code = 0
        self._since = now()
        self._lacks: list[str] = []
        self._looking: asyncio.Task[None] | None = None

    @property
    def app(self) -> str:
        """The Stasis application that we are."""
        return self._config.app

    async def start(self) -> None:
        """Connect. An Asterisk that does not answer yet is waited for in the background; raises
        AsteriskError when it does not let us in."""
        try:
            self.ari = Ari(self._config)
        except OSError as error:
            raise AsteriskError(
                f"--asterisk-ca cannot be read: {error.strerror or 'no certificates are in it'}"
            ) from None
        self._keeping = asyncio.create_task(self._keep())
        self._looking = asyncio.create_task(self._look())
        await self._first_try.wait()
        if self.state is State.REFUSED and self._code in DENIED:
            await self.stop()
            raise AsteriskError(
                f"Asterisk does not let us in ({self._code}): check --asterisk-user and the "
                "password with its ari.conf"
            )
        if isinstance(self._allowed, GivenNumbers):
            self._exchange.ringable = self._allowed
        self._exchange.trunk = self.phone_of
        self._exchange.lines = self.told

    async def stop(self) -> None:
        """Hang up what is left, and end."""
        self._exchange.trunk = self._exchange.lines = None
        running = [task for task in (self._keeping, self._looking) if task is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for phone in list(self._phones.values()):
            phone.ended()
        if self._legs:
            await asyncio.wait(set(self._legs), timeout=FAREWELL_S)
        for leg in tuple(self._legs):
            leg.cancel()
        await asyncio.gather(*self._legs, return_exceptions=True)
        await self.ari.close()

    def told(self) -> dict[str, Any]:
        """For the control interface: how the connection is, since how many seconds, the code that
        Asterisk answered with (0: none), and what it lacks (`switch.asterisk.looking`)."""
        since_s = round(self._now() - self._since, 1)
        known = {"kind": "asterisk", "state": str(self.state), "code": self._code}
        return known | {"since_s": since_s, "lacks": self._lacks}

    def phone_of(self, call: Call) -> AsteriskPhone | None:
        """What is rung for a call of ours; None: its number is none of those that may be, or there
        is no connection now."""
        if not self._config.endpoint or self.state is not State.UP:
            self._exchange.note(call, "asterisk_not_there")
            return None
        if self._allowed is None or call.to_number not in self._allowed:
            self._exchange.note(call, "asterisk_not_allowed")
            log.warning("call=%s goes to a number that is not on the list", call.sid)
            return None
        shown = from_sip(call.from_number)
        endpoint = self._config.endpoint_for(call.to_number)
        return self._phone(
            Leg(self, self.fresh_id("call"), endpoint, "" if shown == ANONYMOUS else shown)
        )

    # What phones and legs say.

    def begin(self, phone: AsteriskPhone) -> None:
        """Let a call live in the background."""
        leg = phone.leg
        task = asyncio.create_task(leg.run())
        self._legs.add(task)
        task.add_done_callback(self._finished)
        task.add_done_callback(lambda _: self._phones.pop(leg.channel, None))

    def lost(self, leg: Leg, why: str) -> None:
        """A leg cannot go on."""
        phone = self._phones.get(leg.channel)
        if phone is not None:
            phone.lost(why)

    def fresh_id(self, kind: str) -> str:
        """An identifier by which we know later that it is ours."""
        return new_id(self._prefix, kind)

    def awaited(self, sound: str) -> asyncio.Event:
        """Set once a channel of sound is in our hands."""
        return self._sounds.setdefault(sound, asyncio.Event())

    def forget(self, sound: str) -> None:
        """A channel of sound is over."""
        self._sounds.pop(sound, None)

    # The connection.

    async def _keep(self) -> None:
        while True:
            pause_s = AGAIN_S
            try:
                wire = await self.ari.events()
            except AriError as error:
                code = error.status if isinstance(error, RefusedError) else 0
                was = State.WAITING if self.state is State.WAITING else State.LOST
                self._enter(State.REFUSED if code else was, code)
            else:
                try:
                    await self._settle()
                    self._enter(State.UP)
                    self._first_try.set()
                    await self._listen(wire)
                except AriError as error:
                    log.warning("asterisk: what there is could not be asked (%s)", error)
                finally:
                    await wire.close()
                if self.state is State.REPLACED:
                    pause_s = YIELD_S
                else:
                    self._enter(State.LOST)
            self._first_try.set()
            if self.state is not State.UP and self._now() - self._since >= self._lost_s:
                self._give_up()
            await asyncio.sleep(pause_s)

    async def _look(self) -> None:
        """See again and again what Asterisk lacks."""
        while True:
            await self.up.wait()
            try:
                self._lacks = await lacking(self.ari, self._config)
            except AriError as error:
                log.warning("asterisk: what it lacks could not be asked (%s)", error)
            await asyncio.sleep(LOOK_S)

    def _enter(self, state: State, code: int = 0) -> None:
        """Note a change; being lost and then refused is one time without a connection."""
        if state is self.state and code == self._code:
            return
        if State.UP in {state, self.state}:
            self._since = self._now()
        self.state, self._code = state, code
        if state is State.UP:
            self.up.set()
        else:
            self.up.clear()
        details: dict[str, Any] = {"code": code} if code else {}
        self._exchange.journal.write(f"asterisk_{state}", **details)
        if state is not State.UP:
            log.warning("asterisk: %s%s; it is tried again", state, f" ({code})" if code else "")

    async def _listen(self, wire: aiohttp.ClientWebSocketResponse) -> None:
        async for message in wire:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            happened = words.read(message.data)
            if happened is None:
                continue
            if happened.event is Event.REPLACED:
                self._enter(State.REPLACED)
                return
            self._hear(happened)

    def _hear(self, happened: Happened) -> None:
        sound = self._sounds.get(happened.channel)
        if sound is not None and happened.event is Event.ARRIVED:
            sound.set()
        phone = self._phones.get(happened.channel)
        if phone is not None:
            phone.happened(happened)
        elif happened.event is Event.ARRIVED and not self._ours(happened.channel):
            self._take(Channel(happened.channel, "", happened.number))

    def _take(self, channel: Channel) -> None:
        """Somebody calls."""
        if len(self._phones) >= self._config.most_calls:
            self._exchange.journal.write("asterisk_too_many")
            self._exchange.spawn(self._hand_back(channel.id))
            return
        phone = self._phone(Leg(self, channel.id))
        placing.dial_in(self._exchange, from_sip(channel.number), phone)

    async def _hand_back(self, channel: str) -> None:
        try:
            await self.ari.ask("POST", f"channels/{channel}/continue")
        except AriError as error:
            log.warning("asterisk: a call could not be handed back (%s)", error)

    # What there is, after a time without a connection.

    async def _settle(self) -> None:
        """Which of our calls are still there, and who else waits in our hands. Raises AriError."""
        there = [
            channel
            for each in await self.ari.ask("GET", "channels") or []
            if (channel := words.channel_of(each)) is not None
        ]
        app = await self.ari.ask("GET", f"applications/{self.app}") or {}
        in_hands = set(app.get("channel_ids", []))
        ids = {channel.id for channel in there}
        for gone in set(self._phones) - ids:
            self._hear(Happened(Event.GONE, gone))
        await self._clear_strays(ids, await self.ari.ask("GET", "bridges") or [])
        for channel in there:
            self._catch_up(channel, in_hands)

    def _catch_up(self, channel: Channel, in_hands: set[str]) -> None:
        """What we were not told. Whoever is in our hands and unknown (the switch was started again
        in the middle of the call) is greeted anew: silence would be worse."""
        phone = self._phones.get(channel.id)
        if phone is None and channel.id in in_hands and not self._ours(channel.id):
            self._take(channel)
        elif phone is not None and phone.leg.outbound:
            known = {"Up": Event.ARRIVED, "Ringing": Event.RINGING}.get(channel.state)
            if known is not None:
                phone.happened(Happened(known, channel.id))

    async def _clear_strays(self, channels: set[str], bridges: list[Any]) -> None:
        """Bridges and channels with our names that no call of ours has: of a switch before."""
        mine = {name for phone in self._phones.values() for name in phone.leg.names}
        for each in bridges:
            name = each.get("id") if isinstance(each, dict) else None
            if isinstance(name, str) and self._ours(name) and name not in mine:
                await self._remove(f"bridges/{name}")
        for name in channels:
            if self._ours(name) and name not in mine:
                await self._remove(f"channels/{name}")

    async def _remove(self, path: str) -> None:
        try:
            await self.ari.ask("DELETE", path)
        except AriError as error:
            log.warning("asterisk: a stray could not be cleared away (%s)", error)

    def _give_up(self) -> None:
        for phone in list(self._phones.values()):
            phone.lost("asterisk")

    def _ours(self, name: str) -> bool:
        return name.startswith(tuple(f"{self._prefix}{kind}-" for kind in KINDS))

    def _phone(self, leg: Leg) -> AsteriskPhone:
        self._phones[leg.channel] = phone = AsteriskPhone(self, leg)
        return phone

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._legs.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a call through Asterisk failed: %s", type(task.exception()).__name__)
