"""Streams end when the process is told to stop; else it would wait for them until it is killed."""

import signal
import threading
from types import FrameType

from flask import Flask

from console.live import events
from console.live.hub import Hub


def end_streams_when_told(app: Flask) -> None:
    """Put a handler before those of the server that stop this process; it takes no lock."""
    if threading.current_thread() is not threading.main_thread():
        return
    hub = events.of_app(app)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        _before(hub, number)


def _before(hub: Hub, number: signal.Signals) -> None:
    servers = signal.getsignal(number)
    if not callable(servers):
        return

    def stop(told: int, frame: FrameType | None) -> None:
        hub.close()
        servers(told, frame)

    signal.signal(number, stop)
