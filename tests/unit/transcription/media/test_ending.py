"""When a streamed recording is over: real speech, silence and noise, in any pieces."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from transcription.media import g711
from transcription.media.ending import BEEP_S, RATE, Ending, level

DECODED = g711.LINEAR / 32768.0

SPEECH = Path(__file__).parents[3] / "data" / "speech" / "en" / "seen" / "001.wav"
SILENCE = b"\xff" * RATE


def ulaw(samples: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> bytes:
    """Samples from -1 to 1 as µ-law."""
    nearest = np.argsort(DECODED, kind="stable")
    at = np.searchsorted(DECODED[nearest], samples).clip(0, 255)
    return bytes(nearest[at].astype(np.uint8).tobytes())


def speech() -> bytes:
    """A sentence, µ-law."""
    data = SPEECH.read_bytes()
    return data[-soundfile.info(io.BytesIO(data)).frames :]


def noise(dbfs: float, seconds: float) -> bytes:
    """White noise, always the same."""
    made = np.random.default_rng(1).normal(0.0, 10 ** (dbfs / 20), int(seconds * RATE))
    return ulaw(made)


def test_mu_law_is_decoded_as_everybody_else_does() -> None:
    data = bytes(range(256))
    source = io.BytesIO(data)
    theirs, _ = soundfile.read(
        source, format="RAW", subtype="ULAW", samplerate=RATE, channels=1, dtype="float64"
    )
    assert np.allclose(DECODED, theirs)


def test_silence_ends_it_when_it_has_lasted() -> None:
    ending = Ending(max_s=300, silence_s=4)
    ending.hear(speech() + SILENCE * 3)
    so_far = ending.reason
    assert so_far is None
    ending.hear(SILENCE * 2)
    assert ending.reason == "silence"
    assert ending.heard_s > 1


def test_whoever_says_nothing_was_not_heard() -> None:
    ending = Ending(max_s=300, silence_s=4)
    ending.hear(SILENCE * 5)
    assert (ending.reason, ending.heard_s) == ("silence", 0.0)


def test_silence_counts_from_the_beep_on() -> None:
    ending = Ending(max_s=300, silence_s=4, beeped=False)
    ending.hear(SILENCE * 8)
    ending.beep_heard()
    ending.hear(SILENCE * 3)
    before = ending.reason
    assert before is None
    ending.hear(SILENCE * 2)
    assert ending.reason == "silence"


def test_a_carrier_that_never_tells_of_the_beep_is_not_waited_for() -> None:
    ending = Ending(max_s=300, silence_s=4, beeped=False)
    ending.hear(SILENCE * (int(BEEP_S) + 3))
    before = ending.reason
    assert before is None
    ending.hear(SILENCE * 2)
    assert ending.reason == "silence"


def test_whoever_speaks_before_the_beep_is_heard() -> None:
    ending = Ending(max_s=300, silence_s=4, beeped=False)
    ending.hear(speech())
    assert ending.heard_s > 1


def test_pauses_shorter_than_the_rule_do_not_end_it() -> None:
    ending = Ending(max_s=300, silence_s=10)
    for _ in range(4):
        ending.hear(speech() + SILENCE * 8)
    assert ending.reason is None


@pytest.mark.parametrize("dbfs", [-55.0, -45.0])
def test_the_noise_of_a_room_is_silence_and_speech_in_it_is_not(dbfs: float) -> None:
    ending = Ending(max_s=300, silence_s=10)
    spoken = DECODED[np.frombuffer(speech(), np.uint8)]
    room = np.random.default_rng(2).normal(0.0, 10 ** (dbfs / 20), len(spoken))
    ending.hear(noise(dbfs, 5) + ulaw(spoken + room))
    assert ending.reason is None
    before = ending.heard_s
    assert before > 0.5
    ending.hear(noise(dbfs, 30))
    assert ending.reason == "silence"


def test_the_length_ends_it() -> None:
    ending = Ending(max_s=2, silence_s=10)
    ending.hear(speech() * 2)
    assert (ending.reason, ending.samples) == ("length", 2 * RATE)


def test_the_key_ends_it_and_other_keys_do_not() -> None:
    ending = Ending(max_s=300, silence_s=10)
    for digit in "0123456789*":
        ending.press(digit)
    assert ending.reason is None
    ending.press("#")
    ending.hear(SILENCE * 20)
    assert ending.reason == "key"


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=40))
def test_in_whatever_pieces_it_comes_it_is_the_same(sizes: list[int]) -> None:
    sound = (speech() + SILENCE * 5)[: sum(sizes)]
    whole, pieces = Ending(300, 4), Ending(300, 4)
    whole.hear(sound)
    at = 0
    for size in sizes:
        pieces.hear(sound[at : at + size])
        at += size
    assert whole == pieces


def test_levels() -> None:
    assert level(b"\xff" * 160) == -100.0
    assert level(b"") == -100.0
    assert -1.0 < level(b"\x00" * 160) <= 0.0
