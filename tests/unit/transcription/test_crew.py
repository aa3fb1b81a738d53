"""Several processes from one: made again when they die, gone when it is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CREW = """
import os, sys, time
import structlog
from transcription.crew import Crew
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
def work():
    os.write(1, f"{os.getpid()}\\n".encode())
    while True:
        time.sleep(60)
Crew(work, 3).run()
print("over", flush=True)
"""


@pytest.fixture
def crew() -> Iterator[subprocess.Popen[str]]:
    """Three children at work."""
    command = [sys.executable, "-W", "ignore", "-c", CREW]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def born(crew: subprocess.Popen[str], count: int) -> list[int]:
    assert crew.stdout is not None
    return [int(crew.stdout.readline()) for _ in range(count)]


def until(met: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not met():
        assert time.monotonic() < end
        time.sleep(0.01)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_one_that_dies_is_made_again(crew: subprocess.Popen[str]) -> None:
    first = born(crew, 3)
    os.kill(first[1], signal.SIGKILL)
    (another,) = born(crew, 1)
    assert another not in first
    assert [lives(pid) for pid in (*first, another)] == [True, False, True, True]


def test_told_to_stop_all_end(crew: subprocess.Popen[str]) -> None:
    children = born(crew, 3)
    crew.terminate()
    assert crew.stdout is not None
    assert crew.stdout.read() == "over\n"
    assert crew.wait() == 0
    assert not any(lives(pid) for pid in children)


def test_all_die_with_the_parent(crew: subprocess.Popen[str]) -> None:
    children = born(crew, 3)
    crew.kill()
    until(lambda: not any(lives(pid) for pid in children))
