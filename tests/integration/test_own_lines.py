"""`hotline lines` beside an Asterisk of tests: it rings the roster, and nobody else."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from hotline.database.migrations import upgrade
from hotline.phones import put_example_people
from hotline.runtime import open_runtime
from hotline.settings import SettingsError, load_settings
from hotline.supervise import own_lines
from hotline.supervise.numbers import ringable
from tests.support.asterisk import PASSWORD, FakeAsterisk

REPOSITORY = Path(__file__).resolve().parents[2]
TOKEN = "token-1"
ACCOUNT = "AC" + "0" * 32
WITHIN_S = 60.0


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def environment(tmp_path: Path, port: int, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "HOTLINE" not in name}
    return kept | {
        "HOTLINE_DATA_DIR": str(tmp_path),
        "HOTLINE_DATABASE_URL": f"sqlite:///{tmp_path / 'hotline.sqlite'}",
        "HOTLINE_CARRIER": "switch",
        "HOTLINE_TWILIO_API_URL": f"http://127.0.0.1:{port}",
        "HOTLINE_TWILIO_AUTH_TOKEN": TOKEN,
        "HOTLINE_LINES_BIND": f"127.0.0.1:{port}",
        **more,
    }


def roster(tmp_path: Path) -> str:
    """Put people on the roster; gives a number of one of them."""
    url = f"sqlite:///{tmp_path / 'hotline.sqlite'}"
    upgrade(url)
    runtime = open_runtime(load_settings(data_dir=tmp_path, database_url=url))
    try:
        assert put_example_people(runtime)
        return sorted(number for number in ringable(runtime) if len(number) > 6)[0]
    finally:
        runtime.close()


def place(port: int, number: str) -> str:
    """Let the switch ring a number by its REST interface, as the dispatcher does; its status."""
    url = f"http://127.0.0.1:{port}/2010-04-01/Accounts/{ACCOUNT}/Calls"
    given = {"To": number, "From": "+15550100911", "Url": "http://127.0.0.1:9/"}
    with requests.Session() as session:
        session.trust_env = False
        session.auth = (ACCOUNT, TOKEN)
        sid = session.post(f"{url}.json", data=given, timeout=10).json()["sid"]
        return str(session.get(f"{url}/{sid}.json", timeout=10).json()["status"])


def lines(port: int) -> dict[str, object]:
    """How its lines are, or nothing while it does not answer."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            headers = {"Authorization": f"Bearer {TOKEN}"}
            url = f"http://127.0.0.1:{port}/control/lines"
            return dict(session.get(url, headers=headers, timeout=5).json())
    except requests.RequestException:
        return {}


async def play(tmp_path: Path, number: str) -> str:
    """Start it, ring somebody and a stranger; gives what it printed."""
    port = free_port()
    async with FakeAsterisk() as pbx:
        pbx.phones = {f"PJSIP/{each}@trunk": "rings" for each in (number, "+19005550100")}
        given = environment(
            tmp_path,
            port,
            HOTLINE_ASTERISK_URL=pbx.url,
            HOTLINE_ASTERISK_PASSWORD=PASSWORD,
            HOTLINE_ASTERISK_ENDPOINT="PJSIP/{number}@trunk",
        )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hotline.cli", "lines"),
            env=given,
            cwd=REPOSITORY,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(WITHIN_S):
                while (await asyncio.to_thread(lines, port)).get("state") != "up":
                    await asyncio.sleep(0.1)
                # It is told the numbers right after it answers, which this may have seen first.
                while not pbx.dialed:
                    await asyncio.to_thread(place, port, number)
                    await asyncio.sleep(0.1)
                rung = len(pbx.dialed)
                await asyncio.to_thread(place, port, "+19005550100")
                await asyncio.to_thread(place, port, number)
                await pbx.until(lambda: len(pbx.dialed) > rung)
                endpoints = {each["endpoint"] for each in pbx.requests("POST /channels")}
                assert endpoints == {f"PJSIP/{number}@trunk"}
                process.send_signal(signal.SIGTERM)
                printed = (await process.communicate())[0].decode()
                assert process.returncode == 0, printed
                await pbx.until(lambda: not pbx.channels)
                return printed
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def test_it_rings_the_roster_and_nobody_else(tmp_path: Path) -> None:
    number = roster(tmp_path)
    printed = asyncio.run(play(tmp_path, number))
    for secret in (number[1:], PASSWORD, TOKEN):
        assert secret not in printed


SIP = {"HOTLINE_SIP_LISTEN": "192.0.2.1:5060", "HOTLINE_SIP_ALLOW": "192.0.2.2"}


def test_lines_that_cannot_be_had_are_one_sentence(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path / 'hotline.sqlite'}")
    done = subprocess.run(
        [sys.executable, "-m", "hotline.cli", "lines"],
        env=environment(tmp_path, free_port(), **SIP),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * WITHIN_S,
    )
    assert done.returncode == 2, done.stderr
    assert "cannot listen there" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "There are no lines of our own"),
        ({"sip_listen": "192.0.2.1:5060", "sip_allow": "192.0.2.2"}, "HOTLINE_TWILIO_AUTH_TOKEN"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_started(
    tmp_path: Path, given: dict[str, object], says: str
) -> None:
    settings = load_settings(data_dir=tmp_path, carrier="switch", **given)
    with pytest.raises(SettingsError, match=says):
        own_lines.run(settings, lambda *_: None, threading.Event())
