"""What is masked in three languages, and that a mask never hides the danger."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.languages import DIRECTORY, load_languages
from hotline.privacy.redaction import Masked, find, masked
from hotline.privacy.redaction_parts import Part, split
from hotline.privacy.redaction_rules import Kind, Phrases
from hotline.reports import masks
from hotline.reports.triage import deciding, triage
from hotline.spelling import normalize
from tests.unit.privacy.redaction_cases import MASKED, SHOWN, cases, marked

MASKERS = masks.parse(load_languages(sorted(path.stem for path in DIRECTORY.glob("*.toml"))))
SPEECH = Path(__file__).parents[2] / "data" / "speech"
HELD_OUT = sorted(
    {
        (path.parents[1].name, line.split("\t")[1])
        for path in SPEECH.glob("*/*/manifest.tsv")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
)
NAMED = [("es", "me llamo miguel", "me llamo [un nombre]")]
"""All held-out sentences that get a mask; each was looked at."""

LINES = [(c, line.split(" ", 1)[1]) for c, line in cases(MASKED)] + cases(SHOWN) + HELD_OUT
VOCABULARY = {
    code: sorted({word for c, line in LINES if c == code for word in marked(line)[0]})
    for code in sorted({c for c, _ in LINES})
}
LANGUAGE = st.sampled_from(sorted(VOCABULARY))
SAID = LANGUAGE.flatmap(
    lambda code: st.tuples(st.just(code), st.lists(st.sampled_from(VOCABULARY[code]), max_size=30))
)
DIGITS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
    "ar": ["صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"],
}
NUMBER = st.from_regex(r"[2-8][0-9]{2}555[0-9]{4}", fullmatch=True)


def places(found: Sequence[Masked]) -> list[tuple[int, int]]:
    """First and last word of each mask."""
    return [(mask.first_word, mask.last_word) for mask in found]


@pytest.mark.parametrize(("language", "line"), cases(MASKED))
def test_personal_data_is_masked(language: str, line: str) -> None:
    kind, _, sentence = line.partition(" ")
    words, wanted = marked(sentence)
    found = MASKERS[language].find(words)
    assert places(found) == wanted
    assert {mask.kind for mask in found} == {Kind(kind)}


@pytest.mark.parametrize(("language", "line"), cases(SHOWN))
def test_other_words_are_shown(language: str, line: str) -> None:
    assert MASKERS[language].find(line.split()) == ()


def test_which_held_out_sentences_are_masked() -> None:
    """The false positives of all reference sentences: none."""
    shown = [
        (code, line, " ".join(MASKERS[code].show(line.split(), found)))
        for code, line in HELD_OUT
        if (found := MASKERS[code].find(line.split()))
    ]
    assert shown == NAMED


@pytest.mark.parametrize(("language", "line"), LINES)
def test_a_mask_hides_no_danger(language: str, line: str) -> None:
    keeps_what_decides(language, marked(line)[0])


@given(SAID)
def test_a_mask_never_hides_danger(said: tuple[str, list[str]]) -> None:
    keeps_what_decides(*said)


def keeps_what_decides(language: str, words: list[str]) -> None:
    """Triage finds in what is shown all that it finds in the words, save what is a digit of a
    telephone number, within a written address, or a listed name."""
    masker = MASKERS[language]
    found = masker.find(words)
    hidden = {at for mask in found for at in range(mask.first_word, mask.last_word + 1)}
    for at in hidden & deciding(words, masker.triage):
        [mask] = [m for m in found if m.first_word <= at <= m.last_word]
        [*parts] = split([words[at]])
        listed = mask.kind is Kind.NAME and parts[0].text in masker.rules.name.also
        assert listed or mask.kind is Kind.TELEPHONE or "@" in words[at]
    if not hidden & deciding(words, masker.triage):
        shown = ["xxxx" if at in hidden else word for at, word in enumerate(words)]
        before, after = triage(words, masker.triage), triage(shown, masker.triage)
        assert (after.urgency, after.category) == (before.urgency, before.category)


@given(SAID)
def test_masks_lie_within_the_words_and_apart(said: tuple[str, list[str]]) -> None:
    language, words = said
    ends = [-1, *(last for _, last in places(MASKERS[language].find(words)))]
    for before, (first, last) in zip(ends, places(MASKERS[language].find(words)), strict=False):
        assert before < first <= last < len(words)


@given(SAID)
def test_masking_twice_masks_nothing_more(said: tuple[str, list[str]]) -> None:
    language, words = said
    once = masked(words, MASKERS[language].find(words), MASKERS[language].rules)
    assert MASKERS[language].find(once) == ()


@given(LANGUAGE, st.lists(st.text()), st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_any_text_gets_an_answer(
    language: str, words: list[str], decide: set[int], unsure: set[int]
) -> None:
    rules = MASKERS[language].rules
    for mask in find(words, rules, deciding=decide, unsure=unsure):
        assert 0 <= mask.first_word <= mask.last_word < len(words)


@given(st.sampled_from(HELD_OUT), NUMBER, st.integers(0, 20), st.booleans())
def test_a_telephone_number_is_masked_wherever_it_is_said(
    sentence: tuple[str, str], number: str, place: int, spoken: bool
) -> None:
    language, line = sentence
    words = line.split()
    at = min(place, len(words))
    said = [DIGITS[language][int(digit)] for digit in number] if spoken else [number]
    found = MASKERS[language].find([*words[:at], *said, *words[at:]])
    hidden = {word for first, last in places(found) for word in range(first, last + 1)}
    assert set(range(at, at + len(said))) <= hidden


@given(st.sampled_from(sorted(DIGITS)), st.text(alphabet="0123456789", max_size=6))
def test_fewer_than_seven_digits_are_no_telephone_number(language: str, digits: str) -> None:
    said = [DIGITS[language][int(digit)] for digit in digits]
    assert MASKERS[language].find(said) == ()


def test_an_unsure_word_may_stand_within_a_number() -> None:
    words = ["five", "five", "five", "maybe", "oh", "one", "hundred"]
    sure = [0.9, 0.9, 0.9, 0.2, 0.9, 0.9, 0.9]
    assert places(MASKERS["en"].find(words, sure)) == [(0, 6)]
    assert MASKERS["en"].find(words) == ()


def test_an_unsure_word_that_triage_knows_does_not() -> None:
    words = ["five", "five", "five", "gun", "oh", "one", "hundred"]
    assert MASKERS["en"].find(words, [0.9, 0.9, 0.9, 0.2, 0.9, 0.9, 0.9]) == ()


def test_what_stands_in_a_gap_of_a_triage_phrase_is_masked() -> None:
    words = ["my", "name", "is", "maria", "on", "the", "list"]
    assert triage(words, MASKERS["en"].triage).reasons[0].phrase == "name is maria on the list"
    assert places(MASKERS["en"].find(words)) == [(3, 3)]


def test_a_mask_is_shown_as_its_label() -> None:
    words = ["call", "555-0100", "now"]
    assert MASKERS["en"].show(words, MASKERS["en"].find(words)) == [
        *("call", "[a telephone number]", "now"),
    ]


def test_a_language_no_longer_offered_is_read_by_the_rules_of_the_first() -> None:
    assert masks.of(MASKERS, "xx") is next(iter(MASKERS.values()))


@given(st.from_regex(r"[A-Za-z]{1,20}", fullmatch=True))
def test_a_plain_word_is_one_part_as_it_is_spelled(word: str) -> None:
    """The short way that most words take says what the long one does."""
    assert split([word]) == [Part(0, *normalize(word))]
    assert [part.text for part in split([f"{word}'"])] == [part.text for part in split([word])]


def test_of_phrases_that_begin_alike_the_first_counts() -> None:
    long, short, other = tuple(split(["my", "name"])), tuple(split(["my"])), tuple(split(["who"]))
    phrases = Phrases([other, long, short])
    assert list(phrases.that_begin_with(("my", "who"))) == [other, long, short]
    assert list(phrases.that_begin_with(("your",))) == []
