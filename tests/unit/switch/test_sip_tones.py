"""Keys as tones within sound, A-law, and frames that wait for their turn."""

from pathlib import Path

import numpy as np
import pytest

from switch import audio, g711, tones
from switch.sip import alaw
from switch.sip.inband import Inband
from switch.sip.playout import MOST, Playout

SPEECH = sorted((Path(__file__).parents[2] / "data" / "speech").rglob("*.wav"))


def keys(ulaw: bytes) -> str:
    ear = Inband()
    found = [ear.hear(ulaw[at : at + 160]) for at in range(0, len(ulaw) - 159, 160)]
    return "".join(key for key in found if key)


def test_every_key_wherever_a_frame_begins() -> None:
    for shift in range(0, 160, 20):
        sound = tones.silence(shift / 8000) + tones.dtmf("123A456B789C*0#D55")
        assert keys(sound) == "123A456B789C*0#D55"


@pytest.mark.parametrize("off", [0.985, 1.015])
def test_a_key_that_is_a_little_off(off: float) -> None:
    assert keys(tones.tone(852 * off, 1477 * off, seconds=0.1)) == "9"


@pytest.mark.parametrize(("low", "high", "heard"), [(1, 0.45, "1"), (0.45, 1, "1"), (1, 0.2, "")])
def test_one_tone_may_be_louder_within_limits(low: float, high: float, heard: str) -> None:
    when = np.arange(800) / 8000
    mix = low * np.sin(2 * np.pi * 697 * when) + high * np.sin(2 * np.pi * 1209 * when)
    assert keys(g711.encode((mix * 8000).astype(np.int16))) == heard


def test_speech_and_the_sounds_of_a_network_are_no_keys() -> None:
    assert SPEECH
    for file in SPEECH:
        assert keys(audio.to_ulaw(file.read_bytes())) == ""
    assert keys(tones.ringback() + tones.beep() + tones.failure() + tones.hold()) == ""


def test_too_short_is_no_key() -> None:
    assert keys(tones.dtmf("5")[:160] + tones.silence(0.1)) == ""


def test_alaw_there_and_back_is_near() -> None:
    every = bytes(range(256))
    there = g711.decode(alaw.to_ulaw(alaw.from_ulaw(every))).astype(int)
    here = g711.decode(every).astype(int)
    assert (np.abs(there - here) <= np.maximum(16, np.abs(here) / 16)).all()


def test_alaw_values() -> None:
    # ITU-T G.711, table 1a: the largest value is 4032 of 4096, the smallest 1 (here in 16 bits)
    values = alaw._values()
    assert values.max() == 32256
    assert np.abs(values).min() == 8
    assert alaw.from_ulaw(g711.SILENCE) == alaw.SILENCE


def test_playout_waits_for_two_then_follows() -> None:
    playout = Playout()
    playout.put(b"1")
    assert playout.pull() == g711.SILENCE
    playout.put(b"2")
    assert [playout.pull() for _ in range(3)] == [b"1", b"2", g711.SILENCE]


def test_playout_drops_the_oldest() -> None:
    playout = Playout()
    for number in range(MOST + 5):
        playout.put(bytes([number]))
    assert playout.pull() == bytes([5])
