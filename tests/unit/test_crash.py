"""Crash points: one order kills one process, at its place, and nothing without an order."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hotline import crash
from tests.faults import points

PASSES = (
    "import sys; from hotline import crash\n"
    "for _ in range(3):\n"
    "    print('passed', flush=True); crash.point('here.done'); crash.point('there.done')\n"
)


def passing(file: Path | None) -> "subprocess.CompletedProcess[str]":
    """A process that passes both points three times."""
    environment = {**os.environ, crash.FILE: str(file) if file else ""}
    return subprocess.run(
        [sys.executable, "-c", PASSES], env=environment, capture_output=True, text=True, check=False
    )


def test_nothing_happens_without_the_setting_or_without_an_order(tmp_path: Path) -> None:
    for file in (None, tmp_path / "order"):
        assert passing(file).returncode == 0


@pytest.mark.parametrize("after", [0, 2])
def test_whoever_passes_is_killed_and_the_order_is_gone(tmp_path: Path, after: int) -> None:
    order = tmp_path / "order"
    order.write_text(crash.order("there.done", after))
    done = passing(order)
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.count("passed") == after + 1
    assert not order.exists()
    assert passing(order).returncode == 0


def test_an_order_for_another_point_or_for_later_stays(tmp_path: Path) -> None:
    order = tmp_path / "order"
    for text in (crash.order("elsewhere.done"), crash.order("here.done", 3), ""):
        order.write_text(text)
        assert passing(order).returncode == 0
        assert order.exists()


def test_every_point_has_a_name_of_its_own() -> None:
    names = points.names()
    assert len(names) >= 13
    assert all(name.count(".") == 1 for name in names)
