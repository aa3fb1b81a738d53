"""`hotline transcribe`: text, JSON, and one sentence for each thing that can be wrong."""

import json
from pathlib import Path

import pytest

from transcription.command import TranscribeError, transcribe_file

SPANISH = Path(__file__).parents[2] / "data" / "speech" / "es" / "unseen_espeak"

KEYS = ["text", "words", "confidence", "language", "model", "duration_s", "cpu_s"]


def first() -> tuple[Path, str]:
    """A recording and what it says."""
    line = (SPANISH / "manifest.tsv").read_text(encoding="utf-8").splitlines()[0]
    file, text, _ = line.split("\t")
    return SPANISH / file, text


def test_the_text_is_what_was_said() -> None:
    path, text = first()
    assert transcribe_file(path, "es", None, as_json=False).text == text


def test_json_has_the_words_with_their_times() -> None:
    path, text = first()
    printed = transcribe_file(path, "es", None, as_json=True)
    values = json.loads(printed.text)
    assert list(values) == KEYS
    assert list(values["words"][0]) == ["word", "start_s", "end_s", "confidence"]
    assert " ".join(word["word"] for word in values["words"]) == values["text"] == text
    assert (values["language"], values["model"]) == ("es", "vosk-model-tiny-es")


def fails(path: Path, language: str = "en", models_dir: Path | None = None) -> str:
    """The one sentence it fails with."""
    with pytest.raises(TranscribeError) as raised:
        transcribe_file(path, language, models_dir, as_json=False)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "There is no file" in fails(tmp_path / "none.wav")


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    assert "cannot be read" in fails(tmp_path)


def test_something_else_than_audio_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.wav"
    page.write_text("<html></html>", encoding="utf-8")
    assert "not a recording" in fails(page)


@pytest.mark.parametrize("language", ["xx", "", "../en"])
def test_an_unknown_language_lists_those_there_are(language: str) -> None:
    assert "ar, en, es" in fails(first()[0], language)


def test_a_missing_model_says_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("transcription.catalogue.BUNDLED", tmp_path)
    assert "run `hotline models install en`" in fails(first()[0], models_dir=tmp_path)


def test_a_broken_model_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "vosk-model-tiny-en" / "am"
    broken.mkdir(parents=True)
    (broken / "final.mdl").touch()
    assert "cannot be loaded" in fails(first()[0], models_dir=tmp_path)
