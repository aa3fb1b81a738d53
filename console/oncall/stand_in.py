"""Take a shift, or put somebody into one: a page to confirm it, and the override it writes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired

from console import guard
from console.context import runtime, signed_in
from console.forms import HotlineForm, choices
from console.oncall import moments, roster, sentences
from console.oncall.fields import LocalMoment
from console.oncall.people import Member
from console.oncall.roster import Roster
from console.routes import Route
from console.text import gettext, lazy_gettext
from hotline.oncall import standins
from hotline.oncall.calendar import Schedule
from hotline.oncall.standins import Refusal, StandInError, Stretch
from hotline.people.permissions import Action

_MISSING = InputRequired(lazy_gettext("Enter a day and a time."))


class StandIn(HotlineForm):
    """What is taken. since, until: the whole of it, exactly. start, end: the part of it."""

    schedule = HiddenField()
    instead = HiddenField()
    since = HiddenField()
    until = HiddenField()
    start = LocalMoment(lazy_gettext("From"), validators=[_MISSING])
    end = LocalMoment(lazy_gettext("To"), validators=[_MISSING])
    person = SelectField(lazy_gettext("Who stands in"), validate_choice=False)


@dataclass(frozen=True)
class Asked:
    """The stretch that the address or the form names, of a schedule that there is."""

    plan: Schedule
    since: datetime
    until: datetime
    instead: str | None


@guard.allows(Action.TAKE_SHIFT)
def take_shift() -> Response:
    """The page on which somebody confirms that they take a shift."""
    return _show("console.do_take_shift", mine=True)


@guard.allows(Action.TAKE_SHIFT)
def do_take_shift() -> Response:
    """Take it: whoever asks is on call then."""
    return _write("console.do_take_shift", mine=True)


@guard.allows(Action.MANAGE_ROSTER)
def stand_in() -> Response:
    """The page on which somebody is put into a shift."""
    return _show("console.do_stand_in", mine=False)


@guard.allows(Action.MANAGE_ROSTER)
@guard.fresh
def do_stand_in() -> Response:
    """Put somebody in."""
    return _write("console.do_stand_in", mine=False)


@guard.allows(Action.MANAGE_ROSTER)
@guard.fresh
def do_take_back(override_id: str) -> Response:
    """Remove an override that was written here. 404: there is none, or another source wrote it."""
    with runtime().database.transaction() as session:
        name = standins.take_back(session, override_id)
        if name is None:
            abort(404)
        guard.audited(
            session, "schedule.override_removed", f"schedule:{name}", override=override_id
        )
    return redirect(url_for("console.on_call"), 303)


def _show(endpoint: str, *, mine: bool) -> Response:
    if "schedule" not in request.args:
        return redirect(url_for("console.on_call"), 303)
    with runtime().database.transaction() as session:
        found = roster.read(session, runtime().vault, runtime().clock())
    asked = _asked(found, request.args)
    begin = max(asked.since, runtime().clock())
    zone = asked.plan.zone
    form = StandIn(
        data={
            "schedule": asked.plan.name,
            "instead": asked.instead or "",
            "since": asked.since.isoformat(),
            "until": asked.until.isoformat(),
            "start": begin.astimezone(zone).replace(tzinfo=None),
            "end": asked.until.astimezone(zone).replace(tzinfo=None),
        }
    )
    return _page(form, found, asked, endpoint, mine=mine)


def _write(endpoint: str, *, mine: bool) -> Response:
    if "schedule" not in request.form:
        return redirect(url_for("console.on_call"), 303)
    now = runtime().clock()
    form = StandIn(request.form)
    with runtime().database.transaction() as session:
        found = roster.read(session, runtime().vault, now)
        asked = _asked(found, request.form)
        person = _person(found, form, mine=mine)
        if not form.validate() or person is None:
            return _page(form, found, asked, endpoint, mine=mine, status=422)
        try:
            _write_row(session, asked, form, person, now)
        except StandInError as refused:
            _tell(form, refused.why, mine=mine)
            status = 409 if refused.why is Refusal.CHANGED else 422
            return _page(form, found, asked, endpoint, mine=mine, status=status)
    return redirect(url_for("console.on_call", week=_week(asked)), 303)


def _write_row(
    session: Session, asked: Asked, form: StandIn, person: Member, now: datetime
) -> None:
    begin = _exact(form.start, asked, asked.since)
    stretch = Stretch(begin, _exact(form.end, asked, asked.until), asked.instead)
    key = standins.write(session, asked.plan.name, person.handle, stretch, now)
    subject = f"schedule:{asked.plan.name}"
    guard.audited(session, "schedule.overridden", subject, override=key)


def _exact(field: LocalMoment, asked: Asked, meant: datetime) -> datetime:
    """What stands in the field; the exact moment where nobody has changed it. Where an hour comes
    twice, a field alone could not say which one is meant."""
    at = field.in_zone(asked.plan.zone)
    same = at is None or moments.field(meant, asked.plan.zone) == f"{field.data:%Y-%m-%dT%H:%M}"
    return meant if at is None or same else at


def _asked(found: Roster, values: Any) -> Asked:
    """What is asked for; 404 for a schedule or a time that there is not."""
    plan = found.plans.get(values.get("schedule", ""))
    try:
        since, until = (datetime.fromisoformat(values[key]) for key in ("since", "until"))
    except (KeyError, ValueError):
        abort(404)
    if plan is None or since.tzinfo is None or until.tzinfo is None or until <= since:
        abort(404)
    return Asked(plan, since, until, values.get("instead") or None)


def _person(found: Roster, form: StandIn, *, mine: bool) -> Member | None:
    """Who is to stand in; None, with the sentence beside the field, where there is nobody."""
    if mine:
        me = found.people.of_id(signed_in().account.responder_id)
        if me is None:
            form.start.errors = [*form.start.errors, _UNLINKED]
        return me
    chosen = found.people.by_handle.get(form.person.data or "")
    if chosen is None:
        form.person.errors = [*form.person.errors, gettext("Choose who stands in.")]
    return chosen


_UNLINKED = lazy_gettext(
    "Your account is not linked to a telephone. An administrator does that on the People page."
)


def _tell(form: StandIn, why: Refusal, *, mine: bool) -> None:
    """Put what stands against it beside the field it is about."""
    if why in (Refusal.ALREADY, Refusal.UNKNOWN) and not mine:
        form.person.errors = [*form.person.errors, sentences.refusal(why)]
        return
    says = sentences.refusal(why)
    if mine and why is Refusal.ALREADY:
        says = gettext("You are on call then already.")
    field = form.end if why in (Refusal.BACKWARD, Refusal.PAST) else form.start
    field.errors = [*field.errors, says]


def _page(
    form: StandIn, found: Roster, asked: Asked, endpoint: str, *, mine: bool, status: int = 200
) -> Response:
    people = [m for m in found.people.in_service if m.handle != asked.instead]
    form.person.choices = choices([("", gettext("Choose")), *((m.handle, m.name) for m in people)])
    me = found.people.of_id(signed_in().account.responder_id)
    page = render_template(
        "oncall/stand_in.html",
        form=form,
        asked=asked,
        when=moments.span(asked.since, asked.until, asked.plan.zone),
        whose=found.people.name(asked.instead) if asked.instead else None,
        zone=moments.zone_name(asked.plan.zone, asked.since),
        action=url_for(endpoint),
        mine=mine,
        linked=me is not None,
        unlinked=_UNLINKED,
        others_url=url_for("console.stand_in", **_values(asked)),
    )
    return make_response(page, status)


def _values(asked: Asked) -> dict[str, Any]:
    values: dict[str, Any] = {"schedule": asked.plan.name}
    values |= {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    return values | ({"instead": asked.instead} if asked.instead else {})


def _week(asked: Asked) -> str:
    year, number, _ = asked.since.astimezone(asked.plan.zone).isocalendar()
    return f"{year}-W{number:02d}"


ROUTES = (
    Route("/on-call/take", "take_shift", take_shift),
    Route("/on-call/take", "do_take_shift", do_take_shift, "POST"),
    Route("/on-call/stand-in", "stand_in", stand_in),
    Route("/on-call/stand-in", "do_stand_in", do_stand_in, "POST"),
    Route("/on-call/overrides/<override_id>/removed", "do_take_back", do_take_back, "POST"),
)
