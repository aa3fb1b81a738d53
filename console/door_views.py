"""Sign in, sign out, and the first administrator."""

from flask import g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from console import guard, navigation, proving, times, wrong
from console.context import runtime
from console.door_says import BUSY
from console.routes import Route
from console.text import gettext, marked
from hotline.people import accounts, second_step, sessions
from hotline.people.passwords import TooBusy
from hotline.people.permissions import Action
from hotline.people.sign_in import SignInDelayed, SignInRefused
from hotline.people.sign_in import sign_in as check_password

REFUSED = marked("Name and password do not fit together. Check both and try again.")


@guard.allows(Action.OWN_ACCOUNT)
def home() -> Response:
    """The console begins with the first page that whoever asks may see."""
    return redirect(navigation.home(), 303)


@guard.open_to_all
def sign_in() -> Response:
    """The sign-in page; the set-up page while nobody has an account."""
    if g.signed_in is not None:
        return redirect(url_for("console.home"), 303)
    with runtime().database.transaction() as session:
        if not accounts.any_account(session):
            return redirect(url_for("console.setup"), 303)
    return _sign_in_page()


@guard.open_to_all
def do_sign_in() -> Response:
    """Check name and password; a new session, or the page again with what to do."""
    form = request.form
    try:
        _, token = check_password(
            runtime().database,
            form.get("name", ""),
            form.get("password", ""),
            runtime().clock(),
            old_token=guard.token(),
            address=request.remote_addr or "",
        )
    except SignInRefused:
        return _sign_in_page(gettext(REFUSED), 401)
    except SignInDelayed as delay:
        wait = times.lasted(max(1.0, delay.wait_s))
        said = gettext("Too many wrong passwords. Wait %(wait)s, then try again.", wait=wait)
        page = _sign_in_page(said, 429)
        page.headers["Retry-After"] = str(max(1, round(delay.wait_s)))
        return page
    except TooBusy:
        return _sign_in_page(gettext(BUSY), 503)
    return enter(token, guard.own_path(form.get("next", "")))


@guard.open_to_all
def do_sign_out() -> Response:
    """End the session, here and in the browser."""
    with runtime().database.transaction() as session:
        sessions.end(session, guard.token(), runtime().clock())
        if g.signed_in is not None:
            guard.audited(session, "account.signed_out", f"account:{g.signed_in.account.id}")
    response = redirect(url_for("console.sign_in"), 303)
    guard.drop_token(response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@guard.open_to_all
def setup() -> Response:
    """The form that makes the first administrator; closed once there is an account."""
    with runtime().database.transaction() as session:
        if accounts.any_account(session):
            return redirect(url_for("console.sign_in"), 303)
    return _setup_page()


@guard.open_to_all
def do_setup() -> Response:
    """Redeem the code and sign the new administrator in."""
    form, now = request.form, runtime().clock()
    try:
        account = accounts.redeem_setup_code(
            runtime().database,
            form.get("code", ""),
            form.get("name", ""),
            form.get("display_name", ""),
            form.get("password", ""),
            now,
        )
    except accounts.WrongInput as refused:
        return _setup_page(refused, 422)
    except TooBusy:
        return _setup_page(accounts.WrongInput("password", BUSY), 503)
    with runtime().database.transaction() as session:
        token = sessions.start(session, account.id, now)
    return enter(token, None)


def _setup_page(refused: accounts.WrongInput | None = None, status: int = 200) -> Response:
    said = {refused.field: wrong.sentence(refused)} if refused is not None else {}
    return make_response(render_template("door/setup.html", wrong=said), status)


def _sign_in_page(said: str | None = None, status: int = 200) -> Response:
    page = render_template("door/sign_in.html", wrong=said, next=request.values.get("next", ""))
    return make_response(page, status)


def enter(token: str, path: str | None) -> Response:
    """Go on after the password: to the second step, or in where there is none."""
    now, required = runtime().clock(), proving.required()
    with runtime().database.transaction() as session:
        whole = second_step.after_password(session, token, now, required=required)
    if whole is not None:
        return arrive(whole, path)
    response = redirect(url_for("console.second_step", next=path), 303)
    guard.set_token(response, token)
    return response


def arrive(token: str, path: str | None) -> Response:
    """Hand over the token of whoever is signed in, and on to a page of ours or the first one; to
    their factors, where somebody else has taken those away."""
    with runtime().database.transaction() as session:
        found = sessions.look(session, token, runtime().clock())
    if found is not None and found.account.factors_reset_at is not None:
        path = url_for("console.security")
    response = redirect(path or url_for("console.home"), 303)
    guard.set_token(response, token)
    return response


ROUTES = (
    Route("/", "home", home),
    Route("/sign-in", "sign_in", sign_in),
    Route("/sign-in", "do_sign_in", do_sign_in, "POST"),
    Route("/sign-out", "do_sign_out", do_sign_out, "POST"),
    Route("/setup", "setup", setup),
    Route("/setup", "do_setup", do_setup, "POST"),
)
