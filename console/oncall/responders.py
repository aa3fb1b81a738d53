"""The people who can be rung: verified, on duty, their next shift, their hours; a test ring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import abort, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, names
from console.context import runtime, signed_in
from console.oncall import change_cards, moments, people
from console.oncall.change_cards import NumberForm
from console.oncall.people import Member
from console.oncall.tried import sentence
from console.routes import Route
from console.text import gettext, lazy_gettext, ngettext
from hotline.dispatch import drill
from hotline.dispatch.drill import Tried
from hotline.oncall import coverage, duty, hours, next_shift, schedules
from hotline.oncall.calendar import Schedule, Shift
from hotline.oncall.model import Responder, ResponderKind
from hotline.people.permissions import Action, may

WEEKS = 4
"""How far ahead hours are counted."""

KINDS = {
    ResponderKind.COUNSELOR: lazy_gettext("Counselor"),
    ResponderKind.LAW_ENFORCEMENT: lazy_gettext("Law enforcement"),
    ResponderKind.SCHOOL_OFFICIAL: lazy_gettext("School official"),
}


@dataclass(frozen=True)
class Card:
    """One person as the page shows them, in sentences."""

    member: Member
    kind: str
    languages: str
    verified: str
    is_verified: bool
    duty: str
    next: str
    tried: str | None
    rings: bool


@dataclass(frozen=True)
class Facts:
    """What the cards are made of."""

    away: dict[str, datetime | None]
    next: dict[str, tuple[str, Shift]]
    plans: dict[str, Schedule]
    tries: dict[str, Tried]
    zone: ZoneInfo
    now: datetime


@guard.allows(Action.SEE_ROSTER)
def responders() -> Response:
    """The page."""
    return page()


@guard.allows(Action.MANAGE_ROSTER)
def do_ring(responder_id: str) -> Response:
    """Ask the dispatcher for a test ring. 404: nobody in service; 409: they are on a call."""
    with runtime().database.transaction() as session:
        row = session.get(Responder, responder_id, with_for_update=True)
        if row is None or not row.active:
            abort(404)
        asked = drill.ask_for(session, runtime().vault, row, runtime().clock())
        if asked:
            guard.audited(session, "oncall.drilled", f"responder:{row.id}")
    if not asked:
        return page(wrong=responder_id, status=409)
    return redirect(url_for("console.responders", _anchor=f"r-{responder_id}"), 303)


def page(
    *,
    wrong: str | None = None,
    numbers: Mapping[str, NumberForm] | None = None,
    refused: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page. wrong: id of somebody who cannot be rung now; numbers: forms that were sent, by
    responder; refused: why a change cannot be approved or called, by change."""
    now = runtime().clock()
    with runtime().database.transaction() as session:
        known = people.members(session, runtime().vault)
        facts = _facts(session, now)
        manages = may(signed_in().account.role, Action.MANAGE_ROSTER)
        waiting = change_cards.under_way(session, facts.tries, facts.zone, now) if manages else []
        two = manages and change_cards.needs_two(session)
    cards = [_card(member, facts) for member in known.in_service]
    page = render_template(
        "oncall/responders.html",
        headline=headline(cards),
        cards=cards,
        loads=hours.loads(facts.plans.values(), now, WEEKS),
        weeks=[moments.day(now + n * hours.WEEK, facts.zone) for n in range(WEEKS)],
        whole=hours.WEEK / timedelta(hours=1) * WEEKS,
        people=known,
        wrong=wrong,
        waiting=waiting,
        needs_two=two,
        refused=refused or {},
        number_form=lambda one: (numbers or {}).get(one) or change_cards.number_form(one),
        sent=numbers or {},
        zone_name=moments.zone_name(facts.zone, now),
        any_rings=any(card.rings for card in cards) or any(one.rings for one in waiting),
    )
    return make_response(page, status)


def headline(cards: list[Card]) -> str:
    """How many can be rung, and whether their numbers were tried out."""
    if not cards:
        return gettext("Nobody can be rung yet.")
    doubtful = sum(not card.is_verified for card in cards)
    if not doubtful:
        return ngettext(
            "One person can be rung, and the number is verified.",
            "%(num)s people can be rung, and every number is verified.",
            len(cards),
        )
    if all(card.member.confirmed_at is None for card in cards):
        return gettext("No number is verified yet.")
    return ngettext(
        "One number of %(all)s wants a test ring.",
        "%(num)s numbers of %(all)s want a test ring.",
        doubtful,
        all=len(cards),
    )


def _facts(session: Session, now: datetime) -> Facts:
    plans = schedules.read_all(session, now)
    return Facts(
        duty.away(session, now),
        next_shift.of_each(plans.values(), now),
        plans,
        drill.last_tries(session),
        next((plan.zone for plan in plans.values()), ZoneInfo("UTC")),
        now,
    )


def _card(member: Member, facts: Facts) -> Card:
    tried = facts.tries.get(member.id)
    spoken = [names.language(code) for code in member.languages]
    return Card(
        member,
        str(KINDS[member.kind]),
        moments.listed(spoken),
        _verified(member, facts),
        coverage.is_fresh(member.confirmed_at, facts.now),
        _duty(member, facts),
        _next(member, facts),
        sentence(tried, facts.zone, facts.now) if tried is not None else None,
        tried is not None and tried.goes_on(facts.now),
    )


def _verified(member: Member, facts: Facts) -> str:
    if member.confirmed_at is None:
        return gettext("Number not verified: nobody has pressed 1 on a test ring.")
    when = moments.day_and_time(member.confirmed_at, facts.zone)
    if not coverage.is_fresh(member.confirmed_at, facts.now):
        days = coverage.FRESH_FOR.days
        return gettext(
            "Number verified %(when)s, more than %(days)s days ago.", when=when, days=days
        )
    return gettext("Number verified %(when)s.", when=when)


def _duty(member: Member, facts: Facts) -> str:
    if member.handle not in facts.away:
        return gettext("On duty.")
    until = facts.away[member.handle]
    if until is None:
        return gettext("Off duty.")
    return gettext("On break until %(time)s.", time=moments.clock(until, facts.zone))


def _next(member: Member, facts: Facts) -> str:
    if member.handle not in facts.next:
        return gettext("No shift in the next %(days)s days.", days=next_shift.AHEAD.days)
    name, shift = facts.next[member.handle]
    zone = facts.plans[name].zone
    if shift.start <= facts.now:
        end = moments.day_and_time(shift.end, zone)
        if shift.end >= facts.now + next_shift.AHEAD:
            return gettext("On call for %(schedule)s all the time.", schedule=name)
        return gettext("On call for %(schedule)s until %(end)s.", schedule=name, end=end)
    start = moments.day_and_time(shift.start, zone)
    return gettext("Next shift for %(schedule)s: %(start)s.", schedule=name, start=start)


ROUTES = (
    Route("/on-call/responders", "responders", responders),
    Route("/on-call/responders/<responder_id>/rung", "do_ring", do_ring, "POST"),
)
