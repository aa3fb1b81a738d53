"""The table of ASVS 5.0 (docs/asvs.md): every row has a status that something stands for."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import pytest

from tests.attacks.test_table import ATTACKS, NAMED, TESTS, attacks_of, functions_of

TABLE = TESTS.parent / "docs" / "asvs.md"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
MET, NOT_MET, DOES_NOT_APPLY = "met", "not met", "does not apply"
SECOND_FACTORS = "see second factors"
STATES = (MET, NOT_MET, DOES_NOT_APPLY, SECOND_FACTORS)
LEVELS = {"1": 70, "2": 183}
"""Requirements of each level in ASVS 5.0.0, counted in its list (5.0/docs_en, *.csv)."""
PER_CHAPTER = {
    **{1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7},
    **{10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16, 17: 7},
}
"""Of both levels together, counted likewise."""
PLANNED = {"unit/people/test_second_factors.py"}
"""Named before it is there."""


@dataclass(frozen=True)
class Row:
    """One requirement."""

    number: tuple[int, ...]
    level: str
    status: str
    why: str


def rows() -> list[Row]:
    """All of the table."""
    found = ROW.findall(TABLE.read_text(encoding="utf-8"))
    return [
        Row(tuple(int(part) for part in number.split(".")), level, status, why)
        for number, level, _, status, why in found
    ]


def test_every_requirement_of_both_levels_is_there_once_and_in_order() -> None:
    found = rows()
    assert Counter(row.level for row in found) == LEVELS
    assert all(one.number < other.number for one, other in pairwise(found))
    assert Counter(row.number[0] for row in found) == PER_CHAPTER


def test_every_status_is_one_of_four_and_counted_right() -> None:
    counted = Counter(row.status for row in rows())
    assert set(counted) <= set(STATES)
    figures = " | ".join(str(counted[status]) for status in STATES)
    assert f"| {figures} |" in TABLE.read_text(encoding="utf-8")


@pytest.mark.parametrize("row", rows(), ids=lambda row: ".".join(map(str, row.number)))
def test_every_test_that_is_named_is_there(row: Row) -> None:
    assert row.why.strip()
    for path, test in NAMED.findall(row.why):
        if path not in PLANNED:
            assert (TESTS / path).is_file(), path
            assert not test or test in functions_of(TESTS / path), f"{path}::{test}"
    for file, attacks in ATTACKS.findall(row.why):
        assert set(attacks.split(", ")) <= attacks_of(TESTS / "attacks" / file)


def test_most_of_what_is_met_is_shown_by_a_test() -> None:
    met = [row.why for row in rows() if row.status == MET]
    shown = [why for why in met if NAMED.search(why) or ATTACKS.search(why)]
    assert len(shown) > 0.8 * len(met)
