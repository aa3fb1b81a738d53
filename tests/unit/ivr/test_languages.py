"""Every language file is complete, translated, and speaks of nothing it does not know."""

import re

import pytest

from hotline.languages import DIRECTORY, load_language, load_languages
from hotline.reports.triage import Category, Urgency
from ivr.names import CATEGORIES, URGENCIES, required, urgency
from ivr.voice import Voice
from transcription.catalogue import is_test_name
from transcription.models_published import published

CODES = tuple(sorted(path.stem for path in DIRECTORY.glob("*.toml")))
ENGLISH = load_language(DIRECTORY / "en.toml").prompts
ALIKE = {"fr": {"digit_6"}, "pl": {"digit_0"}, "pt": {"digit_0"}}
"""Prompts that are the same word in English."""
SIXTEEN = frozenset(
    ["en", "es", "ar", "zh", "vi", "tl", "ko", "ru", "uk", "pl", "pt", "fr", "ht", "so", "hi", "ur"]
)
"""Those met by school lines in the United States."""
SAID_ONLY_IN_ENGLISH = {
    "the",
    "you",
    "your",
    "press",
    "please",
    "this",
    "that",
    "with",
    "from",
    "what",
    "thank",
    "goodbye",
}
SCRIPTS = {
    "ar": "[\u0600-\u06ff]",
    "ur": "[\u0600-\u06ff]",
    "hi": "[\u0900-\u097f]",
    "ko": "[\uac00-\ud7a3]",
    "ru": "[\u0400-\u04ff]",
    "uk": "[\u0400-\u04ff]",
    "zh": "[\u4e00-\u9fff]",
}
"""Letters of the languages that are not written in Latin ones."""
NO_VOICE = {"so", "tl"}
"""eSpeak NG speaks neither."""
NO_MODEL = {"ht", "so", "ur"}
"""For which no Vosk model is published (transcription/models.toml)."""


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def prompts(code: str) -> dict[str, str]:
    return dict(load_language(DIRECTORY / f"{code}.toml").prompts)


def test_sixteen_languages_are_here() -> None:
    assert set(CODES) >= SIXTEEN


@pytest.mark.parametrize("code", CODES)
def test_no_prompt_is_missing_empty_or_unknown(code: str) -> None:
    given = prompts(code)
    lacking = sorted(set(required(CODES)) - set(given))
    assert lacking == [], f"{code}.toml lacks {', '.join(lacking)}"
    unknown = sorted(set(given) - set(required(CODES)))
    assert unknown == [], f"{code}.toml has {', '.join(unknown)}, which nothing plays"
    assert [name for name, text in given.items() if not text.strip()] == []


@pytest.mark.parametrize("code", [code for code in CODES if code != "en"])
def test_no_prompt_is_left_in_english(code: str) -> None:
    given = prompts(code)
    alike = {name for name, text in ENGLISH.items() if given.get(name) == text}
    assert alike == ALIKE.get(code, set())
    left = [name for name, text in given.items() if SAID_ONLY_IN_ENGLISH & words(text)]
    assert left == []


@pytest.mark.parametrize("code", CODES)
def test_the_same_numbers_are_spoken_in_every_language(code: str) -> None:
    for name, text in prompts(code).items():
        found = sorted(re.findall(r"\{\w+\}", text))
        assert found == sorted(re.findall(r"\{\w+\}", ENGLISH[name])), name
    if code != "ar":  # there the keys are words
        for name, text in prompts(code).items():
            keys = sorted(re.findall(r"\d", ENGLISH[name]))
            assert sorted(re.findall(r"\d", text)) == keys, name


@pytest.mark.parametrize("code", CODES)
def test_no_two_prompts_say_the_same_by_mistake(code: str) -> None:
    texts = [text for name, text in prompts(code).items() if not name.startswith("parked")]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("code", CODES)
def test_sentences_are_short_enough_for_a_frightened_child(code: str) -> None:
    for name, text in prompts(code).items():
        sentences = re.split("[.!?。！？।۔]", text)
        longest = max(len(sentence.split()) for sentence in sentences)
        assert longest <= 21, (name, longest)
        if code == "zh":  # without blanks
            assert max(len(sentence) for sentence in sentences) <= 40, name


@pytest.mark.parametrize("code", CODES)
def test_only_one_promise_is_in_each_promise_prompt(code: str) -> None:
    given = prompts(code)
    assert given["promise_anonymous"] != given["promise_confidential"]


@pytest.mark.parametrize("code", CODES)
def test_the_script_and_the_voice_fit_the_language(code: str) -> None:
    language = load_language(DIRECTORY / f"{code}.toml")
    for name, text in language.prompts.items():
        own = {key for key, letters in SCRIPTS.items() if re.search(letters, text)}
        assert (code in own) == (code in SCRIPTS), (name, text)
        assert all(SCRIPTS[key] == SCRIPTS[code] for key in own), (name, text)
    assert language.direction == ("rtl" if code in {"ar", "ur"} else "ltr")
    assert Voice.parse(language.voice).silent == (code in NO_VOICE)
    assert bool(language.model) == (code not in NO_MODEL)
    assert language.name
    assert language.english_name


@pytest.mark.parametrize("code", CODES)
def test_a_model_that_a_file_names_is_published_or_comes_along(code: str) -> None:
    wanted = load_language(DIRECTORY / f"{code}.toml").model
    assert published().named(wanted) is not None or is_test_name(wanted) or code in NO_MODEL
    if code in NO_MODEL:
        assert published().of(code) == ()


def test_translations_are_marked_until_somebody_has_read_them() -> None:
    """A mark that is set goes with a date and who it was."""
    for code in CODES:
        said = load_language(DIRECTORY / f"{code}.toml").reviewed
        assert code == "en" or not said or re.search(r"\d{4}-\d\d-\d\d", said), code


def test_only_what_is_offered_is_named() -> None:
    few = load_languages(["pl", "en"])
    named = {name for name in few["pl"].prompts if name.startswith("language_")}
    assert named == {"language_pl", "language_en"}


def test_every_category_and_urgency_of_the_triage_has_a_prompt() -> None:
    assert {str(category) for category in Category} == set(CATEGORIES)
    assert {urgency(value) for value in Urgency} == {f"urgency_{name}" for name in URGENCIES}
