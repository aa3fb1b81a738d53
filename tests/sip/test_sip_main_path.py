"""The main job over SIP: a caller outside, the menu, a message, three phones, two who talk."""

import asyncio
from pathlib import Path

import pytest

from switch import audio, tones
from switch.calls import Status
from tests.sip.ear import Ear, likeness
from tests.sip.house import House, ended, run, until

pytestmark = pytest.mark.slow

SPEECH = b"".join(
    audio.to_ulaw(file.read_bytes()).strip(b"\xff\xfe\xfd\xfc\x7e\x7d\x7c")
    for file in sorted((Path(__file__).parents[1] / "data" / "speech").rglob("*.wav"))[:4]
)
PROMPT = SPEECH[8000:16000]


def dial(number: str, action: str, timeout: int = 20) -> str:
    return f'<Dial timeout="{timeout}" action="{action}"><Number>{number}</Number></Dial>'


async def main_path(house: House, loss: tuple[str, ...] = ()) -> None:
    house.hooks.on("/prompt", audio.to_wav(PROMPT))
    house.voice('<Gather numDigits="1" action="/menu"><Play>/prompt</Play></Gather>')
    house.hooks.on("/menu", '<Record playBeep="false" timeout="3" action="/first"/>')
    house.hooks.on("/first", dial("+15550100201", "/second", 3))
    house.hooks.on("/second", dial("+15550100202", "/third"))
    house.hooks.on("/third", dial("+15550100203", "/after"))
    house.hooks.on("/after", "<Hangup/>")
    with Ear() as mouth, Ear() as phone:
        phones = await house.phones(3, phone.port, *loss)
        caller = await house.caller(mouth.port, *loss)
        call = await house.inbound()
        assert call.from_number == "+15550100001"
        await until(lambda: likeness(mouth.sound(), PROMPT) > 0.95, "the prompt")
        mouth.press("1")
        assert (await house.hooks.wait("/menu"))["params"]["Digits"] == "1"
        await house.event("recording_started")
        message = SPEECH[:24000]
        mouth.say(message)
        recorded = (await house.hooks.wait("/first"))["params"]
        recording = house.exchange.recordings.get(recorded["RecordingSid"])
        assert recording is not None
        assert likeness(recording.audio, message[8000:20000]) > 0.95  # silence is trimmed
        assert (await house.hooks.wait("/second"))["params"]["DialCallStatus"] == "no-answer"
        assert (await house.hooks.wait("/third"))["params"]["DialCallStatus"] == "busy"
        await house.event("bridged")
        await until(lambda: phone.far, "sound at the phone")
        ask, answer = SPEECH[16000:32000], tones.tone(1500, seconds=2)
        mouth.say(ask)
        phone.say(answer)
        await until(lambda: likeness(phone.sound(), ask) > 0.95, "the caller at the phone")
        await until(lambda: likeness(mouth.sound(), answer[:8000]) > 0.9, "the phone at the caller")
        third = [c for c in house.exchange.calls.values() if c.to_number.endswith("203")]
        house.exchange.end(third[0], Status.COMPLETED, by="rest")
        assert (await house.hooks.wait("/after"))["params"]["DialCallStatus"] == "completed"
        if not loss:  # SIPp gives a call up over a repetition of what it lost its answer to
            await asyncio.gather(ended(caller), ended(phones))
        await asyncio.wait_for(call.over.wait(), 40)
        assert str(call.status) == "completed"


def test_the_main_path(tmp_path: Path) -> None:
    run(tmp_path, main_path)
