"""A book as CSV: one table after the other, with an empty line between.

UTF-8 with a byte order mark, because Excel reads it as a Windows code page otherwise; CRLF as RFC
4180 has it. A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP,
CSV injection): names of schools and districts come from a file that people write.
"""

import csv
import io

from console.statistics.sheets import Book, Sheet, Value, written

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_of(book: Book) -> bytes:
    """The file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe(book.title)])
    writer.writerows([safe(line)] for line in book.lead)
    for sheet in book.sheets:
        writer.writerow([])
        writer.writerows(_rows(sheet))
    return text.getvalue().encode("utf-8-sig")


def safe(value: Value) -> str | int:
    """A cell that no spreadsheet runs. Counts stay numbers."""
    if isinstance(value, int):
        return value
    text = written(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _rows(sheet: Sheet) -> list[list[str | int]]:
    total = (sheet.total,) if sheet.total else ()
    rows = ((sheet.title,), sheet.head, *sheet.rows, *total, *((note,) for note in sheet.notes))
    return [[safe(value) for value in row] for row in rows]
