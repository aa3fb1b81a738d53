"""One's own password, and where one is signed in."""

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from console import door_says, guard, times, wrong
from console.context import runtime, signed_in
from console.forms import HotlineForm, filled
from console.routes import Route
from console.text import gettext, lazy_gettext, ngettext
from hotline.people import own_password, sessions
from hotline.people.accounts import WrongInput
from hotline.people.passwords import TooBusy
from hotline.people.permissions import Action
from hotline.people.sign_in import SignInDelayed


class PasswordForm(HotlineForm):
    """The password of now, and another one."""

    old = PasswordField(
        lazy_gettext("Your password now"),
        validators=[InputRequired(lazy_gettext("Enter your password of now."))],
    )
    password = PasswordField(
        lazy_gettext("A new password"),
        description=lazy_gettext("12 characters or more. A few unrelated words do well."),
    )


@guard.allows(Action.OWN_ACCOUNT)
def password() -> Response:
    """The form, and every browser in which this account is signed in."""
    return _page(filled(PasswordForm))


@guard.allows(Action.OWN_ACCOUNT)
def do_password() -> Response:
    """Change it and sign out everywhere else; 422 with what is wrong, 429 after too many tries."""
    form = filled(PasswordForm)
    status = _change(form) if form.validate() else 422
    return _page(form, status) if status != 303 else _back()


@guard.allows(Action.OWN_ACCOUNT)
def do_end_own_session(session_id: str) -> Response:
    """Sign out in one other browser; one that is over stays so, and this one goes on."""
    me, now = signed_in(), runtime().clock()
    with runtime().database.transaction() as session:
        is_other = session_id != me.session.id
        if is_other and sessions.end_one(session, me.account.id, session_id, now):
            guard.audited(session, "account.session_ended", f"account:{me.account.id}")
    return _back()


@guard.allows(Action.OWN_ACCOUNT)
def do_end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    me, now = signed_in(), runtime().clock()
    with runtime().database.transaction() as session:
        if len(sessions.valid_of(session, me.account.id, now)) > 1:
            sessions.end_all(session, me.account.id, now, but=me.session.id)
            guard.audited(session, "account.sessions_ended", f"account:{me.account.id}")
    return _back()


def _change(form: PasswordForm) -> int:
    old, new = form.old.data or "", form.password.data or ""
    try:
        own_password.change(runtime().database, signed_in(), old, new, runtime().clock())
    except WrongInput as refused:
        wrong.put(form, refused)
        return 422
    except SignInDelayed as delay:
        wait = times.lasted(max(1.0, delay.wait_s))
        said = gettext("Too many wrong passwords. Wait %(wait)s, then try again.", wait=wait)
        wrong.add(form, "old", said)
        return 429
    except TooBusy:
        wrong.add(form, "password", gettext(door_says.BUSY))
        return 503
    return 303


def _page(form: PasswordForm, status: int = 200) -> Response:
    me = signed_in()
    with runtime().database.transaction() as session:
        found = sessions.valid_of(session, me.account.id, runtime().clock())
    headline = ngettext(
        "You are signed in with this browser alone.",
        "You are signed in with %(num)s browsers.",
        len(found),
    )
    page = render_template(
        "account/password.html", form=form, sessions=found, here=me.session.id, headline=headline
    )
    return make_response(page, status)


def _back() -> Response:
    return redirect(url_for("console.password"), 303)


ROUTES = (
    Route("/account/password", "password", password),
    Route("/account/password", "do_password", do_password, "POST"),
    Route("/account/sessions/<session_id>/ended", "do_end_own_session", do_end_own_session, "POST"),
    Route("/account/sessions/ended", "do_end_other_sessions", do_end_other_sessions, "POST"),
)
