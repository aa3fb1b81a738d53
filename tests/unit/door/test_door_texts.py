"""Every language that comes along says all that the door says, about the same things."""

import re
from dataclasses import replace

import pytest

from door.padding import STEP, padded
from door.texts import TEXTS, open_texts
from hotline.languages import DIRECTORY, LanguageError, load_language
from hotline.settings import Settings
from ivr import text_answers

CODES = sorted(path.stem for path in DIRECTORY.glob("*.toml"))
ENGLISH = load_language(DIRECTORY / "en.toml").door
SAME = {"pin"}
"""What may be alike in two languages."""
SETTINGS = Settings(_env_file=None)  # type: ignore[call-arg]


@pytest.mark.parametrize("code", CODES)
def test_no_text_is_missing_unknown_or_left_in_english(code: str) -> None:
    door = load_language(DIRECTORY / f"{code}.toml").door
    assert set(door) == {*TEXTS, *text_answers.TEXTS}
    assert [name for name, text in door.items() if not text.strip()] == []
    alike = {name for name in door if code != "en" and door[name] == ENGLISH[name]}
    assert alike <= SAME


@pytest.mark.parametrize("code", CODES)
def test_the_same_is_put_into_every_language(code: str) -> None:
    for name, text in load_language(DIRECTORY / f"{code}.toml").door.items():
        found = sorted(re.findall(r"\{\w+\}", text))
        assert found == sorted(re.findall(r"\{\w+\}", ENGLISH[name])), name


@pytest.mark.parametrize("code", CODES)
def test_sentences_are_short_enough_for_a_frightened_child(code: str) -> None:
    for name, text in load_language(DIRECTORY / f"{code}.toml").door.items():
        longest = max(len(sentence.split()) for sentence in re.split(r"[.!?؟।۔。！？]", text))
        assert longest <= 21, (name, longest)


def test_a_language_without_texts_is_not_offered_and_half_a_table_is_a_mistake() -> None:
    english = load_language(DIRECTORY / "en.toml")
    bare = replace(english, code="pl", door={})
    assert list(open_texts({"pl": bare, "en": english}, SETTINGS)) == ["en"]
    half = replace(english, code="pl", door={"title": "Powiedz"})
    with pytest.raises(LanguageError, match=r"pl\.toml lacks 'danger'"):
        open_texts({"pl": half}, SETTINGS)
    with pytest.raises(LanguageError, match="None of HOTLINE_LANGUAGES"):
        open_texts({"pl": bare}, SETTINGS)


@pytest.mark.parametrize("length", [0, 1, STEP - 9, STEP - 8, STEP - 7, STEP, 3 * STEP + 5])
def test_a_page_is_a_whole_number_of_steps_long(length: int) -> None:
    page = padded(b"x" * length)
    assert page.startswith(b"x" * length)
    assert len(page) % STEP == 0
    assert len(page) - length <= STEP + 9
