"""One thread that moves all sound: every 20 ms, one frame of each leg in each direction.

It also owns the wire to the interpreter, so that whatever is told or heard leaves once a tick, in
one message. What breaks with one leg ends that leg; the tick goes on.
"""

import os
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from switch.sip.leg import Leg
from switch.sip.wire import BrokenWireError, Message, Sound, Wire

TICK_S = 0.02
"""Seconds in one frame."""

LATE_S = 0.2
"""A tick that is later than this does not make up for the ones before it."""

PRIORITY = -10
"""Asked of the system for this thread, which refuses it to most users: then it runs as others."""


class Engine:
    """The legs of one process. `add`, `remove` and `tell` may be called by any thread."""

    def __init__(
        self,
        wire: Wire,
        command: Callable[[Message], None],
        gone: Callable[[], None],
        silence_s: float,
    ) -> None:
        """`command` and `gone` (the interpreter is) are called in this thread; a leg from which no
        sound came for `silence_s` seconds is told of as `silent`."""
        self._wire = wire
        self._command = command
        self._gone = gone
        self._silence_s = silence_s
        self._changes: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._legs: dict[int, Leg] = {}
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)

    def start(self) -> None:
        """Begin to tick."""
        self._thread.start()

    def stop(self) -> None:
        """End after the next tick, wait for it, and close the wire."""
        self._stopped = True
        self._thread.join()
        self._wire.socket.close()

    def add(self, leg: Leg) -> None:
        """Move the sound of a leg from the next tick on."""
        self._changes.put(lambda: self._legs.__setitem__(leg.number, leg))

    def remove(self, leg: Leg) -> None:
        """Close a leg."""

        def change() -> None:
            self._legs.pop(leg.number, None)
            leg.close()

        self._changes.put(change)

    def tell(self, message: Message) -> None:
        """Send an event to the interpreter with the next tick."""
        self._changes.put(lambda: self._wire.tell(message))

    def _run(self) -> None:
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PRIORITY)
        due = time.monotonic()
        while not self._stopped:
            due += TICK_S
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            elif wait < -LATE_S:
                due = time.monotonic()
            try:
                self._tick(time.monotonic())
            except (EOFError, BrokenWireError, OSError):
                self._stopped = True
                self._gone()

    def _tick(self, now: float) -> None:
        with suppress(queue.Empty):
            while True:
                self._changes.get_nowait()()
        for message in self._wire.receive():
            if isinstance(message, list):
                self._play(message)
            else:
                self._command(message)
        frames: dict[int, bytes] = {}
        for leg in tuple(self._legs.values()):
            self._guarded(leg, self._hear, leg, now, frames)
        for leg in tuple(self._legs.values()):
            if leg.live:
                self._guarded(leg, leg.send, leg.playout.pull())
        self._wire.sound(list(frames.items()))

    def _play(self, sound: Sound) -> None:
        for number, frame in sound:
            leg = self._legs.get(number)
            if leg is not None:
                leg.playout.put(frame)

    def _hear(self, leg: Leg, now: float, frames: dict[int, bytes]) -> None:
        keys = leg.read(now)
        if not leg.live:
            return
        frames[leg.number], key = leg.pull()
        for digit in [*keys, *([key] if key is not None else [])]:
            self._wire.tell({"event": "key", "leg": leg.number, "digit": digit})
        if leg.heard_at is not None and now - leg.heard_at > self._silence_s:
            leg.heard_at = now
            self._command({"do": "end", "leg": leg.number, "why": "silent"})

    def _guarded(self, leg: Leg, work: Callable[..., None], *arguments: Any) -> None:
        """A leg that breaks, in whatever way, is ended; the others do not notice."""
        try:
            work(*arguments)
        except Exception as error:
            self._legs.pop(leg.number, None)
            why = f"broken: {type(error).__name__}"
            self._command({"do": "end", "leg": leg.number, "why": why})
