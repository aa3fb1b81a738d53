"""`hotline roster` and `hotline policy` on the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "roster.example.toml"


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data directory and a database of this test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", sqlite_url)


def hotline(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def wrong(tmp_path: Path) -> Path:
    file = tmp_path / "roster.toml"
    file.write_text(EXAMPLE.read_text(encoding="utf-8").replace("rounds = 2", "rounds = 99"))
    return file


def line_of(file: Path, text: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if text in line)


def test_a_good_file_is_checked() -> None:
    result = hotline("roster", "check", str(EXAMPLE))
    assert (result.exit_code, result.output.count("\n")) == (0, 1)
    assert "no problem" in result.output


def test_a_wrong_file_is_told_line_by_line(tmp_path: Path) -> None:
    file = wrong(tmp_path)
    result = hotline("roster", "check", str(file))
    assert result.exit_code == 1
    (line,) = result.output.splitlines()
    assert line.startswith(f"{file}:{line_of(file, 'rounds = 99')}: The rounds of policy")


def test_a_wrong_file_is_not_applied(tmp_path: Path) -> None:
    file = wrong(tmp_path)
    result = hotline("roster", "apply", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{file}:{line_of(file, 'rounds = 99')}: The rounds of policy" in result.stderr
    assert "Nothing was changed" in result.stderr
    assert "Nobody is on the roster" in hotline("roster", "show").stdout


@pytest.mark.parametrize("command", [("check",), ("apply",)], ids=lambda c: c[0])
def test_a_file_that_is_not_there_is_said_so(command: tuple[str]) -> None:
    result = hotline("roster", *command, "nowhere.toml")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "nowhere.toml" in result.stderr


def test_applied_twice_and_shown(tmp_path: Path) -> None:
    assert "counselor-1: added" in hotline("roster", "apply", str(EXAMPLE)).stdout
    assert hotline("roster", "apply", str(EXAMPLE)).stdout == "nothing changed\n"
    assert "+15550100101" not in hotline("roster", "show").stdout
    shown = tmp_path / "shown.toml"
    shown.write_text(hotline("roster", "show", "--numbers").stdout, encoding="utf-8")
    assert "+15550100101" in shown.read_text(encoding="utf-8")
    assert hotline("roster", "apply", str(shown)).stdout == "nothing changed\n"


def test_policies_are_listed() -> None:
    assert "There is no policy yet" in hotline("policy", "list").stderr
    hotline("roster", "apply", str(EXAMPLE))
    lines = hotline("policy", "list").stdout.splitlines()
    assert lines[0].startswith("default  steps: 2, rounds: 2; whenever no route fits")
    assert any(line.startswith("life-safety") and "route 1" in line for line in lines)


def test_a_policy_is_explained_from_the_database_as_from_the_file() -> None:
    hotline("roster", "apply", str(EXAMPLE))
    asked = ("policy", "explain", "default", "--at", "2026-12-08T10:00", "--language", "es")
    stored, read = hotline(*asked).stdout, hotline(*asked, "--roster", str(EXAMPLE)).stdout
    assert stored.splitlines()[0] == (
        "Policy default (asked for), Tue 08 Dec 2026 10:00 America/Chicago"
    )
    rung = [line.split()[7] for line in read.splitlines() if "10:00:00" in line]
    assert rung == ["counselor-1", "principal-north"]
    strip = ", number not confirmed yet"
    assert [line.split() for line in stored.replace(strip, "").splitlines()] == [
        line.split() for line in read.splitlines()
    ]
    assert "If nobody picks up: the alarm after 2 min 32 s, at 10:02:32" in read
    assert "Worst case: " in read


def test_the_routes_choose_the_policy(tmp_path: Path) -> None:
    file = ("--roster", str(EXAMPLE))
    asked = ("policy", "explain", *file, "--category", "drugs", "--school", "north-high")
    day, night = (hotline(*asked, "--at", f"2026-12-08T{t}:00").stdout for t in ("10:00", "23:00"))
    assert day.startswith("Policy north-days (chosen by route 2)")
    assert night.startswith("Policy default (no route fits)")
    utc = hotline(*asked, "--at", "2026-12-08T16:00:00+00:00").stdout
    assert utc == day
    partly = hotline("policy", "explain", "north-days", "--roster", str(wrong(tmp_path)))
    assert "has problems (1)" in partly.stderr
    assert partly.stdout.startswith("Policy north-days")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("defalt",), "did you mean 'default'"),
        (("--at", "tomorrow"), "write it like 2026-11-01T01:30"),
        (("--urgency", "high"), "There is no urgency 'high'"),
        (("--language", "xx"), "There is no language 'xx'"),
    ],
)
def test_what_cannot_be_explained_is_said_in_a_sentence(
    arguments: tuple[str, ...], what: str
) -> None:
    result = hotline("policy", "explain", *arguments, "--roster", str(EXAMPLE))
    assert (result.exit_code, result.stdout) == (2, "")
    assert what in result.stderr
