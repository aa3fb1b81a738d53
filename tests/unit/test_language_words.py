"""What every language file finds in what callers say: danger, and personal data."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.languages import DIRECTORY, load_language
from hotline.privacy.redaction_rules import Kind
from hotline.reports import masks
from hotline.reports.triage import Category, Urgency, triage
from hotline.spelling import written_words
from tests.unit.language_cases import DANGER, NAMES, NUMBERS, STREETS

CODES = tuple(sorted(path.stem for path in DIRECTORY.glob("*.toml")))
MASKERS = masks.parse({code: load_language(DIRECTORY / f"{code}.toml") for code in CODES})
DANGERS = [
    (code, category, sentence)
    for code, sentences in DANGER.items()
    for category, sentence in sentences
]


def test_every_language_has_its_cases() -> None:
    for cases in (DANGER, NUMBERS, NAMES):
        assert set(cases) == set(CODES)
    assert all(len(sentences) >= 10 for sentences in DANGER.values())


@pytest.mark.parametrize(("code", "category", "sentence"), DANGERS)
def test_danger_is_found(code: str, category: str, sentence: str) -> None:
    found = triage(written_words(sentence), MASKERS[code].triage)
    assert found.urgency is Urgency.LIFE_SAFETY, found
    here = {reason.category for reason in found.reasons if reason.urgency is Urgency.LIFE_SAFETY}
    assert Category(category) in here, found


@pytest.mark.parametrize("code", CODES)
def test_every_category_has_words_and_danger_has_its_own(code: str) -> None:
    patterns = MASKERS[code].triage.patterns
    assert {p.category for p in patterns} == set(Category) - {Category.UNSORTED}
    dangerous = {p.category for p in patterns if p.urgency is Urgency.LIFE_SAFETY}
    assert dangerous >= {
        *(Category.WEAPONS, Category.ATTACK_PLAN, Category.BOMB, Category.SUICIDE),
        *(Category.SELF_HARM, Category.VIOLENCE, Category.THREAT, Category.HEALTH),
        *(Category.SEXUAL, Category.DRUGS),
    }


CALM = ("goodbye", "one_moment", "pin_is", "menu_repeat", "check_confirmed", "return_pin")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("prompt", CALM)
def test_calm_words_are_no_danger(code: str, prompt: str) -> None:
    text = load_language(DIRECTORY / f"{code}.toml").prompts[prompt]
    assert triage(written_words(text), MASKERS[code].triage).reasons == ()


def hidden(code: str, words: list[str], kind: Kind) -> list[str]:
    found = [mask for mask in MASKERS[code].find(words) if mask.kind is kind]
    return [words[at] for mask in found for at in range(mask.first_word, mask.last_word + 1)]


@pytest.mark.parametrize("code", CODES)
def test_a_spoken_telephone_number_is_masked(code: str) -> None:
    before, number, after = NUMBERS[code].split(" | ")
    words = written_words(f"{before} {number} {after}")
    assert hidden(code, words, Kind.TELEPHONE) == written_words(number)


DIGITS = {
    code: {value: word for word, value in reversed(list(rules.items())) if value < 10}
    for code in CODES
    for rules in [load_language(DIRECTORY / f"{code}.toml").redaction["telephone"]["numbers"]]
}


@given(st.sampled_from(CODES), st.lists(st.integers(0, 9), min_size=7, max_size=11))
def test_any_number_said_digit_by_digit_is_masked(code: str, number: list[int]) -> None:
    spoken = [DIGITS[code][digit] for digit in number]
    services = MASKERS[code].rules.telephone.services.that_begin_with([spoken[0]])
    public = number[:3] in ([9, 1, 1], [9, 8, 8]) or services
    masked = hidden(code, spoken, Kind.TELEPHONE)
    steps = {b - a for a, b in pairwise(number)}
    if steps not in ({1}, {-1}) and not public:
        assert masked == spoken


@pytest.mark.parametrize("code", CODES)
def test_the_number_of_the_emergency_line_is_not_masked(code: str) -> None:
    assert MASKERS[code].find(["911"]) == ()
    assert MASKERS[code].find(["988"]) == ()


@pytest.mark.parametrize("code", CODES)
def test_typed_numbers_and_addresses_of_mail_are_masked(code: str) -> None:
    assert hidden(code, ["+12175550100"], Kind.TELEPHONE) == ["+12175550100"]
    assert hidden(code, ["maria@example.org"], Kind.EMAIL) == ["maria@example.org"]


@pytest.mark.parametrize("code", CODES)
def test_a_name_is_masked_and_what_follows_is_not(code: str) -> None:
    cue, name, after = NAMES[code].split(" | ")
    words = written_words(f"{cue} {name} {after}")
    assert hidden(code, words, Kind.NAME) == written_words(name)


@pytest.mark.parametrize("code", sorted(STREETS))
def test_a_street_address_is_masked(code: str) -> None:
    before, address, after = STREETS[code].split(" | ")
    words = written_words(f"{before} {address} {after}")
    assert hidden(code, words, Kind.ADDRESS) == written_words(address)
