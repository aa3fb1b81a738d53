"""Streamed recordings at the pace of life, through the real media process; printed as JSON.

- From the last frame to the committed transcript (the socket is closed after the commit), for
  messages of several lengths, and the CPU of the media process and its children for one, beside
  Vosk's alone (`tests.bench.bare`) over the same samples: in one go, and fed at the pace of life.
- Many streams at once: whether any sound or any transcript was lost, and at which number frames
  begin to wait (the transcript is then later than 300 ms).

    python -m tests.bench.bench_streams [MODELS_DIR]

MODELS_DIR: a folder with an English model that `hotline models` has installed; the bundled one
without it.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from sqlalchemy import func, select

from hotline.context import Runtime
from hotline.database import migrations
from hotline.reports import audio, intake, streams
from hotline.reports.model import Message, MessageKind, Transcript
from hotline.runtime import open_runtime
from hotline.settings import Settings
from hotline.supervise import parts, ports
from tests.bench.bench_worker import family
from tests.bench.models import at_rate_of, english, folder_given, voices
from tests.bench.speech import message, wav
from tests.support.streams import Carrier, signed
from transcription.audio import decode

FRAME_S = 0.02
PROMPT_S = 0.3
LENGTHS_S = ((5, 8, 4), (30, 2, 4), (120, 1, 4), (300, 1, 4))  # seconds, rounds, streams at once
NUMBERS = (10, 20, 30, 40, 50, 60, 80)
CROWD_S = 8
PACED_S = 30  # what Vosk costs for a second at the pace of life is the same for longer ones


@dataclass(frozen=True)
class Heard:
    """One stream: seconds from its last frame to its commit, and the sound that was sent."""

    message_id: str
    delay_s: float
    sound: bytes


class Bench:
    """The media process and the carrier's side of it."""

    def __init__(self, runtime: Runtime, url: str) -> None:
        self.runtime, self.url = runtime, url
        self._calls = 0

    def caller(self) -> tuple[str, dict[str, str]]:
        """Somebody is about to speak: the call's id and the stream's parameters."""
        self._calls += 1
        name, now = f"CA{self._calls}", self.runtime.clock()
        with self.runtime.database.transaction() as session:
            call = intake.open_call(session, name, now)
            call.language = "en"
            kind = MessageKind.MESSAGE
            made = intake.begin_message(session, self.runtime.vault, call, kind, now)
            streams.offer(session, made, now, max_s=300, silence_s=30)
            return name, {"message": made.id, "token": streams.token(made)}

    async def stream(self, client: aiohttp.ClientSession, sound: bytes, after_s: float) -> Heard:
        """Speak it at the pace of life, beginning a little later than the others."""
        await asyncio.sleep(after_s)
        call, given = await asyncio.to_thread(self.caller)
        headers = signed(self.runtime.settings.auth_tokens[0], self.url)
        async with client.ws_connect(self.url, headers=headers) as socket:
            carrier = Carrier(socket, call)
            await carrier.start(**given)
            began = time.monotonic()
            for number, at in enumerate(range(0, len(sound), 160)):
                await asyncio.sleep(max(0.0, began + number * FRAME_S - time.monotonic()))
                await carrier.say(sound[at : at + 160])
            last = time.monotonic()
            await carrier.press("#")
            assert await carrier.closed() == 1000
        return Heard(given["message"], time.monotonic() - last, sound)

    async def crowd(self, count: int, seconds: float) -> list[Heard]:
        """So many at once, not all beginning in the same moment."""
        sound = message(seconds, voices=voices(folder_given()))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
            return list(
                await asyncio.gather(
                    *(self.stream(client, sound, n * 1.0 / count) for n in range(count))
                )
            )

    def lost(self, heard: list[Heard]) -> dict[str, int]:
        """How many streams lost sound, and how many have no transcript of their own yet."""
        sounds = words = 0
        with self.runtime.database.transaction() as session:
            for one in heard:
                made = session.get_one(Message, one.message_id)
                stored = audio.load_parts(session, self.runtime.vault, made)
                sounds += b"".join(data for _, data in stored) != one.sound
                query = select(func.count()).where(Transcript.message_id == one.message_id)
                words += not session.scalar(query)
        return {"sound_lost": sounds, "transcript_late": words}


