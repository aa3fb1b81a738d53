"""A year for the law: as a page, and as CSV and PDF to be published. Exports are on record."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, make_response, render_template, request
from werkzeug.wrappers import Response

from console import guard, locale, names
from console.context import runtime
from console.routes import Route
from console.statistics import phrases, selecting, yearly
from console.statistics.csv_file import csv_of
from console.statistics.page import school_names
from console.statistics.pdf_file import pdf_of
from console.statistics.sheets import Book
from hotline.people.permissions import Action
from hotline.statistics import counting
from hotline.statistics.figures import Figures
from hotline.statistics.period import year_of
from hotline.statistics.selection import NO_DISTRICT, Selection

YEARS = range(2000, 2101)
BEGINS = {"january": 1, "july": 7}
"""Months with which a year may begin: the calendar's, and the fiscal one of most states."""
SHOWN, HIDDEN = "shown", "hidden"


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    year: int
    begins: str
    district: str
    hide: bool

    def arguments(self, **changed: str | int) -> dict[str, str | int]:
        """The arguments of an address that asks for the same but for what is changed."""
        small = HIDDEN if self.hide else SHOWN
        same: dict[str, str | int] = {"year": self.year, "begins": self.begins, "small": small}
        return {**same, "district": self.district, **changed}


@guard.allows(Action.SEE_STATISTICS)
def statistics_year(year: int) -> Response:
    """The year as a page; counts under five are shown to those who may read the reports anyway."""
    known, asked, figures, book = _made(year, hide=False)
    page = render_template(
        "statistics/year.html",
        asked=asked,
        book=book,
        headline=None if asked.hide else phrases.headline(figures),
        districts=known.names,
        latest=runtime().clock().year,
        hidden=HIDDEN,
        shown=SHOWN,
    )
    return make_response(page)


@guard.allows(Action.SEE_STATISTICS)
@guard.fresh
@guard.gives_file
def statistics_csv(year: int) -> Response:
    """The year as CSV; small counts are hidden unless the address says otherwise."""
    return _export(year, "csv", "text/csv; charset=utf-8", csv_of)


@guard.allows(Action.SEE_STATISTICS)
@guard.fresh
@guard.gives_file
def statistics_pdf(year: int) -> Response:
    """The year as PDF; small counts are hidden unless the address says otherwise."""
    return _export(year, "pdf", "application/pdf", lambda book: pdf_of(book, locale.language()))


def _export(year: int, kind: str, media_type: str, write: Callable[[Book], bytes]) -> Response:
    _, asked, _, book = _made(year, hide=True, export=kind)
    response = make_response(write(book))
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(asked)}.{kind}"'
    return response


def _made(
    year: int, *, hide: bool, export: str = ""
) -> tuple[selecting.Districts, Asked, Figures, Book]:
    """The book that the address asks for. hide: what holds when it says nothing of small counts."""
    if year not in YEARS:
        abort(404)
    with runtime().database.reading() as session:
        known = selecting.districts(session)
        asked = _asked(year, known, hide=hide)
        period = year_of(year, BEGINS[asked.begins])
        figures = counting.figures(session, Selection(period, known.chosen(asked.district)))
        schools = school_names(session)
    if export:
        _record(asked, export)
    languages = {code: names.language(code) for code in runtime().languages}
    called = yearly.Names(languages, schools)
    place = known.names[asked.district]
    return known, asked, figures, yearly.book(figures, place, called, hide=asked.hide)


def _record(asked: Asked, kind: str) -> None:
    """Before the file is made, so that none is without its entry."""
    detail = {"file": kind, "small": HIDDEN if asked.hide else SHOWN}
    of = {"begins": asked.begins, "district": asked.district or "all"}
    with runtime().database.transaction() as session:
        guard.audited(session, "statistics.exported", f"statistics:{asked.year}", **detail, **of)


def _asked(year: int, known: selecting.Districts, *, hide: bool) -> Asked:
    begins = request.args.get("begins", "january")
    small = request.args.get("small", HIDDEN if hide else SHOWN)
    district = selecting.asked_district(known)
    known.chosen(district)
    if begins not in BEGINS or small not in (SHOWN, HIDDEN):
        abort(404)
    return Asked(year, begins, district, small == HIDDEN)


def _file_name(asked: Asked) -> str:
    """Of our own words and the district's handle, which holds letters, digits and hyphens only."""
    place = {"": "all", NO_DISTRICT: "no-district"}.get(asked.district, asked.district)
    safe = "".join(c for c in place if c.isascii() and (c.isalnum() or c in "-_"))
    kind = "" if asked.hide else "-not-for-publication"
    fiscal = "-fiscal" if asked.begins == "july" else ""
    return f"hotline-{asked.year}{fiscal}-{safe or 'district'}{kind}"


ROUTES = (
    Route("/statistics/year/<int:year>", "statistics_year", statistics_year),
    Route("/statistics/year/<int:year>.csv", "statistics_csv", statistics_csv),
    Route("/statistics/year/<int:year>.pdf", "statistics_pdf", statistics_pdf),
)
