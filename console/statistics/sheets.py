"""A year's figures as sheets: what the page, the CSV and the PDF all say, made once. Pure."""

from dataclasses import dataclass

Value = str | int | None
"""None: a count that is hidden because it is small."""
STAR = "*"
"""How a hidden count is written."""


@dataclass(frozen=True)
class Sheet:
    """One table. notes: sentences below it. head, rows, total: the first of each is its name."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """All sheets of a year. lead: sentences before them: what it is of, what is hidden."""

    title: str
    lead: tuple[str, ...]
    sheets: tuple[Sheet, ...]


def written(value: Value) -> str:
    """A value as a file shows it."""
    return STAR if value is None else str(value)
