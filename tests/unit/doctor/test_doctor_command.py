"""All checks together: the worst first, the exit code, and a check that fails."""

import json
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

from hotline.cli import main
from hotline.doctor.examination import CHECKS, examine
from hotline.doctor.finding import Finding, Level, bad, ok, warn
from hotline.settings import Settings, SettingsError
from ivr.voice_check import voices
from tests.unit.doctor.conftest import MakeSettings


def test_the_worst_comes_first(make_settings: MakeSettings) -> None:
    def mixed(settings: Settings) -> list[Finding]:
        return [ok("a", "Fine."), bad("b", "Broken.", "Mend."), warn("c", "So so.", "Look.")]

    levels = [finding.level for finding in examine(make_settings, [mixed])]
    assert levels == [Level.BAD, Level.WARN, Level.OK, Level.OK]


def test_a_check_that_fails_stops_no_other(make_settings: MakeSettings) -> None:
    def broken(settings: Settings) -> Iterator[Finding]:
        yield ok("broken", "Until here.")
        raise RuntimeError("+15550100111")

    found = examine(make_settings, [broken, lambda settings: [ok("next", "Fine.")]])
    assert [finding.says for finding in found] == [
        "This could not be checked (RuntimeError).",
        "The settings can be read.",
        "Until here.",
        "Fine.",
    ]


def test_wrong_settings_are_the_only_finding() -> None:
    def load() -> Settings:
        raise SettingsError("HOTLINE_X: no.")

    (found,) = examine(load)
    assert (found.check, found.level, found.says) == ("settings", Level.BAD, "HOTLINE_X: no.")


def test_every_check_has_something_to_say_and_to_do(make_settings: MakeSettings) -> None:
    found = examine(make_settings, (*CHECKS, voices))
    assert {"settings", "data_directory", "database", "models", "voices"} <= {
        finding.check for finding in found
    }
    for finding in found:
        assert finding.says.endswith(".")
        assert bool(finding.mend) == (finding.level is not Level.OK), finding


def test_the_command(tmp_path: Path) -> None:
    settings = {"HOTLINE_DATA_DIR": str(tmp_path), "HOTLINE_LANGUAGES": "en"}
    tmp_path.chmod(0o755)
    result = CliRunner().invoke(main, ["doctor"], env=settings)
    assert result.exit_code == 1
    first, second, *_ = result.stdout.splitlines()
    assert first.startswith("✗ bad   data_directory  Others on this machine")
    assert second.strip() == f"→ chmod 0700 {tmp_path}"
    tmp_path.chmod(0o700)
    result = CliRunner().invoke(main, ["doctor", "--json"], env=settings)
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert {"check", "level", "says", "mend"} == set(found[0])
    assert "vosk-model-tiny-en" in result.stdout
