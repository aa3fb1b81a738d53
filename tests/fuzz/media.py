"""Anything at all on the media socket, at the real server over real sockets on this machine.

Whoever may open a socket may write what it likes: the process lives on and logs nothing but the
words it has for that, a socket is closed with a code of docs/operations.md, and callers who speak
at the same time lose nothing. Inputs come from a seed, which is printed with what failed.

    python -m tests.fuzz.media [SEQUENCES] [SEED]
"""

import asyncio
import json
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from sqlalchemy import event, func, select

from hotline.context import Runtime
from hotline.database import migrations
from hotline.database.engine import Database
from hotline.languages import load_languages
from hotline.privacy import keys
from hotline.privacy.cipher import Vault
from hotline.reports.model import AudioStream, StreamState
from hotline.settings import Settings
from hotline.tasks.doorbell import SilentDoorbell
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.fuzz.media_messages import Bytes, Frame, Text, Wire, sequence
from tests.fuzz.webhooks import NotKept
from tests.support.streams import URL, Door, open_door, signed, until

SEQUENCES, SEED = 100_000, 1
AT_ONCE = 24
"""Streams that write nonsense at the same time."""
CODES = frozenset({1000, 1002, 1007, 1008, 1009, 1011})
"""Close codes that the server may choose (docs/operations.md); 1012 only when it is told to end."""
EXPECTED = frozenset(
    {
        *("stream_refused", "stream_message", "stream_over", "stream_broken"),
        "recognition_lost",  # on a busy machine; the worker makes the transcript then
    }
)
"""What the log may say of a stream that is not as it should be."""
PATIENCE_S = 60.0


class Noticed(logging.Handler):
    """The log of the process: words that are not expected, and what libraries complain about."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[str] = []
        self.words: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """A library complains: aiohttp of a handler that raised, asyncio of a task."""
        kind = record.exc_info[0] if record.exc_info else None
        name = getattr(kind, "__name__", "")
        self.errors.append(f"{record.name}: {name} {record.getMessage()}")

    def __call__(self, _log: object, level: str, entry: dict[str, Any]) -> dict[str, Any]:
        """A processor of structlog: one entry of ours."""
        word = str(entry.get("event"))
        self.words[word] += 1
        if word not in EXPECTED or level in ("error", "critical"):
            self.errors.append(f"{word} {entry.get('error', '')}")
        raise structlog.DropEvent

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear everything that is logged inside the block."""
        before = structlog.get_config()
        structlog.configure(processors=[self], cache_logger_on_first_use=False)
        root = logging.getLogger()
        root.addHandler(self)
        try:
            yield
        finally:
            root.removeHandler(self)
            structlog.configure(**before)


