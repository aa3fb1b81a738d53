"""The guide "Start here", typed command by command: it ends with a report that somebody has taken.

`make install` and `make demo` are what has led here, and are typed on a fresh machine before each
release; all that stands in the guide after them is typed here, as it stands there.
"""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.web_process import free_port

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
SETS_UP = ("make install", "make demo")
HERE = f"{Path(sys.executable).parent}/"
START_S, COMMAND_S = 120.0, 300.0


def commands() -> list[str]:
    """What the guide has the reader type, in its order."""
    guide = (ROOT / "docs" / "start.md").read_text()
    lines = [line for block in BLOCK.findall(guide) for line in block.splitlines()]
    return [line.replace(".venv/bin/", HERE) for line in lines]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A machine on which nothing was ever set, and whose port 8080 may be taken."""
    kept = {name: value for name, value in os.environ.items() if "HOTLINE" not in name}
    return kept | {
        "HOTLINE_DATA_DIR": str(tmp_path / "var"),
        "HOTLINE_PUBLIC_URL": f"http://127.0.0.1:{free_port()}",
    }


@contextmanager
def running(command: str, environment: dict[str, str]) -> Iterator[list[str]]:
    """The command in a terminal of its own, once it says that the hotline runs; its lines."""
    process = subprocess.Popen(
        command.split(), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    said: list[str] = []
    runs = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.rstrip())
            if "Ctrl-C stops" in line:
                runs.set()
        runs.set()  # it has ended

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert runs.wait(START_S)
        yield said
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        reader.join()
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_the_guide_ends_with_a_report_taken(environment: dict[str, str], tmp_path: Path) -> None:
    first, second, up, *rest = commands()
    assert (first, second) == SETS_UP
    with running(up, environment) as said:
        assert any(environment["HOTLINE_PUBLIC_URL"] in line for line in said)
        assert any("/setup and enter" in line for line in said)
        answers = [typed(line.replace("var/", f"{tmp_path}/var/"), environment) for line in rest]
    *_, explained, trial = answers
    assert "worst case" in explained.lower()
    assert "has taken the report" in trial
    assert "weapons, life-safety" in trial


def typed(line: str, environment: dict[str, str]) -> str:
    """Type it; what it prints. Fails when it does not end well."""
    done = subprocess.run(
        line.split(), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=COMMAND_S
    )
    assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
    return done.stdout


def test_without_a_hotline_the_trial_says_what_to_do(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [f"{HERE}hotline", "trial"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "start it with `hotline up`" in done.stderr
