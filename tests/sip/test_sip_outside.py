"""What else happens outside: lost messages, hold, nonsense, a caller who gives up, no sound."""

import asyncio
import itertools
import random
from pathlib import Path

import pytest

from switch import tones
from switch.audio import to_wav
from tests.sip.ear import Ear, likeness
from tests.sip.house import House, ended, run, until
from tests.sip.outside import Stranger, nonsense, offer
from tests.sip.test_sip_main_path import SPEECH, main_path

pytestmark = pytest.mark.slow

TONE = "<Play>/tone</Play>"


def test_a_sixth_of_all_messages_is_lost(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        await main_path(house, ("-lost", "15"))

    run(tmp_path, check)


def test_hold_a_broken_description_and_back(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        house.hooks.on("/tone", tone_file(60))
        house.voice(TONE)
        with Ear() as mouth:
            caller = await house.sipp(
                "holder",
                "-m",
                "1",
                **{
                    "from": "+15550100001",
                    "rtp_port": mouth.port,
                },
            )
            call = await house.inbound()
            await ended(caller)
            await asyncio.wait_for(call.over.wait(), 30)
            assert call.cause == "completed by phone"
            # Two seconds of hold in six of the call: nothing was sent then, and then it came back.
            stamps = sorted(mouth.heard)
            gaps = [b - a for a, b in itertools.pairwise(stamps) if b - a > 8000]
            assert len(gaps) == 1

    run(tmp_path, check)


def test_nonsense_does_nothing_to_a_running_call(tmp_path: Path, capfd) -> None:
    async def check(house: House) -> None:
        house.hooks.on("/tone", tone_file(60))
        house.voice(TONE)
        rng = random.Random(8)
        with Ear() as mouth, Stranger(house.trunk.port) as stranger:
            caller = await house.caller(mouth.port)
            call = await house.inbound()
            await until(lambda: mouth.heard, "the tone")
            for number in range(600):
                stranger.send(nonsense(stranger, rng, number))
                if number % 20 == 0:  # the pace of one address is limited
                    await asyncio.sleep(0.02)
            before = len(mouth.heard)
            await until(lambda: len(mouth.heard) > before + 100, "the tone goes on")
            assert call.live
            house.exchange.end(call, call.status.COMPLETED, by="rest")
            await ended(caller)
            assert not any(e["event"] == "sip_stopped" for e in house.exchange.journal.entries)

    run(tmp_path, check)
    out = "".join(capfd.readouterr())
    assert "15550199999" not in out
    assert "INVITE" not in out


def test_what_is_refused(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        house.voice('<Reject reason="busy"/>')
        loop = asyncio.get_running_loop()
        with Stranger(house.trunk.port) as stranger:
            stranger.send(
                stranger.invite(offer(9).replace("IN IP4 127.0.0.1", "IN IP4 nowhere"), 1)
            )
            assert await loop.run_in_executor(None, stranger.answer) == 488
            stranger.send(stranger.invite("", 2))
            assert await loop.run_in_executor(None, stranger.answer) == 488
            assert not house.exchange.calls
            stranger.send(stranger.invite(offer(9), 3))
            assert await loop.run_in_executor(None, stranger.answer) == 486
            stranger.send(stranger.message("SUBSCRIBE", "", 4))
            assert await loop.run_in_executor(None, stranger.answer) == 501

    run(tmp_path, check)


def test_a_caller_who_gives_up(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        answer = asyncio.Event()

        async def late(form):
            await answer.wait()
            return "<Response/>"

        house.hooks.on("/voice", late)
        loop = asyncio.get_running_loop()
        with Stranger(house.trunk.port) as stranger:
            stranger.send(stranger.invite(offer(9)))
            call = await house.inbound()
            stranger.send(stranger.message("CANCEL", ""))
            assert {await loop.run_in_executor(None, stranger.answer) for _ in range(2)} == {
                200,
                487,
            }
            await asyncio.wait_for(call.over.wait(), 20)
            assert str(call.status) == "canceled"
            answer.set()

    run(tmp_path, check)


def test_alaw_and_keys_as_tones(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        house.voice('<Gather numDigits="2" action="/menu"><Pause length="30"/></Gather>')
        house.hooks.on("/menu", '<Record playBeep="false" timeout="3" action="/over"/>')
        house.hooks.on("/over", "<Hangup/>")
        with Ear(codec=8, events=None) as mouth:
            caller = await house.sipp(
                "tones",
                "-m",
                "1",
                **{
                    "from": "+15550100001",
                    "rtp_port": mouth.port,
                },
            )
            await until(lambda: mouth.far, "sound of the switch")
            mouth.say(tones.dtmf("w59"))
            assert (await house.hooks.wait("/menu"))["params"]["Digits"] == "59"
            await house.event("recording_started")
            mouth.say(SPEECH[:24000])
            recorded = (await house.hooks.wait("/over"))["params"]
            recording = house.exchange.recordings.get(recorded["RecordingSid"])
            assert likeness(recording.audio, SPEECH[8000:20000]) > 0.95
            await ended(caller)

    run(tmp_path, check)


def test_no_sound_for_long_is_the_end(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        house.hooks.on("/tone", tone_file(60))
        house.voice(TONE)
        caller = await house.caller(9)
        call = await house.inbound()
        await house.event("sip_ended", why="silent")
        await ended(caller)
        assert str(call.status) == "completed"

    run(tmp_path, check, silence_s=1.0)


def test_only_numbers_on_the_list_are_rung(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        house.voice('<Dial action="/after">+15550100299</Dial>')
        house.hooks.on("/after", "<Hangup/>")
        with Ear() as mouth:
            caller = await house.caller(mouth.port)
            assert (await house.hooks.wait("/after"))["params"]["DialCallStatus"] == "failed"
            assert await house.event("sip_not_allowed")
            await ended(caller)

    run(tmp_path, check)


def test_the_process_of_sound_comes_back(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        house.hooks.on("/tone", tone_file(60))
        house.voice(TONE)
        with Ear() as mouth:
            caller = await house.caller(mouth.port)
            call = await house.inbound()
            await until(lambda: mouth.heard, "sound")
            house.trunk._process.kill()
            await asyncio.wait_for(call.over.wait(), 30)
            caller.kill()
            await caller.wait()
        await house.event("sip_stopped")
        await house.event("sip_started")
        with Ear() as mouth:
            await house.caller(mouth.port)
            await house.inbound(2)
            await until(lambda: mouth.heard, "sound again")

    run(tmp_path, check)


def tone_file(seconds: float) -> bytes:
    return to_wav(tones.tone(440, seconds=seconds))
