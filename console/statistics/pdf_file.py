"""A book as PDF: letter paper on its side, heads of tables repeated, pages numbered.

Set in Bitstream Vera, which comes with ReportLab and is embedded, so that the file looks the same
everywhere and names outside of English are kept.
"""

import io
from functools import cache
from pathlib import Path
from typing import Any

import reportlab
from markupsafe import escape
from reportlab.lib import colors
from reportlab.lib.pagesizes import landscape, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from console.statistics.sheets import Book, Sheet, Value, written
from console.text import gettext

PAGE, MARGIN = landscape(letter), 0.6 * inch
TEXT, BOLD = "Vera", "VeraBd"
INK, RULE, QUIET = (
    colors.HexColor("#17262B"),
    colors.HexColor("#D5D8D0"),
    colors.HexColor("#4A5A5E"),
)
FIRST_COLUMN = 2.2
"""Times as wide as the others: it holds the names."""
WORDS_COLUMN = 3.0
"""The same for columns of sentences."""
KEPT_TOGETHER_ROWS = 14


def pdf_of(book: Book, language: str) -> bytes:
    """The file. language: the one its words are in."""
    _fonts()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=PAGE,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=book.title,
        author="Hotline",
        lang=language,
        invariant=1,
    )

    def foot(canvas: Any, _document: Any) -> None:
        canvas.setFont(TEXT, 8)
        canvas.setFillColor(QUIET)
        canvas.drawString(MARGIN, MARGIN / 2, book.title)
        number = gettext("Page %(number)s", number=canvas.getPageNumber())
        canvas.drawRightString(PAGE[0] - MARGIN, MARGIN / 2, number)

    document.build(story(book), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def story(book: Book) -> list[Flowable]:
    """What stands on the pages, in order."""
    parts: list[Flowable] = [_paragraph(book.title, size=18), Spacer(0, 6)]
    parts += [_paragraph(line, size=9, color=QUIET) for line in book.lead]
    for sheet in book.sheets:
        block = [Spacer(0, 14), _paragraph(sheet.title, size=12, font=BOLD), Spacer(0, 4)]
        block += [_table(sheet), *(_paragraph(n, size=8, color=QUIET) for n in sheet.notes)]
        parts += [KeepTogether(block)] if len(sheet.rows) <= KEPT_TOGETHER_ROWS else block
    return parts


def _table(sheet: Sheet) -> Table:
    rows = [sheet.head, *sheet.rows, *((sheet.total,) if sheet.total else ())]
    cells = [
        [_cell(value, bold=number == 0 or row is sheet.total) for value in row]
        for number, row in enumerate(rows)
    ]
    style: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -2), 0.4, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return Table(cells, _widths(sheet), repeatRows=1, style=TableStyle(style), hAlign="LEFT")


def _widths(sheet: Sheet) -> list[float]:
    """Names and sentences get more room than counts; narrow tables do not fill the page."""
    columns = range(len(sheet.head))
    longest = [max((len(written(row[n])) for row in sheet.rows), default=0) for n in columns]
    parts = [
        WORDS_COLUMN if longest[n] > 60 else FIRST_COLUMN if n == 0 or longest[n] > 20 else 1.0
        for n in columns
    ]
    room = PAGE[0] - 2 * MARGIN
    unit = min(room / sum(parts), 1.3 * inch)
    return [unit * part for part in parts]


def _cell(value: Value, *, bold: bool) -> Paragraph:
    return _paragraph(written(value), size=8, font=BOLD if bold else TEXT)


def _paragraph(text: str, *, size: int, font: str = TEXT, color: colors.Color = INK) -> Paragraph:
    style = ParagraphStyle(
        f"{font}-{size}", fontName=font, fontSize=size, leading=size * 1.35, textColor=color
    )
    return Paragraph(str(escape(text)), style)


@cache
def _fonts() -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (TEXT, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(TEXT, normal=TEXT, bold=BOLD)
