"""Changes of numbers as the page of responders shows them, to whoever may decide about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import InputRequired

from console import guard, names
from console.context import runtime, signed_in
from console.forms import HotlineForm
from console.oncall import moments
from console.oncall.tried import sentence
from console.text import gettext, lazy_gettext
from hotline.dispatch.drill import Tried
from hotline.oncall import changes
from hotline.oncall.changes import Proposal
from hotline.oncall.model import RosterChange
from hotline.people import accounts
from hotline.people.model import Account
from hotline.people.permissions import Action, may

ALONE = lazy_gettext(
    "Nobody else can approve it yet: add an administrator or a supervisor under People."
)


class NumberForm(HotlineForm):
    """Another number for somebody."""

    number = StringField(
        lazy_gettext("New phone number"),
        [InputRequired(lazy_gettext("Enter the number with its country code."))],
        description=lazy_gettext("With the country code, +1 555 010 0111 for example."),
    )


def number_form(responder_id: str) -> NumberForm:
    """An empty form for somebody; one of them stands on each card of the page."""
    return for_card(NumberForm(), responder_id)


def for_card(form: NumberForm, responder_id: str) -> NumberForm:
    """The form with an id of its own on the page."""
    form.number.id = form.number.label.field_id = f"number-{responder_id}"
    return form


@dataclass(frozen=True)
class Waiting:
    """A change under way, in sentences. approves: whether the reader could; rings: whether its
    number is being called."""

    proposal: Proposal
    says: str
    number: str
    state: str
    approves: bool
    is_approved: bool
    rings: bool


def needs_two(session: Session) -> bool:
    """Whether a change made now has to be approved: not while there is only one account."""
    return runtime().settings.roster_two_people and not accounts.is_only_one(session)


def under_way(
    session: Session, tries: Mapping[str, Tried], zone: ZoneInfo, now: datetime
) -> list[Waiting]:
    """The changes that wait, as the page shows them to whoever may decide about them."""
    found = changes.under_way(session, runtime().vault, now)
    alone = not _others(session)
    return [_waiting(session, one, tries.get(one.id), alone, zone, now) for one in found]


def _others(session: Session) -> bool:
    """Whether somebody besides the reader could approve."""
    people = session.query(Account).filter(Account.disabled_at.is_(None))
    me = signed_in().account.id
    return any(may(who.role, Action.MANAGE_ROSTER) for who in people if who.id != me)


def _waiting(
    session: Session,
    one: Proposal,
    tried: Tried | None,
    alone: bool,
    zone: ZoneInfo,
    now: datetime,
) -> Waiting:
    me = signed_in().account
    by = session.get_one(Account, one.proposed_by).display_name
    when = moments.day_and_time(one.proposed_at, zone)
    says = (
        gettext("%(by)s proposed %(name)s on %(when)s.", by=by, name=one.name, when=when)
        if one.is_new
        else gettext(
            "%(by)s proposed another number for %(name)s on %(when)s.",
            by=by,
            name=one.name,
            when=when,
        )
    )
    mine = one.proposed_by == me.id
    approved = one.approved_at is not None
    state = _state(session, one, sentence(tried, zone, now) if tried is not None else "")
    if mine and not approved:
        state = f"{state} {ALONE}" if alone else state
    return Waiting(
        one,
        says,
        names.phone(one.number),
        state,
        approves=not mine and not approved and me.responder_id != one.responder_id,
        is_approved=approved,
        rings=tried is not None and tried.goes_on(now),
    )


def _state(session: Session, one: Proposal, tried: str) -> str:
    if one.approved_by is None:
        return gettext("It waits for a second person, and the number is not called until then.")
    by = session.get_one(Account, one.approved_by).display_name
    return f"{gettext('%(by)s approved it.', by=by)} {tried}".rstrip()


def put_on_record(session: Session, change: RosterChange) -> None:
    """A proposal goes into the audit."""
    subject = f"responder:{change.responder_id}"
    guard.audited(session, "roster.proposed", subject, change=change.id)
