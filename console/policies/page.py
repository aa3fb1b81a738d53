"""Policies as sentences, the routes that lead to them, and a dry run: who would ring when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.validators import Optional

from console import guard, names, times
from console.context import runtime
from console.forms import HotlineForm, choices
from console.oncall import moments, people
from console.oncall.fields import LocalMoment
from console.policies import sentences
from console.policies.sentences import Words
from console.routes import Route
from console.text import gettext, lazy_gettext
from hotline.dispatch import explain, outlook
from hotline.dispatch.outlook import Outlook
from hotline.dispatch.policy import Policy
from hotline.dispatch.routing import DEFAULT, Facts
from hotline.oncall import roster_rows
from hotline.oncall.roster_forms import SchoolEntry
from hotline.people.permissions import Action
from hotline.reports.triage import Category, Urgency


class DryRun(HotlineForm):
    """The report and the moment for which it is asked."""

    at = LocalMoment(lazy_gettext("Day and time"), validators=[Optional()])
    category = SelectField(lazy_gettext("What it is about"), default=Category.UNSORTED.value)
    urgency = SelectField(lazy_gettext("Urgency"), default=Urgency.URGENT.value)
    language = SelectField(lazy_gettext("The caller’s language"))
    district = SelectField(lazy_gettext("District"), default="")
    school = SelectField(lazy_gettext("School"), default="")


@dataclass(frozen=True)
class Told:
    """What a policy does at a moment. route: number of the one that chose it; None: no route."""

    at: datetime
    name: str
    route: int | None
    policy: Policy | None
    explanation: explain.Explanation | None

    def when(self, row: explain.Row) -> datetime:
        """The moment of a row."""
        return self.at + timedelta(seconds=row.offset_s)


@dataclass(frozen=True)
class Known:
    """What the page is made of."""

    outlook: Outlook
    words: Words
    schools: tuple[SchoolEntry, ...]


@guard.allows(Action.SEE_ROSTER)
def policies() -> Response:
    """The page; `?category=…` plays a report through. 422: something of what is asked is wrong."""
    now = runtime().clock()
    with runtime().database.transaction() as session:
        known = _read(session, now)
    asked = "category" in request.args
    form = DryRun(
        request.args if asked else None, data={"language": next(iter(known.words.languages))}
    )
    _offer(form, known)
    valid = not asked or form.validate()
    zone = known.outlook.zone()
    page = render_template(
        "policies/page.html",
        policies=known.outlook.policies,
        rules=known.outlook.rules,
        default=DEFAULT,
        words=known.words,
        form=form,
        told=_told(form, known, now) if asked and valid else None,
        language=known.words.languages.get(form.language.data or "", ""),
        zone=zone,
        zone_name=moments.zone_name(zone, now),
        moments=moments,
        names=names,
        sentences=sentences,
        times=times,
    )
    return make_response(page, 200 if valid else 422)


def _read(session: Session, now: datetime) -> Known:
    districts, schools = roster_rows.places(session)
    words = Words(
        people.members(session, runtime().vault),
        {code: names.language(code) for code in runtime().languages},
        {d.handle: d.name for d in districts},
        {s.handle: s.name for s in schools},
    )
    return Known(outlook.from_database(session, runtime().vault, now), words, tuple(schools))


def _offer(form: DryRun, known: Known) -> None:
    """Fill the lists of the form."""
    words, nothing = known.words, [("", gettext("Not known"))]
    form.category.choices = choices((c.value, names.category(c)) for c in Category)
    form.urgency.choices = choices((u.value, names.urgency(u)[1]) for u in Urgency)
    form.language.choices = choices(words.languages.items())
    form.district.choices = choices([*nothing, *words.districts.items()])
    form.school.choices = choices([*nothing, *words.schools.items()])


def _told(form: DryRun, known: Known, now: datetime) -> Told:
    homes = {school.handle: school.district for school in known.schools}
    school = form.school.data or None
    district = form.district.data or homes.get(school or "")
    facts = Facts(form.category.data, form.urgency.data, form.language.data, district, school)
    at = form.at.in_zone(known.outlook.zone()) or now
    route = known.outlook.route(facts, at)
    name = DEFAULT if route is None else known.outlook.rules[route].policy
    if name not in known.outlook.policies:  # as dispatch does: the default in its place
        name = DEFAULT
    found = known.outlook.policies.get(name)
    played = None
    if found is not None:
        played = explain.explain(found.plan, known.outlook.roster, facts.language, at)
    return Told(at, name, None if route is None else route + 1, found, played)


ROUTES = (Route("/policies", "policies", policies),)
