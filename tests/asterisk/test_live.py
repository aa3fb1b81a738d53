"""The main points of lines through an Asterisk, against a real one.

The same as tests/unit/switch/test_asterisk_lines.py says of the one of tests, as far as a dialplan
can play the telephones outside.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from switch import tones
from switch.asterisk.config import AsteriskConfig
from switch.asterisk.lines import AsteriskLines
from switch.audio import to_wav
from switch.calls import Status
from switch.sip.numbers import GivenNumbers
from tests.asterisk.pbx import PASSWORD, Pbx
from tests.unit.switch.conftest import Bench

ANSWERS, BUSY, RINGS = "+15550100201", "+15550100202", "+15550100203"


@asynccontextmanager
async def house(directory: Path) -> AsyncIterator[tuple[Bench, Pbx]]:
    """The switch with lines through a real Asterisk, which rings by its dialplan."""
    async with Pbx(directory) as pbx, Bench(speed=1.0) as bench:
        numbers = GivenNumbers()
        numbers.give([ANSWERS, BUSY, RINGS])
        config = AsteriskConfig(
            pbx.url, "hotline", endpoint="Local/{number}@phones", password=PASSWORD
        )
        lines = AsteriskLines(bench.exchange, config, numbers)
        await lines.start()
        await asyncio.wait_for(lines.up.wait(), 20)
        try:
            yield bench, pbx
        finally:
            await lines.stop()


def test_a_caller_hears_presses_and_is_recorded(tmp_path: Path) -> None:
    async def play() -> None:
        async with house(tmp_path) as (bench, pbx):
            bench.tone("/hello.wav", seconds=3.0, hz=440)
            bench.voice(
                '<Gather numDigits="1" action="/key" timeout="20"><Play>/hello.wav</Play></Gather>'
            )
            bench.hooks.on("/key", '<Record action="/said" finishOnKey="#" maxLength="20"/>')
            bench.hooks.on("/said", "<Hangup/>")
            await pbx.call()
            assert (await bench.hooks.wait("/key"))["params"]["Digits"] == "1"
            said = await bench.hooks.wait("/said")
            recording = bench.exchange.recordings.get(said["params"]["RecordingSid"])
            assert recording is not None
            assert tones.tone_seconds(to_wav(recording.audio), 1004) > 1
            heard = Path(f"{pbx.heard}.wav").read_bytes()
            assert tones.tone_seconds(heard, 440) > 1

    asyncio.run(play())


@pytest.mark.parametrize(
    ("number", "status"),
    [(BUSY, Status.BUSY), (RINGS, Status.NO_ANSWER), (ANSWERS, Status.COMPLETED)],
)
def test_phones_that_are_rung(tmp_path: Path, number: str, status: Status) -> None:
    async def play() -> None:
        async with house(tmp_path) as (bench, _):
            url = bench.hooks.on("/answered", '<Pause length="1"/><Hangup/>')
            call = await bench.over(await bench.place(number, Url=url, Timeout=5))
            assert call.status is status

    asyncio.run(play())
