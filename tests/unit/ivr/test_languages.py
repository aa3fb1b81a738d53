"""Every language file is complete, translated, and speaks of nothing it does not know."""

import re

import pytest

from hotline.languages import DIRECTORY, load_language
from hotline.reports.triage import Category, Urgency
from ivr.names import CATEGORIES, URGENCIES, required, urgency
from ivr.voice import Voice

CODES = tuple(sorted(path.stem for path in DIRECTORY.glob("*.toml")))
ENGLISH = load_language(DIRECTORY / "en.toml").prompts
SAME_EVERYWHERE: frozenset[str] = frozenset()
"""Prompts that may be alike in two languages; none is yet."""


def prompts(code: str) -> dict[str, str]:
    return dict(load_language(DIRECTORY / f"{code}.toml").prompts)


def test_the_first_three_languages_are_here() -> None:
    assert {"en", "es", "ar"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_no_prompt_is_missing_empty_or_unknown(code: str) -> None:
    given = prompts(code)
    assert set(required(CODES)) == set(given)
    assert [name for name, text in given.items() if not text.strip()] == []


@pytest.mark.parametrize("code", [code for code in CODES if code != "en"])
def test_no_prompt_is_left_in_english(code: str) -> None:
    given = prompts(code)
    alike = [name for name in ENGLISH if given[name] == ENGLISH[name]]
    assert set(alike) <= SAME_EVERYWHERE


@pytest.mark.parametrize("code", CODES)
def test_the_same_numbers_are_spoken_in_every_language(code: str) -> None:
    for name, text in prompts(code).items():
        found = sorted(re.findall(r"\{\w+\}", text))
        assert found == sorted(re.findall(r"\{\w+\}", ENGLISH[name])), name


@pytest.mark.parametrize("code", CODES)
def test_no_two_prompts_say_the_same_by_mistake(code: str) -> None:
    texts = [text for name, text in prompts(code).items() if not name.startswith("parked")]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("code", CODES)
def test_sentences_are_short_enough_for_a_frightened_child(code: str) -> None:
    for name, text in prompts(code).items():
        longest = max(len(sentence.split()) for sentence in re.split(r"[.!?]", text))
        assert longest <= 21, (name, longest)


@pytest.mark.parametrize("code", CODES)
def test_only_one_promise_is_in_each_promise_prompt(code: str) -> None:
    given = prompts(code)
    assert given["promise_anonymous"] != given["promise_confidential"]


@pytest.mark.parametrize("code", CODES)
def test_the_script_and_the_voice_fit_the_language(code: str) -> None:
    language = load_language(DIRECTORY / f"{code}.toml")
    arabic = [text for text in language.prompts.values() if re.search("[\u0600-\u06ff]", text)]
    assert len(arabic) == (len(language.prompts) if code == "ar" else 0)
    assert language.direction == ("rtl" if code == "ar" else "ltr")
    assert Voice.parse(language.voice).espeak
    assert language.name
    assert language.english_name


def test_every_category_and_urgency_of_the_triage_has_a_prompt() -> None:
    assert {str(category) for category in Category} == set(CATEGORIES)
    assert {urgency(value) for value in Urgency} == {f"urgency_{name}" for name in URGENCIES}
