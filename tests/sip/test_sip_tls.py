"""SIP over TLS through Kamailio, with the configuration that comes along, and encrypted sound."""

import asyncio
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from switch import tones
from switch.audio import to_wav
from tests.sip import softphone
from tests.sip.ear import likeness
from tests.sip.house import House, free_port, run, until
from tests.sip.proxy import DEPLOY, Proxy, certificate, needed
from tests.sip.softphone import Softphone
from tests.sip.test_sip_main_path import SPEECH

pytestmark = pytest.mark.slow

WORDS = SPEECH[24000:44000]
HOTLINE = "sip:+15550100911@127.0.0.1"


@pytest.fixture(autouse=True)
def _programs() -> None:
    needed()


def free_stream_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_kamailio_takes_the_configuration() -> None:
    done = subprocess.run(
        [needed(), "-c", "-f", str(DEPLOY / "kamailio.cfg")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-1500:]


def settings(inside: int, outside: int, switch: int, **more: object) -> dict[str, Any]:
    return {
        "OUTSIDE_ADDRESS": "127.0.0.1",
        "OUTSIDE_PORT": outside,
        "INSIDE_PORT": inside,
        "SWITCH_PORT": switch,
        "TRUNK_HOST": "127.0.0.1",
        "TRUNK_NETWORK": "127.0.0.0/8",
        **more,
    }


def lines(inside: int, switch: int) -> dict[str, Any]:
    return {
        "port": switch,
        "proxy_host": "127.0.0.1",
        "proxy_port": inside,
        "trunk_host": "trunk.invalid",
        "srtp_required": True,
    }


def test_a_call_over_tls_with_encrypted_sound(tmp_path: Path) -> None:
    softphone.needed()
    inside, outside, switch = free_port(), free_stream_port(), free_port()

    async def check(house: House) -> None:
        house.voice('<Record playBeep="false" maxLength="7" action="/over"/>')
        house.hooks.on("/over", "<Hangup/>")
        names = settings(inside, outside, switch)
        async with (
            Proxy(tmp_path / "proxy", certificate(tmp_path), **names) as proxy,
            Softphone(tmp_path / "phone", to_wav(WORDS * 30), "srtp-mand", "tls") as phone,
        ):
            await phone.do("dial", f"{HOTLINE}:{outside};transport=tls")
            recorded = (await house.hooks.wait("/over"))["params"]
            recording = house.exchange.recordings.get(recorded["RecordingSid"])
            assert likeness(recording.audio, WORDS) > 0.95
            # The end of the call finds its way back.
            await until(lambda: "session closed" in phone.log(), "the end at the phone")
            call = await house.inbound()
            await asyncio.wait_for(call.over.wait(), 30)
            assert "15550100001" not in proxy.log()

    run(tmp_path, check, **lines(inside, switch))


def test_a_phone_rung_over_tls_hangs_up(tmp_path: Path) -> None:
    softphone.needed()
    inside, outside, switch = free_port(), free_stream_port(), free_port()

    async def check(house: House) -> None:
        house.hooks.on("/tone", to_wav(tones.tone(900, seconds=30)))
        house.hooks.on("/call", "<Play>/tone</Play>")
        authority = certificate(tmp_path)
        phone = Softphone(
            tmp_path / "phone",
            to_wav(WORDS * 30),
            "srtp-mand",
            "tls",
            number="+15550100201",
            certificate=authority,
        )
        names = settings(inside, outside, switch, TRUNK_PORT=phone.tls_port)
        async with phone, Proxy(tmp_path / "proxy", authority, **names):
            sid = await house.place("+15550100201", Url=house.hooks.url + "/call")
            await house.event("answered", call_sid=sid)
            await until(lambda: len(house.trunk._phones) == 1, "the call")
            await until(lambda: phone.dumped() > 40_000, "the tone at the phone")
            await phone.do("hangup")
            call = house.exchange.calls[sid]
            await asyncio.wait_for(call.over.wait(), 30)
            assert call.cause == "completed by phone"

    run(tmp_path, check, **lines(inside, switch))


def test_a_trunk_whose_certificate_is_from_elsewhere_is_not_rung(tmp_path: Path) -> None:
    softphone.needed()
    inside, outside, switch = free_port(), free_stream_port(), free_port()

    async def check(house: House) -> None:
        house.hooks.on("/call", "<Hangup/>")
        (tmp_path / "elsewhere").mkdir()
        phone = Softphone(
            tmp_path / "phone",
            to_wav(WORDS),
            "srtp-mand",
            "tls",
            number="+15550100201",
            certificate=certificate(tmp_path / "elsewhere"),
        )
        names = settings(inside, outside, switch, TRUNK_PORT=phone.tls_port)
        async with phone, Proxy(tmp_path / "proxy", certificate(tmp_path), **names) as proxy:
            sid = await house.place("+15550100201", Url=house.hooks.url + "/call")
            call = house.exchange.calls[sid]
            await asyncio.wait_for(call.over.wait(), 50)
            assert str(call.status) in {"failed", "no-answer"}
            assert "certificate verify failed" in proxy.log()
            assert "Incoming call" not in phone.log()

    run(tmp_path, check, **lines(inside, switch))


def test_a_stranger_gets_no_answer(tmp_path: Path) -> None:
    softphone.needed()
    inside, outside, switch = free_port(), free_stream_port(), free_port()

    async def check(house: House) -> None:
        house.voice("<Hangup/>")
        names = settings(inside, outside, switch, TRUNK_NETWORK="192.0.2.0/28")
        async with (
            Proxy(tmp_path / "proxy", certificate(tmp_path), **names),
            Softphone(tmp_path / "phone", to_wav(WORDS * 30), "srtp-mand", "tls") as phone,
        ):
            await phone.do("dial", f"{HOTLINE}:{outside};transport=tls")
            await until(lambda: "session closed" in phone.log(), "the phone gives up")
            assert not house.exchange.calls

    run(tmp_path, check, **lines(inside, switch))
