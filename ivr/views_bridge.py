"""The responder's webhooks of the bridge: its end, and the menu of `*`.

No carrier says why a bridge is over for a leg: `*`, the caller's hang-up, or the end of the whole
conference. Whatever it was, the caller's own leg tells within a moment whether the caller is still
there. So the responder hears "one moment" first, and is then told that the caller has left, or
given the menu. The caller hears "one moment" and soft sounds meanwhile (`ivr.menu`), longer than
that.
"""

from flask import Blueprint, Response, request

from hotline.database.base import new_id
from hotline.dispatch import bridge, desk, moves
from hotline.dispatch.model import Dispatch
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.reports.model import Call
from hotline.tasks.model import TaskKind
from ivr import requests, star, twiml
from ivr.answers import spoken
from ivr.line import Line
from ivr.phone import WITH_CALLER, Phone, open_phone

LOOK_AGAIN_S = 1
"""Besides the second that "one moment" takes: the caller's hang-up has been told by then."""


def add_bridge_views(blueprint: Blueprint, line: Line) -> None:
    """Add the routes of responders in the bridge to the blueprint."""

    @blueprint.post("/voice/responder/<token>/bridge")
    def bridge(token: str) -> Response:
        """The bridge is over for the responder, who is still there."""
        return spoken(line, requests.language(line), lambda: _after_bridge(line, token))

    @blueprint.post("/voice/responder/<token>/star")
    def star_key(token: str) -> Response:
        """A key of the menu of `*`."""
        return spoken(line, requests.language(line), lambda: _chosen(line, token))


def _after_bridge(line: Line, token: str) -> str:
    with line.runtime.database.transaction() as session:
        phone = open_phone(line, session, token)
        if phone is None or requests.hung_up():
            return twiml.hang_up()
        dispatch = moves.of_attempt(phone.books, phone.attempt)
        if over := _over(phone, dispatch):
            return phone.end(over)
        stays = request.args.get("stays")
        if "again" not in request.args:
            # A caller who stays in a bridge alone hears nothing until we fetch them.
            pause_s = 0 if stays else LOOK_AGAIN_S
            again = phone.url("/bridge", again=1, stays=stays)
            return twiml.redirect(phone.sounds(("one_moment",)), again, pause_s=pause_s)
        if dispatch.taken_by == phone.attempt.id:
            return _menu(phone, dispatch, stays=stays is not None)
        return phone.joins(dispatch) or phone.waits("hold")


def _over(phone: Phone, dispatch: Dispatch) -> str | None:
    """The prompt that says why there is no way back to the caller."""
    if phone.attempt.state not in WITH_CALLER:
        return "handed_over" if dispatch.state is DispatchState.TAKEN else "passed"
    if phone.caller(dispatch) is None:
        return "call_over" if phone.attempt.state is AttemptState.JOINED else "caller_left"
    return None


def _menu(phone: Phone, dispatch: Dispatch, *, stays: bool) -> str:
    """The caller waits, unless somebody else is with them."""
    now = phone.line.runtime.clock()
    if not phone.joined(dispatch) and bridge.hold(phone.books, phone.attempt, now) and stays:
        _fetch(phone, dispatch.call_id)
    action = phone.url("/star")
    return twiml.gather(phone.sounds(star.MENU), action, digits=1, timeout_s=star.TIMEOUT_S)


def _chosen(line: Line, token: str) -> str:
    now = line.runtime.clock()
    with line.runtime.database.transaction() as session:
        phone = open_phone(line, session, token)
        if phone is None or requests.hung_up():
            return twiml.hang_up()
        dispatch = moves.of_attempt(phone.books, phone.attempt)
        if over := _over(phone, dispatch):
            return phone.end(over)
        chosen = star.choice(requests.digits())
        if chosen == "end":
            return _end(phone, dispatch)
        role = star.ROLES.get(chosen)
        rung = role is not None and desk.invite(phone.books, phone.attempt, role, now)
        bridge.back(phone.books, phone.attempt, now)
        on_the_way = star.on_the_way_back(chosen, rung=rung)
        return phone.joins(dispatch, *on_the_way) or phone.end("caller_left")


def _end(phone: Phone, dispatch: Dispatch) -> str:
    """The call ends for both: the caller's leg says goodbye, and nobody is sought for them."""
    now = phone.line.runtime.clock()
    call = phone.session.get_one(Call, dispatch.call_id)
    phone.session.refresh(call, with_for_update=True)
    call.menu = {**call.menu, "over": True}
    phone.books.note(dispatch.report_id, now, "call_ended", attempt=phone.attempt.id)
    bridge.caller_gone(phone.books, call, now, said_something=True)
    call.conference, call.parked_at = None, now
    _fetch(phone, call.id)
    return phone.end("star_ended")


def _fetch(phone: Phone, call_id: str | None) -> None:
    """Have the carrier ask what the caller's leg does next, now."""
    if call_id is not None:
        now = phone.line.runtime.clock()
        phone.books.add_task(TaskKind.CONNECT_CALLER, call_id, now, again=new_id())
