"""The process of sound as the command line starts it: its port, a port that is taken, its end."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from switch.config import Config, NumberHooks
from switch.exchange import Exchange
from switch.sip.config import SipConfig
from switch.sip.trunk import SipError, SipTrunk
from tests.sip.house import House, run
from tests.sip.outside import Stranger

SWITCH = [sys.executable, "-m", "switch", "--sip-allow", "127.0.0.1", "--sip-listen"]


def test_the_switch_says_its_port_answers_and_ends() -> None:
    process = subprocess.Popen(
        [*SWITCH, "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"SWITCH_AUTH_TOKEN": "x"},
    )
    assert process.stdout is not None
    port = json.loads(process.stdout.readline())["sip_port"]
    with Stranger(port) as stranger:
        stranger.send(stranger.message("OPTIONS", ""))
        assert stranger.answer() == 200
    process.send_signal(signal.SIGTERM)
    assert process.communicate()[1] == b""
    assert process.returncode == 0


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        async def go() -> None:
            exchange = Exchange(Config("AC1", "x", "+15550100911"), NumberHooks())
            with pytest.raises(SipError, match="already in use; choose another --sip-listen"):
                await SipTrunk(exchange, SipConfig("127.0.0.1", port)).start()

        asyncio.run(go())


def test_who_is_not_on_the_list_is_not_answered() -> None:
    async def go() -> None:
        exchange = Exchange(Config("AC1", "x", "+15550100911"), NumberHooks())
        trunk = SipTrunk(exchange, SipConfig("127.0.0.1", 0, allowed=("192.0.2.1", "127.0.0.1")))
        port = await trunk.start()
        with Stranger(port, "127.0.0.2") as stranger, Stranger(port) as known:
            for each in (stranger, known):
                each.send(each.message("OPTIONS", ""))
            loop = asyncio.get_running_loop()
            assert await loop.run_in_executor(None, known.answer) == 200
            assert not stranger.waits
        await trunk.stop()

    asyncio.run(go())


def test_a_proxy_gets_the_message_and_the_trunk_stays_named_in_it(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as proxy:
        proxy.bind(("127.0.0.1", 0))
        proxy.settimeout(30)
        place = {"proxy_host": "127.0.0.1", "proxy_port": proxy.getsockname()[1]}

        async def check(house: House) -> None:
            await house.place("+15550100201", Url=house.hooks.url + "/call")
            loop = asyncio.get_running_loop()
            message = (await loop.run_in_executor(None, proxy.recv, 65535)).decode()
            assert message.startswith("INVITE sip:+15550100201@trunk.invalid:5066 SIP/2.0")
            assert "\r\nTo: <sip:+15550100201@trunk.invalid>" in message
            assert "@trunk.invalid>;tag=" in message

        run(tmp_path, check, trunk_host="trunk.invalid", trunk_port=5066, **place)
