"""Files made to break the decoder, each in a child: none kills it, none fills the memory.

HOTLINE_FUZZ_EXAMPLES: how many files are damaged at random (200 without it; always the same ones).
"""

import io
import os
from collections.abc import Iterator

import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import hostile_audio as hostile
from tests.support.decoding import Nursery, Outcome
from tests.support.hostile_audio import CASES, HEARD, Case
from transcription.audio import MAX_DURATION_S, STREAMED_TYPE

# 30 minutes at 8 kHz are 28 MB of samples, some more while they grow, and the file itself.
MOST_MB = 100
EXAMPLES = os.environ.get("HOTLINE_FUZZ_EXAMPLES")
FUZZED_S = 20.0


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """The process that forks a child per file. It must outlive every one of them."""
    made = Nursery()
    yield made
    assert made.close() == 0


def is_sentence(text: str) -> bool:
    """Whether a person can read it."""
    return text[:1].isupper() and text.endswith(".") and len(text.split()) > 3


def check_whatever_it_is(found: Outcome, max_duration_s: float) -> None:
    """What must be true of every file there is."""
    assert found.died == 0
    assert found.grown_mb < MOST_MB
    assert all(is_sentence(sentence) for sentence in found.sentences)
    if found.error:
        assert len(found.sentences) == 1
        return
    assert found.rate in (8000, 16000)
    assert found.frames == round(found.duration_s * found.rate) > 0
    assert found.duration_s <= max_duration_s + 1


def test_there_are_enough_of_them() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_ends_with_its_sentence(nursery: Nursery, case: Case) -> None:
    found = nursery.decode(case.make(), case.media_type, MAX_DURATION_S)
    check_whatever_it_is(found, MAX_DURATION_S)
    assert (found.error or HEARD, found.flaws) == (case.expected, case.flaws)
    assert len(found.sentences) == len(case.flaws) + (case.expected != HEARD)


def test_a_child_that_dies_is_an_outcome_and_the_next_one_lives(nursery: Nursery) -> None:
    assert nursery.decode(hostile.SPEECH, "", float("nan")).died == 1  # int(nan): a bug of ours
    frames = soundfile.info(io.BytesIO(hostile.SPEECH)).frames
    assert nursery.decode(hostile.SPEECH, "", 60.0).frames == frames


SOUND = (
    ("audio/x-wav", hostile.SPEECH),
    ("audio/x-wav", hostile.spoken()),
    ("audio/x-wav", hostile.two_legs()),
    ("audio/x-wav", hostile.extensible()),
    ("audio/x-wav", hostile.spoken("RF64")),
    ("audio/x-wav", hostile.spoken(subtype="GSM610")),
    ("audio/mpeg", hostile.mp3()),
    ("audio/mpeg", hostile.tag() + hostile.mp3(44100)),
    ("audio/flac", hostile.spoken("FLAC")),
    ("audio/ogg", hostile.spoken("OGG", "VORBIS")),
    ("audio/ogg", hostile.spoken("OGG", "OPUS", 48000)),
    (STREAMED_TYPE, hostile.raw_ulaw()),
)
# Most damage in the first bytes, where the header is.
PLACES = st.one_of(st.integers(0, 127), st.integers(0, 40_000))
TURNS = st.tuples(st.just("turn"), PLACES, st.integers(1, 255))
WORDS = st.tuples(st.just("word"), PLACES, st.sampled_from([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x8000]))
CUTS = st.tuples(st.just("cut"), PLACES, st.integers(1, 3000))
COPIES = st.tuples(st.just("copy"), PLACES, st.integers(1, 3000))


def damaged(data: bytes, kind: str, place: int, value: int) -> bytes:
    """The bytes with one thing done to them."""
    at = place % max(1, len(data))
    if kind == "turn":
        return data[:at] + bytes([data[at] ^ value] if data else []) + data[at + 1 :]
    if kind == "word":
        return data[:at] + value.to_bytes(4, "little") + data[at + 4 :]
    if kind == "cut":
        return data[:at] + data[at + value :]
    return data[: at + value] + data[at:]


@settings(
    max_examples=int(EXAMPLES or 200),
    derandomize=EXAMPLES is None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(SOUND), st.lists(st.one_of(TURNS, WORDS, CUTS, COPIES), max_size=6))
def test_no_damage_kills_the_decoder(
    nursery: Nursery, sound: tuple[str, bytes], blows: list[tuple[str, int, int]]
) -> None:
    media_type, data = sound
    for blow in blows:
        data = damaged(data, *blow)
    check_whatever_it_is(nursery.decode(data, media_type, FUZZED_S), FUZZED_S)
