"""What people enter for a year: read as it was typed, and refused by its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.statistics.entered import (
    LARGEST,
    LONGEST_NAME,
    MOST_COUNTS,
    NotACount,
    parse_counts,
    typed,
)

NAMES = st.text(min_size=1, max_size=LONGEST_NAME).filter(
    lambda n: n == n.strip() and len(n.splitlines()) == 1
)
COUNTS = st.lists(st.tuples(NAMES, st.integers(0, LARGEST)), max_size=MOST_COUNTS)


@given(COUNTS)
def test_what_is_shown_is_read_as_the_same(counts: list[tuple[str, int]]) -> None:
    assert parse_counts(typed(counts)) == tuple(counts)


def test_empty_lines_and_room_count_for_nothing() -> None:
    assert parse_counts("\n  Pranks :  7 \n\nAt: night: 0\n") == (("Pranks", 7), ("At: night", 0))


@pytest.mark.parametrize(
    "line",
    ["Pranks", "Pranks: many", "Pranks: -1", "Pranks: 1.5", ": 7", "Pranks: ٧", "P: 10000000"],
)
def test_a_line_that_is_no_count_is_named(line: str) -> None:
    with pytest.raises(NotACount) as wrong:
        parse_counts(f"Insults: 3\n{line}")
    assert (wrong.value.line, wrong.value.text) == (2, line)


def test_one_too_many_is_named() -> None:
    with pytest.raises(NotACount) as wrong:
        parse_counts("\n".join(["Pranks: 1"] * (MOST_COUNTS + 1)))
    assert wrong.value.line == MOST_COUNTS + 1
