"""My shift: on duty or not, what comes next, my reports and my calls. Made for a phone at night."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from flask import make_response, redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField

from console import guard, names, scope, times
from console.context import runtime, signed_in
from console.forms import HotlineForm, choices, filled
from console.oncall import moments
from console.routes import Route
from console.text import gettext, lazy_gettext
from hotline.dispatch import turns
from hotline.dispatch.model import Attempt
from hotline.oncall import duty, next_shift, schedules
from hotline.oncall.calendar import Schedule, Shift
from hotline.oncall.duty import DutyError, Standing
from hotline.oncall.model import DutyState, Responder
from hotline.people import push_service
from hotline.people.permissions import Action
from hotline.reports.model import Report, ReportState

log = structlog.get_logger(__name__)

CALLS, REPORTS = 20, 20
BREAKS = (15, 30, 60, 120)
"""Minutes."""


class DutyForm(HotlineForm):
    """What somebody says of themselves."""

    state = HiddenField()
    minutes = SelectField(
        lazy_gettext("For how long"),
        choices=choices((str(m), lazy_gettext("%(minutes)s minutes", minutes=m)) for m in BREAKS),
        default="30",
    )


@dataclass(frozen=True)
class Mine:
    """What the page shows of somebody who is linked to a telephone."""

    standing: Standing
    next: tuple[str, Shift] | None
    zone: ZoneInfo
    on_call: bool
    calls: tuple[tuple[datetime, str], ...]


@guard.allows(Action.OWN_SHIFT)
def my_shift() -> Response:
    """The page."""
    return _page(filled(DutyForm))


@guard.allows(Action.OWN_SHIFT)
def do_duty() -> Response:
    """Say that one is on duty, on break for some minutes, or off duty; 422: it cannot be."""
    form, now = filled(DutyForm), runtime().clock()
    responder_id = signed_in().account.responder_id
    known = form.state.data in set(DutyState)
    if responder_id is None or not known or not form.validate():
        return _page(form, 422)
    state = DutyState(str(form.state.data))
    try:
        with runtime().database.transaction() as session:
            until = now + timedelta(minutes=int(form.minutes.data))
            duty.put(session, responder_id, state, now, until)
            guard.audited(session, "duty.changed", f"responder:{responder_id}", state=state.value)
    except DutyError as error:
        form.minutes.errors = [*form.minutes.errors, str(error)]
        return _page(form, 422)
    return redirect(url_for("console.my_shift"), 303)


def _page(form: DutyForm, status: int = 200) -> Response:
    account, now = signed_in().account, runtime().clock()
    with runtime().database.transaction() as session:
        responder = _responder(session, account.responder_id)
        mine = _mine(session, responder, now) if responder is not None else None
        reports = _reports(session)
    page = render_template(
        "oncall/my_shift.html",
        form=form,
        mine=mine,
        headline=headline(mine),
        comes_next=comes_next(mine),
        reports=reports,
        zone_name=moments.zone_name(mine.zone, now) if mine else None,
        states=DutyState,
        push_key=push_key() if mine else None,
        moments=moments,
        names=names,
        times=times,
        now=now,
    )
    return make_response(page, status)


def push_key() -> str | None:
    """Our public key, for the browser to subscribe with; None where it can be neither read nor
    made: then no device is told, and the page goes without."""
    try:
        return push_service.public_key(push_service.load_or_create(runtime().settings.push_key))
    except (OSError, ValueError) as error:
        log.warning("push_key_missing", error=type(error).__name__)
        return None


def headline(mine: Mine | None) -> str:
    """What is true of whoever asks, now."""
    if mine is None:
        return gettext("Your account is not linked to a telephone.")
    state, until = mine.standing.state, mine.standing.until_at
    if state is DutyState.OFF:
        return gettext("You are off duty.")
    if state is DutyState.BREAK and until is not None:
        return gettext("You are on break until %(time)s.", time=moments.clock(until, mine.zone))
    if mine.on_call:
        return gettext("You are on duty, and on call now.")
    return gettext("You are on duty. It is not your shift now.")


def comes_next(mine: Mine | None) -> str | None:
    """Their shift that runs or comes next, as a sentence; None without a telephone."""
    if mine is None:
        return None
    if mine.next is None:
        days = next_shift.AHEAD.days
        return gettext("No schedule has a shift of yours in the next %(days)s days.", days=days)
    name, shift = mine.next
    if mine.on_call:
        until = moments.day_and_time(shift.end, mine.zone)
        return gettext("Your shift for %(schedule)s ends %(until)s.", schedule=name, until=until)
    return gettext(
        "Your next shift for %(schedule)s begins %(since)s and lasts %(length)s.",
        schedule=name,
        since=moments.day_and_time(shift.start, mine.zone),
        length=times.lasted((shift.end - shift.start).total_seconds()),
    )


def _responder(session: Session, responder_id: str | None) -> Responder | None:
    return session.get(Responder, responder_id) if responder_id is not None else None


def _mine(session: Session, responder: Responder, now: datetime) -> Mine:
    plans = schedules.read_all(session, now)
    found = next_shift.of_each(plans.values(), now).get(responder.handle)
    return Mine(
        duty.read(session, responder.id, now),
        found,
        _zone(plans, found),
        found is not None and found[1].start <= now,
        tuple(_calls(session, responder.id)),
    )


def _zone(plans: dict[str, Schedule], found: tuple[str, Shift] | None) -> ZoneInfo:
    """That of the own next shift, else of any schedule; UTC without schedules."""
    plan = plans[found[0]] if found is not None else next(iter(plans.values()), None)
    return plan.zone if plan is not None else ZoneInfo("UTC")


def _calls(session: Session, responder_id: str) -> list[tuple[datetime, str]]:
    """When their phone was rung for a report, and how it went; nothing of any caller."""
    query = select(Attempt).where(Attempt.responder_id == responder_id)
    found = session.scalars(query.order_by(Attempt.id.desc()).limit(CALLS))
    return [
        (a.rang_at or a.intended_at, names.outcome(a.state, browser=a.browser is not None))
        for a in turns.latest(found)
    ]


def _reports(session: Session) -> list[Report]:
    """Open reports that whoever asks has."""
    account = signed_in().account
    query = select(Report).where(scope.visible(account), scope.own(account))
    query = query.where(Report.state != ReportState.CLOSED)
    return list(session.scalars(query.order_by(Report.id.desc()).limit(REPORTS)))


ROUTES = (
    Route("/my-shift", "my_shift", my_shift),
    Route("/my-shift/duty", "do_duty", do_duty, "POST"),
)
