"""The guide to the switch, played: its example application, its phones, its commands."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from switch import tones

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/switch.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
CALLER, TOKEN = "+15550100001", "secret"
PATIENCE_S = 60.0


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, flags=re.M | re.S)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: list[str], **environment: str) -> Iterator[subprocess.Popen[str]]:
    """One of the guide's commands, as a process of its own."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    started = subprocess.Popen(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env={**os.environ, "PATH": path, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with started:
        try:
            yield started
        finally:
            started.terminate()


def until_it_listens(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("the application never listened")


def commands(tmp_path: Path, app_port: int) -> tuple[list[str], list[str]]:
    """The guide's two commands, with ports of our own and the guide's phones."""
    flask, switch, *_ = blocks("sh")
    phones = tmp_path / "phones.json"
    phones.write_text(blocks("json")[0], encoding="utf-8")
    assert f"SWITCH_AUTH_TOKEN={TOKEN}" in switch
    run = switch.splitlines()[1].replace("5001", str(app_port)).replace("5002", "0")
    return (
        flask.strip().replace("5001", str(app_port)).split(),
        run.replace("phones.json", str(phones)).split(),
    )


class Control:
    """The control API of a running switch."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {TOKEN}"}

    def ask(self, path: str, **options: Any) -> requests.Response:
        method = options.pop("method", "POST" if "json" in options else "GET")
        url = f"{self._url}/control/{path}"
        answer = requests.request(method, url, headers=self._headers, timeout=60, **options)
        answer.raise_for_status()
        return answer

    def events_until(self, event: str, sid: str) -> list[dict[str, Any]]:
        """The journal up to an event of a call."""
        events: list[dict[str, Any]] = []
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            events += self.ask(f"journal?after={len(events)}&wait=5").json()["events"]
            if any(e["event"] == event and e["call_sid"] == sid for e in events):
                return events
        raise AssertionError(f"{event} never came")


def test_the_guide_can_be_played(tmp_path: Path) -> None:
    port = free_port()
    flask, switch = commands(tmp_path, port)
    with process(flask), process(switch, SWITCH_AUTH_TOKEN=TOKEN) as running:
        until_it_listens(port)
        assert running.stdout is not None
        control = Control(json.loads(running.stdout.readline())["url"])
        room = json.loads(blocks("json")[1])
        opened = control.ask("room", method="PUT", json=room).json()["url"]
        page = requests.get(opened, timeout=60)
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        for number, script in json.loads(blocks("json")[0]).items():  # they answer by script again
            control.ask(f"phones/{quote(number, safe='')}", method="PUT", json=script)
        sid = control.ask("calls", json={"from": CALLER}).json()["call_sid"]
        events = control.events_until("hangup", sid)
        heard = control.ask("phones/%2B15550100001/heard.wav").content
    assert tones.tone_seconds(heard, 1500) >= 1.5
    assert tones.tone_seconds(heard, tones.SAY_HZ) >= 0.4
    ours = [e["event"] for e in events if e["call_sid"] == sid]
    wanted = ["answered", "say", "key", "gathered", "bridged", "hangup"]
    assert [name for name in ours if name in wanted] == wanted
    paths = [e["path"] for e in events if e["event"] == "webhook"]
    assert paths == ["/voice", "/menu"]
    assert {e["number"] for e in events if e["event"] == "bridged"} == {CALLER, "client:anna"}
    assert next(e for e in events if e["event"] == "hangup")["by"] == "phone"
