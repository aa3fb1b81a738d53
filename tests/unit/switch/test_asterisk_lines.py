"""Calls through an Asterisk, in and out: what it is asked, what is heard, and what is left."""

import json

import numpy as np
import pytest

from switch import g711, tones
from switch.calls import Status
from tests.support.asterisk import FakeAsterisk
from tests.unit.switch.asterisk_house import COUNSELOR, ENDPOINT, House

CALLER = "+15550100001"


def share(sound: bytes, hz: float) -> float:
    """The share of the power of some µ-law sound at a frequency, 0 to 1."""
    samples = g711.decode(sound).astype(float)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / g711.RATE) - hz) < 20
    return float(spectrum[near].sum() / max(spectrum.sum(), 1.0))


def loudest(heard: bytes, seconds: float = 0.5) -> bytes:
    """The loudest stretch of what was heard."""
    size = int(seconds * g711.RATE)
    starts = range(0, max(1, len(heard) - size), g711.FRAME)
    return max((heard[at : at + size] for at in starts), key=g711.loudness)


@pytest.mark.parametrize("json_words", [False, True])
async def test_a_caller_is_answered_hears_presses_and_is_recorded(json_words: bool) -> None:
    async with House(FakeAsterisk(json_words=json_words)) as house:
        house.tone("/hello.wav", seconds=1.0, hz=440)
        house.voice('<Play>/hello.wav</Play><Gather numDigits="1" action="/key" timeout="20"/>')
        house.hooks.on("/key", '<Record action="/said" finishOnKey="#" maxLength="20"/>')
        house.hooks.on("/said", "<Hangup/>")
        channel, call = await house.caller()
        await house.until(lambda: len(channel.heard) > 1.2 * g711.RATE)
        assert share(loudest(bytes(channel.heard)), 440) > 0.9
        await house.pbx.press(channel, "1")
        assert (await house.hooks.wait("/key"))["params"]["Digits"] == "1"
        await house.event("recording_started", call.sid)
        channel.say(tones.tone(700, seconds=1.0))
        await house.until(lambda: not channel.says)
        await house.pbx.press(channel, "#")
        said = await house.hooks.wait("/said")
        recording = house.exchange.recordings.get(said["params"]["RecordingSid"])
        assert recording is not None
        assert share(loudest(recording.audio), 700) > 0.9
        await house.over(call.sid)
        await house.until(channel.over.is_set)
        assert channel.cause == 16
        # Nothing of it is left at Asterisk.
        await house.until(lambda: not house.pbx.channels and not house.pbx.bridges)


async def test_a_caller_who_hangs_up_ends_the_call() -> None:
    async with House() as house:
        house.voice('<Gather timeout="60"/>')
        channel, call = await house.caller()
        await house.until(lambda: channel.bridge)
        await house.pbx.hang_up(channel)
        assert (await house.over(call.sid)).status is Status.COMPLETED
        await house.until(lambda: not house.pbx.channels and not house.pbx.bridges)
        # What is not there any more is not asked to go.
        assert channel.id not in str(house.pbx.requests("DELETE /channels/{channelId}"))


async def test_a_call_that_is_rejected_sounds_busy() -> None:
    async with House() as house:
        house.voice('<Reject reason="busy"/>')
        channel, call = await house.caller()
        assert (await house.over(call.sid)).status is Status.BUSY
        await house.until(channel.over.is_set)
        assert channel.cause == 17
        assert not house.pbx.requests("POST /channels/{channelId}/answer")


@pytest.mark.parametrize(
    ("does", "status", "code"),
    [
        ("busy", Status.BUSY, 486),
        ("declined", Status.BUSY, 603),
        ("absent", Status.NO_ANSWER, 480),
        ("unknown", Status.FAILED, 503),
    ],
)
async def test_a_phone_that_does_not_answer(does: str, status: Status, code: int) -> None:
    async with House() as house:
        house.pbx.phones[ENDPOINT] = does
        sid = await house.place(COUNSELOR, Url=house.hooks.on("/answered", "<Hangup/>"))
        call = await house.over(sid)
        assert (call.status, call.sip_code) == (status, code)
        await house.until(lambda: not house.pbx.channels and not house.pbx.bridges)


async def test_a_phone_that_rings_too_long_rings_no_more() -> None:
    async with House() as house:
        house.pbx.phones[ENDPOINT] = "rings"
        sid = await house.place(COUNSELOR, Url=house.hooks.url, Timeout=1)
        await house.event("ringing", sid)
        channel = await house.pbx.rung()
        assert (await house.over(sid)).status is Status.NO_ANSWER
        await house.until(channel.over.is_set)
        assert house.pbx.requests("POST /channels")[0]["timeout"] == 600


