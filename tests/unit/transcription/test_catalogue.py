"""Where models are looked for, and what is said when there is none."""

from pathlib import Path

import pytest

from transcription.catalogue import BUNDLED, ModelMissing, find


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
