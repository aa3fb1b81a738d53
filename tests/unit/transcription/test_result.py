"""Transcripts: the running text, the average, and the way to JSON and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.result import (
    LOW_CONFIDENCE,
    UNINTELLIGIBLE,
    Transcript,
    Word,
    make_transcript,
    running_text,
)

WORDS = st.lists(
    st.builds(
        Word,
        word=st.sampled_from(["a", "gun", "سلاح", UNINTELLIGIBLE]),
        start_s=st.floats(0, 300),
        end_s=st.floats(0, 300),
        confidence=st.floats(0, 1),
    )
)


def words(*pairs: tuple[str, float]) -> list[Word]:
    """Words of 0.1 s each, from text and confidence."""
    return [Word(text, at / 10, (at + 1) / 10, conf) for at, (text, conf) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ([], ""),
        ([("a", 1.0), ("gun", LOW_CONFIDENCE)], "a gun"),
        ([("a", 1.0), ("gun", 0.29)], "a [unintelligible]"),
        ([(UNINTELLIGIBLE, 1.0), ("gun", 1.0)], "[unintelligible] gun"),
        ([(UNINTELLIGIBLE, 0.9), ("a", 0.1), ("gun", 0.0)], "[unintelligible]"),
        ([("a", 0.1), ("gun", 1.0), ("a", 0.1)], "[unintelligible] gun [unintelligible]"),
    ],
)
def test_what_was_not_understood_is_shown_once(said: list[tuple[str, float]], shown: str) -> None:
    assert running_text(words(*said)) == shown


def test_a_word_that_is_not_sure_keeps_its_text_for_triage() -> None:
    transcript = make_transcript("en", "m", [words(("gun", 0.1))], 1.0)
    assert (transcript.words[0].word, transcript.text) == ("gun", UNINTELLIGIBLE)


def test_the_average_is_over_the_words() -> None:
    said = [words(("a", 1.0)), words(("b", 0.5))]
    assert make_transcript("en", "m", said, 1.0).confidence == 0.75
    assert make_transcript("en", "m", [], 1.0).confidence == 0.0


@given(st.lists(WORDS))
def test_sentences_part_the_words(said: list[list[Word]]) -> None:
    transcript = make_transcript("ar", "m", said, 12.5)
    parts = [transcript.words[s.first_word : s.last_word + 1] for s in transcript.sentences]
    assert parts == [tuple(words) for words in said if words]
    for sentence, part in zip(transcript.sentences, parts, strict=True):
        assert (sentence.start_s, sentence.end_s) == (part[0].start_s, part[-1].end_s)
        assert sentence.text == running_text(part)


@given(st.lists(WORDS))
def test_a_transcript_survives_json(said: list[list[Word]]) -> None:
    transcript = make_transcript("ar", "m", said, 12.5)
    assert Transcript.from_dict(json.loads(json.dumps(transcript.to_dict()))) == transcript
    assert f"{UNINTELLIGIBLE} {UNINTELLIGIBLE}" not in transcript.text
