"""CPU of a recorded message's whole way ÷ Vosk's alone over the same samples; printed as JSON.

The whole way: the worker as it is deployed takes the ring from a real Redis, claims the task,
fetches the recording over HTTP, checks, seals and stores it, opens and decodes it in a confined
child, recognizes, sorts and commits. Counted are the worker and its children; the web process,
Redis and the carrier are not. Vosk's alone: `tests.bench.bare`. Both in turns, as many messages
in a row for the one as for the other, so that both feel other users of the machine alike; medians
of the rounds, and the least and the greatest ratio of one.

From the lengths: the fixed cost of a message and what a second of sound costs beyond Vosk. From
these, without any further measuring, what the ratio would be with models that need more of Vosk.

    python -m tests.bench.bench_cost [MODELS_DIR]

MODELS_DIR: a folder with an English model that `hotline models` has installed; the bundled one
without it.
"""

import json
import logging
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
from sqlalchemy import update

import worker
from hotline import embedded_redis
from hotline.carrier.twilio import TwilioCarrier
from hotline.context import Runtime, utc_now
from hotline.reports.model import Report, ReportState
from hotline.tasks.doorbell import QUEUE, RqDoorbell
from tests.bench import deployed
from tests.bench.bench_worker import cpu_s, left, make_runtime
from tests.bench.models import at_rate_of, english, folder_given, voices
from tests.bench.speech import message, wav
from tests.fakes.carrier import FakeCarrier
from transcription import apart, jobs
from transcription.audio import decode

LENGTHS = (10, 30, 60, 120, 300)  # seconds
SOUND_S, GIVEN_SOUND_S = 240, 60  # a published model takes up to ten times as long
"""Of messages that wait in the queue together: a worker is started (7 ms) for these, and not for
each."""
ROUNDS = 5
ASSUMED_MS_PER_S = (25, 50, 100)
"""CPU of Vosk for a second of speech, assumed and not measured."""
ACCOUNT = "AC" + "0" * 32


def bare_ms(model: Path, pcm: bytes, rate: int, count: int) -> float:
    """Vosk's alone, over samples at the model's own rate: the mean of `count` times in a row."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(pcm)
        file.flush()
        command = [sys.executable, "-m", "tests.bench.bare", str(model), file.name, str(rate)]
        done = subprocess.run(
            [*command, str(count)], env=deployed.plain(), capture_output=True, check=True
        )
    return float(statistics.mean(json.loads(done.stdout)))


@contextmanager
def carrier_with(data: bytes) -> Iterator[str]:
    """A carrier that answers every GET with a recording, in a process of its own; its address."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "audio/x-wav")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Answer)
    child = os.fork()
    if child == 0:
        server.serve_forever()
    port = server.server_address[1]
    server.server_close()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        os.kill(child, signal.SIGKILL)  # RQ's handler of SIGTERM may be in it
        os.waitpid(child, 0)


class Bench:
    """One hotline's worker, with Redis."""

    def __init__(self, runtime: Runtime, redis_url: str, sound_s: float) -> None:
        """sound_s: of the messages that wait together."""
        self._sound_s = sound_s
        models_dir = runtime.settings.models_dir
        self._model, self._voices = english(models_dir), voices(models_dir)
        self._workshop = jobs.prepare(runtime)
        self._redis_url, self._bell = redis_url, RqDoorbell(redis_url)
        self._number = 0

    def whole_ms(self, data: bytes, seconds: float, count: int) -> float:
        """CPU of one message's whole way, in ms, the mean of `count` that wait together.

        The reports of the round before are closed: a report is held against the open ones of the
        last hours, and a hotline has a few of these, not hundreds that all say the same.
        """
        runtime = self._workshop.runtime
        with runtime.database.transaction() as session:
            session.execute(update(Report).values(state=ReportState.CLOSED))
        for _ in range(count):
            self._number += 1
            self._bell.ring(left(runtime, FakeCarrier(utc_now), self._number, data, seconds))
        before = cpu_s()
        worker.serve(self._redis_url, QUEUE, burst=True)
        return (cpu_s() - before) * 1000 / count

    def row(self, seconds: int, rounds: int) -> dict[str, float]:
        """Both in turns."""
        count = max(1, round(self._sound_s / seconds))
        data = wav(message(seconds, voices=self._voices))
        pcm, rate = at_rate_of(self._model, decode(data))
        ours, theirs = [], []
        with carrier_with(data) as url:
            carrier = TwilioCarrier(ACCOUNT, "token", "+15550100100", url)
            self._workshop = replace(
                self._workshop, runtime=replace(self._workshop.runtime, carrier=carrier)
            )
            jobs._workshop = self._workshop
            for _ in range(rounds):
                ours.append(self.whole_ms(data, seconds, count))
                theirs.append(bare_ms(self._model, pcm, rate, count))
        ratios = [mine / bare for mine, bare in zip(ours, theirs, strict=True)]
        return {
            "message_s": seconds,
            "whole_ms": round(statistics.median(ours), 1),
            "vosk_ms": round(statistics.median(theirs), 1),
            "ratio": round(statistics.median(ratios), 3),
            "least": round(min(ratios), 3),
            "greatest": round(max(ratios), 3),
        }