async def test_two_who_are_connected_hear_each_other() -> None:
    async with House() as house:
        house.pbx.phones[ENDPOINT] = "answers"
        house.voice(f"<Dial>{COUNSELOR}</Dial>")
        channel, call = await house.caller()
        phone = await house.pbx.rung()
        await house.until(lambda: phone.bridge and channel.bridge)
        for who, hz in ((channel, 700), (phone, 500)):
            who.say(tones.tone(hz, seconds=2.0))
        await house.until(lambda: not channel.says and not phone.says)
        assert share(loudest(bytes(channel.heard)), 500) > 0.8
        assert share(loudest(bytes(phone.heard)), 700) > 0.8
        await house.pbx.hang_up(channel)
        await house.over(call.sid)
        await house.until(phone.over.is_set)


async def test_only_numbers_that_are_given_are_rung() -> None:
    async with House() as house:
        house.pbx.phones["PJSIP/+19005550100@trunk"] = "answers"
        sid = await house.place("+19005550100", Url=house.hooks.url)
        assert (await house.over(sid)).status is Status.FAILED
        assert house.events("asterisk_not_allowed", sid)
        await house.control("PUT", "lines/numbers", {"numbers": ["+19005550100"]})
        again = await house.place(COUNSELOR, Url=house.hooks.url)
        assert (await house.over(again)).status is Status.FAILED
        assert not house.pbx.dialed


async def test_no_number_and_no_password_is_in_an_address_or_a_log(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async with House() as house:
        caplog.set_level("DEBUG", logger="switch")
        house.pbx.phones[ENDPOINT] = "declined"
        house.voice(f"<Dial>{COUNSELOR}</Dial><Reject/>")
        _, call = await house.caller()
        await house.over(call.sid)
        await house.until(lambda: not house.pbx.channels)
        told = " ".join([*house.pbx.addresses, caplog.text, *capfd.readouterr()])
        for secret in (CALLER[1:], COUNSELOR[1:], "secret"):
            assert secret not in told
        placed = house.pbx.requests("POST /channels")[0]
        assert (placed["endpoint"], placed["app"]) == (ENDPOINT, "hotline")


async def test_a_caller_whose_number_is_withheld_is_anonymous() -> None:
    async with House() as house:
        house.voice("<Hangup/>")
        await house.caller("")
        assert (await house.hooks.wait("/voice"))["params"]["From"] == "anonymous"


async def test_one_caller_too_many_goes_on_in_the_dialplan() -> None:
    async with House(most_calls=1) as house:
        house.voice('<Gather timeout="60"/>')
        await house.caller()
        other = await house.pbx.call("+15550100002")
        await house.until(lambda: house.pbx.dialplan)
        assert house.pbx.dialplan == [other.id]
        assert not other.over.is_set()


@pytest.mark.parametrize(
    ("request_", "code", "why"),
    [
        ("POST /channels/externalMedia", 400, "Asterisk answered with 400"),  # no chan_websocket
        ("POST /channels/externalMedia", 404, "Asterisk has no way for the sound"),
        ("POST /bridges", 500, "Asterisk answered with 500"),
        ("POST /bridges/{bridgeId}/addChannel", 404, "the bridge has gone"),
    ],
)
async def test_a_caller_for_whom_there_is_no_sound_goes_on_in_the_dialplan(
    request_: str, code: int, why: str
) -> None:
    async with House() as house:
        house.pbx.failing[request_] = code
        house.voice('<Gather timeout="60"/>')
        channel, call = await house.caller()
        await house.over(call.sid)
        await house.until(lambda: house.pbx.dialplan)
        assert house.pbx.dialplan == [channel.id]
        assert house.events("asterisk_ended", call.sid)[0]["why"] == why


async def test_sound_that_breaks_off_comes_back() -> None:
    async with House() as house:
        house.tone("/hello.wav", seconds=1.0, hz=440)
        house.voice('<Play loop="0">/hello.wav</Play>')
        channel, call = await house.caller()
        await house.until(lambda: channel.bridge)
        [sound] = [each for each in house.pbx.channels.values() if each.connection]
        await house.pbx.hang_up(sound)
        await house.until(lambda: len(house.pbx.requests("POST /channels/externalMedia")) == 2)
        await house.until(
            lambda: any(c.connection and c.bridge for c in house.pbx.channels.values())
        )
        channel.heard.clear()
        await house.until(lambda: len(channel.heard) > g711.RATE)
        assert share(loudest(bytes(channel.heard)), 440) > 0.9
        assert call.live


async def test_the_lines_say_how_they_are() -> None:
    async with House() as house:
        told = await house.control("GET", "lines")
        assert (told["kind"], told["state"], told["code"]) == ("asterisk", "up", 0)
        assert told["sip_port"] == 0
        assert json.dumps(told)
