"""Changes of numbers by two people: proposed, approved, confirmed by whoever answers."""

from flask import abort, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, wrong
from console.context import runtime, signed_in
from console.forms import filled
from console.oncall import change_cards, responders
from console.routes import Route
from console.text import gettext
from hotline.dispatch import drill
from hotline.oncall import changes
from hotline.oncall.changes import NotApproved
from hotline.oncall.enrolling import NotEnrolled
from hotline.oncall.model import Responder, RosterChange
from hotline.people import accounts
from hotline.people.permissions import Action


@guard.allows(Action.MANAGE_ROSTER)
@guard.fresh
def do_propose_number(responder_id: str) -> Response:
    """Propose another number, or put it in force where no second person is needed. 422: what was
    typed is no number to be rung; 404: nobody in service."""
    form = change_cards.for_card(filled(change_cards.NumberForm), responder_id)
    if form.validate() and _number_came(form, responder_id):
        return _back(f"r-{responder_id}")
    return responders.page(numbers={responder_id: form}, status=422)


def _number_came(form: change_cards.NumberForm, responder_id: str) -> bool:
    typed, own = str(form.number.data), runtime().settings.phone_number
    me, now = signed_in().account.id, runtime().clock()
    with runtime().database.transaction() as session:
        row = session.get(Responder, responder_id, with_for_update=True)
        if row is None or not row.active:
            abort(404)
        try:
            if change_cards.needs_two(session):
                made = changes.propose_number(
                    session, runtime().vault, row, typed, own, by=me, now=now
                )
                change_cards.put_on_record(session, made)
            else:
                changes.change_number(session, runtime().vault, row, typed, own)
                guard.audited(session, "responder.changed", f"responder:{row.id}")
        except NotEnrolled as refused:
            wrong.add(form, refused.field, gettext(str(refused)))
            return False
    return True


@guard.allows(Action.MANAGE_ROSTER)
@guard.fresh
def do_approve(change_id: str) -> Response:
    """Agree as the second person; the number is then called. 409: it cannot be approved, with why;
    404: there is no such change."""
    me, now = signed_in().account, runtime().clock()
    try:
        with runtime().database.transaction() as session:
            change = _change(session, change_id)
            settled = accounts.is_settled(session, me, now, changes.SETTLED)
            who = me.responder_id
            changes.approve(session, change, by=me.id, who=who, settled=settled, now=now)
            drill.ask_for_change(session, change, now)
            guard.audited(
                session, "roster.approved", f"responder:{change.responder_id}", change=change.id
            )
    except NotApproved as refused:
        return responders.page(refused={change_id: gettext(str(refused))}, status=409)
    return _back(f"c-{change_id}")


@guard.allows(Action.MANAGE_ROSTER)
@guard.fresh
def do_withdraw(change_id: str) -> Response:
    """Nothing comes of the change; whoever manages the roster may say so. 404: no such change."""
    with runtime().database.transaction() as session:
        change = _change(session, change_id)
        if changes.withdraw(session, change_id, runtime().clock()):
            guard.audited(
                session, "roster.withdrawn", f"responder:{change.responder_id}", change=change.id
            )
    return _back("changes")


@guard.allows(Action.MANAGE_ROSTER)
def do_ring_change(change_id: str) -> Response:
    """Call the number of an approved change again. 404: no such change; 409: it is not approved,
    or is being called."""
    now = runtime().clock()
    with runtime().database.transaction() as session:
        change = _change(session, change_id)
        ready = change.approved_at is not None and change.ended_at is None
        asked = ready and drill.ask_for_change(session, change, now)
        if asked:
            guard.audited(session, "oncall.drilled", f"responder:{change.responder_id}")
    if not asked:
        said = gettext("It cannot be called now: it is being called, or it is over.")
        return responders.page(refused={change_id: said}, status=409)
    return _back(f"c-{change_id}")


def _change(session: Session, change_id: str) -> RosterChange:
    return session.get(RosterChange, change_id) or abort(404)


def _back(anchor: str) -> Response:
    return redirect(url_for("console.responders", _anchor=anchor), 303)


ROUTES = (
    Route(
        "/on-call/responders/<responder_id>/number",
        "do_propose_number",
        do_propose_number,
        "POST",
    ),
    Route("/on-call/changes/<change_id>/approved", "do_approve", do_approve, "POST"),
    Route("/on-call/changes/<change_id>/withdrawn", "do_withdraw", do_withdraw, "POST"),
    Route("/on-call/changes/<change_id>/rung", "do_ring_change", do_ring_change, "POST"),
)