def line(rows: list[dict[str, float]]) -> dict[str, float]:
    """Least squares over what was measured: ms beyond Vosk for a message and for a second of it."""
    seconds = [row["message_s"] for row in rows]
    more = [row["whole_ms"] - row["vosk_ms"] for row in rows]
    vosk = [row["vosk_ms"] for row in rows]
    # weighted by the length, whose noise grows with it
    per_s, fixed = np.polyfit(seconds, more, 1, w=1 / np.array(seconds))
    vosk_per_s, _ = np.polyfit(seconds, vosk, 1, w=1 / np.array(seconds))
    return {
        "fixed_ms": round(float(fixed), 1),
        "per_s_ms": round(float(per_s), 2),
        "vosk_per_s_ms": round(float(vosk_per_s), 2),
    }


def computed(found: dict[str, float]) -> Iterator[dict[str, object]]:
    """What follows by arithmetic for models of other sizes."""
    fixed, per_s = found["fixed_ms"], max(0.0, found["per_s_ms"])
    for seconds in LENGTHS:
        least = (fixed + per_s * seconds) / (0.1 * seconds)
        yield {"message_s": seconds, "at_most_1.10_from_vosk_ms_per_s": round(least, 1)}
    for assumed in ASSUMED_MS_PER_S:
        ratios = {f"{s}_s": round(1 + (fixed / s + per_s) / assumed, 3) for s in LENGTHS}
        yield {"assumed_vosk_ms_per_s": assumed, "ratio": ratios}


@contextmanager
def redis_in(folder: Path) -> Iterator[str]:
    """A Redis of our own; its URL. Raises RuntimeError where there is none."""
    found = embedded_redis.prepare(folder)
    if found is None:
        raise RuntimeError(embedded_redis.NO_REDIS)
    with subprocess.Popen(found.command, stdout=subprocess.DEVNULL) as process:
        try:
            while not embedded_redis.answers(found.url):
                time.sleep(0.05)
            yield found.url
        finally:
            process.terminate()
            process.wait()
            found.remove()


def main() -> None:
    """Measure and print."""
    deployed.again("tests.bench.bench_cost")
    logging.disable(logging.INFO)  # RQ tells of every job on standard output
    given = folder_given()
    print(json.dumps({"model": english(given).name}), flush=True)
    with tempfile.TemporaryDirectory() as folder, redis_in(Path(folder)) as url:
        runtime = make_runtime(Path(folder), FakeCarrier(utc_now), given)
        bench = Bench(runtime, url, SOUND_S if given is None else GIVEN_SOUND_S)
        apart.settle()
        bench.row(10, 1)  # what is compiled and imported the first time
        rows = []
        for seconds in LENGTHS:
            rows.append(bench.row(seconds, ROUNDS))
            print(json.dumps({"cpu": rows[-1]}), flush=True)
        found = line(rows)
        print(json.dumps({"cpu_beyond_vosk": found}), flush=True)
        for one in computed(found):
            print(json.dumps({"computed": one}), flush=True)
        runtime.close()


if __name__ == "__main__":
    main()
