"""baresip calls: its prompt, its key and its words, in clear and encrypted."""

import asyncio
from pathlib import Path

import pytest

from switch.audio import to_ulaw, to_wav
from tests.sip.ear import likeness
from tests.sip.house import House, run, until
from tests.sip.softphone import Softphone, needed
from tests.sip.test_sip_main_path import SPEECH

pytestmark = pytest.mark.slow

PROMPT, WORDS = SPEECH[8000:24000], SPEECH[24000:44000]


@pytest.fixture(autouse=True)
def _baresip() -> None:
    needed()


@pytest.mark.parametrize("encryption", ["", "srtp-mand"])
def test_a_call_of_baresip(tmp_path: Path, encryption: str) -> None:
    async def check(house: House) -> None:
        house.hooks.on("/prompt", to_wav(PROMPT))
        house.voice('<Gather numDigits="1" action="/menu"><Play>/prompt</Play></Gather>')
        house.hooks.on("/menu", '<Record playBeep="false" maxLength="7" action="/over"/>')
        house.hooks.on("/over", "<Hangup/>")
        phone = Softphone(tmp_path / "phone", to_wav(WORDS * 30), encryption)
        async with phone:
            await phone.do("dial", f"sip:+15550100911@127.0.0.1:{house.trunk.port}")
            call = await house.inbound()
            assert call.from_number == "+15550100001"
            await house.event("played")
            await phone.do("sndcode", "1")
            assert (await house.hooks.wait("/menu"))["params"]["Digits"] == "1"
            recorded = (await house.hooks.wait("/over"))["params"]
            recording = house.exchange.recordings.get(recorded["RecordingSid"])
            assert likeness(recording.audio, WORDS) > 0.95
            await asyncio.wait_for(call.over.wait(), 30)
            await until(lambda: "session closed" in phone.log(), "the end at the phone")
            await phone.do("quit")
            await until(phone.heard, "what it heard")
            await until(
                lambda: likeness(to_ulaw(phone.heard()), PROMPT) > 0.95, "the prompt at the phone"
            )

    run(tmp_path, check, srtp_required=bool(encryption))
