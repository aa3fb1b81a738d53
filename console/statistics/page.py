"""The page of statistics: a period and a district, in the address."""

from typing import Any

from flask import make_response, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, names, times
from console.context import runtime
from console.routes import Route
from console.statistics import drawing, phrases, selecting
from console.text import gettext
from hotline.oncall.model import School
from hotline.people.permissions import Action
from hotline.statistics import counting
from hotline.statistics.figures import Figures
from hotline.statistics.period import Period
from hotline.statistics.selection import Selection

Fact = tuple[str, list[tuple[str, int | str]]]
"""A heading, and names with their counts."""


@guard.allows(Action.SEE_STATISTICS)
def statistics() -> Response:
    """What came in a period, how fast a person had it, and how it ended; 422 for no such period."""
    now = runtime().clock()
    with runtime().database.reading() as session:
        known = selecting.districts(session)
        form = selecting.asked_form(known)
        chosen = known.chosen(str(form.district.data))
        period = form.period() if form.validate() else None
        if period is None:
            return _page(form, known, None, 422)
        figures = counting.figures(session, Selection(period, chosen))
        schools = school_names(session)
    return _page(
        form,
        known,
        figures,
        charts=drawing.every(figures),
        facts=facts(figures, schools),
        running=period.first <= now.date() <= period.last,
    )


def _page(
    form: selecting.Filter,
    known: selecting.Districts,
    figures: Figures | None,
    status: int = 200,
    **parts: object,
) -> Response:
    now = runtime().clock()
    page = render_template(
        "statistics/statistics.html",
        form=form,
        figures=figures,
        headline=figures and phrases.headline(figures),
        district=known.names[str(form.district.data)],
        several=len(known.names) > 2,
        quick=[
            (name, url_for("console.statistics", **_address(period, str(form.district.data))))
            for name, period in selecting.shortcuts(now.date())
        ],
        year=(form.first.data or now.date()).year,
        now=now,
        times=times,
        **parts,
    )
    return make_response(page, status)


def _address(period: Period, district: str) -> dict[str, Any]:
    """The arguments of the page's address."""
    dates = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return {**dates, "district": district}


def school_names(session: Session) -> dict[str, str]:
    """The names of all schools, by handle."""
    return {row.handle: row.name for row in session.scalars(select(School))}


def facts(figures: Figures, schools: dict[str, str]) -> list[Fact]:
    """What is counted beside the charts."""
    doors = [(names.door(code), n) for code, n in figures.doors.items()]
    spoken = [(names.language(code), n) for code, n in figures.languages.items()]
    places: list[tuple[str, int | str]] = [
        (gettext("Not known") if code is None else schools.get(code, names.plain(code)), n)
        for code, n in figures.schools.items()
    ]
    given: list[tuple[str, int | str]] = [
        (phrases.recipient(code), n) for code, n in figures.disclosed.by_recipient.items()
    ]
    return [
        (gettext("How they came"), _ways(figures)),
        (gettext("Doors"), list(doors)),
        (gettext("Languages"), list(spoken)),
        (gettext("Schools"), places),
        (gettext("Given to"), given),
        (gettext("Nobody took it in time"), _alarms(figures)),
    ]


def _ways(figures: Figures) -> list[tuple[str, int | str]]:
    return [
        (gettext("Wanted to speak to a person"), figures.live),
        (gettext("Left a message"), figures.total - figures.live),
        (gettext("No words, somebody had to listen"), figures.unheard),
        (gettext("Told of the same as another report"), figures.duplicates),
        (gettext("Hung up without a word (not counted as reports)"), figures.silent),
    ]


def _alarms(figures: Figures) -> list[tuple[str, int | str]]:
    alarms = figures.alarms
    rows: list[tuple[str, int | str]] = [(gettext("The alarm was raised"), alarms.reports)]
    if alarms.answered.total:
        half, most = alarms.answered.median or 0, alarms.answered.quantile(1.0) or 0
        rows += [
            (gettext("Half were answered within"), times.lasted(half)),
            (gettext("The longest took"), times.lasted(most)),
        ]
    return [*rows, (gettext("Nobody has answered it yet"), alarms.open)]


ROUTES = (Route("/statistics", "statistics", statistics),)
