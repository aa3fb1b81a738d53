"""`python -m transcription.zygote FD`: has the models loaded and forks a recognizer per stream.

A process of its own, started anew by exec, because a process with threads and an event loop must
not fork. Orders come as JSON through the socket FD, with the stream's own socket; the children are
confined (`confinement`), and die with this process, which dies with the one that has started it.
"""

import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from transcription import apart
from transcription.confinement import Limits, confine, die_with_parent, in_fresh_memory
from transcription.engine import Engine, ModelBroken, UnknownLanguage

MESSAGE_BYTES = 4096
READ_BYTES = 64 * 1024
READY = b"ready"


class Zygote:
    """The loop: orders in, children out."""

    def __init__(self, control: socket.socket, engine: Engine) -> None:
        """control: a SOCK_SEQPACKET socket to the process that has started this one."""
        self._control, self._engine = control, engine
        self._children: dict[int, int] = {}  # stream -> descriptor of its process
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, self._order)

    def run(self) -> None:
        """Work until the other side has closed."""
        self._open = True
        while self._open:
            for key, _ in self._selector.select():
                act: Callable[[], None] = key.data
                act()
        for process in self._children.values():
            signal.pidfd_send_signal(process, signal.SIGKILL)

    def _order(self) -> None:
        """Read one order and carry it out."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, 1)
        except ConnectionError:  # closed with something of ours unread
            data, descriptors = b"", []
        if not data:
            self._open = False
            return
        order = json.loads(data)
        if order["do"] == "kill":
            process = self._children.get(order["stream"])
            if process is not None:
                signal.pidfd_send_signal(process, signal.SIGKILL)
            return
        for descriptor in descriptors:
            with socket.socket(fileno=descriptor) as stream:
                self._fork(order, stream)

    def _fork(self, order: Mapping[str, Any], stream: socket.socket) -> None:
        parent, number = os.getpid(), order["stream"]
        child = os.fork()
        if child == 0:
            _listen(self._engine, order, stream, parent)
        process = os.pidfd_open(child)
        self._children[number] = process
        self._selector.register(process, selectors.EVENT_READ, lambda: self._reap(number, child))

    def _reap(self, number: int, child: int) -> None:
        process = self._children.pop(number)
        self._selector.unregister(process)
        os.close(process)
        os.waitpid(child, 0)


def _listen(
    engine: Engine, order: Mapping[str, Any], stream: socket.socket, parent: int
) -> NoReturn:
    """A child: take sound in until there is no more, answer with the transcript, and end."""
    try:
        die_with_parent(parent)
        confine(Limits(**order["limits"]), {stream.fileno()})
        in_fresh_memory(lambda: _transcribe(engine, order, stream))
    except (OSError, UnknownLanguage, MemoryError):
        pass  # nobody waits for it any more, or nobody gets anything: the other side sees the end
    finally:
        os._exit(0)


def _transcribe(engine: Engine, order: Mapping[str, Any], stream: socket.socket) -> None:
    listener = engine.listener(order["language"], order["rate"])
    while sound := stream.recv(READ_BYTES):
        listener.accept(sound)
    stream.sendall(json.dumps(listener.finish().to_dict()).encode())


def main(descriptor: int) -> int:
    """Load the models the first order names, then serve. Gives the exit code."""
    die_with_parent(os.getppid())
    for number in (signal.SIGINT, signal.SIGTERM):  # who has started us decides when we end
        signal.signal(number, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as control:
        folders = json.loads(control.recv(READ_BYTES))
        engine = Engine({code: Path(folder) for code, folder in folders.items()})
        try:
            engine.preload()
        except ModelBroken as error:
            control.send(str(error).encode())
            return 2
        apart.warm_up(engine)
        apart.settle()
        control.send(READY)
        Zygote(control, engine).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
