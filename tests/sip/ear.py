"""The sound of a telephone outside: a UDP port that says what it is told and keeps what it hears.

SIPp does the signalling and names this port in its descriptions; its own sound is not used, for
what it hears it does not keep.
"""

import queue
import socket
import struct
import threading
import time
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from switch import g711
from switch.sip import alaw, rtp
from switch.sip.keypad import DIGITS
from switch.sip.secure import Secure

FRAME_S = 0.02


class Ear:
    """Use it as a context manager. It speaks to whoever was heard first."""

    def __init__(
        self, codec: int = 0, events: int | None = 101, *, encrypted: bool = False
    ) -> None:
        self._encrypted = encrypted
        self.secure: Secure | None = None
        """Of an encrypted one: set it once both keys are known; until then it does nothing."""
        self._codec, self._events = codec, events
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port = self._socket.getsockname()[1]
        self.heard: dict[int, bytes] = {}
        self.spoken = threading.Event()
        self.spoken.set()
        self.far: tuple[str, int] | None = None
        self._words: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._keys: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._source: int | None = None
        self._sequence = self._timestamp = 0
        self._stop = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Ear":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop = True
        self._thread.join()
        self._socket.close()

    def say(self, ulaw: bytes) -> None:
        """Say this, after what is being said."""
        self.spoken.clear()
        self._words.put(ulaw)

    def press(self, digit: str) -> None:
        """Press a key as an event of RTP."""
        self._keys.put(digit)

    def sound(self) -> bytes:
        """Everything heard so far, in order of its timestamps; gaps are silent."""
        heard = dict(self.heard)
        if not heard:
            return b""
        first, last = min(heard), max(heard)
        assert last - first < 8000 * 600, "the timestamps leap"
        out = bytearray(b"\xff" * (last - first + 160))
        for at, payload in heard.items():
            out[at - first : at - first + len(payload)] = payload
        return bytes(out)

    def _run(self) -> None:
        due, words = time.monotonic(), b""
        while not self._stop:
            due += FRAME_S
            time.sleep(max(0.0, due - time.monotonic()))
            if self._encrypted and self.secure is None:
                continue
            self._listen()
            with suppress(queue.Empty):
                self._press(self._keys.get_nowait())
            if not words:
                with suppress(queue.Empty):
                    words = self._words.get_nowait()
            self._send(self._codec, (words[:160] or g711.SILENCE).ljust(160, b"\xff"))
            self._timestamp += 160
            words = words[160:]
            if not words and self._words.empty():
                self.spoken.set()

    def _listen(self) -> None:
        with suppress(BlockingIOError):
            while True:
                data, origin = self._socket.recvfrom(2000)
                self.far = self.far or origin
                if self.secure is not None:
                    data = self.secure.unprotect(data)
                packet = rtp.unpack(data)
                if packet.source != self._source:  # another call to the same port
                    self._source, self.heard = packet.source, {}
                if packet.payload_type == self._codec:
                    self.heard[packet.timestamp] = self._ulaw(packet.payload)

    def _ulaw(self, payload: bytes) -> bytes:
        return alaw.to_ulaw(payload) if self._codec == 8 else payload

    def _press(self, digit: str) -> None:
        if self._events is None:
            return
        for duration, end in ((160, 0), (320, 0), (480, 0x80), (480, 0x80), (480, 0x80)):
            event = struct.pack("!BBH", DIGITS.index(digit), end | 10, duration)
            self._send(self._events, event)

    def _send(self, kind: int, payload: bytes) -> None:
        if self.far is None:
            return
        if kind == 8:
            payload = alaw.from_ulaw(payload)
        packet = rtp.Packet(kind, self._sequence, self._timestamp, 0x5151, payload)
        self._sequence += 1
        data = rtp.pack(packet)
        self._socket.sendto(data if self.secure is None else self.secure.protect(data), self.far)


PART_S = 0.5
"""Sound is compared in parts so long: a frame that came too late moves what follows it."""


def likeness(whole: bytes, part: bytes) -> float:
    """How well `part` is found in `whole`: of its half seconds that are not quiet the best
    normalised correlation with anything in `whole`, and of these the second lowest: one of them may
    have the frame that came too late. A `part` of less than a second is compared as one."""
    long, short = (g711.decode(each).astype(np.float64) for each in (whole, part))
    if len(long) < len(short):
        return 0.0
    size = int(PART_S * g711.RATE)
    pieces = [short[at : at + size] for at in range(0, len(short) - size + 1, size)]
    loudest = max((float((piece**2).sum()) for piece in pieces), default=0.0)
    loud = [piece for piece in pieces if float((piece**2).sum()) > loudest / 20]
    if len(loud) < 2:
        return _match(long, short)
    return sorted(_match(long, piece) for piece in loud)[1]


def _match(long: NDArray[np.float64], short: NDArray[np.float64]) -> float:
    size = 1 << (len(long) + len(short)).bit_length()
    product = np.fft.rfft(long, size) * np.conj(np.fft.rfft(short, size))
    matches = np.fft.irfft(product, size)[: len(long) - len(short) + 1]
    sums = np.cumsum(np.concatenate(([0.0], long**2)))
    power = sums[len(short) :] - sums[: len(long) - len(short) + 1]
    norm = np.sqrt(np.maximum(power, 1.0) * (short**2).sum())
    return float((matches / norm).max())
