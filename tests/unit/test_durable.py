"""What reaches the disk stands there in whole lines."""

from pathlib import Path

import pytest

from hotline import durable
from hotline.durable import BLOCK_BYTES


def test_lines_stand_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    durable.append(path, "one\n")
    durable.append(path, "two\nthree\n")
    assert path.read_text() == "one\ntwo\nthree\n"
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("whole", ["", "one\n", "one\n" * BLOCK_BYTES])
@pytest.mark.parametrize("cut", ["tw", "x" * (2 * BLOCK_BYTES + 7)])
def test_what_a_power_cut_left_is_taken_away(tmp_path: Path, whole: str, cut: str) -> None:
    path = tmp_path / "file"
    path.write_text(whole + cut)
    durable.append(path, "two\n")
    assert path.read_text() == whole + "two\n"
