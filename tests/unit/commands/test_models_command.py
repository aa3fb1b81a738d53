"""`hotline models`: what it prints, and the one sentence for each mistake."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main
from tests.support.model_server import Shelf, serving
from tests.support.model_zip import NAME, entry, zip_of_english
from transcription import models_fetch, models_published

CATALOGUE = """
source = "https://nowhere.invalid/models/"
[language]
en = "English"
pl = "Polish"
[[model]]
name = "{name}"
language = "en"
size = "small"
bytes = {bytes}
sha256 = "{sha256}"
license = "Apache-2.0"
memory_mb = 300
[[model]]
name = "vosk-model-pl-1"
language = "pl"
size = "large"
megabytes = 1_500
"""
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def english_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zip_of_english(tmp_path_factory.mktemp("zip") / "english.zip")


@pytest.fixture
def catalogue(english_zip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue of two models, one of which is the zip."""
    model = entry(english_zip)
    path = tmp_path / "models.toml"
    path.write_text(CATALOGUE.format(name=NAME, bytes=model.bytes, sha256=model.sha256))
    monkeypatch.setattr(models_published, "CATALOGUE", path)
    monkeypatch.setattr(models_fetch, "PAUSE_S", 0.0)
    models_published.published.cache_clear()
    yield
    models_published.published.cache_clear()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def invoke(*arguments: object, **more: str) -> Result:
        settings = {"HOTLINE_DATA_DIR": str(tmp_path), "HOTLINE_LANGUAGES": "en,es"} | more
        return CliRunner().invoke(main, ["models", *map(str, arguments)], env=settings)

    return invoke


def refusal(result: Result) -> str:
    """The one sentence on stderr."""
    assert result.exit_code == 2, result.output
    return result.stderr.strip().splitlines()[-1]


def test_list(run: Run) -> None:
    lines = run("list").stdout.splitlines()
    at = lines.index(
        "  en  English     uses the test model vosk-model-tiny-en: not for real callers"
    )
    assert lines[at + 1].strip().startswith("to install: small (41 MB), medium (131 MB), large")
    assert "  pl  Polish      to install: small (53 MB)" in lines


def test_list_as_json(run: Run) -> None:
    found = json.loads(run("list", "--json").stdout)
    assert [row["language"] for row in found[:2]] == ["en", "es"]
    assert found[0]["used"] == "vosk-model-tiny-en"
    assert (found[0]["test_model"], found[0]["installed"]) == (True, [])
    assert found[0]["published"][0]["memory_mb"] == 300
    assert {row["offered"] for row in found[2:]} == {False}


@pytest.mark.usefixtures("catalogue")
def test_install_list_verify_remove(run: Run, english_zip: Path, tmp_path: Path) -> None:
    with serving(Shelf(english_zip.read_bytes())) as shelf:
        result = run("install", "en", HOTLINE_MODELS_URL=shelf.url)
    assert result.exit_code == 0, result.output
    folder = tmp_path / "models" / NAME
    assert f"{NAME}: small, {round(english_zip.stat().st_size / 1e6)} MB, from 127.0.0.1" in (
        result.stdout
    )
    assert f"Installed {folder} (SHA256 as published)." in result.stdout
    assert "heard: someone left the back door open" in result.stdout
    assert "Restart the workers" in result.stdout

    assert f"uses {NAME}" in run("list").stdout
    assert f"{NAME} is installed already" in run("install", "en").stdout
    assert run("verify", "en").stdout.startswith(f"en: {NAME}\n")

    asked = run("remove", NAME)
    assert asked.exit_code == 1
    assert folder.exists()
    assert run("remove", NAME, "--yes").stdout == f"Removed {folder}.\n"
    assert not folder.exists()


def test_install_from_a_zip(run: Run, english_zip: Path) -> None:
    result = run("install", "en", "--from-zip", english_zip)
    assert result.exit_code == 0, result.output
    assert "its checksum is not compared with any" in result.stdout
    assert f"uses {NAME}" in run("list").stdout


def test_verify_says_that_it_is_a_test_model(run: Run) -> None:
    result = run("verify", "es")
    assert "es: vosk-model-tiny-es (a test model: not for real callers)" in result.stdout
    assert "word error rate 0.00" in result.stdout


@pytest.mark.usefixtures("catalogue")
def test_every_mistake_is_one_sentence(run: Run, tmp_path: Path) -> None:
    assert "'so' is published; choose one of en, pl" in refusal(run("install", "so"))
    assert "no small model for pl; there is large" in refusal(
        run("install", "pl", "--size", "small")
    )
    assert "must begin with https" in refusal(run("install", "en", "--url-base", "ftp://x/"))
    assert "give one language" in refusal(run("install", "en", "pl", "--from-zip", "x.zip"))
    assert "There is no file" in refusal(run("install", "en", "--from-zip", tmp_path / "x.zip"))
    assert "There is no model nothing" in refusal(run("remove", "nothing", "--yes"))
    assert "run `hotline models install pl`" in refusal(run("verify", "pl"))
    unreachable = run("install", "en", "--url-base", "http://127.0.0.1:9/")
    assert "cannot be reached" in refusal(unreachable)
    assert "HOTLINE_MODELS_URL" in refusal(run("list", HOTLINE_MODELS_URL="mirror"))


@pytest.mark.usefixtures("catalogue")
def test_a_mirror_without_https_and_checksum_is_remarked(run: Run, english_zip: Path) -> None:
    with serving(Shelf(english_zip.read_bytes())) as shelf:
        result = run("install", "pl", "--url-base", shelf.url)
    assert result.exit_code == 0, result.output
    assert "somebody on the way could change it" in result.stderr
    assert "License: not noted here" in result.stdout
    assert "(no checksum to compare)" in result.stdout
