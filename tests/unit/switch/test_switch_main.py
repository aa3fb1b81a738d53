"""The command line, as a process."""

import json
import os
import signal
import subprocess
import sys

import pytest
import requests

TOKEN = "12345"


def start(*arguments: str, token: str = TOKEN) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "switch", *arguments],
        env={**os.environ, "SWITCH_AUTH_TOKEN": token},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, errors = process.communicate(timeout=30)
    return process.returncode, errors


def test_prints_one_line_when_ready_and_stops_on_sigterm() -> None:
    process = start("--port", "0", "--speed", "8")
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    number = "%2B15550100001"
    put = requests.put(f"{url}/control/phones/{number}", json={}, headers=headers, timeout=10)
    assert put.json() == {"ok": True}
    assert requests.get(f"{url}/control/journal", timeout=10).status_code == 401
    process.send_signal(signal.SIGTERM)
    assert finish(process) == (0, "")


def test_ends_when_its_parent_closes_stdin() -> None:
    process = start("--exit-with-parent")
    assert process.stdout is not None
    process.stdout.readline()
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None
    assert finish(process) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "token", "said"),
    [
        ((), "", "SWITCH_AUTH_TOKEN"),
        (("--account-sid", "AC1"), TOKEN, "AC and 32 hex"),
        (("--speed", "0"), TOKEN, "above 0"),
        (("--calls-per-second", "-1"), TOKEN, "must not be below 0"),
        (("--phones", "nowhere.json"), TOKEN, "is no file of phones"),
        (("--host", "203.0.113.1"), TOKEN, "cannot listen"),
    ],
)
def test_wrong_settings_are_one_clear_sentence(arguments, token, said) -> None:
    code, errors = finish(start(*arguments, token=token))
    assert code == 2
    assert said in errors
    assert "Traceback" not in errors
