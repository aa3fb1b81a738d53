"""Recognition while the caller speaks, for a process with an event loop.

The models live in a process of their own (`zygote`), which forks a confined child per stream. Sound
goes there through a socket and never makes anybody wait here; a child that crashes or hangs costs
its own transcript and nothing else: the worker makes one later from what was stored.
"""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from itertools import count
from pathlib import Path

import structlog

from transcription.confinement import limits_for
from transcription.result import Transcript
from transcription.samples import NARROW
from transcription.zygote import MESSAGE_BYTES, READY

log = structlog.get_logger()

MOST_BEHIND = 8 * 1024 * 1024
"""Bytes of sound that wait for a slow child: more than eight minutes of it."""
BATCH_S = 0.25
"""Sound goes to the child four times a second and not with each frame of 20 ms: waking it up fifty
times costs as much again as recognition with a small model. It is what is left to recognize when a
caller stops speaking."""
SAMPLE_BYTES = 2
ROOT = Path(__file__).resolve().parent.parent


class CannotRecognize(Exception):
    """The models cannot be loaded; the message is a sentence that says what to do."""


class Recognition:
    """One stream that is listened to. Nothing here raises: without a transcript there is None."""

    def __init__(
        self,
        owner: "Recognizers",
        number: int,
        reader: asyncio.StreamReader | None = None,
        writer: asyncio.StreamWriter | None = None,
        rate: int = NARROW,
    ) -> None:
        """Made by `Recognizers.open`; without reader and writer it is dead from the beginning."""
        self._owner, self._number = owner, number
        self._reader, self._writer = reader, writer
        self._batch = SAMPLE_BYTES * int(BATCH_S * rate)
        self._waiting = bytearray()

    def close(self) -> None:
        """Nobody waits for it any more."""
        if self._writer is not None:
            self._writer.close()

    @property
    def dead(self) -> bool:
        """Whether no transcript can come of it any more."""
        return self._writer is None or self._writer.is_closing()

    def feed(self, pcm: bytes) -> None:
        """More sound: 16-bit little-endian samples. Returns at once."""
        if self._writer is None or self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > MOST_BEHIND:
            self.abandon()
            return
        self._waiting += pcm
        if len(self._waiting) >= self._batch:
            self._send(self._writer)

    async def finish(self, timeout_s: float) -> Transcript | None:
        """What was said; None when the child has died or is not ready in that many seconds."""
        if self._writer is None or self._reader is None or self._writer.is_closing():
            self._owner.forget(self._number)
            return None
        try:
            async with asyncio.timeout(timeout_s):
                self._send(self._writer)
                self._writer.write_eof()
                return Transcript.from_dict(json.loads(await self._reader.read()))
        except (TimeoutError, OSError, ValueError, KeyError, TypeError) as error:
            log.warning("recognition_lost", error=type(error).__name__)
            self.abandon()
            return None
        finally:
            self._writer.close()
            self._owner.forget(self._number)

    def abandon(self) -> None:
        """There will be no transcript: end the child."""
        self.close()
        self._owner.kill(self._number)

    def _send(self, writer: asyncio.StreamWriter) -> None:
        writer.write(bytes(self._waiting))
        self._waiting.clear()


class Recognizers:
    """The process with the models, started again whenever it has died."""

    def __init__(self, folders: Mapping[str, Path], *, memory_mb: int, most_s: float) -> None:
        """folders: language code -> model folder. most_s: the longest stream, in seconds."""
        self._folders = {code: str(folder) for code, folder in folders.items()}
        self._limits = asdict(limits_for(most_s, memory_mb))
        self._numbers = count(1)
        self._open: dict[int, Recognition] = {}
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the one with the models."""
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Start, and wait until the models are loaded. Raises CannotRecognize."""
        control = self._spawn()
        loop = asyncio.get_running_loop()
        said = await loop.sock_recv(control, MESSAGE_BYTES)
        if said != READY:
            await self.close()
            raise CannotRecognize(said.decode() or "The speech models could not be loaded.")

    async def open(self, language: str, rate: int = NARROW) -> Recognition:
        """Begin to listen to a stream of `rate` Hz. Never waits for anything."""
        number = next(self._numbers)
        order = {"do": "open", "stream": number, "language": language, "rate": rate}
        data = json.dumps({**order, "limits": self._limits}).encode()
        ours, theirs = socket.socketpair()
        with theirs:
            if not self._send(data, theirs.fileno()):
                ours.close()
                return Recognition(self, number)
        reader, writer = await asyncio.open_connection(sock=ours)
        made = self._open[number] = Recognition(self, number, reader, writer, rate)
        return made

    def forget(self, number: int) -> None:
        """The stream is over."""
        self._open.pop(number, None)

    def kill(self, number: int) -> None:
        """End the child of a stream, if it still lives."""
        self._open.pop(number, None)
        if self._control is not None:
            try:
                self._control.send(json.dumps({"do": "kill", "stream": number}).encode())
            except OSError:
                return  # the one with the models is gone, and its children with it

    async def close(self) -> None:
        """End everything; streams that are open lose their transcript."""
        for recognition in self._open.values():
            recognition.close()
        self._open.clear()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            await asyncio.to_thread(self._process.wait)
            self._process = None

    def _send(self, data: bytes, descriptor: int) -> bool:
        for control in (self._control, None):
            try:
                socket.send_fds(control or self._spawn(), [data], [descriptor])
                return True
            except BlockingIOError:
                return False  # so many orders wait already
            except OSError:  # it has died: the next round starts another
                continue
        return False

    def _spawn(self) -> socket.socket:
        """Start the process with the models; orders may be sent while it still loads."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            log.warning("recognizers_restarted", pid=self._process.pid)
            self._process.kill()  # whatever ails it; its children die with it
            self._process.wait()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "transcription.zygote", str(theirs.fileno())]
            self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=(theirs.fileno(),))
        ours.setblocking(False)
        ours.send(json.dumps(self._folders).encode())
        self._control = ours
        return ours
