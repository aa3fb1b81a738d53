"""What a text is answered with, in every language that comes along."""

from dataclasses import replace

import pytest

from hotline.languages import DIRECTORY, LanguageError, load_language
from hotline.reports.intake import Receipt
from hotline.settings import Settings
from ivr.text_answers import FIRST, LONGEST, TEXTS, body, offered

CODES = sorted(path.stem for path in DIRECTORY.glob("*.toml"))
ENGLISH = load_language(DIRECTORY / "en.toml")
PLAIN = Settings(_env_file=None)  # type: ignore[call-arg]
DOOR = Settings(_env_file=None, door_url="https://tell.example.org")  # type: ignore[call-arg]
RECEIPT = Receipt("123456", "654321")


@pytest.mark.parametrize("settings", [PLAIN, DOOR])
@pytest.mark.parametrize("code", CODES)
def test_the_first_answer_says_all_that_it_must(code: str, settings: Settings) -> None:
    language = load_language(DIRECTORY / f"{code}.toml")
    said = body(language, settings, ("text_help", *FIRST, "text_media"), RECEIPT)
    assert len(said) <= LONGEST
    for needed in ("123456", "654321", "911", "988", "STOP", settings.phone_number):
        assert needed in said
    assert ("tell.example.org" in said) == (settings is DOOR)


@pytest.mark.parametrize("code", CODES)
def test_the_words_that_steer_are_those_that_carriers_know(code: str) -> None:
    door = load_language(DIRECTORY / f"{code}.toml").door
    assert "START" in door["text_stopped"]
    assert "STOP" in door["text_help"]


def test_without_a_receipt_no_number_is_told() -> None:
    said = body(ENGLISH, PLAIN, FIRST)
    assert "PIN" not in said
    assert "We have your report." in said


def test_a_language_without_sentences_is_left_out_and_half_of_them_is_a_mistake() -> None:
    bare = replace(ENGLISH, code="pl", door={})
    assert list(offered({"pl": bare, "en": ENGLISH})) == ["en"]
    half = replace(ENGLISH, door={n: t for n, t in ENGLISH.door.items() if n != TEXTS[0]})
    with pytest.raises(LanguageError, match=f"lacks '{TEXTS[0]}'"):
        offered({"pl": half})
    with pytest.raises(LanguageError, match="None of HOTLINE_LANGUAGES"):
        offered({"pl": bare})
