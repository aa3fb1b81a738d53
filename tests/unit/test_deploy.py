"""The unit files of systemd: it can read them, and they start commands that there are."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hotline.cli import main

UNITS = sorted((Path(__file__).parent.parent.parent / "deploy" / "systemd").iterdir())
PROGRAM = "/opt/hotline/.venv/bin/hotline"
PROCESSES = ("web", "door", "media", "worker", "dispatcher", "auditor")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_unit_starts_a_command_of_ours_with_little_rights(unit: Path) -> None:
    text = unit.read_text()
    (verb,) = re.findall(rf"^ExecStart={re.escape(PROGRAM)} (\S+)$", text, re.M)
    verbs = PROCESSES if verb == "%i" else (verb,)
    assert set(verbs) <= main.commands.keys()
    for line in ("User=hotline", "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict"):
        assert line in text.splitlines()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_can_read_them(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace(PROGRAM, sys.executable)  # it looks for the program
        (tmp_path / unit.name).write_text(text)
    files = [
        str(tmp_path / unit.name.replace("@.", "@web."))
        if "@." in unit.name
        else str(tmp_path / unit.name)
        for unit in UNITS
    ]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "hotline" in line]
    assert ours == []
