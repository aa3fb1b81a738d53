"""Cells of CSV files that a spreadsheet takes for text, whatever stands in them. Pure."""

import csv
import io
from collections.abc import Sequence

# What begins a formula in common spreadsheets (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def line(cells: Sequence[object]) -> str:
    """One line of a file. A text that would begin a formula gets an apostrophe before it."""
    out = io.StringIO()
    csv.writer(out).writerow([cell if isinstance(cell, int) else text(str(cell)) for cell in cells])
    return out.getvalue()


def text(cell: str) -> str:
    """The cell so that it is shown and never computed."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
