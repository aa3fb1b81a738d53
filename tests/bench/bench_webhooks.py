"""How long the carrier waits for an answer, with many callers in the menu at once.

The real web process (gunicorn) on SQLite and, where there is one, PostgreSQL, with a Redis that
swallows everything and never answers (a black hole) and without any. CALLS callers dial at once,
each takes a step every STEP_S seconds (a prompt takes longer), leaves a message and hangs up; then
the next one dials. Every request is signed.

Then, with CALLS requests under way at a time and no pause: how many a second, of steps that change
nothing (`/voice/hold`), of steps that are asked again, and of a bare Flask route that the same
gunicorn serves in the same run. Printed as JSON.

    python -m tests.bench.bench_webhooks [CALLS] [SECONDS]
"""

import asyncio
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

import requests
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped, unused-ignore]

from hotline.database import migrations
from hotline.supervise.parts import gunicorn
from tests.support import postgres
from tests.support.black_hole import black_hole
from tests.support.web_process import free_port

CALLS, SECONDS = 50, 40.0
STEP_S = 1.0
LIMITS_MS = {"none": 300.0, "black hole": 500.0}
"""p99 of a webhook's answer, by what Redis does (docs/operations.md)."""
TOKEN = "of-the-bench"
READY_S = 60.0
VALIDATOR = RequestValidator(TOKEN)


@dataclass
class Heard:
    """What was answered: seconds until each answer, by the path asked; what was no answer."""

    took_s: dict[str, list[float]] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)
    calls: int = 0

    def add(self, path: str, seconds: float, status: int) -> None:
        """One answer."""
        self.took_s.setdefault(path, []).append(seconds)
        if status >= 300:
            self.failed.append(status)


class Server:
    """An address, and how to ask it: signed, as a carrier does, over a connection of its own."""

    def __init__(self, address: str) -> None:
        self.address = address
        parts = urlsplit(address)
        self.host, self.port = str(parts.hostname), int(parts.port or 0)

    async def post(self, url: str, form: Mapping[str, str]) -> tuple[int, str, float]:
        """Status, body, seconds."""
        payload = self.request(url, form)
        began = time.perf_counter()
        status, body = await self.send(payload)
        return status, body, time.perf_counter() - began

    def request(self, url: str, form: Mapping[str, str]) -> bytes:
        """The bytes of a signed request."""
        signature = VALIDATOR.compute_signature(url, dict(form))
        body = urlencode(form)
        target = url.removeprefix(self.address)
        head = (
            f"POST {target} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nConnection: close\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return (head + body).encode()

    async def send(self, payload: bytes) -> tuple[int, str]:
        """Send it over a connection of its own; status and body of the answer."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(payload)
            answer = await reader.read()
        finally:
            writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split(b" ", 2)[1]), body.decode()


class Caller:
    """One caller: English, a message, "send it", the end."""

    def __init__(self, server: Server, heard: Heard, number: str) -> None:
        self.server, self.heard, self.sid = server, heard, number
        self.document = ET.Element("Response")

    async def call(self, pause: Callable[[], Awaitable[None]]) -> None:
        """From dialing to hanging up."""
        await self.post(f"{self.server.address}/voice")
        for keys in ("1", "2"):
            await pause()
            await self.post(self.action("Gather"), Digits=keys)
        await pause()
        await self.speak()
        await pause()
        await self.post(self.action("Gather"), Digits="1")  # send it
        await pause()
        await self.post(f"{self.server.address}/voice/status", CallStatus="completed")
        self.heard.calls += 1

    async def speak(self) -> None:
        """Say something: the carrier tells of the end, and then that it has the sound."""
        record = next(self.document.iter("Record"))
        arrived = record.attrib["recordingStatusCallback"].split("#")[0]
        await self.post(record.attrib["action"], RecordingDuration="5", Digits="#")
        form = {"RecordingSid": "RE" + self.sid[2:], "RecordingDuration": "5"}
        await self.post(arrived, keep=True, RecordingStatus="completed", **form)

    def action(self, verb: str) -> str:
        """Where the present step wants its keys."""
        return next(self.document.iter(verb)).attrib["action"]

    async def post(self, url: str, keep: bool = False, **form: str) -> None:
        """Ask; the answer is the next step, unless the present one is kept."""
        form = {"CallSid": self.sid, "CallStatus": "in-progress", **form}
        status, body, took_s = await self.server.post(url.split("#")[0], form)
        self.heard.add(urlsplit(url).path, took_s, status)
        if not keep and body.startswith("<?xml"):
            self.document = ET.fromstring(body)  # noqa: S314 - our own answer


async def at_once(server: Server, calls: int, seconds: float) -> Heard:
    """So many callers at once for so long; what they were answered."""
    heard, chance, until = Heard(), random.Random(1), time.monotonic() + seconds

    async def pause() -> None:
        await asyncio.sleep(STEP_S * chance.uniform(0.5, 1.5))

    async def one_after_the_other(place: int) -> None:
        await asyncio.sleep(STEP_S * chance.uniform(0, 5))
        number = 0
        while time.monotonic() < until:
            sid = f"CA{place:016x}{number:016x}"
            await Caller(server, heard, sid).call(pause)
            number += 1

    await asyncio.gather(*(one_after_the_other(place) for place in range(calls)))
    return heard


async def rate(server: Server, payloads: list[bytes], under_way: int, count: int) -> float:
    """Answers a second to `count` requests, so many under way at a time, each of the payloads in
    turn."""
    left = iter(range(count))

    async def one_after_the_other() -> None:
        for number in left:
            status, _ = await server.send(payloads[number % len(payloads)])
            assert status == 200, status

    began = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(under_way)))
    return count / (time.perf_counter() - began)


async def standing(server: Server, count: int) -> list[bytes]:
    """Callers who stand in the menu; what asks for the step of each of them once more."""
    payloads = []
    for number in range(count):
        form = {"CallSid": f"CB{number:032x}", "CallStatus": "in-progress"}
        await server.post(f"{server.address}/voice", form)
        payloads.append(server.request(f"{server.address}/voice", form))
    return payloads


def measured(heard: Heard) -> dict[str, object]:
    """Milliseconds of all answers, and the worst p99 of a path."""
    every = sorted(took for path in heard.took_s.values() for took in path)
    worst = max(heard.took_s, key=lambda path: at(sorted(heard.took_s[path]), 0.99))
    return {
        "calls": heard.calls,
        "answers": len(every),
        "failed": len(heard.failed),
        **{f"p{q:g}_ms": round(at(every, q / 100) * 1000, 1) for q in (50, 95, 99)},
        "max_ms": round(every[-1] * 1000, 1),
        "slowest_path": worst,
        "its_p99_ms": round(at(sorted(heard.took_s[worst]), 0.99) * 1000, 1),
    }


def at(ordered: list[float], share: float) -> float:
    """The value that the share of them does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@contextmanager
def web(folder: Path, url: str, redis_url: str | None) -> Iterator[Server]:
    """`hotline web` on a new database."""
    migrations.upgrade(url)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if "HOTLINE" not in name}
    environment |= {
        "HOTLINE_DATA_DIR": str(folder),
        "HOTLINE_DATABASE_URL": url,
        "HOTLINE_PUBLIC_URL": address,
        "HOTLINE_TWILIO_AUTH_TOKEN": TOKEN,
        **({"HOTLINE_REDIS_URL": redis_url} if redis_url else {}),
    }
    with _served((sys.executable, "-m", "hotline.cli", "web"), environment, address, folder) as up:
        yield up


