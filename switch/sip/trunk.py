"""The interpreter's side of its SIP lines: starts the process of sound and speaks with it.

When that process ends by itself, its calls are over, and it is started again.
"""

import asyncio
import logging
import os
import socket
import sys
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

from switch import placing
from switch.calls import Call
from switch.exchange import Exchange
from switch.sip.config import SipConfig
from switch.sip.numbers import GivenNumbers, Ringable, from_sip
from switch.sip.phone import SipPhone
from switch.sip.wire import BrokenWireError, Message, Wire

log = logging.getLogger(__name__)

READY_WITHIN_S = 20.0
"""Seconds in which the process must listen."""

NO_ANSWER = (0, 408)
"""Codes of a registration to which nothing came: the stack's own."""

AGAIN_S = 1.0
"""Seconds before a process that ended is started again."""


class SipError(Exception):
    """The lines cannot be had; the message says what to do."""


class SipTrunk:
    """All SIP lines of one exchange. `start` inside a running event loop, then `stop`."""

    def __init__(
        self, exchange: Exchange, config: SipConfig, allowed: Ringable | None = None
    ) -> None:
        """Lines as `config` says; only numbers in `allowed` are rung, without a list none is."""
        self._exchange = exchange
        self._config = config
        self._allowed = allowed
        self._phones: dict[int, SipPhone] = {}
        self._numbers: Iterator[int] = count(2, 2)  # odd ones are the other process's
        self._wire: Wire | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._ready: asyncio.Future[int] | None = None
        self._sounds: list[tuple[int, bytes]] = []
        self._watch: asyncio.Task[None] | None = None
        self.port = 0
        """Where signalling is taken, once it is."""
        self._known = self._unknown = ("waiting" if config.register else "unregistered", 0)
        """How the registration is, and the code that came last; and how it is at the start."""
        self._since = time.monotonic()

    async def start(self) -> int:
        """Start the process; returns the port on which it listens. Raises SipError."""
        if isinstance(self._allowed, GivenNumbers):
            self._exchange.ringable = self._allowed
        await self._begin()
        self._exchange.trunk = self.phone_of
        self._exchange.sip_port = self.port
        self._exchange.lines = self.told
        self._watch = asyncio.create_task(self._keep())
        return self.port

    async def stop(self) -> None:
        """Let the process hang up everything, and end."""
        if self._watch is not None:
            self._watch.cancel()
        self._exchange.trunk = self._exchange.lines = None
        self._exchange.sip_port = 0
        self._close()
        await self._end()

    def phone_of(self, call: Call) -> SipPhone | None:
        """What is rung for a call of ours; None: its number is none of those that may be,
        or there are no lines now."""
        if not self._config.trunk_host or self._wire is None:
            return None
        if self._allowed is None or call.to_number not in self._allowed:
            self._exchange.note(call, "sip_not_allowed")
            log.warning(
                "call=%s goes to a number that is not on the list of --sip-allowed", call.sid
            )
            return None
        return self._phone(next(self._numbers), (from_sip(call.from_number), call.to_number))

    def told(self) -> dict[str, Any]:
        """For the control interface: how the registration is (`up`, `waiting`, `refused`, `lost`,
        or `unregistered` where none is wanted; `stopped` while there is no process of sound), since
        how many seconds, and the code that the trunk answered with (0: none, 408: no answer)."""
        state, code = self._known if self._wire is not None else ("stopped", 0)
        since_s = round(time.monotonic() - self._since, 1)
        return {"kind": "sip", "state": state, "code": code, "since_s": since_s}

    @property
    def pid(self) -> int:
        """The process of sound; 0: there is none now."""
        return 0 if self._process is None else self._process.pid

    # What phones say.

    def call(self, number: int, from_number: str, to_number: str) -> None:
        """Place a call."""
        self._tell({"do": "call", "leg": number, "from": from_number, "to": to_number})

    def tell(self, command: str, number: int) -> None:
        """`ring` or `answer` a caller."""
        self._tell({"do": command, "leg": number})

    def hang_up(self, number: int, code: int) -> None:
        """End a call; `code` is for one that was not answered."""
        self._phones.pop(number, None)
        self._tell({"do": "hangup", "leg": number, "code": code})

    def sound(self, number: int, frame: bytes) -> None:
        """Send a frame, together with all others of this tick."""
        if not self._sounds:
            asyncio.get_running_loop().call_soon(self._send_sounds)
        self._sounds.append((number, frame))

    # The process and its wire.

    async def _begin(self) -> None:
        here, there = socket.socketpair()
        with there:
            os.set_inheritable(there.fileno(), True)
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "switch.sip.process",
                str(there.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=[there.fileno()],
            )
        loop = asyncio.get_running_loop()
        self._wire = Wire(here)
        self._ready = loop.create_future()
        loop.add_reader(here, self._read)
        self._tell(self._config.message())
        try:
            self.port = await asyncio.wait_for(self._ready, READY_WITHIN_S)
        except TimeoutError:
            self._close()
            await self._end()
            raise SipError("the SIP lines did not start in time; start the switch again") from None
        except SipError:
            self._close()
            await self._end()
            raise

    async def _keep(self) -> None:
        """Start the process again whenever it ended."""
        while True:
            if self._process is not None:
                await self._process.wait()
            self._close()
            self._known, self._since = self._unknown, time.monotonic()
            self._exchange.journal.write("sip_stopped")
            log.error("the process of the SIP lines ended; it is started again")
            started = False
            while not started:
                await asyncio.sleep(AGAIN_S)
                try:
                    await self._begin()
                    started = True
                    self._exchange.journal.write("sip_started")
                except SipError as error:
                    log.error("%s", error)

    async def _end(self) -> None:
        if self._process is None:
            return
        try:
            await asyncio.wait_for(self._process.wait(), READY_WITHIN_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def _close(self) -> None:
        if self._wire is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._wire.socket)
        loop.remove_writer(self._wire.socket)
        self._wire.socket.close()
        self._wire = None
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(
                SipError("the SIP lines ended at once; is hotline[sip] there?")
            )
        for number, phone in tuple(self._phones.items()):
            self._phones.pop(number, None)
            phone.happened("ended", {"why": "process"})

    def _phone(self, number: int, numbers: tuple[str, str] | None = None) -> SipPhone:
        self._phones[number] = phone = SipPhone(self, number, numbers)
        return phone

    def _tell(self, message: Message) -> None:
        if self._wire is not None:
            try:
                self._wire.tell(message)
            except OSError:
                return  # the reader hears of it, too
            self._flush_later()

    def _send_sounds(self) -> None:
        sounds, self._sounds = self._sounds, []
        if self._wire is not None:
            try:
                self._wire.sound(sounds)
            except OSError:
                return
            self._flush_later()

    def _flush_later(self) -> None:
        if self._wire is not None and self._wire.behind:
            asyncio.get_running_loop().add_writer(self._wire.socket, self._flush)

    def _flush(self) -> None:
        if self._wire is None:
            return
        try:
            self._wire.flush()
        except OSError:
            return
        if not self._wire.behind:
            asyncio.get_running_loop().remove_writer(self._wire.socket)

    def _read(self) -> None:
        if self._wire is None:
            return
        try:
            messages = self._wire.receive()
        except (EOFError, BrokenWireError):
            self._close()
            return
        for message in messages:
            if isinstance(message, dict):
                self._hear(message)
                continue
            for number, frame in message:
                phone = self._phones.get(number)
                if phone is not None:
                    phone.said(frame)

    def _hear(self, message: Message) -> None:
        event = str(message["event"])
        if event == "ready" and self._ready is not None:
            self._ready.set_result(int(message["port"]))
        elif event == "failed":
            self._failed(message)
        elif event == "incoming":
            phone = self._phone(int(message["leg"]))
            placing.dial_in(self._exchange, str(message["from"]), phone)
        elif event in {"registered", "unregistered"}:
            self._registration(event, message)
        else:
            leg = int(message["leg"])
            phone_there = self._phones.get(leg)
            if event in {"refused", "ended"}:
                self._phones.pop(leg, None)
            if phone_there is not None:
                phone_there.happened(event, message)

    def _register(self, event: str, code: int) -> None:
        """Note how the registration is now; `since` is when that changed."""
        silent = code in NO_ANSWER
        now = "up" if event == "registered" else "lost" if silent else "refused"
        if (now, code) != self._known:
            if "up" in (now, self._known[0]):
                self._since = time.monotonic()
            self._known = (now, code)

    def _failed(self, message: dict[str, Any]) -> None:
        number = message.get("errno")
        if number is not None:
            what = f"cannot listen there: {os.strerror(int(number))}; choose another --sip-listen"
        elif message.get("what") in {"ModuleNotFoundError", "ImportError"}:
            what = "need packages that are not installed; install hotline[sip]"
        else:
            what = f"failed ({message.get('what')}); start the switch again"
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(SipError(f"the SIP lines {what}"))
        else:
            log.error("the SIP lines %s", what)

    def _registration(self, event: str, message: Message) -> None:
        code = message.get("code")
        self._register(event, int(code or 0))
        self._exchange.journal.write(f"sip_{event}", **({} if code is None else {"code": code}))
        if event == "unregistered":
            log.warning("the trunk refused the registration with %s; it is asked again", code)
