"""The sound of one SIP call: its socket, whom it believes, and one frame in each direction a tick.

Sound is taken only from the address of the far end's description, or from the one its signalling
comes from (a phone behind a router), and from the first port there that sends: latched once, and
never again until another description comes. Whoever else sends to the port is not heard and turns
no sound away to himself (known as RTPbleed).
"""

import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from switch.g711 import FRAME, SILENCE
from switch.sip import alaw, rtp
from switch.sip.crypto import ForgedError
from switch.sip.inband import Inband
from switch.sip.jitter import Jitter
from switch.sip.keypad import Keypad
from switch.sip.playout import Playout
from switch.sip.sdp import PCMA, Sound

if TYPE_CHECKING:
    from switch.sip.secure import Secure

MOST_PACKETS = 20
"""Packets read from one leg in one tick; whoever sends more slows nobody else down."""

Address = tuple[str, int]


@dataclass
class Counters:
    """What one leg received and sent, in packets; `strange` came from somebody else."""

    received: int = 0
    sent: int = 0
    strange: int = 0
    broken: int = 0


@dataclass
class _Aim:
    """Where sound goes, whom it is taken from, and how it is written."""

    sound: Sound
    believed: frozenset[str]
    latched: Address | None = None
    inband: Inband | None = field(default=None)
    secure: "Secure | None" = None


class Leg:
    """One call's sound; made with a bound socket, silent until `aim` and `live`."""

    def __init__(self, number: int, sock: socket.socket) -> None:
        """Take over a bound UDP socket; `number` is what both processes call this leg."""
        self.number = number
        self.socket = sock
        self.port: int = sock.getsockname()[1]
        self.live = False
        self.heard_at: float | None = None
        """When sound came last, or when it began to be waited for; None: not waited for."""
        self.playout = Playout()
        self.counters = Counters()
        self._jitter = Jitter()
        self._keypad = Keypad()
        self._aim: _Aim | None = None
        self._sequence = secrets.randbelow(1 << 15)
        self._timestamp = secrets.randbelow(1 << 31)
        self._source = secrets.randbits(32)
        sock.setblocking(False)

    def aim(self, sound: Sound, signalling: str, secure: "Secure | None" = None) -> None:
        """Follow a description; `signalling` is the address its messages come from, `secure`
        encrypts both directions."""
        before = self._aim
        inband = Inband() if sound.events is None else None
        aim = _Aim(sound, frozenset({sound.address, signalling}), None, inband, secure)
        if before is not None and _place(before.sound) == _place(sound):
            aim.latched = before.latched
        self._aim = aim

    @property
    def waits(self) -> bool:
        """Whether sound should come: an answered call that is not on hold."""
        return (
            self.live
            and self._aim is not None
            and not (self._aim.sound.silent or self._aim.sound.held)
        )

    def read(self, now: float) -> list[str]:
        """Take all packets that are there; returns the keys that were pressed."""
        keys: list[str] = []
        if self.heard_at is None or not self.waits:
            self.heard_at = now
        for _ in range(MOST_PACKETS):
            try:
                data, origin = self.socket.recvfrom(rtp.MOST + 1)
            except (BlockingIOError, InterruptedError):
                break
            except ConnectionError:  # somebody told us that our packets do not arrive
                continue
            key = self._take(data, origin, now)
            if key is not None:
                keys.append(key)
        return keys

    def pull(self) -> tuple[bytes, str | None]:
        """The next frame of the far end, and a key that was heard in it."""
        frame = self._jitter.pull()
        inband = None if self._aim is None else self._aim.inband
        return frame, None if inband is None or frame is SILENCE else inband.hear(frame)

    def send(self, frame: bytes) -> None:
        """Send one µ-law frame; nothing to a far end that wants to hear nothing."""
        aim = self._aim
        self._timestamp += FRAME
        if aim is None or aim.sound.held:
            return
        payload = alaw.from_ulaw(frame) if aim.sound.codec == PCMA else frame
        packet = rtp.Packet(
            aim.sound.payload, self._sequence, self._timestamp, self._source, payload
        )
        self._sequence += 1
        # A full buffer or no way there: a packet is lost, as on any network.
        with suppress(OSError):
            data = rtp.pack(packet)
            if aim.secure is not None:
                data = aim.secure.protect(data)
            self.socket.sendto(data, aim.latched or _place(aim.sound))
            self.counters.sent += 1

    def close(self) -> None:
        """Give the port back."""
        self.live = False
        self.socket.close()

    def _take(self, data: bytes, origin: Address, now: float) -> str | None:
        aim = self._aim
        if aim is None or not (
            origin == aim.latched if aim.latched is not None else origin[0] in aim.believed
        ):
            self.counters.strange += 1
            return None
        try:
            packet = rtp.unpack(data if aim.secure is None else aim.secure.unprotect(data))
        except (rtp.BadPacketError, ForgedError):
            self.counters.broken += 1
            return None
        aim.latched = origin
        self.heard_at = now
        self.counters.received += 1
        if packet.payload_type == aim.sound.payload:
            sound = packet.payload
            if aim.sound.codec == PCMA:
                sound = alaw.to_ulaw(sound)
            self._jitter.put(packet.source, packet.timestamp, sound)
        elif packet.payload_type == aim.sound.events:
            return self._keypad.take(packet.source, packet.timestamp, packet.payload)
        return None


def _place(sound: Sound) -> Address:
    return sound.address, sound.port


class NoPortError(Exception):
    """All ports for sound are taken."""


def open_port(address: str, ports: range) -> socket.socket:
    """A UDP socket on a free even port of `ports`, any one of them; raises NoPortError."""
    even = [port for port in ports if port % 2 == 0]
    begin = secrets.randbelow(len(even)) if even else 0
    for port in even[begin:] + even[:begin]:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.bind((address, port))
        except OSError:
            sock.close()
            continue
        return sock
    raise NoPortError("all ports for sound are taken")
