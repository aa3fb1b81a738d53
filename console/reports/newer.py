"""What has come in since a list was shown: told behind a button, so that no row moves by itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from console import guard, times
from console.context import runtime
from console.reports import choosing, finding
from console.reports.cases import Names
from console.reports.filters import Filters, parse
from console.reports.rows import rows_of, schools_by_handle
from console.routes import Route
from console.text import ngettext
from hotline.people.permissions import Action
from hotline.reports.model import Report

AT_ONCE = 50
"""So many are put on top of a list that is shown; where more have come it is shown anew."""
_ID = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True)
class Watch:
    """What a page asks again and again, and what its button does.

    again: where to ask. rows: where the new rows are; empty when there are too many. list: the list
    anew. told: what was done last.
    """

    again: str
    rows: str
    list: str
    told: str = ""


@dataclass(frozen=True)
class Seen:
    """What a page shows: the id of its newest report, when it was made, what was just sent then."""

    newest: str
    at: datetime
    known: tuple[str, ...]

    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        known = ",".join(self.known)
        return {
            "since": self.newest,
            "seen": self.at.isoformat(),
            **({"known": known} if known else {}),
        }


def watch(filters: Filters, shown: Sequence[Report], now: datetime) -> Watch:
    """What the page with these reports on top asks for."""
    newest = shown[0].id if shown else ""
    return _watch(filters, Seen(newest, now, tuple(finding.just_sent(shown, now))))


def _watch(filters: Filters, seen: Seen, told: str = "") -> Watch:
    query = filters.query(before="") | seen.query()
    return Watch(
        again=choosing.address("console.new_reports", query),
        rows=choosing.address("console.newer_rows", query) if seen.newest else "",
        list=choosing.address("console.reports", filters.query(before="")),
        told=told,
    )


@guard.allows(Action.READ_REPORTS)
@guard.by_itself
def new_reports() -> Response:
    """How many have come into the list: a button, or nothing. 422: what was seen is not told."""
    seen = _seen()
    if seen is None:
        return make_response("", 422)
    with runtime().database.reading() as session:
        filters, _ = parse(request.args, choosing.choices(session).offered(), choosing.first_view())
        found = finding.newer(session, filters, seen.newest, seen.at, seen.known)
    return make_response(
        render_template(
            "reports/_new.html",
            count=len(found),
            most=finding.COUNTED,
            in_place=len(found) <= AT_ONCE,
            fresh=_watch(filters, seen),
        )
    )


@guard.allows(Action.READ_REPORTS)
def newer_rows() -> Response:
    """The rows that have come in, and the button for what comes after them. 422 as above."""
    seen, now = _seen(), runtime().clock()
    if seen is None:
        return make_response("", 422)
    with runtime().database.reading() as session:
        filters, _ = parse(request.args, choosing.choices(session).offered(), choosing.first_view())
        found = finding.newer(session, filters, seen.newest, seen.at, seen.known)
        people = Names(session, runtime().vault)
        rows = rows_of(session, people, schools_by_handle(session, None), found)
    told = ngettext("One new report stands on top.", "%(num)s new reports stand on top.", len(rows))
    known = (*finding.just_sent(found, now), *seen.known)
    newest = max([seen.newest, *(report.id for report in found)])
    fresh = _watch(filters, Seen(newest, now, known[:AT_ONCE]), told if rows else "")
    body = render_template("reports/_newer.html", rows=rows, fresh=fresh, now=now, times=times)
    return make_response(body)


def _seen() -> Seen | None:
    """What the asking page shows, as far as it can be."""
    newest = request.args.get("since", "")
    known = tuple(i for i in request.args.get("known", "").split(",") if _ID.fullmatch(i))
    try:
        at = datetime.fromisoformat(request.args.get("seen", ""))
    except ValueError:
        return None
    if at.tzinfo is None or not (newest == "" or _ID.fullmatch(newest)):
        return None
    return Seen(newest, at, known[:AT_ONCE])


ROUTES = (
    Route("/reports/new", "new_reports", new_reports),
    Route("/reports/newer", "newer_rows", newer_rows),
)
