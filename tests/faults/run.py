"""Random schedules of faults on real processes; each is one call, told by its seed.

    python -m tests.faults.run RUNS [FIRST_SEED] [--clock] [--postgres] [--jobs N]

Prints a line for each schedule, then faults × outcomes, how long it took from dialing until all was
at rest, and how long work stood still: the search for a person, or writing down what was said.
With --clock nothing breaks: the machine's clock is set in the middle of each call.
Exits with 1 when an invariant did not hold; the seed plays the same schedule again.
"""

import argparse
import json
import os
import selectors
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import requests

from hotline import crash
from tests.e2e.conftest import Theatre, open_theatre
from tests.faults import blows, clocks, truth
from tests.faults.blows import Schedule
from tests.faults.stage import Played, Stage
from tests.support import postgres

READY_S = 90.0
"""Wall seconds until a hotline must have all its parts again: the supervisor waits 30 s at most."""


@dataclass(frozen=True)
class Result:
    """What came of one schedule. took_s: wall seconds from dialing until all was at rest, None when
    it never was. stood_s: the longest that work stood still meanwhile (`stage.Standstill`)."""

    seed: int
    told: str
    kinds: tuple[str, ...]
    outcome: str
    took_s: float | None
    stood_s: float
    broken: tuple[str, ...]


def main() -> int:
    """Play, print, and give the exit code."""
    asked = _arguments()
    if asked.jobs == 1:
        for result in _results(asked):
            print(json.dumps(result.__dict__), flush=True)
        return 0
    if asked.clock and asked.postgres and clocks.library() is None:
        print(f"not played: {clocks.MISSING}")
        return 0
    results = list(_from_jobs(asked))
    _table(results, "PostgreSQL" if asked.postgres else "SQLite")
    return 1 if len(results) < asked.runs or any(r.broken for r in results) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("runs", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--clock", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--jobs", type=int, default=3)
    return parser.parse_args()


