"""One's own second factors: an app, passkeys, recovery codes."""

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from console import enrolling, guard, proving
from console.context import runtime, signed_in
from console.routes import Route
from console.text import gettext
from hotline.people import factors
from hotline.people.accounts import WrongInput
from hotline.people.factors import Factors
from hotline.people.permissions import Action


@guard.allows(Action.OWN_ACCOUNT)
def security() -> Response:
    """What the account has, and how many codes are left."""
    return _page()


@guard.allows(Action.OWN_ACCOUNT)
@guard.fresh
def new_factor() -> Response:
    """What is to be put into an app, and the button that makes a passkey."""
    return _new_page()


@guard.allows(Action.OWN_ACCOUNT)
@guard.fresh
def do_add_app() -> Response:
    """Confirm an app, in place of an earlier one."""
    return _added(enrolling.app(signed_in()))


@guard.allows(Action.OWN_ACCOUNT)
@guard.fresh
def do_add_passkey() -> Response:
    """Keep a passkey."""
    return _added(enrolling.passkey(signed_in()))


@guard.allows(Action.OWN_ACCOUNT)
@guard.fresh
def do_remove_app() -> Response:
    """Forget the app; 422 for the last factor where one is required."""
    me, now, required = signed_in().account.id, runtime().clock(), proving.required()
    try:
        with runtime().database.transaction() as session:
            factors.remove_app(session, me, now, required=required)
    except WrongInput as refused:
        return _page(gettext(str(refused)), 422)
    return _back()


@guard.allows(Action.OWN_ACCOUNT)
@guard.fresh
def do_remove_passkey(passkey_id: str) -> Response:
    """Forget a passkey; 422 for the last factor where one is required."""
    me, now, required = signed_in().account.id, runtime().clock(), proving.required()
    try:
        with runtime().database.transaction() as session:
            factors.remove_passkey(session, me, passkey_id, now, required=required)
    except WrongInput as refused:
        return _page(gettext(str(refused)), 422)
    return _back()


@guard.allows(Action.OWN_ACCOUNT)
@guard.fresh
def do_new_codes() -> Response:
    """Ten new recovery codes in place of the earlier ones, shown once; none without a factor."""
    me, now = signed_in().account.id, runtime().clock()
    with runtime().database.transaction() as session:
        codes = factors.new_codes(session, me, now) if factors.has(session, me) else []
    return _codes_page(codes) if codes else _back()


def _added(done: enrolling.Outcome) -> Response:
    if done is None:
        return _back()
    if isinstance(done, proving.Refused):
        return _new_page(done)
    response = _codes_page(done.codes) if done.codes else _back()
    guard.set_token(response, done.token)
    return response


def _page(wrong: str | None = None, status: int = 200) -> Response:
    me = signed_in().account
    with runtime().database.transaction() as session:
        found = factors.of(session, me.id)
    page = render_template(
        "account/security.html",
        found=found,
        headline=headline(found),
        reset_at=me.factors_reset_at,
        wrong=wrong,
    )
    return make_response(page, status)


def headline(found: Factors) -> str:
    """What is true of the account."""
    if not found:
        return gettext("Whoever learns your password can sign in as you.")
    return gettext("Your password alone lets nobody in.")


def _new_page(refused: proving.Refused | None = None) -> Response:
    page = render_template(
        "account/new_factor.html",
        shown=enrolling.shown(signed_in()),
        wrong=refused and refused.said,
    )
    return proving.answer(page, refused, 200)


def _codes_page(codes: list[str]) -> Response:
    return make_response(render_template("account/codes.html", codes=codes))


def _back() -> Response:
    return redirect(url_for("console.security"), 303)


ROUTES = (
    Route("/account/security", "security", security),
    Route("/account/security/new", "new_factor", new_factor),
    Route("/account/security/app", "do_add_app", do_add_app, "POST"),
    Route("/account/security/passkeys", "do_add_passkey", do_add_passkey, "POST"),
    Route("/account/security/app/removed", "do_remove_app", do_remove_app, "POST"),
    Route(
        "/account/security/passkeys/<passkey_id>/removed",
        "do_remove_passkey",
        do_remove_passkey,
        "POST",
    ),
    Route("/account/security/codes", "do_new_codes", do_new_codes, "POST"),
)
