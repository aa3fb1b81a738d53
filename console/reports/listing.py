"""The list of reports: newest first, what nobody has and what nobody reviewed marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import make_response, render_template, request
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, names, scope, times
from console.context import masker, runtime, signed_in
from console.reports import fate, words
from console.reports.cases import Case, Names, load
from console.routes import Route
from hotline.dispatch.model import Dispatch
from hotline.dispatch.words import DispatchState
from hotline.people.permissions import Action
from hotline.reports.model import Report, ReportState
from hotline.reports.transcripts import Spoken

PAGE = 50


@dataclass(frozen=True)
class View:
    """A saved view of the list, chosen by `?show=`."""

    key: str
    name: str
    count: int | None = None


@guard.allows(Action.READ_REPORTS)
def reports() -> Response:
    """One page of the list; `?show=` chooses the view, `?before=` the place to go on from."""
    show, before = request.args.get("show", "all"), request.args.get("before")
    now = runtime().clock()
    with runtime().database.transaction() as session:
        people = Names(session, runtime().vault)
        found = _page(session, show, before)
        cases = load(session, runtime().vault, people, found[:PAGE])
        waiting, unreviewed = _count(session, _nobody_has_it()), _count(session, _unreviewed())
    views = (
        View("all", "All"),
        View("unreviewed", "Not reviewed", unreviewed),
        View("open", "Nobody has it yet", waiting),
    )
    page = render_template(
        "reports/list.html",
        rows=[_row(case, people) for case in cases],
        headline=headline(waiting, unreviewed),
        views=views,
        show=show if show in {view.key for view in views} else "all",
        older=cases[-1].report.id if len(found) > PAGE else None,
        now=now,
        times=times,
    )
    return make_response(page)


def headline(waiting: int, unreviewed: int) -> tuple[str, str]:
    """The two sentences on top of the list: who needs a person, and what waits for review."""
    if waiting:
        first = names.count(waiting, "report needs", "reports need") + " a person now."
    else:
        first = "every report has a person."
    if unreviewed:
        second = names.count(unreviewed, "waits", "wait") + " for review."
    else:
        second = "nothing waits for review."
    return first[:1].upper() + first[1:], second[:1].upper() + second[1:]


def _row(case: Case, people: Names) -> dict[str, object]:
    language = runtime().languages.get(case.report.language)
    spoken = case.spoken[0] if case.spoken else None
    return {
        "case": case,
        "urgency": names.urgency(case.report.urgency),
        "category": names.category(case.report.category),
        "language": language.english_name if language else case.report.language,
        "quote": spoken and quote(spoken),
        "quote_language": spoken and spoken.language,
        "direction": spoken and direction(spoken.language),
        "length": " and ".join(
            times.lasted(m.duration_s) for m in case.messages if m.duration_s is not None
        ),
        "wire": fate.wire(case),
        "fate": fate.in_short(case, people.of),
        "state": fate.fate(case).value,
    }


def quote(spoken: Spoken) -> str:
    """The beginning of what was said, masked."""
    said, masks = spoken.text.split(), masker(spoken.language)
    return words.first_words(" ".join(masks.show(said, masks.find(said))))


def direction(language: str) -> str:
    """The direction of a language's script."""
    known = runtime().languages.get(language)
    return known.direction if known else "auto"


def _page(session: Session, show: str, before: str | None) -> Sequence[Report]:
    """One report more than a page holds, so that we know whether there are older ones."""
    query = select(Report).where(_listed()).order_by(Report.id.desc()).limit(PAGE + 1)
    if show == "unreviewed":
        query = query.where(_unreviewed())
    if show == "open":
        query = query.where(_nobody_has_it())
    if before:
        query = query.where(Report.id < before)
    return session.scalars(query).all()


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(Report.id)).where(_listed(), condition)) or 0


def _listed() -> ColumnElement[bool]:
    return scope.visible(signed_in().account)


def _unreviewed() -> ColumnElement[bool]:
    return Report.reviewed_at.is_(None)


def _nobody_has_it() -> ColumnElement[bool]:
    over = (DispatchState.TAKEN, DispatchState.WITHDRAWN)
    settled = select(Dispatch.id).where(Dispatch.report_id == Report.id, Dispatch.state.in_(over))
    return (Report.state != ReportState.CLOSED) & ~settled.exists()


ROUTES = (Route("/reports", "reports", reports),)
