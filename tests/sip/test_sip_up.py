"""`hotline up` with lines of its own, as a user starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sip.outside import Stranger

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

REPOSITORY = Path(__file__).resolve().parents[2]
WITHIN_S = 120.0


@contextmanager
def started(data_dir: Path, sip_port: int) -> Iterator[subprocess.Popen[str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "HOTLINE_DATA_DIR": str(data_dir),
        "HOTLINE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HOTLINE_SIP_LISTEN": f"127.0.0.1:{sip_port}",
        "HOTLINE_SIP_ALLOW": "127.0.0.1",
        "HOTLINE_SIP_TRUNK": "sip:hotline@127.0.0.1:9",
        "HOTLINE_SIP_PASSWORD": "secret 1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "hotline.cli", "up", "--example-people"],
        env=environment,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_it_says_where_it_takes_calls_and_answers_there(tmp_path: Path) -> None:
    with started(tmp_path, 0) as process:
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if "Ctrl-C stops everything" in line:
                break
        told = re.search(r"Calls come and go over SIP at 127\.0\.0\.1:(\d+)", printed)
        assert told is not None, printed
        assert "/phones#" not in printed, "people are rung over the lines, not in browsers"
        assert "made-up people" not in printed
        assert "secret 1" not in printed
        with Stranger(int(told[1])) as stranger:
            stranger.send(stranger.message("OPTIONS", ""))
            assert stranger.answer() == 200
        trial = subprocess.run(
            [sys.executable, "-m", "hotline.cli", "trial"],
            env={
                **os.environ,
                "HOTLINE_DATA_DIR": str(tmp_path),
                "HOTLINE_SIP_LISTEN": "127.0.0.1:5060",
                "HOTLINE_SIP_ALLOW": "127.0.0.1",
            },
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
        )
        assert trial.returncode == 2
        assert "has lines of its own" in trial.stderr
        process.send_signal(signal.SIGINT)
        assert process.wait(WITHIN_S) == 0


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with started(tmp_path, taken.getsockname()[1]) as process:
            printed = process.communicate(timeout=WITHIN_S)[0]
            assert process.returncode == 2, printed
            assert "the SIP lines cannot listen there: Address already in use" in printed
            assert "Traceback" not in printed