@contextmanager
def bare(folder: Path) -> Iterator[Server]:
    """The bare Flask route, served by the same gunicorn with the same threads."""
    port = free_port()
    command = (*gunicorn(f"127.0.0.1:{port}")[:-1], "tests.bench.bare_flask:app")
    with _served(command, dict(os.environ), f"http://127.0.0.1:{port}", folder) as up:
        yield up


@contextmanager
def _served(
    command: tuple[str, ...], environment: dict[str, str], address: str, folder: Path
) -> Iterator[Server]:
    with (folder / "web.log").open("ab") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            _wait(address, process)
            yield Server(address)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=READY_S)


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and process.poll() is None:
        with suppress(requests.RequestException):
            requests.get(f"{address}/health/live", timeout=5)
            return
        time.sleep(0.05)
    raise AssertionError("the web process did not get ready")


def say(**facts: object) -> None:
    """One line of JSON."""
    print(json.dumps(facts), flush=True)


def run(database: str, make_url: Callable[[Path, str], str], calls: int, seconds: float) -> None:
    """Measure one database."""
    with tempfile.TemporaryDirectory() as name, black_hole() as hole:
        for redis, redis_url in (("none", None), ("black hole", hole)):
            folder = Path(name) / redis.replace(" ", "-")
            folder.mkdir()
            with web(folder, make_url(folder, redis), redis_url) as server:
                heard = asyncio.run(at_once(server, calls, seconds))
                limit = LIMITS_MS[redis]
                facts = {"database": database, "redis": redis, "at_once": calls}
                say(**facts, **measured(heard), limit_ms=limit)
                if redis == "none":
                    _rates(database, server, calls, Path(name))


def _rates(database: str, server: Server, calls: int, folder: Path) -> None:
    """Answers a second, beside those of the bare route."""
    form = {"CallSid": f"CC{0:032x}", "CallStatus": "in-progress"}
    hold = [server.request(f"{server.address}/voice/hold?language=en", form)]
    again = asyncio.run(standing(server, calls))
    with bare(folder) as yardstick:
        plain = [yardstick.request(f"{yardstick.address}/voice", form)]
        for _ in range(3):  # one after the other, so that a slow moment of the machine meets all
            bare_s = asyncio.run(rate(yardstick, plain, calls, 3000))
            hold_s = asyncio.run(rate(server, hold, calls, 3000))
            again_s = asyncio.run(rate(server, again, calls, 1000))
            say(
                database=database,
                under_way=calls,
                bare_flask_per_s=round(bare_s),
                hold_per_s=round(hold_s),
                step_again_per_s=round(again_s),
                hold_share=round(hold_s / bare_s, 2),
                step_share=round(again_s / bare_s, 2),
            )


def main() -> None:
    """Measure and print."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    run("sqlite", lambda folder, _: f"sqlite:///{folder / 'hotline.sqlite'}", calls, seconds)
    try:
        cluster = postgres.start()
    except postgres.NoPostgres as reason:
        say(database="postgresql", skipped=str(reason))
        return
    try:
        run("postgresql", lambda *_: cluster.new_database(), calls, seconds)
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
