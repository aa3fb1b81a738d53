"""Zips that are no model, or that nobody should unpack."""

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.model_zip import NAME, zip_of_english
from transcription import models_unpack
from transcription.catalogue import is_model
from transcription.models_errors import ModelsError
from transcription.models_unpack import inspect, room_for, unpack, unpacked_bytes

Fill = Callable[[zipfile.ZipFile], None]


def link(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo(f"{NAME}/conf/model.conf")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(entry, "/etc/passwd")


def device(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo(f"{NAME}/null")
    entry.external_attr = (stat.S_IFCHR | 0o666) << 16
    archive.writestr(entry, "")


def path(name: str) -> Fill:
    return lambda archive: archive.writestr(name, "x")


def twice(archive: zipfile.ZipFile) -> None:
    archive.writestr(f"{NAME}/README", "one")
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(f"{NAME}/README", "two")


def many(archive: zipfile.ZipFile) -> None:
    for number in range(models_unpack.MOST_ENTRIES + 1):
        archive.writestr(f"{NAME}/{number}", b"")


def odd_method(archive: zipfile.ZipFile) -> None:
    archive.writestr(f"{NAME}/README", "one", zipfile.ZIP_BZIP2)


def bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr(f"{NAME}/zeros", bytes(30_000_000))


def made(tmp_path: Path, fill: Fill, *, model: bool = True) -> Path:
    zip_path = tmp_path / "model.zip"
    with zipfile.ZipFile(zip_path, "w", zipfile.ZIP_DEFLATED) as archive:
        if model:
            archive.writestr(f"{NAME}/am/final.mdl", "x")
        fill(archive)
    return zip_path


@pytest.mark.parametrize(
    "fill",
    [
        path(f"{NAME}/../../escaped"),
        path("/etc/escaped"),
        path(f"{NAME}/a\\..\\escaped"),
        path(f"{NAME}/C:/escaped"),
        path(f"{NAME}//empty"),
        link,
        device,
        twice,
        odd_method,
    ],
    ids=["up", "root", "backslash", "drive", "empty", "link", "device", "twice", "bzip2"],
)
def test_what_no_model_has_is_refused(tmp_path: Path, fill: Fill) -> None:
    zip_path = made(tmp_path, fill)
    with pytest.raises(ModelsError, match="paths, links or passwords"):
        unpack(zip_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("fill", [many, bomb])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, fill: Fill) -> None:
    with pytest.raises(ModelsError, match="far more than any speech model"):
        unpack(made(tmp_path, fill), tmp_path / "out")


def test_a_zip_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    zip_path = made(tmp_path, lambda archive: archive.writestr(f"{NAME}/file", bytes(100_000)))
    data = zip_path.read_bytes()
    lie = data.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lie != data
    zip_path.write_bytes(lie)
    with pytest.raises(ModelsError, match=r"holds more than it says|is damaged"):
        unpack(zip_path, tmp_path / "out")
    assert (tmp_path / "out" / "file").stat().st_size <= 10


@pytest.mark.parametrize(
    ("fill", "model"),
    [
        (path("other/README"), True),
        (path(f"{NAME}/README"), False),
        (path("README"), False),
        (lambda archive: None, False),
    ],
    ids=["two folders", "no model", "no folder", "empty"],
)
def test_what_is_no_model(tmp_path: Path, fill: Fill, model: bool) -> None:
    with pytest.raises(ModelsError, match="is not the zip of a Vosk model"):
        inspect(made(tmp_path, fill, model=model))


def test_what_is_no_zip(tmp_path: Path) -> None:
    page = tmp_path / "model.zip"
    page.write_text("<html>Not found</html>")
    with pytest.raises(ModelsError, match="not a whole zip file"):
        inspect(page)
    with pytest.raises(ModelsError, match="There is no file"):
        inspect(tmp_path / "none.zip")
    with pytest.raises(ModelsError, match="cannot be read: Is a directory"):
        inspect(tmp_path)


def test_a_truncated_zip(tmp_path: Path) -> None:
    zip_path = zip_of_english(tmp_path / "model.zip")
    zip_path.write_bytes(zip_path.read_bytes()[:-100_000])
    with pytest.raises(ModelsError, match="not a whole zip file"):
        unpack(zip_path, tmp_path / "out")


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    zip_path = zip_of_english(tmp_path / "model.zip")
    data = bytearray(zip_path.read_bytes())
    data[len(data) // 2] ^= 1
    zip_path.write_bytes(data)
    with pytest.raises(ModelsError, match="is damaged; fetch it again"):
        unpack(zip_path, tmp_path / "out")


def test_a_model_is_unpacked(tmp_path: Path) -> None:
    zip_path = zip_of_english(tmp_path / "model.zip")
    unpack(zip_path, tmp_path / "out")
    assert inspect(zip_path) == NAME
    assert is_model(tmp_path / "out")
    sizes = [file.stat().st_size for file in (tmp_path / "out").rglob("*") if file.is_file()]
    assert sum(sizes) == unpacked_bytes(zip_path)


def test_a_full_disk_is_said_before(tmp_path: Path) -> None:
    room_for(1, tmp_path)
    with pytest.raises(ModelsError, match=r"free, and .* needed; make room"):
        room_for(1 << 60, tmp_path)