def _from_jobs(asked: argparse.Namespace) -> Iterator[Result]:
    """Results of several processes, each with a hotline of its own, as they come."""
    share = [asked.runs // asked.jobs + (n < asked.runs % asked.jobs) for n in range(asked.jobs)]
    command = [sys.executable, "-m", "tests.faults.run", "--jobs", "1"]
    command += [f"--{name}" for name in ("clock", "postgres") if vars(asked)[name]]
    running = []
    for n, count in enumerate(share):
        if count:
            first = str(asked.seed + sum(share[:n]))
            running.append(
                subprocess.Popen(
                    [*command, str(count), first], stdout=subprocess.PIPE, text=True, bufsize=1
                )
            )
    for line in _lines(running):
        if not line.startswith('{"seed"'):  # the supervisor's log, of parts that ended
            continue
        result = Result(**json.loads(line))
        stood = f"stood still for {result.stood_s:.1f} s"
        print(f"{'BROKEN' if result.broken else 'held'}, {stood}: {result.told}", flush=True)
        for sentence in result.broken:
            print(f"    {sentence}", flush=True)
        yield result


def _lines(running: list["subprocess.Popen[str]"]) -> Iterator[str]:
    """The lines of all of them, each as it comes."""
    chosen = selectors.DefaultSelector()
    for process in running:
        assert process.stdout is not None
        chosen.register(process.stdout, selectors.EVENT_READ, process.stdout)
    while chosen.get_map():
        for key, _ in chosen.select():
            line = key.data.readline()
            if line:
                yield line
            else:
                chosen.unregister(key.fileobj)
    for process in running:
        process.wait()


def _results(asked: argparse.Namespace) -> Iterator[Result]:
    """Play so many schedules, those that are streamed first: each kind on one hotline."""
    seeds = range(asked.seed, asked.seed + asked.runs)
    for streamed in (True, False):
        left = [s for s in seeds if bool(s % 2) is streamed]
        while left:
            with _hotline(streamed, asked) as (theatre, order_file):
                parts = theatre.stack.pids().keys()
                while left:
                    seed = left.pop(0)
                    clock_set = blows.clock_schedule(seed) if asked.clock else None
                    schedule = clock_set or blows.schedule(seed, order_file)
                    result = _one(theatre, schedule, order_file)
                    yield result
                    if result.broken or (left and not _whole(theatre, parts)):
                        break  # the next one begins on a hotline that nothing has happened to


@contextmanager
def _hotline(streamed: bool, asked: argparse.Namespace) -> Iterator[tuple[Theatre, Path]]:
    with clocks.settable() as clock:
        yield from _whole_hotline(streamed, asked.postgres, clock if asked.clock else None)


def _whole_hotline(
    streamed: bool, on_postgres: bool, clock: clocks.SetClock | None
) -> Iterator[tuple[Theatre, Path]]:
    # What is committed survives its death, as in life.
    with clock.for_postgres() if clock and on_postgres else nullcontext():
        cluster = postgres.start(synchronous_commit="on") if on_postgres else None
    try:
        with tempfile.TemporaryDirectory(prefix="hlf") as folder:
            order_file = Path(folder) / "order"
            os.environ[crash.FILE] = str(order_file)
            url = cluster.new_database() if cluster else None
            record = "stream" if streamed else "verb"
            with (
                clock.for_python() if clock else nullcontext(),
                open_theatre(Path(folder) / "data", url, record) as theatre,
            ):
                theatre.restart_database = cluster.restart if cluster else None
                theatre.set_clock = clock.set if clock else None
                yield theatre, order_file
    finally:
        if cluster is not None:
            cluster.stop()


def _one(theatre: Theatre, schedule: Schedule, order_file: Path) -> Result:
    order_file.unlink(missing_ok=True)
    stage = Stage(theatre, theatre.stack.settings.data_dir)
    played = stage.play(schedule.call, schedule.blow(theatre))
    order_file.unlink(missing_ok=True)
    broken = truth.broken(played, theatre.stack.runtime)
    if broken:
        _keep(theatre, schedule, played)
    return Result(
        seed=schedule.seed,
        told=str(schedule),
        kinds=tuple(sorted({fault.kind for fault in schedule.faults})),
        outcome=_outcome(played),
        took_s=played.took_s,
        stood_s=played.stood_s,
        broken=tuple(broken),
    )


def _outcome(played: Played) -> str:
    """In a word, what came of the call."""
    found = played.outcome
    if found is None:
        return "no report, and none promised"
    if found.dispatch == "taken":
        return "taken"
    if found.alarm is not None and found.alarm.acknowledged_at is not None:
        return "alarm answered"
    return "nothing said, nobody sought" if played.took_s is not None else "not at rest"


def _whole(theatre: Theatre, parts: Collection[str]) -> bool:
    """Wait until every part runs and the web process answers; false when it takes too long."""
    until = time.monotonic() + READY_S
    url = f"{theatre.stack.settings.public_url}/health/ready"
    while time.monotonic() < until:
        try:
            if set(parts) <= theatre.stack.pids().keys() and requests.get(url, timeout=1.0).ok:
                return True
        except requests.RequestException:
            pass
        time.sleep(0.1)
    return False


def _keep(theatre: Theatre, schedule: Schedule, played: Played) -> None:
    """The story of a call on which something did not hold: for whoever is to mend it."""
    folder = Path(tempfile.mkdtemp(prefix=f"hotline-fault-{schedule.seed}-"))
    (folder / "log").write_text("\n".join(theatre.log))
    (folder / "journal.jsonl").write_text("\n".join(json.dumps(e) for e in played.journal))
    (folder / "outcome").write_text(f"{schedule}\n{played.outcome}\n{played.legs}\n")
    print(f"the story of seed {schedule.seed} is in {folder}", file=sys.stderr, flush=True)


def _table(results: list[Result], database: str) -> None:
    """Faults × outcomes, and the times."""
    outcomes = sorted({r.outcome for r in results})
    counted = Counter((kind, r.outcome) for r in results for kind in r.kinds)
    print(f"\n{database}: {len(results)} schedules")
    width = max((len(kind) for r in results for kind in r.kinds), default=0)
    print(" " * width, *outcomes, sep=" | ")
    for kind in sorted({kind for kind, _ in counted}):
        cells = (str(counted[kind, o]).rjust(len(o)) for o in outcomes)
        print(kind.ljust(width), *cells, sep=" | ")
    _times("seconds from dialing until all was at rest", [r.took_s for r in results])
    _times("seconds that work stood still, at the longest", [r.stood_s for r in results])
    broken = [r for r in results if r.broken]
    print(f"invariants broken: {len(broken)}" + "".join(f"\n  {r.told}" for r in broken))


def _times(what: str, measured: Iterable[float | None]) -> None:
    known = sorted(seconds for seconds in measured if seconds is not None)
    if len(known) > 1:
        p50, p99 = statistics.median(known), known[min(len(known) - 1, int(len(known) * 0.99))]
        print(f"{what}: median {p50:.1f}, p99 {p99:.1f}, most {known[-1]:.1f}")


if __name__ == "__main__":
    sys.exit(main())