@dataclass
class Fuzz:
    """A server, and chance. `closed`: how often it has closed with which code."""

    door: Door
    seed: int
    noticed: Noticed
    closed: Counter[int] = field(default_factory=Counter)
    whole: int = 0
    """Callers who spoke meanwhile and of whom all is here."""
    _used: dict[str, str] = field(default_factory=dict)

    async def run(self, sequences: int) -> None:
        """Send so many. Raises NotKept."""
        asyncio.get_running_loop().set_exception_handler(self._loop_complains)
        self.noticed.errors.clear()  # what is said of the models at the start
        numbers = iter(range(sequences))
        done = asyncio.Event()
        calm = asyncio.create_task(self._callers(done))
        try:
            async with aiohttp.ClientSession() as client, asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(self._strangers(client, numbers))
        except BaseExceptionGroup as many:
            raise many.exceptions[0] from None
        finally:
            done.set()
            await calm
        await self._afterwards()

    async def _strangers(self, client: aiohttp.ClientSession, numbers: Iterator[int]) -> None:
        for number in numbers:
            chance = random.Random(f"{self.seed}/{number}")
            frames = list(sequence(chance, *await self._may(chance, number)))
            try:
                await self._stream(client, chance, frames)
                self._judge()
            except (NotKept, TimeoutError) as broken:
                where = f"seed {self.seed}, sequence {number}"
                raise NotKept(f"{where}: {broken!r} {frames!r:.2000}") from broken

    async def _may(self, chance: random.Random, number: int) -> tuple[str, dict[str, str]]:
        """The call, and the right to its stream: a valid one, a used one, a wrong one, none."""
        call, pick = f"CA{number}", chance.random()
        if pick < 0.12:
            self._used = await asyncio.to_thread(self.door.message, number)
            return call, self._used
        if pick < 0.24:
            return call, dict(self._used)
        if pick < 0.5:
            names = ("message", "token", "x" * 300, "é")
            odd = ("", "guessed", "\ud800", "\x00", "٣" * 50, "x" * 5000)
            return call, self._used | {chance.choice(names): chance.choice(odd)}
        return call, {}

    async def _stream(
        self, client: aiohttp.ClientSession, chance: random.Random, frames: Sequence[Frame]
    ) -> None:
        headers = signed(self.door.runtime.settings.auth_tokens[0], URL)
        url = f"ws://{self.door.address}/voice/stream"
        async with client.ws_connect(url, headers=headers, timeout=CLOSING) as socket:
            waits = await self._write(socket, frames)
            # After half a frame the server waits for the rest, 5 s at most: seldom, then.
            half = bool(frames) and isinstance(frames[-1], Wire)
            if not waits and chance.random() < (0.9 if half else 0.2):
                transport(socket).abort()
                return
            if not waits:
                return  # the block closes it
            async with asyncio.timeout(PATIENCE_S):
                async for _ in socket:
                    pass
            self._closed(socket.close_code)

    async def _write(
        self, socket: aiohttp.ClientWebSocketResponse, frames: Sequence[Frame]
    ) -> bool:
        """Whether the server has to close by itself now."""
        try:
            for frame in frames:
                match frame:
                    case Text(text):
                        data = text.encode("utf-8", "surrogatepass")
                        await socket.send_frame(data, aiohttp.WSMsgType.TEXT)
                    case Bytes(data):
                        await socket.send_bytes(data)
                    case Wire(data):
                        transport(socket).write(data)
                        return False
        except (ConnectionError, aiohttp.ClientError):
            return True  # it has closed already
        return any(isinstance(f, Text) and _ends(f.text) for f in frames)

    def _closed(self, code: int | None) -> None:
        if code not in CODES:
            raise NotKept(f"closed with {code}")
        self.closed[code] += 1

    def _judge(self) -> None:
        if self.noticed.errors:
            raise NotKept("; ".join(self.noticed.errors[:3]))

    def _loop_complains(self, _loop: object, context: dict[str, Any]) -> None:
        self.noticed.errors.append(f"{context.get('message')} {context.get('exception')!r}")

    async def _callers(self, done: asyncio.Event) -> None:
        """Callers who speak and press #, one after the other. Raises NotKept."""
        number = 0
        while not done.is_set():
            number += 1
            given = await asyncio.to_thread(self.door.message, 10**9 + number)
            said = random.Random(number).randbytes(8000 + number % 160)
            async with self.door.carrier(10**9 + number) as carrier:
                await carrier.start(**given)
                await carrier.beep()
                for at in range(0, len(said), 160):
                    await carrier.say(said[at : at + 160])
                    await asyncio.sleep(0.01)  # twice as fast as one speaks
                await carrier.press("#")
                code = await carrier.closed()
            stored = await asyncio.to_thread(self.door.stored, given["message"])
            if code != 1000 or stored != said:
                raise NotKept(f"a caller lost {len(said) - len(stored)} bytes, closed with {code}")
            self.whole += 1

    async def _afterwards(self) -> None:
        """The process lives, and no stream is left open."""
        await until(lambda: self.door.house.open == 0)
        async with aiohttp.ClientSession() as client:
            answer = await client.get(f"http://{self.door.address}/health")
            if await answer.json() != {"status": "ok", "streams": 0}:
                raise NotKept("it is not well afterwards")
        with self.door.runtime.database.reading() as session:
            query = select(func.count()).where(AudioStream.state == StreamState.OPEN)
            left = session.scalar(query)
        if left:
            raise NotKept(f"{left} streams are left open")
        self._judge()


CLOSING = aiohttp.ClientWSTimeout(ws_close=PATIENCE_S)


def transport(socket: aiohttp.ClientWebSocketResponse) -> asyncio.Transport:
    """What lies below the socket."""
    connection = socket._response.connection
    if connection is None or connection.transport is None:
        raise ConnectionResetError
    return connection.transport


def _ends(text: str) -> bool:
    """Whether the carrier has said stop, in words that can be read."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("event") == "stop"


def fuzz(folder: Path, sequences: int, seed: int) -> Fuzz:
    """Send so many sequences to a server of its own. Raises NotKept."""
    runtime = open_runtime(folder)
    noticed = Noticed()

    async def whole() -> Fuzz:
        async with open_door(runtime) as door:
            made = Fuzz(door, seed, noticed)
            await made.run(sequences)
            return made

    try:
        with noticed.listening():
            return asyncio.run(whole())
    finally:
        runtime.close()


def open_runtime(folder: Path) -> Runtime:
    """On a SQLite file in the folder, which nobody needs to survive a crash."""
    url = f"sqlite:///{folder / 'fuzz.sqlite'}"
    migrations.upgrade(url)
    database = Database(url, busy_s=PATIENCE_S)  # all of them write at once
    event.listen(database.engine, "connect", _unsafe)
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None,
        data_dir=folder,
        database_url=url,
        twilio_auth_token="of-the-fuzz",
        languages=["en"],
        media_url=URL,
    )
    clock = VirtualClock()
    carrier, languages = FakeCarrier(clock), load_languages(settings.languages)
    vault, bell = Vault(keys.generate()), SilentDoorbell()
    return Runtime(settings, database, vault, carrier, bell, languages, clock)


def _unsafe(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]


def main() -> None:
    """Send SEQUENCES from SEED, 5,000 to a server, and say how they were closed."""
    left = int(sys.argv[1]) if len(sys.argv) > 1 else SEQUENCES
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    began = time.monotonic()
    while left > 0:
        with tempfile.TemporaryDirectory() as folder:
            try:
                made = fuzz(Path(folder), min(left, 5_000), seed)
            except NotKept as broken:
                print(broken)
                sys.exit(1)
        seconds = f"{time.monotonic() - began:.0f} s"
        print(f"media seed {seed}:", dict(sorted(made.closed.items())), made.whole, seconds)
        left, seed = left - 5_000, seed + 1


if __name__ == "__main__":
    main()
