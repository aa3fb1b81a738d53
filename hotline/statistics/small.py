"""Small counts, which in a small district can name a child, and how a table hides them. Pure.

A count from 1 to 4 is hidden. So that it cannot be worked out from its row, its column or total,
the next smallest counts beside it are hidden too, until what is hidden there adds up to 5 or more.
Nothing (0) stays: it tells of nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

FEWEST = 5
"""The fewest that are shown: what public school and health statistics commonly hide is below it."""

Shown = int | None
"""A count, or None where it is hidden."""
Row = TypeVar("Row")
Column = TypeVar("Column")


def is_small(count: int) -> bool:
    """Whether a count is too small to be shown."""
    return 0 < count < FEWEST


def single(count: int, total: int) -> Shown:
    """A count out of a total that is shown: hidden too when the rest of the total is small."""
    return None if is_small(count) or is_small(total - count) else count


def listed(counts: Mapping[Row, int]) -> dict[Row, Shown]:
    """Counts that add up to a total which stands beside them."""
    hidden = _hidden_in(list(counts.items()), {k for k, n in counts.items() if is_small(n)})
    return {key: None if key in hidden else n for key, n in counts.items()}


@dataclass(frozen=True)
class Table(Generic[Row, Column]):
    """Counts by row and column, and the totals of both."""

    cells: Mapping[tuple[Row, Column], Shown]
    rows: Mapping[Row, Shown]
    columns: Mapping[Column, Shown]


def table(counts: Mapping[tuple[Row, Column], int]) -> Table[Row, Column]:
    """Counts with the totals of rows and columns beside them; no pair may be missing.

    A total that is hidden would be told by its counts, so some of them are hidden with it.
    """
    axes = [_lines(counts, 0), _lines(counts, 1)]
    totals = [[(key, sum(n for _, n in line)) for key, line in axis.items()] for axis in axes]
    hidden = {key for key, n in counts.items() if is_small(n)}
    unsaid = [_hidden_in(sums, {key for key, n in sums if is_small(n)}) for sums in totals]
    before = (-1, -1, -1)
    while (len(hidden), *map(len, unsaid)) != before:
        before = (len(hidden), len(unsaid[0]), len(unsaid[1]))
        for number, axis in enumerate(axes):
            for key, line in axis.items():
                own = {k for k, _ in line} & hidden
                hidden |= (own := _hidden_in(line, own, at_least_one=key in unsaid[number]))
                if len(own) == 1:  # alone in its line: the total would tell it
                    unsaid[number].add(key)
            unsaid[number] = _hidden_in(totals[number], unsaid[number])
    cells = {key: None if key in hidden else n for key, n in counts.items()}
    rows, columns = (
        {key: None if key in unsaid[number] else n for key, n in sums}
        for number, sums in enumerate(totals)
    )
    return Table(cells, rows, columns)


def plain(counts: Mapping[tuple[Row, Column], int]) -> Table[Row, Column]:
    """The same with nothing hidden."""
    rows, columns = _lines(counts, 0), _lines(counts, 1)
    return Table(
        dict(counts),
        {key: sum(n for _, n in line) for key, line in rows.items()},
        {key: sum(n for _, n in line) for key, line in columns.items()},
    )


Line = list[tuple[Any, int]]


def _lines(counts: Mapping[Any, int], axis: int) -> dict[Any, Line]:
    by: dict[Any, Line] = {}
    for key, n in counts.items():
        by.setdefault(key[axis], []).append((key, n))
    return by


def _hidden_in(line: Line, hidden: set[Any], *, at_least_one: bool = False) -> set[Any]:
    """What of a line is hidden, given what of it is hidden already."""
    if not hidden and not at_least_one:
        return hidden
    rest = sorted((pair for pair in line if pair[0] not in hidden and pair[1]), key=lambda p: p[1])
    left = sum(n for key, n in line if key in hidden)
    chosen = set(hidden)
    while rest and (left < FEWEST or len(chosen) < 2):
        key, n = rest.pop(0)
        chosen.add(key)
        left += n
    return chosen
