"""The catalogue: rendered once, named after what is said, replaced by a human voice."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hotline.languages import Language, load_languages
from ivr.loudness import from_wav, to_wav
from ivr.names import HOLD, required
from ivr.prompts import Catalogue, PromptError
from ivr.voice import Voice, speak

LANGUAGES = load_languages(["en", "es", "ar"])


def changed(prompts: Mapping[str, str | None]) -> dict[str, Language]:
    """The languages with English prompts replaced, or taken away by None."""
    kept = {**LANGUAGES["en"].prompts, **prompts}
    english = {name: text for name, text in kept.items() if text is not None}
    return {**LANGUAGES, "en": replace(LANGUAGES["en"], prompts=english)}


def test_a_prompt_is_rendered_once_and_kept(tmp_path: Path) -> None:
    catalogue = Catalogue(LANGUAGES, tmp_path)
    path = catalogue.file("en", "danger")
    before = path.stat().st_mtime_ns
    assert catalogue.file("en", "danger").stat().st_mtime_ns == before
    assert catalogue.url_path("en", "danger") == f"/voice/prompts/en/{path.name}"
    assert [p.name for p in (tmp_path / "en").iterdir()] == [path.name]


def test_the_name_changes_with_words_voice_and_numbers(tmp_path: Path) -> None:
    voice = {**LANGUAGES["en"].voice, "pitch": 70}
    other_voice = {**LANGUAGES, "en": replace(LANGUAGES["en"], voice=voice)}
    paths = {
        Catalogue(LANGUAGES, tmp_path).url_path("en", "danger"),
        Catalogue(changed({"danger": "Run."}), tmp_path).url_path("en", "danger"),
        Catalogue(other_voice, tmp_path).url_path("en", "danger"),
        Catalogue(
            LANGUAGES, tmp_path, substitutions={"emergency": "112", "crisis": "988"}
        ).url_path("en", "danger"),
    }
    assert len(paths) == 4


def test_numbers_are_spoken_digit_by_digit(tmp_path: Path) -> None:
    assert "9 1 1" in Catalogue(LANGUAGES, tmp_path).text("en", "danger")


@pytest.mark.parametrize("missing", ["danger", "digit_7", "category_weapons"])
@pytest.mark.parametrize("text", [None, "", "  "])
def test_a_missing_or_empty_prompt_stops_the_start(
    tmp_path: Path, missing: str, text: str | None
) -> None:
    with pytest.raises(PromptError, match=rf"en\.toml lacks the prompts {missing}"):
        Catalogue(changed({missing: text}), tmp_path)


def test_a_language_needs_the_names_of_all_others(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="language_es"):
        Catalogue(changed({"language_es": None}), tmp_path)


def test_an_unknown_number_or_name_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="police"):
        Catalogue(changed({"danger": "Call {police}."}), tmp_path)
    with pytest.raises(PromptError, match="keys"):
        Catalogue(changed({"../keys": "x"}), tmp_path)


def test_a_malformed_voice_stops_the_start(tmp_path: Path) -> None:
    broken = {**LANGUAGES, "en": replace(LANGUAGES["en"], voice={})}
    with pytest.raises(PromptError, match=r"en\.toml: \[voice\]"):
        Catalogue(broken, tmp_path)


@pytest.mark.parametrize(("language", "name"), [("xx", "danger"), ("en", "nothing")])
def test_an_unknown_prompt_is_an_error(tmp_path: Path, language: str, name: str) -> None:
    with pytest.raises(PromptError):
        Catalogue(LANGUAGES, tmp_path).file(language, name)


def test_a_human_recording_wins_and_is_made_fit_for_the_telephone(tmp_path: Path) -> None:
    human = tmp_path / "human"
    (human / "en").mkdir(parents=True)
    spoken = speak("this is a human voice speaking for quite a while", Voice("en-us"))
    (human / "en" / "danger.wav").write_bytes(spoken)
    synthetic = Catalogue(LANGUAGES, tmp_path / "cache")
    catalogue = Catalogue(LANGUAGES, tmp_path / "cache", human)
    assert catalogue.url_path("en", "danger") != synthetic.url_path("en", "danger")
    assert catalogue.url_path("es", "danger") == synthetic.url_path("es", "danger")
    samples, rate = from_wav(catalogue.file("en", "danger").read_bytes())
    assert rate == 8000
    assert len(samples) / 8000 == pytest.approx(len(from_wav(spoken)[0]) / 8000, abs=0.4)
    (human / "en" / "danger.wav").write_bytes(to_wav(samples[:8000]))
    assert catalogue.file("en", "danger").stat().st_size < 22000


def test_a_human_recording_that_is_no_sound_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "unheard_of.wav").write_bytes(b"ignored, with a warning")
    Catalogue(LANGUAGES, tmp_path / "cache", tmp_path)
    (tmp_path / "en" / "danger.wav").write_bytes(b"<html>not a sound</html>")
    with pytest.raises(PromptError, match=r"en/danger\.wav .* not a sound"):
        Catalogue(LANGUAGES, tmp_path / "cache", tmp_path)


def test_the_hold_sound_is_in_every_language(tmp_path: Path) -> None:
    catalogue = Catalogue(LANGUAGES, tmp_path)
    for code in LANGUAGES:
        assert catalogue.file(code, HOLD).stat().st_size > 40000


def test_every_prompt_of_every_language_can_be_rendered(tmp_path: Path) -> None:
    catalogue = Catalogue(LANGUAGES, tmp_path)
    assert catalogue.prepare() == 3 * (len(required(tuple(LANGUAGES))) + 1)
    files = list(tmp_path.rglob("*.wav"))
    assert len(files) == 3 * (len(required(tuple(LANGUAGES))) + 1)
    assert min(path.stat().st_size for path in files) > 4000
