"""Cells of CSV files that a spreadsheet takes for text, whatever stands in them. Pure."""

import csv
import io
from collections.abc import Sequence

from console import harmless

# What begins a formula in common spreadsheets (OWASP, CSV injection; its full-width forms too).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def line(cells: Sequence[object]) -> str:
    """One line of a file. A text that would begin a formula gets an apostrophe before it."""
    out = io.StringIO()
    csv.writer(out).writerow([cell if isinstance(cell, int) else text(str(cell)) for cell in cells])
    return out.getvalue()


def text(cell: str) -> str:
    """The cell so that it is shown and never computed, and nothing in it acts."""
    shown = harmless.text(cell)
    begins = shown.lstrip(f" {harmless.SHOWN}")  # some programs pass over what they cannot show
    return f"'{shown}" if shown.startswith(FORMULA) or begins.startswith(FORMULA) else shown