def percentile(values: list[float], share: float) -> float:
    """The value that so many are at most, in ms."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1)


def row(heard: list[Heard], **more: float) -> dict[str, float]:
    """Delays in ms."""
    delays = [one.delay_s for one in heard]
    return {
        **more,
        "n": len(delays),
        "p50_ms": percentile(delays, 0.5),
        "p99_ms": percentile(delays, 0.99),
    }


def cpu_ms(pid: int) -> float:
    """CPU of a process and of all below it so far, those included that have ended."""
    total = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    return total * 1000 / os.sysconf("SC_CLK_TCK")


def alone_ms(seconds: float) -> dict[str, float]:
    """CPU of Vosk alone over such a message, in one go and (a short one) at the pace of life."""
    model = english(folder_given())
    with tempfile.NamedTemporaryFile() as file:
        pcm, rate = at_rate_of(model, decode(wav(message(seconds, voices=voices(folder_given())))))
        file.write(pcm)
        file.flush()
        command = [sys.executable, "-m", "tests.bench.bare", str(model)]
        found = {}
        ways: dict[str, tuple[str, ...]] = {"vosk_ms": ()}
        ways |= {"vosk_paced_ms": ("paced",)} if seconds <= PACED_S else {}
        for name, more in ways.items():
            done = subprocess.run(
                [*command, file.name, str(rate), "1", *more], capture_output=True, check=True
            )
            found[name] = round(float(json.loads(done.stdout)[0]), 1)
    return found


async def measure(bench: Bench, pid: int) -> None:
    """All of it. pid: of the media process."""
    print(json.dumps({"model": english(folder_given()).name}), flush=True)
    await bench.crowd(1, 2)
    for seconds, rounds, at_once in LENGTHS_S:
        found: list[Heard] = []
        before = cpu_ms(pid)
        for _ in range(rounds):
            found += await bench.crowd(at_once, seconds)
        line = row(found, message_s=seconds) | bench.lost(found)
        line["cpu_ms"] = round((cpu_ms(pid) - before) / len(found), 1)
        alone = await asyncio.to_thread(alone_ms, seconds)
        print(json.dumps({"commit": line | alone}), flush=True)
    waits_at = None
    for count in NUMBERS:
        found = await bench.crowd(count, CROWD_S)
        line = row(found, at_once=count) | bench.lost(found)
        print(json.dumps({"crowd": line}), flush=True)
        if waits_at is None and line["p99_ms"] > 300:
            waits_at = count
    print(json.dumps({"frames_begin_to_wait_at": waits_at or f"more than {NUMBERS[-1]}"}))


def main() -> None:
    """Start the media process, measure, end it."""
    with tempfile.TemporaryDirectory() as folder:
        with ports.listen(0) as free:
            address = f"127.0.0.1:{ports.port_of(free)}"
        url = f"ws://{address}/voice/stream"
        settings = parts.settled(
            Settings(  # type: ignore[call-arg]
                _env_file=None,
                data_dir=Path(folder),
                media_bind=address,
                media_url=url,
                models_dir=folder_given(),
            )
        )
        migrations.upgrade(settings.database)
        runtime = open_runtime(settings)
        media = parts.media(settings)
        environment = {**os.environ, **media.environment}
        with subprocess.Popen(media.command, env=environment, stderr=subprocess.DEVNULL) as process:
            try:
                until_up(address)
                asyncio.run(measure(Bench(runtime, url), process.pid))
            finally:
                process.terminate()
        runtime.close()


def until_up(address: str) -> None:
    """Wait for the process."""
    import requests

    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if requests.get(f"http://{address}/health", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise TimeoutError("the media process did not start")


if __name__ == "__main__":
    main()
