"""Power may fail whenever a caller has been told something: it is on the disk by then."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.power import CALLS, at_risk

ROOT = Path(__file__).parents[2]
FOLDER = Path("/data")


def traced(data_dir: Path, seen: Path) -> None:
    """Let a hotline take a message under strace; the test is left out where it cannot be asked."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not here (Debian: strace); nothing else sees the order of fsync")
    tracing = [strace, "-f", "-y", "-qq", "-e", f"trace={CALLS}", "-o", str(seen)]
    if subprocess.run([*tracing, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not look at processes here (ptrace is not allowed)")
    command = [sys.executable, "-m", "tests.faults.power", str(data_dir)]
    subprocess.run([*tracing, *command], cwd=ROOT, check=True, timeout=120)


def test_what_a_caller_was_told_has_reached_the_disk(tmp_path: Path) -> None:
    data_dir, seen = tmp_path / "data", tmp_path / "seen"
    traced(data_dir, seen)
    lines = seen.read_text().splitlines()
    assert list(at_risk(lines, data_dir)) == [set()] * 4
    # What it would miss: the same without a single sync.
    without = [line for line in lines if "sync(" not in line]
    *_, last = at_risk(without, data_dir)
    assert {Path(path).name for path in last} >= {"data", "hotline.sqlite-wal"}


@pytest.mark.parametrize(
    ("lines", "risk"),
    [
        (['1 pwrite64(3</data/a-wal>, "x", 1, 0) = 1'], {"/data/a-wal"}),
        (['1 pwrite64(3</data/a-wal>, "x", 1, 0) = 1', "1 fdatasync(3</data/a-wal>) = 0"], set()),
        (['1 pwrite64(3</data/a>, "x", 1, 0) = 1', "1 fsync(3</data/b>) = 0"], {"/data/a"}),
        (['1 write(3</data/a-shm>, "x", 1) = 1', '1 write(2</dev/pts/0>, "x", 1) = 1'], set()),
        (['1 link("/data/a.new", "/data/a") = 0'], {"/data"}),
        (['1 link("/data/a.new", "/data/a") = -1 EEXIST (File exists)'], set()),
        (['1 rename("/data/a.new", "/data/a") = 0', "1 fsync(3</data>) = 0"], set()),
    ],
)
def test_the_order_is_read(lines: list[str], risk: set[str]) -> None:
    assert list(at_risk([*lines, '1 write(1<pipe:[7]>, "told", 4) = 4'], FOLDER)) == [risk]
