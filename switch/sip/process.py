"""``python -m switch.sip.process FD``: the process of sound, started by `switch.sip.trunk`.

FD is its end of a socket pair, over which it is told its settings first. It ends when the other end
closes. Nothing it prints goes anywhere: a library that printed a SIP message would tell numbers.
"""

import os
import select
import signal
import socket
import sys
from contextlib import suppress

from switch.sip.config import SipConfig
from switch.sip.wire import BrokenWireError, Message, Wire

STARTED_WITHIN_S = 30.0
"""Seconds in which the settings must come."""

SWITCH_S = 0.001
"""How long one thread may hold the interpreter while the one of sound waits; Python's is 0.005."""


def main() -> int:
    """Entry point; returns the exit code."""
    wire = Wire(socket.socket(fileno=int(sys.argv[1])))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    # Ctrl-C reaches every process of the terminal: the interpreter says when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setswitchinterval(SWITCH_S)
    try:
        _run(wire, SipConfig.read(_first(wire)))
    except (EOFError, BrokenWireError):
        return 1
    except Exception as error:
        _last_word(wire, error)
        return 1
    return 0


def _first(wire: Wire) -> Message:
    select.select([wire.socket], [], [], STARTED_WITHIN_S)
    for message in wire.receive():
        if isinstance(message, dict):
            return message
    raise EOFError("no settings came")


def _run(wire: Wire, config: SipConfig) -> None:
    # Here and not above: an interpreter may look at this module without the optional packages.
    from switch.sip.engine import Engine
    from switch.sip.signalling import Signalling
    from switch.sip.stack import ED2

    signalling: Signalling | None = None

    def command(message: Message) -> None:
        if signalling is not None:
            ED2.callFromThread(signalling.obey, message)

    def gone() -> None:
        if signalling is not None:
            ED2.callFromThread(signalling.close)

    engine = Engine(wire, command, gone, config.silence_s)
    signalling = Signalling(config, engine)
    engine.tell({"event": "ready", "port": signalling.port})
    engine.start()
    ED2.loop()


def _last_word(wire: Wire, error: Exception) -> None:
    """What ended this process, without what it was about."""
    number = error.errno if isinstance(error, OSError) else None
    with suppress(OSError):
        wire.tell({"event": "failed", "what": type(error).__name__, "errno": number})


if __name__ == "__main__":
    sys.exit(main())
