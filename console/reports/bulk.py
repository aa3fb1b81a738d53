"""What is done with several reports of the list at once, or with one by a key.

Each is looked at by itself: one that has changed since the list was shown is left as it is, and a
sentence says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from flask import make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, scope, times
from console.context import runtime, signed_in
from console.reports import choosing, listing
from console.reports.cases import Names
from console.reports.filters import ME
from console.reports.listing import PAGE, Listed, Told
from console.reports.rows import Row, rows_of, schools_by_handle
from console.routes import Route
from console.text import gettext
from hotline.people import colleagues
from hotline.people.model import Account
from hotline.people.permissions import Action
from hotline.reports.casework import assigning, reviewing, versions
from hotline.reports.casework.versions import ChangedMeanwhile
from hotline.reports.model import Report

ACTIONS = {"reviewed": "report.reviewed", "assigned": "report.assigned"}
"""What stands in the audit, by what was done."""
LONGEST_QUERY = 2000
"""Letters of a list's query that are read; the longest question of `filters` fits in."""


@dataclass
class Work:
    """What came of it so far: reports it was done to, sentences for those left as they are."""

    what: str
    session: Session
    people: Names
    chosen: list[Report] = field(default_factory=list)
    done: list[Report] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def told(self) -> Told:
        """The sentences."""
        count = len(self.done)
        return Told(listing.done(self.what, count) if count else "", tuple(self.left))


Act = Callable[[Work, Report], str | None]
"""Does it to one report; gives the sentence why not."""


@guard.allows(Action.REVIEW)
def do_review_many() -> Response:
    """Mark the chosen reports as reviewed. 404 for an unknown one, 409 where one has changed."""

    def act(work: Work, report: Report) -> str | None:
        by, now = signed_in().account.id, runtime().clock()
        reviewing.mark_reviewed(work.session, report, by=by, now=now)
        return None

    return _each("reviewed", act)


@guard.allows(Action.ASSIGN)
def do_assign_many() -> Response:
    """Give the chosen reports to a colleague or to oneself. Codes as above; 422 without a colleague
    of the district."""
    to = _colleague(request.form.get("to", ""))
    if to is None:
        return _refused(gettext("Choose who is to look after them."))

    def act(work: Work, report: Report) -> str | None:
        if not colleagues.may_have(to, report.district):
            return gettext(
                "Report %(number)s is of another district than %(name)s. It stays as it is.",
                number=report.number,
                name=to.display_name,
            )
        by, now = signed_in().account.id, runtime().clock()
        assigning.assign(work.session, report, to.id, by, now)
        return None

    return _each("assigned", act)


def _each(what: str, act: Act) -> Response:
    chosen = _chosen()
    if not chosen:
        return _refused(gettext("Choose at least one report."))
    if len(chosen) > 2 * PAGE:
        return _refused(gettext("Choose %(most)s reports at most.", most=2 * PAGE))
    with runtime().database.transaction() as session:
        work = Work(what, session, Names(session, runtime().vault))
        for report_id in sorted(chosen):  # in one order, so that two people never wait crosswise
            report = scope.report_or_404(session, report_id, lock=True)
            work.chosen.append(report)
            _one(work, report, chosen[report_id], act)
        session.flush()
        shown = _rows(work) if _by_script() else listing.read(session, _list())
        for report in work.done:
            guard.audited(session, ACTIONS[what], f"report:{report.id}", **_to(what, report))
    return _answer(work, shown)


def _one(work: Work, report: Report, seen: int, act: Act) -> None:
    try:
        versions.check(report, seen)
    except ChangedMeanwhile:
        work.left.append(_changed(work, report, seen))
        return
    why_not = act(work, report)
    if why_not is None:
        work.done.append(report)
    else:
        work.left.append(why_not)


def _changed(work: Work, report: Report, seen: int) -> str:
    events = versions.since(work.session, report, seen)
    who = events[-1].detail.get("by") if events else None
    return gettext(
        "%(name)s has changed report %(number)s meanwhile. It stays as it is.",
        name=work.people.of(who),
        number=report.number,
    )


def _to(what: str, report: Report) -> dict[str, str]:
    return {"to": report.assignee or ""} if what == "assigned" else {}


def _answer(work: Work, shown: Listed | list[Row]) -> Response:
    """The rows alone for a script; the list for everybody else."""
    status = 409 if work.left else 200
    if not isinstance(shown, Listed):
        return _changed_rows(shown, work.told(), status)
    if work.left:
        return listing.page(shown, work.told(), status)
    did = f"{work.what}-{len(work.done)}"
    return redirect(choosing.address("console.reports", shown.filters.query() | {"did": did}), 303)


def _rows(work: Work) -> list[Row]:
    schools = schools_by_handle(work.session, None)
    return rows_of(work.session, work.people, schools, work.chosen)


def _changed_rows(rows: list[Row], told: Told, status: int) -> Response:
    body = render_template(
        "reports/_changed.html", rows=rows, told=told, now=runtime().clock(), times=times
    )
    return make_response(body, status)


def _refused(why: str) -> Response:
    told = Told(refused=why)
    if _by_script():
        return _changed_rows([], told, 422)
    with runtime().database.transaction() as session:
        shown = listing.read(session, _list())
    return listing.page(shown, told, 422)


def _by_script() -> bool:
    return "HX-Request" in request.headers


def _chosen() -> dict[str, int]:
    """The versions of the chosen reports as they were shown, by id; −1: not told."""
    pairs = (value.partition(":") for value in request.form.getlist("chosen"))
    return {i: int(v) if v.isascii() and v.isdigit() else -1 for i, _, v in pairs}


def _colleague(to: str) -> Account | None:
    """The account that is to look after them, if it is one that whoever asks can choose."""
    account = signed_in().account
    with runtime().database.transaction() as session:
        people = {a.id: a for a in colleagues.of_district(session, account.district)}
    return people.get(account.id if to == ME else to)


def _list() -> dict[str, str]:
    """The query of the list from which it was done."""
    return dict(parse_qsl(request.form.get("list", "")[:LONGEST_QUERY]))


ROUTES = (
    Route("/reports/reviewed", "do_review_many", do_review_many, "POST"),
    Route("/reports/assigned", "do_assign_many", do_assign_many, "POST"),
)
