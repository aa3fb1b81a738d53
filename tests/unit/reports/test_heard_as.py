"""Corrections laid over the machine's words: pure, for any words and any corrections."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hotline.reports.casework.heard_as import (
    WHOLE,
    Corrected,
    ShownWord,
    fits,
    running_text,
    shown_words,
    span_of,
    standing,
    text_of,
)
from hotline.reports.transcripts import SpokenWord

START = datetime(2026, 11, 24, tzinfo=UTC)


def said(text: str) -> list[SpokenWord]:
    return [SpokenWord(word, at, at + 0.5, 0.9) for at, word in enumerate(text.split())]


def heard(first: int, last: int, text: str, number: int = 0) -> Corrected:
    return Corrected(f"c{number}", first, last, text, "ana", START + timedelta(seconds=number))


WORDS = st.lists(st.text("abc", min_size=1, max_size=4), max_size=12).map(
    lambda texts: said(" ".join(texts))
)
SPANS = st.tuples(st.integers(-2, 14), st.integers(-2, 14), st.text("xy ", max_size=9))
CORRECTIONS = st.lists(SPANS, max_size=6).map(
    lambda spans: [heard(*span, number) for number, span in enumerate(spans)]
)


def test_what_was_heard_stands_in_the_place_of_what_was_written() -> None:
    shown = shown_words(said("he showed a pitcher of a gum"), [heard(3, 6, "picture of a gun")])
    assert text_of(shown) == "he showed a picture of a gun"
    assert [word.correction for word in shown] == [None] * 3 + ["c0"] * 4
    assert {(word.first_word, word.last_word) for word in shown[3:]} == {(3, 6)}
    assert shown[3].start == 3
    assert shown[-1].end == 6.5
    assert all(word.confidence == 1 for word in shown[3:])


def test_an_empty_one_leaves_a_place_without_words() -> None:
    shown = shown_words(said("um he left"), [heard(0, 0, "")])
    assert text_of(shown) == "he left"
    assert shown[0] == ShownWord("", 0, 0.5, 1.0, 0, 0, "c0")


def test_where_the_machine_wrote_nothing_a_text_is_all_there_is() -> None:
    shown = shown_words([], [heard(*WHOLE, "come quickly")])
    assert [(w.text, w.first_word, w.last_word) for w in shown] == [
        ("come", 0, 0),
        ("quickly", 1, 1),
    ]
    assert not any(word.timed for word in shown)
    assert shown_words([], [heard(0, 0, "come")]) == ()
    assert text_of(shown_words(said("he left"), [heard(*WHOLE, "come")])) == "he left"


def test_the_later_one_stands() -> None:
    early, late = heard(0, 2, "one", 1), heard(2, 3, "two", 2)
    assert text_of(shown_words(said("a b c d e"), [late, early])) == "a b two e"


def test_the_words_behind_a_place() -> None:
    shown = shown_words(said("a b c d"), [heard(1, 2, "x y z")])
    assert span_of(shown, 0, 0) == (0, 0)
    assert span_of(shown, 2, 2) == (1, 2)
    assert span_of(shown, 3, 4) == (1, 3)


def test_what_nobody_understood_stays_so_in_the_text() -> None:
    unsure = [SpokenWord(text, at, at + 0.5, 0.2) for at, text in enumerate(("mum", "bell"))]
    shown = shown_words([*unsure, *said("home")], [heard(1, 1, "gun")])
    assert running_text(shown) == "[unintelligible] gun home"
    assert running_text(shown_words(unsure)) == "[unintelligible]"


@given(WORDS)
def test_without_corrections_nothing_changes(words: list[SpokenWord]) -> None:
    shown = shown_words(words)
    assert [(w.text, w.start, w.end, w.confidence) for w in shown] == [
        (w.text, w.start, w.end, w.confidence) for w in words
    ]


@given(WORDS, CORRECTIONS)
def test_every_word_of_the_machine_is_behind_exactly_one_place(
    words: list[SpokenWord], corrections: list[Corrected]
) -> None:
    shown = shown_words(words, corrections)
    places = list(dict.fromkeys((word.first_word, word.last_word) for word in shown))
    if words:
        assert [at for first, last in places for at in range(first, last + 1)] == list(
            range(len(words))
        )
    for word in shown:
        if word.correction is None:
            assert word.text == words[word.first_word].text


@given(WORDS, CORRECTIONS)
def test_time_only_goes_on(words: list[SpokenWord], corrections: list[Corrected]) -> None:
    shown = shown_words(words, corrections)
    for before, after in pairwise(shown):
        assert before.start <= before.end <= after.end
        assert before.start <= after.start
    if words and shown:
        assert shown[0].start >= words[0].start
        assert shown[-1].end <= words[-1].end + 1e-9


@given(WORDS, CORRECTIONS)
def test_none_stands_over_another(words: list[SpokenWord], corrections: list[Corrected]) -> None:
    kept = standing(len(words), corrections)
    for one in kept:
        assert fits(len(words), *one.span)
        assert not any(one.touches(*other.span) for other in kept if other is not one)
    for one in corrections:
        if fits(len(words), *one.span) and one not in kept:
            assert any(one.touches(*other.span) and other.at > one.at for other in corrections)


@given(WORDS, CORRECTIONS)
def test_the_order_in_which_they_are_given_means_nothing(
    words: list[SpokenWord], corrections: list[Corrected]
) -> None:
    assert shown_words(words, corrections) == shown_words(words, corrections[::-1])


@given(WORDS, st.integers(0, 14), st.integers(0, 14), st.text("xy ", max_size=9))
def test_a_single_one_is_read_word_by_word(
    words: list[SpokenWord], first: int, last: int, text: str
) -> None:
    if not fits(len(words), first, last):
        return
    expected = [w.text for w in words[:first]] + text.split() + [w.text for w in words[last + 1 :]]
    assert text_of(shown_words(words, [heard(first, last, text)])).split() == expected
