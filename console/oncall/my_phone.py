"""My phone: be rung in this browser first, and on the telephone next.

The page stays open in a tab of its own. What it does is in `static/js/phone/page.js`; what it may
do is asked anew at each of its beats.
"""

from datetime import datetime
from typing import Any

from flask import jsonify, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import content_policy, guard
from console.context import runtime, signed_in
from console.routes import Route
from console.text import gettext
from hotline.carrier import browser_line
from hotline.dispatch.limits import BROWSER_MOST_S
from hotline.oncall import duty
from hotline.oncall.model import DutyState, Responder
from hotline.people import browser_phones
from hotline.people.model import BrowserPhone
from hotline.people.permissions import Action

REFUSED = 409


@guard.allows(Action.OWN_SHIFT)
def my_phone() -> Response:
    """The page."""
    socket = browser_line.socket_url(runtime().settings)
    with runtime().database.transaction() as session:
        wrong = _why_not(session, runtime().clock())
    if socket is not None:
        content_policy.use_microphone()
        content_policy.reach(socket)
    page = render_template("oncall/my_phone.html", wrong=wrong, most_s=int(BROWSER_MOST_S))
    return make_response(page)


@guard.allows(Action.OWN_SHIFT)
def do_phone_on() -> Response:
    """Let this browser be rung from its first beat on; 409 with a sentence where it cannot be."""
    me, now = signed_in(), runtime().clock()
    with runtime().database.transaction() as session:
        wrong = _why_not(session, now)
        if wrong is not None:
            return _refused(wrong)
        row = browser_phones.turn_on(session, me.account.id, me.session.id, now)
        guard.audited(session, "phone.on", f"account:{me.account.id}")
        return jsonify(_way(row, now) | {"socket": browser_line.socket_url(runtime().settings)})


@guard.allows(Action.OWN_SHIFT)
@guard.by_itself
def do_phone_beat() -> Response:
    """The page says whether it is ready, and gets its next ticket; 409 with a sentence: it may not
    be rung any more."""
    me, now, given = signed_in(), runtime().clock(), _given()
    ready = given.get("ready") is True
    with runtime().database.transaction() as session:
        wrong = _why_not(session, now)
        if wrong is not None:
            browser_phones.turn_off(session, me.account.id)
            return _refused(wrong)
        phone = str(given.get("phone", ""))
        row = browser_phones.beat(session, phone, me.session.id, now, ready=ready)
        if row is None:
            return _refused(gettext("Another window of yours is rung now, or it was turned off."))
        return jsonify(_way(row, now))


@guard.allows(Action.OWN_SHIFT)
def do_phone_off() -> Response:
    """Ring the telephone alone again."""
    with runtime().database.transaction() as session:
        me = signed_in().account.id
        if browser_phones.turn_off(session, me):
            guard.audited(session, "phone.off", f"account:{me}")
    return Response(status=204)


def _why_not(session: Session, now: datetime) -> str | None:
    """Why whoever asks cannot be rung in a browser now; None: they can."""
    me, settings = signed_in().account, runtime().settings
    if not runtime().carrier.capabilities.browsers:
        return gettext(
            "Your hotline’s calls go over %(carrier)s, which cannot ring a browser. Your telephone "
            "rings.",
            carrier=runtime().carrier.capabilities.name,
        )
    if browser_line.socket_url(settings) is None:
        return gettext(
            "No way leads from browsers to the switch yet; an administrator has to set "
            "HOTLINE_BROWSER_PHONE_URL. Your telephone rings."
        )
    row = session.get(Responder, me.responder_id) if me.responder_id is not None else None
    if row is None or not row.active:
        return gettext("Your account is not linked to a telephone. An administrator links it.")
    if duty.read(session, row.id, now).state is not DutyState.ON:
        return gettext("You are not on duty. Say on My shift that you are back; then turn it on.")
    return None


def _way(row: BrowserPhone, now: datetime) -> dict[str, Any]:
    """What lets a page be that phone for a while."""
    origin = request.headers.get("Origin", "")
    until = now.timestamp() + browser_line.LASTS_S
    secret = runtime().settings.auth_tokens[0]
    return {"phone": row.id, "ticket": browser_line.ticket(secret, row.address, origin, until)}


def _refused(sentence: str) -> Response:
    return make_response(jsonify(wrong=sentence), REFUSED)


def _given() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


ROUTES = (
    Route("/my-shift/phone", "my_phone", my_phone),
    Route("/my-shift/phone/on", "do_phone_on", do_phone_on, "POST"),
    Route("/my-shift/phone/beat", "do_phone_beat", do_phone_beat, "POST"),
    Route("/my-shift/phone/off", "do_phone_off", do_phone_off, "POST"),
)
