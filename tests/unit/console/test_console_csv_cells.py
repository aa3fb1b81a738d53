"""CSV: what a spreadsheet would compute is text."""

import csv
import io

import pytest

from console import csv_cells


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_formula_is_shown(cell: str) -> None:
    read = next(csv.reader(io.StringIO(csv_cells.line([cell]), newline="")))
    assert read == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["", "plain", 'with "quotes", and commas', "two\nlines", "1=2"])
def test_everything_else_stays_as_it_is(cell: str) -> None:
    assert next(csv.reader(io.StringIO(csv_cells.line([cell, "x"]), newline=""))) == [cell, "x"]


def test_numbers_stay_numbers() -> None:
    assert csv_cells.line([-3, "a"]) == "-3,a\r\n"
