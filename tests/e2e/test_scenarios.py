"""Every scenario of the demonstration through the real processes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hotline.demo.scenarios import SCENARIOS
from tests.e2e.conftest import Theatre

pytestmark = pytest.mark.e2e
HELDOUT = Path(__file__).parent.parent / "data" / "heldout" / "en" / "seen"


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(theatre: Theatre, name: str) -> None:
    seen, broken = theatre.play(SCENARIOS[name])
    assert broken == []
    assert seen.spoken == SCENARIOS[name].spoken


def test_no_part_ended_or_logged_an_error(theatre: Theatre) -> None:
    loud = [line for line in theatre.log if '"level": "error"' in line or "crashed" in line]
    assert loud == []


def test_no_log_line_holds_a_number_or_a_word_of_the_caller(theatre: Theatre) -> None:
    said = "\n".join(theatre.log)
    assert "5550100" not in said
    assert "cafeteria" not in said


def run_demo(folder: Path, **environment: str) -> tuple[int, dict[str, object], str]:
    """`hotline demo` with a recording as the caller's speech; exit code, JSON, what it printed."""
    recording, out = HELDOUT / "001.wav", folder / "out.json"
    command = [sys.executable, "-m", "hotline.cli", "demo", "--scenario", "caller-hangs-up"]
    command += ["--audio", str(recording), "--language", "en", "--json", str(out), "--speed", "8"]
    command += ["--keep"]
    settings = {"HOTLINE_DATA_DIR": str(folder / "data"), "TERM": "dumb", **environment}
    done = subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    result = json.loads(out.read_text()) if out.exists() else {}
    return done.returncode, result, done.stdout + done.stderr


def check_run(code: int, result: dict[str, object], printed: str) -> None:
    assert code == 0, printed
    assert result["ok"] is True
    assert result["taken_by"] == "counselor-1"
    assert result["transcript"] == "he told me he has bullets in the auditorium"
    assert result["category"] == "weapons"
    assert result["alarm"] is None
    assert "\x1b" not in printed


def test_any_recording_can_be_the_callers_speech(tmp_path: Path) -> None:
    code, result, printed = run_demo(tmp_path)
    check_run(code, result, printed)
    assert (tmp_path / "data" / "hotline.sqlite").exists()
    assert (tmp_path / "data" / "log" / "web.log").exists()


@pytest.mark.postgres
def test_demo_on_postgres(tmp_path: Path, postgres_url: str) -> None:
    code, result, printed = run_demo(tmp_path, HOTLINE_DATABASE_URL=postgres_url)
    check_run(code, result, printed)
    assert not (tmp_path / "data" / "hotline.sqlite").exists()
