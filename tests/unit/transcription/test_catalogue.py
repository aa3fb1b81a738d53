"""Where models are looked for, which one serves, and what is said when there is none."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hotline.observe import ALLOWED_KEYS
from transcription.catalogue import (
    BUNDLED,
    MARKER,
    Chosen,
    ModelMissing,
    choose,
    choose_all,
    find,
    installed,
    notice,
    warn,
)


def make_model(directory: Path, name: str, file: str = "am/final.mdl") -> Path:
    """A folder that looks like a model."""
    acoustic = directory / name / file
    acoustic.parent.mkdir(parents=True)
    acoustic.touch()
    return directory / name


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_bundled_models_are_there(language: str) -> None:
    name = f"vosk-model-tiny-{language}"
    assert find(name) == BUNDLED / name


def test_the_deployments_own_folder_comes_first(tmp_path: Path) -> None:
    own = make_model(tmp_path, "vosk-model-tiny-en")
    assert find("vosk-model-tiny-en", tmp_path) == own


def test_the_older_layout_is_a_model_too(tmp_path: Path) -> None:
    own = make_model(tmp_path, "old", "final.mdl")
    assert find("old", tmp_path) == own


def test_a_bundled_model_serves_where_the_own_folder_has_none(tmp_path: Path) -> None:
    (tmp_path / "vosk-model-tiny-en").mkdir()
    assert find("vosk-model-tiny-en", tmp_path).parent == BUNDLED


@pytest.mark.parametrize("directory", [None, Path("no-such-folder")])
def test_a_missing_model_says_what_to_do(directory: Path | None) -> None:
    with pytest.raises(ModelMissing, match=r"vosk-model-fr; unpack .* HOTLINE_MODELS_DIR"):
        find("vosk-model-fr", directory)


@pytest.mark.parametrize("name", ["", ".", "..", "../models", "/etc", "a\\b", "a\0b"])
def test_a_name_never_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(ModelMissing, match="not the name of a model folder"):
        find(name)


@dataclass(frozen=True)
class Spoken:
    """What a language file says of its language."""

    model: str
    english_name: str


OFFERED = {
    "en": Spoken("vosk-model-tiny-en", "English"),
    "es": Spoken("vosk-model-tiny-es", "Spanish"),
    "ar": Spoken("vosk-model-tiny-ar", "Arabic"),
}
SMALL, LARGE = "vosk-model-small-en-us-0.15", "vosk-model-en-us-0.22"


def mark(folder: Path, text: str) -> None:
    """Write the marker of an installed model."""
    (folder / MARKER).write_text(text, encoding="utf-8")


def chosen(directory: Path | None, wanted: str = "vosk-model-tiny-en") -> tuple[str, bool]:
    """Name of the model that serves English, and whether it is a test model."""
    found = choose("en", wanted, directory)
    return found.folder.name, found.is_test_model


def test_without_anything_the_test_model_serves(tmp_path: Path) -> None:
    for directory in (None, tmp_path, tmp_path / "none"):
        assert chosen(directory) == ("vosk-model-tiny-en", True)


def test_the_best_installed_model_serves(tmp_path: Path) -> None:
    make_model(tmp_path, SMALL)
    assert chosen(tmp_path) == (SMALL, False)
    make_model(tmp_path, LARGE)
    assert chosen(tmp_path) == (LARGE, False)


def test_the_language_file_decides_where_it_names_an_installed_model(tmp_path: Path) -> None:
    make_model(tmp_path, SMALL)
    make_model(tmp_path, LARGE)
    assert chosen(tmp_path, SMALL) == (SMALL, False)
    make_model(tmp_path, "of-our-own")
    assert chosen(tmp_path, "of-our-own") == ("of-our-own", False)
    assert chosen(tmp_path, "not-there") == (LARGE, False)
    assert chosen(tmp_path, "../etc") == (LARGE, False)


def test_a_model_that_somebody_brought_comes_before_the_published_ones(tmp_path: Path) -> None:
    make_model(tmp_path, LARGE)
    mark(make_model(tmp_path, "of-our-own"), '{"language": "en"}')
    assert chosen(tmp_path) == ("of-our-own", False)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"language": 7}', "\x00"])
def test_a_model_without_a_known_language_serves_nobody(tmp_path: Path, text: str) -> None:
    mark(make_model(tmp_path, "of-our-own"), text)
    make_model(tmp_path, "unmarked")
    assert list(installed(tmp_path)) == []


def test_what_is_unfinished_is_not_installed(tmp_path: Path) -> None:
    make_model(tmp_path, f".unpacking-{SMALL}")
    (tmp_path / LARGE).mkdir()
    (tmp_path / ".lock").touch()
    assert list(installed(tmp_path)) == []
    assert list(installed(tmp_path / ".lock")) == []


def test_a_copy_of_a_test_model_is_still_a_test_model(tmp_path: Path) -> None:
    own = make_model(tmp_path, "vosk-model-tiny-en")
    assert list(installed(tmp_path)) == []
    assert choose("en", "vosk-model-tiny-en", tmp_path) == Chosen("en", own, True)


def test_a_language_without_any_model_says_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="language pl; run `hotline models install pl`"):
        choose("pl", "vosk-model-small-pl-0.22", tmp_path)
    with pytest.raises(ModelMissing, match=r"none is published.* install so --from-zip FILE"):
        choose("so", "", None)


def test_people_are_told_of_test_models(tmp_path: Path) -> None:
    assert notice(OFFERED, tmp_path) == (
        "Speech is recognized with the small test model for English, Spanish and Arabic. "
        "It is not for real callers: run `hotline models install en es ar`."
    )
    make_model(tmp_path, SMALL)
    make_model(tmp_path, "vosk-model-es-0.42")
    said = notice(OFFERED, tmp_path)
    assert said is not None
    assert "test model for Arabic. " in said
    make_model(tmp_path, "vosk-model-ar-mgb2-0.4")
    assert notice(OFFERED, tmp_path) is None
    missing = notice({"pl": Spoken("vosk-model-small-pl-0.22", "Polish")}, tmp_path)
    assert missing is not None
    assert "models install pl" in missing


def test_a_language_that_names_no_model_is_left_to_ears_until_one_is_installed(
    tmp_path: Path,
) -> None:
    somali = {"so": Spoken("", "Somali")}
    assert choose_all(somali, tmp_path) == {}
    assert notice(somali, tmp_path) is None
    own = make_model(tmp_path, "our-somali")
    (own / MARKER).write_text('{"language": "so"}')
    assert choose_all(somali, tmp_path) == {"so": Chosen("so", own, False)}


def test_a_line_is_logged_for_each_test_model() -> None:
    with capture_logs() as lines:
        warn(choose_all(OFFERED, None).values())
    assert [(line["event"], line["log_level"], line["language"]) for line in lines] == [
        ("test_model_in_use", "warning", code) for code in OFFERED
    ]
    assert set(lines[0]) - {"event", "log_level"} <= ALLOWED_KEYS
