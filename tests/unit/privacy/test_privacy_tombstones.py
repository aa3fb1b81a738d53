"""The file of tombstones: what is carved is read, and a wrong line is named."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline.database.base import new_id
from hotline.mistakes import Mistake
from hotline.privacy.tombstones import Tombstone, add_missing, carve, read

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_what_is_carved_is_read(tmp_path: Path) -> None:
    path, stones = tmp_path / "a" / "stones", [Tombstone(new_id(), NOW, "routine") for _ in "ab"]
    for stone in stones:
        carve(path, stone)
    assert list(read(path)) == stones


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert list(read(tmp_path / "stones")) == []


def test_a_line_that_a_power_cut_left_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "stones"
    carve(path, Tombstone(new_id(), NOW, "routine"))
    with path.open("a") as file:
        file.write('{"report": "01')
    assert len(list(read(path))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "nothing",
        "{}",
        "[]",
        '{"report": "x", "deleted_at": "2026-03-04T05:06:07+00:00", "retention": "routine"}',
        f'{{"report": "{new_id()}", "deleted_at": "2026-03-04T05:06:07", "retention": "routine"}}',
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "stones"
    path.write_text(line + "\n")
    with pytest.raises(Mistake, match="Line 1"):
        list(read(path))


def test_only_missing_ones_are_added(tmp_path: Path) -> None:
    path = tmp_path / "new" / "stones.jsonl"
    first, second = (Tombstone(new_id(), NOW, "routine") for _ in "ab")
    assert add_missing(path, [first, first]) == 1
    assert add_missing(path, [first, second]) == 1
    assert add_missing(path, [second]) == 0
    assert list(read(path)) == [first, second]
