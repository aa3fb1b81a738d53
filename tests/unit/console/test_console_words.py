"""How a transcript is laid out."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from console.reports.words import Reason, first_words, letter, lines, phrase
from hotline.privacy.redaction import Masked
from hotline.privacy.redaction_rules import Kind
from hotline.reports.casework.heard_as import Corrected, ShownWord, shown_words
from hotline.reports.transcripts import SpokenWord


def said(
    text: str, *, pause_after: int | None = None, seconds: float = 2.0
) -> tuple[ShownWord, ...]:
    words, at = [], 0.0
    for index, word in enumerate(text.split()):
        words.append(SpokenWord(word, at, at + 0.3, 0.9))
        at += 0.35 + (seconds if index == pause_after else 0)
    return shown_words(words)


def because(first: int, last: int, name: str = "a") -> Reason:
    return Reason(name, "weapons", "life-safety", "…", "message", first, last)


def shown(laid_out: object) -> list[list[str]]:
    return [
        [" ".join(w.text for w in run.words) for run in line.runs]
        for line in laid_out  # type: ignore[attr-defined]
    ]


def test_a_silence_begins_a_line_and_a_long_one_is_told() -> None:
    short = lines(said("hello there you", pause_after=1), [])
    assert shown(short) == [["hello there"], ["you"]]
    assert [line.silence_s for line in short] == [0.0, 0.0]
    long = lines(said("hello there you", pause_after=1, seconds=7), [])
    assert long[1].silence_s > 6


def test_the_words_of_a_reason_are_one_run_with_its_letter_at_the_end() -> None:
    (line,) = lines(said("he has a gun now"), [because(1, 3)])
    assert [run.letters for run in line.runs] == [(), ("a",), ()]
    assert [run.ends for run in line.runs] == [(), ("a",), ()]
    assert shown([line]) == [["he", "has a gun", "now"]]


def test_reasons_may_overlap() -> None:
    (line,) = lines(said("bring a gun to school"), [because(0, 2), because(2, 4, "b")])
    assert [run.letters for run in line.runs] == [("a",), ("a", "b"), ("b",)]
    assert [run.ends for run in line.runs] == [(), ("a",), ("b",)]


def test_a_reason_is_not_torn_by_a_silence() -> None:
    laid_out = lines(said("a gun", pause_after=0, seconds=9), [because(0, 1)])
    assert shown(laid_out) == [["a gun"]]


def test_unsure_words_are_marked_and_lost_ones_are_not_words() -> None:
    words = [SpokenWord("maybe", 0, 0.2, 0.59), SpokenWord("[unk]", 0.3, 0.4, 0.1)]
    (line,) = lines(shown_words(words), [])
    maybe, lost = line.runs[0].words
    assert (maybe.sure, maybe.understood, maybe.percent) == (False, True, 59)
    assert not lost.understood


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.text(min_size=1), st.floats(0, 5), st.floats(0, 1)), min_size=0, max_size=30
    ),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5),
)
def test_no_word_is_lost_or_doubled(
    raw: list[tuple[str, float, float]], spans: list[tuple[int, int]]
) -> None:
    at, words = 0.0, []
    for text, gap, confidence in raw:
        words.append(SpokenWord(text, at + gap, at + gap + 0.2, confidence))
        at += gap + 0.2
    reasons = [because(min(s), max(s), letter(i)) for i, s in enumerate(spans)]
    laid_out = lines(shown_words(words), reasons)
    assert [w.text for li in laid_out for run in li.runs for w in run.words] == [
        w.text for w in words
    ]
    ended = [name for li in laid_out for run in li.runs for name in run.ends]
    assert sorted(ended) == sorted(r.letter for r in reasons if r.last_word < len(words))


NAME = Masked(Kind.NAME, 3, 4)


def test_masked_words_are_one_run_without_words() -> None:
    (line,) = lines(said("my name is maria lopez help"), [], [NAME], {Kind.NAME: "a name"})
    assert [(run.hidden, len(run.words)) for run in line.runs] == [("", 3), ("a name", 0), ("", 1)]


def test_a_mask_is_not_torn_by_a_silence() -> None:
    laid_out = lines(said("my name is maria lopez", pause_after=3, seconds=9), [], [NAME])
    assert [[run.hidden for run in line.runs] for line in laid_out] == [["", "name"]]


def test_a_mask_has_the_reasons_of_all_its_words_and_their_letters_once() -> None:
    (line,) = lines(
        said("my name is maria lopez on it"), [because(1, 3), because(4, 5, "b")], [NAME]
    )
    assert [(run.letters, run.ends) for run in line.runs] == [
        *(((), ()), (("a",), ()), (("a", "b"), ("a",)), (("b",), ("b",)), ((), ())),
    ]


def test_the_phrase_of_a_reason_has_the_mask_in_it() -> None:
    words = said("my name is maria lopez on the list")
    assert phrase(words, because(1, 5), [NAME]) == ["name", "is", NAME, "on"]
    assert phrase(words, because(4, 5), [NAME]) == [NAME, "on"]
    assert phrase(words, because(6, 40), [NAME]) == ["the", "list"]


def heard(first: int, last: int, text: str) -> Corrected:
    return Corrected(f"c{first}", first, last, text, "ana", datetime(2026, 11, 24, tzinfo=UTC))


def test_a_correction_is_one_run_and_is_not_torn() -> None:
    words = said("he showed a pitcher of a gum", pause_after=3, seconds=9)
    corrected = shown_words(words, [heard(2, 6, "his picture of a gun")])
    (line,) = lines(corrected, [because(3, 6)])
    assert shown([line]) == [["he showed", "his picture of a gun"]]
    assert [run.correction for run in line.runs] == [None, "c2"]
    assert [run.ends for run in line.runs] == [(), ("a",)]
    assert line.runs[1].place.first_word == 2
    assert line.runs[1].place.last_word == 6


def test_a_reason_whose_words_were_corrected_marks_nothing() -> None:
    (line,) = lines(said("chewing gum"), [replace(because(1, 1), corrected=True)])
    assert [run.letters for run in line.runs] == [()]


def test_masks_count_the_shown_words_and_reasons_the_machines() -> None:
    corrected = shown_words(said("um maria has it"), [heard(0, 0, "my name is")])
    mask = Masked(Kind.NAME, 3, 3)
    (line,) = lines(corrected, [because(2, 3)], [mask])
    assert [(run.hidden, run.letters) for run in line.runs] == [
        ("", ()),
        ("name", ()),
        ("", ("a",)),
    ]
    assert phrase(corrected, because(0, 1), [mask]) == ["my", "name", "is", mask]


def test_what_somebody_typed_has_no_times() -> None:
    (line,) = lines(shown_words([], [heard(0, -1, "come quickly")]), [])
    assert not line.timed
    assert shown([line]) == [["come quickly"]]


def test_nothing_said_is_nothing_shown() -> None:
    assert lines([], []) == ()


def test_letters_go_on_after_z() -> None:
    assert [letter(i) for i in (0, 25, 26, 27, 702)] == ["a", "z", "aa", "ab", "aaa"]


@settings(deadline=None)
@given(st.text(), st.integers(5, 200))
def test_first_words_keep_to_the_limit(text: str, limit: int) -> None:
    assert len(first_words(text, limit)) <= limit + 2


def test_first_words_are_cut_at_a_word() -> None:
    assert first_words("one two three", 8) == "one two …"
    assert first_words("one two", 8) == "one two"
