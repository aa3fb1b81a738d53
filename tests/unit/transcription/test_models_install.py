"""Installing and removing models: whole and working, or not there; also when it is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.model_server import Shelf, serving
from tests.support.model_zip import NAME, entry, wideband, zip_of, zip_of_english
from transcription import catalogue, models_fetch, models_verify
from transcription.models_errors import ModelsError
from transcription.models_install import Done, install, install_zip, is_unsafe, pick, remove
from transcription.models_published import Published, Size, published

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models_fetch, "PAUSE_S", 0.0)


@pytest.fixture(scope="module")
def english_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zip_of_english(tmp_path_factory.mktemp("zip") / "english.zip")


@pytest.fixture(scope="module")
def model(english_zip: Path) -> Published:
    return entry(english_zip)


@pytest.fixture
def shelf(english_zip: Path) -> Iterator[Shelf]:
    with serving(Shelf(english_zip.read_bytes())) as made:
        yield made


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    return tmp_path / "models"


def no_check(folder: Path) -> None:
    """For tests that are not about loading."""


def done(model: Published, models_dir: Path, shelf: Shelf) -> Done:
    return install(model, models_dir, shelf.url, lambda here, total: None, no_check)


def names(models_dir: Path) -> list[str]:
    return sorted(path.name for path in models_dir.iterdir())


def test_a_model_is_installed_and_used(model: Published, models_dir: Path, shelf: Shelf) -> None:
    got = install(model, models_dir, shelf.url, lambda here, total: None, models_verify.check)
    assert got == Done(models_dir / NAME, digest=("sha256", model.sha256 or ""))
    assert shelf.paths == [f"/models/{NAME}.zip"]
    assert [found.language for found in catalogue.installed(models_dir)] == ["en"]
    chosen = catalogue.choose("en", "vosk-model-tiny-en", models_dir)
    assert (chosen.folder, chosen.is_test_model) == (models_dir / NAME, False)
    assert names(models_dir / ".downloads") == []
    assert done(model, models_dir, shelf) == Done(models_dir / NAME, already=True)
    assert len(shelf.paths) == 1


def test_another_file_than_published_is_thrown_away(
    model: Published, models_dir: Path, shelf: Shelf
) -> None:
    other = replace(model, sha256="0" * 64)
    with pytest.raises(ModelsError, match=r"not the file that was published \(SHA256 .* thrown"):
        done(other, models_dir, shelf)
    assert list(catalogue.installed(models_dir)) == []
    assert names(models_dir / ".downloads") == []


def test_an_md5_is_compared_where_there_is_no_better(
    model: Published, models_dir: Path, shelf: Shelf
) -> None:
    with pytest.raises(ModelsError, match="MD5"):
        done(replace(model, sha256=None, md5="0" * 32), models_dir, shelf)


def test_without_any_checksum_the_zip_itself_must_be_whole(
    model: Published, models_dir: Path, shelf: Shelf
) -> None:
    shelf.data = shelf.data[:-50_000]
    with pytest.raises(ModelsError, match="not a whole zip file"):
        done(replace(model, sha256=None, bytes=None), models_dir, shelf)
    assert list(catalogue.installed(models_dir)) == []


def test_a_model_that_does_not_load_is_not_put_in_place(models_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    (folder / "am").mkdir(parents=True)
    (folder / "am" / "final.mdl").write_bytes(os.urandom(1000))
    zip_path = zip_of(folder, tmp_path / "broken.zip")
    with pytest.raises(ModelsError, match=r"The speech model .* (cannot be loaded|crashes)"):
        install_zip(zip_path, "en", models_dir, models_verify.check)
    assert names(models_dir) == [".lock"]


def test_a_zip_from_this_machine_takes_the_language_it_is_given(
    english_zip: Path, models_dir: Path
) -> None:
    assert install_zip(english_zip, "pl", models_dir, no_check) == Done(models_dir / NAME)
    assert install_zip(english_zip, "pl", models_dir, no_check).already
    assert catalogue.choose("pl", "", models_dir).folder == models_dir / NAME
    with pytest.raises(catalogue.ModelMissing):
        catalogue.choose("de", "", models_dir)


def test_a_model_for_16_khz_is_found_to_work(tmp_path: Path, models_dir: Path) -> None:
    """All small models that are published take 16 kHz, and what comes from a telephone has 8."""
    folder = wideband(catalogue.BUNDLED / "vosk-model-tiny-en", tmp_path / "wide")
    zip_path = zip_of(folder, tmp_path / f"{NAME}.zip")
    assert install_zip(zip_path, "en", models_dir, models_verify.check) == Done(models_dir / NAME)
    verified = models_verify.verify(models_dir / NAME, "en", lambda text, voice: None)
    assert (verified.source, verified.wer) == ("recording", 0.0)


def test_a_zip_may_not_take_the_name_of_a_test_model(tmp_path: Path, models_dir: Path) -> None:
    zip_path = zip_of_english(tmp_path / "model.zip", "vosk-model-tiny-en")
    with pytest.raises(ModelsError, match="cannot be called vosk-model-tiny-en"):
        install_zip(zip_path, "en", models_dir, no_check)


def test_half_a_model_of_that_name_gives_way(english_zip: Path, models_dir: Path) -> None:
    (models_dir / NAME / "conf").mkdir(parents=True)
    install_zip(english_zip, "en", models_dir, no_check)
    assert catalogue.is_model(models_dir / NAME)
    assert names(models_dir) == [".lock", NAME]


def test_a_full_disk_is_said_before_anything_is_fetched(
    model: Published, models_dir: Path, shelf: Shelf
) -> None:
    with pytest.raises(ModelsError, match="make room"):
        done(replace(model, bytes=1 << 60), models_dir, shelf)
    assert shelf.paths == []


def test_only_one_at_a_time(english_zip: Path, models_dir: Path) -> None:
    def meanwhile(folder: Path) -> None:
        with pytest.raises(ModelsError, match="Another `hotline models` command"):
            remove("anything", models_dir)

    install_zip(english_zip, "en", models_dir, meanwhile)
    assert catalogue.is_model(models_dir / NAME)


def test_a_folder_that_cannot_be_written(tmp_path: Path, english_zip: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelsError, match="cannot be written"):
        install_zip(english_zip, "en", tmp_path / "file", no_check)


def test_remove(english_zip: Path, models_dir: Path) -> None:
    install_zip(english_zip, "en", models_dir, no_check)
    (models_dir / ".downloads").mkdir()
    (models_dir / ".downloads" / f"{NAME}.zip.part").touch()
    assert remove(NAME, models_dir) == models_dir / NAME
    assert names(models_dir) == [".downloads", ".lock"]
    assert names(models_dir / ".downloads") == []


@pytest.mark.parametrize("name", [NAME, "../models", ".", "/etc"])
def test_only_a_model_is_removed(name: str, models_dir: Path) -> None:
    with pytest.raises(ModelsError, match="There is no model"):
        remove(name, models_dir)


def test_which_one_is_picked() -> None:
    assert pick(published(), "en", None).size is Size.SMALL
    assert pick(published(), "en", Size.LARGE).name == "vosk-model-en-us-0.22"
    assert pick(published(), "tl", None).size is Size.MEDIUM
    with pytest.raises(ModelsError, match="no large model for pl; there is small"):
        pick(published(), "pl", Size.LARGE)
    with pytest.raises(ModelsError, match="No model for 'so' is published; choose one of en, es"):
        pick(published(), "so", None)


def test_what_somebody_on_the_way_could_change(model: Published) -> None:
    assert is_unsafe("http://mirror.example/", replace(model, sha256=None))
    assert not is_unsafe("http://mirror.example/", model)
    assert not is_unsafe("https://mirror.example/", replace(model, sha256=None))


KILLED_IN_DOWNLOAD = """
import sys
import time
from pathlib import Path
from tests.support.model_zip import entry
from transcription.models_install import install
print("ready", flush=True)
install(entry(Path(sys.argv[1])), Path(sys.argv[2]), sys.argv[3], lambda *_: None, lambda _: None)
"""
KILLED_IN_UNPACK = """
import sys, time
from pathlib import Path
from transcription.models_install import install_zip
def stay(folder):
    print("unpacked", flush=True)
    time.sleep(120)
