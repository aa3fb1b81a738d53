"""What a message costs the worker beside CPU (`tests.bench.bench_cost`), printed as JSON.

- From the start of a job to the first sound in Vosk, with the models loaded before the fork and
  with a worker that loads them for each job.
- Memory (proportional set size) of four worker processes at work ÷ one.

    python -m tests.bench.bench_worker
"""

import json
import mmap
import os
import resource
import statistics
import struct
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import vosk
from sqlalchemy import select

from hotline.carrier.port import Media
from hotline.context import Runtime, utc_now
from hotline.database import migrations
from hotline.database.engine import Database
from hotline.languages import load_languages
from hotline.privacy import keys
from hotline.privacy.cipher import Vault
from hotline.settings import Settings
from hotline.tasks.doorbell import SilentDoorbell
from hotline.tasks.model import Task, TaskKind
from tests.bench import deployed
from tests.bench.speech import message, wav
from tests.fakes.carrier import FakeCarrier
from tests.support.messages import message_left
from transcription import apart, jobs
from transcription.apart import Room
from transcription.catalogue import find
from transcription.engine import Engine, Listener
from transcription.workshop import Workshop

LANGUAGES = ("en", "es", "ar")


def make_runtime(folder: Path, carrier: FakeCarrier, models_dir: Path | None = None) -> Runtime:
    """On SQLite, with a carrier that answers at once. models_dir: of models to use, if any."""
    url = f"sqlite:///{folder / 'bench.sqlite'}"
    migrations.upgrade(url)
    given: dict[str, Any] = {"data_dir": folder, "database_url": url, "models_dir": models_dir}
    settings = Settings(_env_file=None, **given)
    languages = load_languages(settings.languages)
    vault = Vault(keys.generate())
    return Runtime(settings, Database(url), vault, carrier, SilentDoorbell(), languages)


def left(runtime: Runtime, carrier: FakeCarrier, number: int, data: bytes, seconds: float) -> str:
    """A message that waits at the carrier; the id of the task to fetch it."""
    carrier.media[f"RE{number}"] = Media(data, "audio/x-wav")
    with runtime.database.transaction() as session:
        message_id = message_left(session, runtime, number, duration_s=seconds)
        query = select(Task.id).where(
            Task.subject_id == message_id, Task.kind == TaskKind.FETCH_RECORDING
        )
        return str(session.scalars(query).one())


def cpu_s() -> float:
    """CPU of this process and of all its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Stamp:
    """A moment that a child writes down for its parent."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8)

    def set(self) -> None:
        """Now, unless there is one already."""
        if self.read() == 0.0:
            self._memory[:8] = struct.pack("d", time.monotonic())

    def read(self) -> float:
        """Seconds of the machine's monotonic clock; 0.0 for none."""
        return float(struct.unpack("d", self._memory[:8])[0])

    def clear(self) -> None:
        """Forget it."""
        self._memory[:8] = bytes(8)


class Stamping(Listener):
    """Writes down when it hears its first sound."""

    stamp = Stamp()

    def accept(self, pcm: bytes) -> None:
        """Hear it."""
        self.stamp.set()
        super().accept(pcm)


class StampingEngine(Engine):
    """An engine whose listeners do."""

    def listener(
        self,
        language: str,
        rate: int = 8000,
        block: int | None = None,
        grammar: Sequence[str] = (),
    ) -> Listener:
        """Ears for one recording; the bench asks for no grammar."""
        assert not grammar
        model, takes = self._model(language)
        assert rate == takes, "the bundled models take a telephone's rate"
        return Stamping(vosk.KaldiRecognizer(model, rate), language, "bench", rate, block)


def make_engine() -> StampingEngine:
    """With the models of all languages loaded."""
    engine = StampingEngine({code: find(f"vosk-model-tiny-{code}") for code in LANGUAGES})
    engine.preload()
    return engine


def measure_start(workshop: Workshop, carrier: FakeCarrier) -> dict[str, float]:
    """Milliseconds from the start of a job to the first sound in Vosk, the median."""
    stamp, ready = Stamping.stamp, replace(workshop, engine=make_engine())
    data, number = wav(message(10)), iter(range(20_000, 30_000))
    loaded, loading = [], []
    for _ in range(15):
        fetch = left(ready.runtime, carrier, next(number), data, 10.0)
        task = jobs.perform(ready, fetch)
        assert task is not None
        stamp.clear()
        began = time.monotonic()
        jobs.perform(ready, task)
        loaded.append(stamp.read() - began)
    for _ in range(5):
        stamp.clear()
        began = time.monotonic()
        apart.heard(make_engine(), [("audio/wav", data)], "en", Room(1024))
        loading.append(stamp.read() - began)
    first, second = statistics.median(loaded) * 1000, statistics.median(loading) * 1000
    return {
        "loaded_before_ms": round(first, 1),
        "loaded_per_job_ms": round(second, 1),
        "ratio": round(first / second, 3),
    }


def family(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(member for child in below for member in family(int(child)))]


def pss_mb(pid: int) -> float:
    """Proportional set size: what is shared counts once over all who share it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def measure_memory(engine: Engine) -> dict[str, float]:
    """MB of one worker process and of four, each with a message of two minutes under work."""
    parts = [("audio/x-mulaw;rate=8000", message(120))]
    found = {}
    for count in (1, 4):
        children = [_at_work(engine, parts) for _ in range(count)]
        peak, over = 0.0, threading.Event()

        def sample(children: list[int] = children, over: threading.Event = over) -> None:
            nonlocal peak
            while not over.is_set():
                members = [m for child in children for m in family(child)]
                peak = max(peak, sum(pss_mb(m) for m in [os.getpid(), *members]))

        thread = threading.Thread(target=sample)
        thread.start()
        for child in children:
            os.waitpid(child, 0)
        over.set()
        thread.join()
        found[count] = peak
    return {
        "one_mb": round(found[1], 1),
        "four_mb": round(found[4], 1),
        "ratio": round(found[4] / found[1], 3),
    }


def _at_work(engine: Engine, parts: list[tuple[str, bytes]]) -> int:
    child = os.fork()
    if child == 0:
        for _ in range(2):
            apart.heard(engine, parts, "en", Room(1024))
        os._exit(0)
    return child


def main() -> None:
    """Measure and print."""
    deployed.again("tests.bench.bench_worker")
    carrier = FakeCarrier(utc_now)
    with tempfile.TemporaryDirectory() as folder:
        workshop = jobs.prepare(make_runtime(Path(folder), carrier))
        apart.settle()
        print(json.dumps({"memory": measure_memory(workshop.engine)}), flush=True)
        print(json.dumps({"job_start": measure_start(workshop, carrier)}), flush=True)
        workshop.runtime.close()


if __name__ == "__main__":
    main()
