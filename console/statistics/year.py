"""A year for the law: as a page, and as CSV and PDF to be published. Exports are on record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from console import guard, locale, names
from console.context import runtime
from console.reports.cases import Names
from console.routes import Route
from console.statistics import entering, phrases, selecting, yearly
from console.statistics.csv_file import csv_of
from console.statistics.page import school_names
from console.statistics.pdf_file import pdf_of
from console.statistics.sheets import Book
from hotline.people.permissions import Action
from hotline.statistics import counting, entries
from hotline.statistics.entered import Entered
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

    @property
    def of(self) -> entries.Of:
        """Whose year it is, for what people enter."""
        return entries.Of(self.year, self.begins, self.district)

    def arguments(self, **changed: str | int) -> dict[str, Any]:
        """The arguments of an address that asks for the same but for what is changed."""
        small = HIDDEN if self.hide else SHOWN
        same: dict[str, str | int] = {"year": self.year, "begins": self.begins, "small": small}
        return {**same, "district": self.district, **changed}


@guard.allows(Action.SEE_STATISTICS)
def statistics_year(year: int) -> Response:
    """The year as a page; counts under five are shown to those who may read the reports anyway."""
    return page(year)


def page(year: int, refused: entering.Refused | None = None) -> Response:
    """The page; refused: what was typed and is not entered, 422 or 409 with it."""
    made = _made(year, hide=False)
    known, asked, figures, book = made.known, made.asked, made.figures, made.book
    text = render_template(
        "statistics/year.html",
        asked=asked,
        book=book,
        headline=None if asked.hide else phrases.headline(figures),
        districts=known.names,
        latest=runtime().clock().year,
        hidden=HIDDEN,
        shown=SHOWN,
        fields=entering.fields(made.entered, made.by, refused),
    )
    return make_response(text, refused.status if refused is not None else 200)


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
    made = _made(year, hide=True, export=kind)
    asked, response = made.asked, make_response(write(made.book))
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(asked)}.{kind}"'
    return response


@dataclass(frozen=True)
class Made:
    """A year as it was asked for. entered: by item; by: names of who entered it, by account id."""

    known: selecting.Districts
    asked: Asked
    figures: Figures
    book: Book
    entered: Mapping[str, Entered]
    by: Mapping[str, str]


def _made(year: int, *, hide: bool, export: str = "") -> Made:
    """The book that the address asks for. hide: what holds when it says nothing of small counts."""
    if year not in YEARS:
        abort(404)
    with runtime().database.reading() as session:
        known = selecting.districts(session)
        asked = _asked(year, known, hide=hide)
        period = year_of(year, BEGINS[asked.begins])
        figures = counting.figures(session, Selection(period, known.chosen(asked.district)))
        schools = school_names(session)
        entered = entries.read(session, asked.of)
        people = Names(session, runtime().vault)
        by = {each.by: people.of(each.by) for each in entered.values()}
    if export:
        _record(asked, export)
    languages = {code: names.language(code) for code in runtime().languages}
    called = yearly.Names(languages, schools)
    place = known.names[asked.district]
    book = yearly.book(figures, place, called, hide=asked.hide, entered=entered)
    return Made(known, asked, figures, book, entered, by)


@guard.allows(Action.REVIEW)
def do_enter_year(year: int, item: str) -> Response:
    """Enter what only people know of an item (its key in `laws`). 422 when a line is no count; 409
    when somebody has entered something else meanwhile: nothing is overwritten, and what was typed
    stays."""
    if year not in YEARS:
        abort(404)
    with runtime().database.transaction() as session:
        asked = _asked(year, selecting.districts(session), hide=False)
        refused = entering.enter(session, asked.of, item)
    if refused is not None:
        return page(year, refused)
    return redirect(url_for("console.statistics_year", **asked.arguments()) + "#entered", 303)


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
    Route("/statistics/year/<int:year>/entered/<item>", "do_enter_year", do_enter_year, "POST"),
    Route("/statistics/year/<int:year>.csv", "statistics_csv", statistics_csv),
    Route("/statistics/year/<int:year>.pdf", "statistics_pdf", statistics_pdf),
)