install_zip(Path(sys.argv[1]), "en", Path(sys.argv[2]), stay)
"""


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def kill(child: subprocess.Popen[str]) -> None:
    child.send_signal(signal.SIGKILL)
    child.communicate()


def test_killed_in_the_download_it_goes_on(
    model: Published, models_dir: Path, shelf: Shelf, english_zip: Path
) -> None:
    shelf.holds = 1_000_000
    part = models_dir / ".downloads" / f"{NAME}.zip.part"
    child = start(KILLED_IN_DOWNLOAD, english_zip, models_dir, shelf.url)
    while models_fetch.size_of(part) < 900_000:
        assert child.poll() is None
        time.sleep(0.01)
    kill(child)
    assert list(catalogue.installed(models_dir)) == []
    have = models_fetch.size_of(part)
    shelf.holds = None
    shelf.go.set()
    assert not done(model, models_dir, shelf).already
    assert shelf.asked_ranges == [None, f"bytes={have}-"]
    assert [found.name for found in catalogue.installed(models_dir)] == [NAME]


def test_killed_while_it_unpacks_nothing_half_is_there(models_dir: Path, english_zip: Path) -> None:
    child = start(KILLED_IN_UNPACK, english_zip, models_dir)
    assert child.stdout is not None
    assert child.stdout.readline() == "unpacked\n"
    kill(child)
    assert names(models_dir) == [".lock", f".unpacking-{NAME}"]
    assert list(catalogue.installed(models_dir)) == []
    install_zip(english_zip, "en", models_dir, no_check)
    assert names(models_dir) == [".lock", NAME]
