"""The list of reports: newest first, what nobody has and what nobody reviewed marked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, times
from console.context import runtime, signed_in
from console.reports import choosing, finding, newer
from console.reports.cases import Names
from console.reports.filters import Filters, Wrong, parse
from console.reports.headline import headline
from console.reports.rows import Row, rows_of, schools_by_handle
from console.reports.rows import direction as direction  # the page of one report asks here for it
from console.routes import Route
from console.text import ngettext
from hotline.people.permissions import Action

PAGE = 30
"""Reports on one page: as many as somebody reads before they look for something else."""
_DID = re.compile(r"(assigned|reviewed)-([1-9]\d{0,2})")


@dataclass(frozen=True)
class Told:
    """What became of what somebody did with several reports.

    left: a sentence for each report that was left as it is. refused: why nothing was done.
    """

    done: str = ""
    left: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class Listed:
    """One page of the list. asked: its query as it was typed. older: there are more behind it.
    any: there is a report at all."""

    asked: Mapping[str, str]
    filters: Filters
    wrong: Wrong
    choices: choosing.Choices
    rows: Sequence[Row]
    older: bool
    counts: dict[str, int]
    any: bool


@guard.allows(Action.READ_REPORTS)
def reports() -> Response:
    """One page of the list. 422 with the page where something that was asked for cannot be."""
    with runtime().database.reading() as session:
        found = read(session, request.args)
    told = Told(_done(request.args.get("did", "")))
    return page(found, told, 422 if found.wrong else 200)


def read(session: Session, query: Mapping[str, str]) -> Listed:
    """The page of the list that a query asks for."""
    known = choosing.choices(session)
    filters, wrong = parse(query, known.offered(), choosing.first_view())
    found = finding.page(session, filters, PAGE)
    people = Names(session, runtime().vault)
    rows = rows_of(session, people, schools_by_handle(session, None), found[:PAGE])
    counts = {view: finding.count(session, view) for view in choosing.counted_views()}
    seen = bool(rows) or finding.count(session, "all") > 0
    return Listed(query, filters, wrong, known, rows, len(found) > PAGE, counts, seen)


def page(found: Listed, told: Told, status: int = 200) -> Response:
    """The page of the list, and what was done."""
    filters = found.filters
    last = found.rows[-1].case.report.id if found.older else ""
    reports = [row.case.report for row in found.rows]
    body = render_template(
        "reports/list.html",
        found=found,
        told=told,
        headline=headline(found.counts),
        views=choosing.views(found.counts),
        active=choosing.active(filters, found.choices),
        labels=choosing.LABELS,
        any=choosing.ANY,
        fields_open=choosing.has_fields_open(filters, found.wrong),
        typed=found.asked,
        older=last and choosing.address("console.reports", filters.query(before=last)),
        newest=filters.before and choosing.address("console.reports", filters.query(before="")),
        fresh=None if filters.before else newer.watch(filters, reports, runtime().clock()),
        me_id=signed_in().account.id,
        now=runtime().clock(),
        times=times,
    )
    return make_response(body, status)


def _done(what: str) -> str:
    """The sentence for what the address says was done before it was asked for."""
    match = _DID.fullmatch(what)
    return done(match[1], int(match[2])) if match else ""


def done(what: str, count: int) -> str:
    """The sentence for what was done with so many reports: assigned or reviewed."""
    if what == "assigned":
        return ngettext("One report was assigned.", "%(num)s reports were assigned.", count)
    return ngettext(
        "One report was marked as reviewed.", "%(num)s reports were marked as reviewed.", count
    )


ROUTES = (Route("/reports", "reports", reports),)
