"""Every scenario of the demonstration through the real processes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hotline.demo.scenarios import SCENARIOS
from tests.e2e.conftest import Theatre, open_theatre

pytestmark = pytest.mark.e2e
SPEECH = Path(__file__).parent.parent / "data" / "speech" / "en" / "seen"


SHORT = ("message", "live")
"""What every run of the tests plays; the others belong to `make test-long`."""


@pytest.fixture(scope="module", autouse=True)
def begun(theatre: Theatre) -> int:
    """How much was logged before: other tests kill parts of the same hotline."""
    return len(theatre.log)


@pytest.mark.parametrize(
    "name",
    [n if n in SHORT else pytest.param(n, marks=pytest.mark.slow) for n in SCENARIOS],
)
def test_scenario(theatre: Theatre, name: str) -> None:
    seen, broken = theatre.play(SCENARIOS[name])
    assert broken == []
    assert seen.spoken == SCENARIOS[name].spoken


@pytest.mark.slow
@pytest.mark.parametrize("name", ["message"])
def test_scenario_recorded_by_the_carrier(recorded: Theatre, name: str) -> None:
    seen, broken = recorded.play(SCENARIOS[name])
    assert broken == []
    assert seen.outcome.happened("carrier_copy_deleted")


def test_no_part_ended_or_logged_an_error(theatre: Theatre, begun: int) -> None:
    here = theatre.log[begun:]
    loud = [line for line in here if '"level": "error"' in line or "crashed" in line]
    assert loud == []


def test_no_log_line_holds_a_number_or_a_word_of_the_caller(theatre: Theatre) -> None:
    said = "\n".join(theatre.log)
    assert "5550100" not in said
    assert "cafeteria" not in said


@pytest.mark.slow
def test_any_recording_can_be_the_callers_speech(tmp_path: Path) -> None:
    data_dir, out = tmp_path / "data", tmp_path / "out.json"
    command = [sys.executable, "-m", "hotline.cli", "demo", "--scenario", "caller-hangs-up"]
    command += ["--audio", str(SPEECH / "001.wav"), "--language", "en"]
    command += ["--json", str(out), "--speed", "8", "--keep"]
    environment = {**os.environ, "HOTLINE_DATA_DIR": str(data_dir), "TERM": "dumb"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(out.read_text())
    assert result["ok"] is True
    assert result["taken_by"] == "counselor-1"
    assert result["transcript"] == "he told me he has bullets in the auditorium"
    assert result["category"] == "weapons"
    assert result["alarm"] is None
    assert "\x1b" not in done.stdout
    assert (data_dir / "hotline.sqlite").exists()
    assert "5550100" not in "".join(p.read_text() for p in (data_dir / "log").iterdir())


@pytest.mark.postgres
@pytest.mark.slow
def test_on_postgres(tmp_path: Path, postgres_url: str) -> None:
    with open_theatre(tmp_path, postgres_url) as theatre:
        _, broken = theatre.play(theatre.short())
        assert broken == []
        assert not (tmp_path / "hotline.sqlite").exists()
