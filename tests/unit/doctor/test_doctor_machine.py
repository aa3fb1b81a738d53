"""Data directory, disk and clock."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest
import time_machine

from hotline.doctor import machine
from hotline.doctor.finding import Finding, Level
from tests.unit.doctor.conftest import MakeSettings

Usage = namedtuple("Usage", "total used free")


def one(found: object) -> Finding:
    (finding,) = list(found)  # type: ignore[call-overload]
    assert isinstance(finding, Finding)
    return finding


def test_the_data_directory(make_settings: MakeSettings, tmp_path: Path) -> None:
    assert one(machine.data_directory(make_settings())).level is Level.OK
    tmp_path.chmod(0o750)
    open_to_others = one(machine.data_directory(make_settings()))
    assert open_to_others.level is Level.BAD
    assert open_to_others.mend == f"chmod 0700 {tmp_path}"
    missing = one(machine.data_directory(make_settings(data_dir=tmp_path / "none")))
    assert missing.level is Level.WARN


@pytest.mark.parametrize(
    ("free", "level"), [(10**11, Level.OK), (10**9, Level.WARN), (10**7, Level.BAD)]
)
def test_disk_space(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(free, 0, free))
    found = list(machine.disk_space(make_settings()))
    assert [finding.level for finding in found] == [level, level]
    assert "data directory" in found[0].says
    assert "models folder" in found[1].says


def test_disk_space_is_asked_where_a_folder_will_be(tmp_path: Path) -> None:
    assert machine.nearest(tmp_path / "not" / "yet") == tmp_path
    assert machine.nearest(Path("not/yet")) == Path.cwd()


def test_the_clock(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "is_synchronized", lambda: True)
    assert one(machine.clock(make_settings())).level is Level.OK
    with time_machine.travel("1970-01-01T00:00:10Z"):
        assert one(machine.clock(make_settings())).level is Level.BAD
    monkeypatch.setattr(machine, "is_synchronized", lambda: False)
    loose = one(machine.clock(make_settings()))
    assert (loose.level, "chrony" in loose.mend) == (Level.WARN, True)


def test_the_kernel_answers() -> None:
    assert machine.is_synchronized() in (True, False)
