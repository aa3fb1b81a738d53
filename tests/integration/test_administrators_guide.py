"""The guide for administrators, typed command by command on a machine where nothing is set up.

Its blocks marked `sh` are typed as they stand, in their order; those marked `shell` need a carrier,
a model of hundreds of megabytes or a file of before.
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOT_TRIED_YET = "has not pressed 1 on a test call"


def commands() -> list[str]:
    """What the guide has the reader type, in its order."""
    guide = (ROOT / "docs" / "for-administrators.md").read_text()
    return [line for block in BLOCK.findall(guide) for line in block.splitlines()]


def typed(line: str) -> Result | None:
    """What a shell does with it: `cp`, or the command with its output perhaps in a file."""
    program, *words = shlex.split(line)
    if program == "cp":
        shutil.copy(ROOT / words[0], words[1])
        return None
    assert program == "hotline"
    target, mode = None, "w"
    if len(words) > 2 and words[-2] in (">", ">>"):
        target, mode = Path(words[-1]), "w" if words[-2] == ">" else "a"
        words = words[:-2]
    result = CliRunner().invoke(main, words)
    if target is not None:
        with target.open(mode) as file:
            file.write(result.stdout)
    return result


@pytest.mark.timeout(120)
def test_the_guide_can_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HOTLINE_BACKUP_FOLDER", str(tmp_path / "backups"))
    (tmp_path / "backups").mkdir()
    results: dict[str, Result] = {}
    for line in commands():
        result = typed(line)
        if result is None:
            continue
        results[line] = result
        gaps = line == "hotline oncall gaps" and NOT_TRIED_YET in result.output  # as the guide says
        assert result.exit_code == 0 or gaps, f"{line}: {result.output}"
        if line.startswith("hotline backup key"):
            found = re.search(r"age1\w+", (tmp_path / "identity").read_text())
            assert found is not None
            monkeypatch.setenv("HOTLINE_BACKUP_RECIPIENT", found[0])
    assert "worst case" in results["hotline policy explain default"].output.lower()
    assert "verifies" in results["hotline audit verify"].output
    assert (tmp_path / "anchors.jsonl").stat().st_size > 0
    [backup] = (tmp_path / "backups").iterdir()
    opened = typed(f"hotline restore {backup} --identity identity --check")
    assert opened is not None
    assert "The backup is whole" in opened.output
