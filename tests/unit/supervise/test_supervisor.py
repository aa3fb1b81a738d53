"""Parts are started, restarted later each time, and stopped without leaving anything."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotline.supervise.child import Part, session_members
from hotline.supervise.supervisor import Supervisor

Lines = list[tuple[str, str]]
WITHIN_S = 20.0


@pytest.fixture
def lines() -> Lines:
    """What the parts wrote."""
    return []


@pytest.fixture
def supervisor(tmp_path: Path, lines: Lines) -> Iterator[Supervisor]:
    """A supervisor that is stopped at the end."""
    made = Supervisor(tmp_path, lambda name, line: lines.append((name, line)))
    yield made
    made.stop()


def python(name: str, code: str, **more: object) -> Part:
    return Part(name, (sys.executable, "-c", code), **more)  # type: ignore[arg-type]


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < end, f"not within {WITHIN_S} s: {what}"
        time.sleep(0.02)


def test_lines_environment_and_pid_file(
    supervisor: Supervisor, lines: Lines, tmp_path: Path
) -> None:
    code = "import os,time; print(os.environ['WHO'], os.getcwd(), flush=True); time.sleep(60)"
    supervisor.start([python("one", code, environment={"WHO": "me"})])
    until(lambda: bool(lines), "it has written")
    assert lines == [("one", f"me {tmp_path}")]
    written = int((tmp_path / "run" / "one.pid").read_text())
    assert supervisor.pids() == {"one": written}


def test_restarts_with_a_growing_delay(supervisor: Supervisor, lines: Lines) -> None:
    supervisor.start([python("short", "print('again', flush=True)")])
    until(lambda: len(lines) >= 3, "started three times")
    assert supervisor.failures("short") >= 2
    assert not supervisor.refused("short")


def test_no_pid_file_is_left_of_a_part_that_had_ended(tmp_path: Path, lines: Lines) -> None:
    supervisor = Supervisor(tmp_path, lambda name, line: lines.append((name, line)))
    supervisor.start([python("short", "print('again', flush=True)")])
    until(lambda: supervisor.failures("short") >= 2 and not supervisor.pids(), "between two starts")
    supervisor.stop()
    assert list((tmp_path / "run").iterdir()) == []


def test_a_wrong_setting_is_told_apart(supervisor: Supervisor) -> None:
    supervisor.start([python("wrong", "import sys; sys.exit(2)")])
    until(lambda: supervisor.refused("wrong"), "refused")


def test_stop_ends_parts_that_ignore_sigterm_and_their_children(
    tmp_path: Path, lines: Lines
) -> None:
    code = (
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen([sys.executable, '-c', 'import os,time; os.setpgrp(); time.sleep(60)'])\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    supervisor = Supervisor(tmp_path, lambda name, line: lines.append((name, line)))
    supervisor.start([python("stubborn", code, stop_s=0.2)])
    until(lambda: bool(lines), "it is ready")
    pid = supervisor.pids()["stubborn"]
    supervisor.stop()
    until(lambda: session_members(pid) == [], "the kernel has ended them")
    assert not (tmp_path / "run" / "stubborn.pid").exists()


def test_what_outlives_stops_last(tmp_path: Path, lines: Lines) -> None:
    code = (
        "import signal, sys, time\n"
        "def stop(*_):\n"
        "    print('stopped', flush=True); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(1)\n"
    )
    supervisor = Supervisor(tmp_path, lambda name, line: lines.append((name, line)))
    supervisor.start([python("base", code, outlives=True), python("user", code)])
    until(lambda: len(lines) == 2, "both are ready")
    supervisor.stop()
    assert [name for name, line in lines if line == "stopped"] == ["user", "base"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the tether is Linux's prctl")
def test_a_part_ends_with_its_supervisor(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    code = (
        f"import sys, time; sys.path.insert(0, {str(root)!r})\n"
        "from pathlib import Path\n"
        "from hotline.supervise.supervisor import Supervisor\n"
        "from hotline.supervise.child import Part\n"
        f"s = Supervisor(Path({str(tmp_path)!r}), lambda n, l: print(l, flush=True))\n"
        "s.start([Part('child', (sys.executable, '-c', "
        "'import time; print(1, flush=True); time.sleep(60)'))])\n"
        "time.sleep(60)\n"
    )
    outer = Supervisor(tmp_path, lambda name, line: None)
    outer.start([python("outer", code)])
    child = tmp_path / "run" / "child.pid"
    until(lambda: child.exists() and child.read_text().endswith("\n"), "the child runs")
    pid = int(child.read_text())
    outer_pid = outer.pids()["outer"]
    os.kill(outer_pid, signal.SIGKILL)
    until(lambda: session_members(pid) == [], "the child has ended")
    outer.stop()


def test_a_killed_part_stays_so_until_it_is_started_again(
    supervisor: Supervisor, lines: Lines, tmp_path: Path
) -> None:
    supervisor.start([python("one", "import time; print('up', flush=True); time.sleep(60)")])
    supervisor.start([python("other", "print('again', flush=True)")])
    until(lambda: ("one", "up") in lines, "it has started")
    pid = supervisor.pids()["one"]
    part = supervisor.kill("one")
    assert session_members(pid) == []
    assert not (tmp_path / "run" / "one.pid").exists()
    seen = len(lines)
    until(lambda: len(lines) > seen, "the supervisor has looked again")
    assert "one" not in supervisor.pids()
    assert supervisor.failures("one") == 0
    supervisor.start([part])
    until(lambda: lines.count(("one", "up")) == 2, "it runs again")


def test_what_does_not_run_cannot_be_killed(supervisor: Supervisor) -> None:
    with pytest.raises(KeyError):
        supervisor.kill("nobody")
