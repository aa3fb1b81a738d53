"""`hotline up` as a user runs it: one start per directory, a clean stop, no orphans ever."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

WITHIN_S = 60.0
REPOSITORY = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data_dir: Path, port: int) -> subprocess.Popen[str]:
    """`hotline up`, as `make run` starts it, in the background."""
    environment = {
        **os.environ,
        "HOTLINE_DATA_DIR": str(data_dir),
        "HOTLINE_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "hotline.cli", "up", "--example-people"],
        env=environment,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What it prints up to a line that holds the words."""
    assert process.stdout is not None
    read = ""
    for line in process.stdout:
        read += line
        if words in line:
            return read
    raise AssertionError(f"it ended without {words!r}:\n{read}")


def refused(data_dir: Path, port: int) -> str:
    """What a start that must fail prints."""
    process = start(data_dir, port)
    printed, _ = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 2, printed
    assert "Traceback" not in printed
    return printed.removeprefix("Starting …\n")


def pids(data_dir: Path) -> dict[str, int]:
    """What the pid files say; that of a part between its end and its next start is not there."""
    found = {}
    for file in (data_dir / "run").glob("*.pid"):
        with contextlib.suppress(FileNotFoundError):
            found[file.stem] = int(file.read_text())
    return found


def alive(pid: int) -> bool:
    """Whether it runs (a zombie that nobody has waited for yet does not)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def members(group: int) -> list[int]:
    """Processes of a group, by /proc."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < end, f"not within {WITHIN_S} s: {what}"
        time.sleep(0.05)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path, int, str]]:
    """A hotline that is up: process, data directory, port, what it printed."""
    port = free_port()
    process = start(tmp_path / "data", port)
    try:
        yield process, tmp_path / "data", port, read_until(process, "Ctrl-C stops everything")
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


Running = tuple[subprocess.Popen[str], Path, int, str]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to find orphans")
@pytest.mark.slow
def test_starts_once_and_stops_in_order(running: Running, tmp_path: Path) -> None:
    process, data_dir, port, printed = running
    assert f"http://127.0.0.1:{port}" in printed
    assert "First administrator" in printed
    assert "small test model for English, Spanish and Arabic" in printed
    assert "made-up people with fictitious numbers are on call" in printed
    phones = re.search(r"http://127\.0\.0\.1:\d+/phones#\S+", printed)
    assert phones is not None
    assert requests.get(phones[0], timeout=10).ok
    assert requests.get(f"http://127.0.0.1:{port}/health/ready", timeout=10).ok
    assert (data_dir / "carrier-token").stat().st_mode & 0o777 == 0o600
    parts = pids(data_dir)
    assert {"web", "dispatcher", "auditor", "switch"} <= parts.keys()

    assert "already runs" in refused(data_dir, free_port())
    assert f"Port {port} is in use" in refused(tmp_path / "other", port)

    process.send_signal(signal.SIGINT)
    assert process.wait(WITHIN_S) == 0
    until(lambda: not any(members(pid) for pid in parts.values()), "every part has ended")
    assert pids(data_dir) == {}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the tether is Linux's prctl")
@pytest.mark.slow
def test_killed_it_leaves_nothing_running_and_starts_again(running: Running) -> None:
    process, data_dir, port, _ = running
    parts = pids(data_dir)
    os.kill(parts["web"], signal.SIGKILL)  # a part that dies is started again
    until(
        lambda: pids(data_dir).get("web", parts["web"]) != parts["web"],
        "the web process is started again",
    )
    parts = pids(data_dir)

    process.kill()
    process.wait()
    until(lambda: not any(members(pid) for pid in parts.values()), "every part has ended")

    again = start(data_dir, port)
    try:
        read_until(again, "The hotline is running")
        again.terminate()
        rest, _ = again.communicate(timeout=WITHIN_S)
        assert again.returncode == 0, rest
        assert "Stopped." in rest
    finally:
        again.kill()
        again.wait()
