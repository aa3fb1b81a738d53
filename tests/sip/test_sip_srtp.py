"""Calls whose sound is encrypted by keys in the descriptions, both ways."""

import asyncio
import re
import socket
from pathlib import Path

import pytest

from switch import tones
from switch.audio import to_wav
from switch.sip import crypto, sdp
from switch.sip.crypto import HMAC_80, Crypto
from switch.sip.secure import Secure
from tests.sip.ear import Ear, likeness
from tests.sip.house import House, run, until
from tests.sip.outside import Stranger, offer
from tests.sip.test_sip_main_path import SPEECH

pytestmark = pytest.mark.slow

RECORD = '<Record playBeep="false" timeout="3" action="/over"/>'
PROMPT = tones.tone(900, seconds=3)


def body(message: str) -> str:
    return message.partition("\r\n\r\n")[2]


def again(stranger: Stranger, answer: str, description: str) -> str:
    """An INVITE within the call that was answered."""
    tag = re.search(r"^To: .*;tag=(\S+)", answer, re.MULTILINE | re.IGNORECASE)
    assert tag is not None
    message = stranger.invite(description).replace("CSeq: 1 ", "CSeq: 2 ")
    message = message.replace("n1\r\n", "n2\r\n", 1)
    return re.sub(r"^(To: \S+)", rf"\1;tag={tag[1]}", message, count=1, flags=re.MULTILINE)


def test_a_caller_whose_sound_is_encrypted(tmp_path: Path, capfd) -> None:
    async def check(house: House) -> None:
        house.hooks.on("/prompt", tones_wav())
        house.voice('<Gather numDigits="1" action="/menu"><Play>/prompt</Play></Gather>')
        house.hooks.on("/menu", RECORD)
        house.hooks.on("/over", '<Pause length="20"/>')
        loop = asyncio.get_running_loop()
        keys = crypto.offered()
        with Ear(encrypted=True) as mouth, Stranger(house.trunk.port) as stranger:
            stranger.send(stranger.invite(sdp.offer("127.0.0.1", mouth.port, 7, keys)))
            answer = await loop.run_in_executor(None, stranger.final)
            (theirs,) = sdp.parse(body(answer), encrypted=True).crypto
            assert (theirs.tag, theirs.suite) == (1, HMAC_80)
            assert theirs.key != keys[0].key
            mouth.secure = Secure(keys[0], theirs)
            stranger.acknowledge(answer)
            await until(lambda: likeness(mouth.sound(), PROMPT[:16000]) > 0.95, "the prompt")
            mouth.press("4")
            assert (await house.hooks.wait("/menu"))["params"]["Digits"] == "4"
            await house.event("recording_started")
            mouth.say(SPEECH[:24000])
            recorded = (await house.hooks.wait("/over"))["params"]
            recording = house.exchange.recordings.get(recorded["RecordingSid"])
            assert likeness(recording.audio, SPEECH[8000:20000]) > 0.95
            # Whoever can change messages shall not have the rest of the call in clear.
            stranger.send(again(stranger, answer, offer(mouth.port)))
            refused = await loop.run_in_executor(None, stranger.final)
            assert refused.startswith("SIP/2.0 488"), refused.splitlines()[0]
            assert (await house.inbound()).live

    run(tmp_path, check)
    out = "".join(capfd.readouterr())
    assert "inline" not in out


def test_a_phone_that_is_rung_where_encryption_is_required(tmp_path: Path) -> None:
    trunk = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    trunk.bind(("127.0.0.1", 0))
    trunk.settimeout(30)

    async def check(house: House) -> None:
        loop = asyncio.get_running_loop()
        house.hooks.on("/tone", tones_wav())
        house.hooks.on("/call", "<Play>/tone</Play>")
        await house.place("+15550100201", Url=house.hooks.url + "/call")
        data, there = await loop.run_in_executor(None, trunk.recvfrom, 65535)
        offered = sdp.parse(body(data.decode()), encrypted=True)
        assert [key.tag for key in offered.crypto] == [1, 2]
        with Ear(encrypted=True) as phone:
            chosen = offered.crypto[1]
            ours = Crypto(chosen.tag, chosen.suite, crypto.new_key())
            phone.secure = Secure(ours, chosen)
            text = sdp.answer(offered, "127.0.0.1", phone.port, 9, 1, ours)
            trunk.sendto(answered(data.decode(), text, trunk.getsockname()[1]), there)
            await until(lambda: likeness(phone.sound(), PROMPT[:16000]) > 0.95, "the tone")

    try:
        run(tmp_path, check, srtp_required=True, trunk_port=trunk.getsockname()[1])
    finally:
        trunk.close()


@pytest.mark.parametrize("wrong", ["plain", "another tag", "another suite"])
def test_a_phone_that_answers_with_what_was_not_offered(tmp_path: Path, wrong: str) -> None:
    trunk = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    trunk.bind(("127.0.0.1", 0))
    trunk.settimeout(30)

    async def check(house: House) -> None:
        loop = asyncio.get_running_loop()
        house.hooks.on("/call", '<Pause length="20"/>')
        sid = await house.place("+15550100201", Url=house.hooks.url + "/call")
        data, there = await loop.run_in_executor(None, trunk.recvfrom, 65535)
        first, second = sdp.parse(body(data.decode()), encrypted=True).crypto
        keys = {
            "plain": (),
            "another tag": (Crypto(7, first.suite, crypto.new_key()),),
            "another suite": (Crypto(first.tag, second.suite, crypto.new_key()),),
        }
        text = sdp.offer("127.0.0.1", 9, 9, keys[wrong])
        trunk.sendto(answered(data.decode(), text, trunk.getsockname()[1]), there)
        call = house.exchange.calls[sid]
        await asyncio.wait_for(call.over.wait(), 30)
        assert (str(call.status), call.sip_code) == ("failed", 488)

    try:
        run(tmp_path, check, srtp_required=True, trunk_port=trunk.getsockname()[1])
    finally:
        trunk.close()


def test_plain_sound_is_refused_where_encryption_is_required(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        loop = asyncio.get_running_loop()
        with Stranger(house.trunk.port) as stranger:
            stranger.send(stranger.invite(offer(9)))
            assert await loop.run_in_executor(None, stranger.answer) == 488
        assert not house.exchange.calls

    run(tmp_path, check, srtp_required=True)


def answered(invite: str, description: str, port: int) -> bytes:
    """The 200 to an INVITE."""
    kept = re.findall(r"^(?:Via|From|To|Call-ID|CSeq): .*$", invite, re.MULTILINE | re.IGNORECASE)
    kept = [
        line.rstrip("\r") + (";tag=phone" if line.lower().startswith("to:") else "")
        for line in kept
    ]
    lines = [
        "SIP/2.0 200 OK",
        *kept,
        f"Contact: <sip:phone@127.0.0.1:{port}>",
        "Content-Type: application/sdp",
        f"Content-Length: {len(description)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + description).encode()


def tones_wav() -> bytes:
    return to_wav(PROMPT)
