"""The shorter benches of `make bench` still run; their figures are not judged here."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
SMALL = {
    "bench_list": ("60", "1"),
    "bench_statistics": ("300", "1"),
    "bench_audit": ("300",),
    "bench_next_ring": ("3",),
}


@pytest.mark.parametrize("name", SMALL)
def test_a_bench_says_its_figures_as_json(name: str) -> None:
    command = [sys.executable, "-m", f"tests.bench.{name}", *SMALL[name]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    said, at = done.stdout.strip(), 0
    while at < len(said):
        figures, at = json.JSONDecoder().raw_decode(said, at)
        assert figures
        at += len(said[at:]) - len(said[at:].lstrip())
