"""What others wrote is served as they published it: version in its name, license beside it."""

import hashlib
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = (ROOT / "console" / "static" / "vendor", ROOT / "tests" / "support" / "vendor")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.parts[-3])
def test_every_file_is_as_it_was_published(folder: Path) -> None:
    listed = tomllib.loads((folder / "VENDORED.toml").read_text(encoding="utf-8"))["file"]
    for row in listed:
        assert hashlib.sha256((folder / row["file"]).read_bytes()).hexdigest() == row["sha256"]
        assert row["version"] in row["file"]
        assert (folder / row["license_file"]).is_file()
    known = {"VENDORED.toml"} | {row[key] for row in listed for key in ("file", "license_file")}
    assert {path.name for path in folder.iterdir()} == known
