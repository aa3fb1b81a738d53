"""Sealed mode: a supervisor's passphrase, unlocking for the session, sharing with colleagues."""

from flask import abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField

from console import door_says, guard, times, wrong
from console.context import runtime, signed_in
from console.forms import HotlineForm, filled
from console.routes import Route
from console.text import gettext, lazy_gettext
from hotline.people import unlocking
from hotline.people.accounts import WrongInput, check_password
from hotline.people.passwords import TooBusy
from hotline.people.permissions import Action
from hotline.people.sign_in import SignInDelayed
from hotline.people.unlocking import WrongPassphrase
from hotline.privacy import locks
from hotline.privacy.locks import Reader
from hotline.reports import sealing


class PassphraseForm(HotlineForm):
    """A passphrase: one's own, or a new one."""

    passphrase = PasswordField(
        lazy_gettext("Passphrase"),
        description=lazy_gettext("12 characters or more, and not your password."),
    )


@guard.allows(Action.REVIEW)
def sealed_reports() -> Response:
    """Whether they are unlocked here, and what can be done about it."""
    return _page(filled(PassphraseForm))


@guard.allows(Action.REVIEW)
def do_unlock() -> Response:
    """Unlock for this session; 422 for a wrong passphrase, 429 after too many."""
    form, me, now = filled(PassphraseForm), signed_in(), runtime().clock()
    typed = form.passphrase.data or ""
    try:
        who = unlocking.open_with(runtime().database, me, typed, now)
    except WrongPassphrase:
        wrong.add(form, "passphrase", gettext("This is not your passphrase."))
        return _page(form, 422)
    except SignInDelayed as delay:
        wait = times.lasted(max(1.0, delay.wait_s))
        said = gettext("Too many wrong passphrases. Wait %(wait)s, then try again.", wait=wait)
        wrong.add(form, "passphrase", said)
        return _page(form, 429)
    except TooBusy:
        wrong.add(form, "passphrase", gettext(door_says.BUSY))
        return _page(form, 503)
    _keep(who, "keys.unlocked")
    return _back()


@guard.allows(Action.REVIEW)
@guard.fresh
def do_passphrase() -> Response:
    """Choose one: the first, or (where unlocked) another for the same key, or (where it was
    forgotten) one for a new key. 422 when it is too short, or easy to guess."""
    form, me, now = filled(PassphraseForm), signed_in(), runtime().clock()
    typed = form.passphrase.data or ""
    who = locks.reader()
    if who is None and _has_key() and not request.form.get("begin"):
        abort(403, gettext("Unlock sealed reports first."))
    try:
        check_password(typed, (me.account.name, me.account.display_name))
        if who is not None:
            unlocking.change(runtime().database, who, typed)
            action = "keys.passphrase_changed"
        else:
            who = unlocking.make(runtime().database, me.account.id, typed, now)
            action = "keys.made"
    except WrongInput as refused:
        wrong.add(form, "passphrase", gettext(str(refused)))
        return _page(form, 422)
    except TooBusy:
        wrong.add(form, "passphrase", gettext(door_says.BUSY))
        return _page(form, 503)
    _keep(who, action)
    return _back()


@guard.allows(Action.REVIEW)
def do_lock() -> Response:
    """Lock again in this session."""
    with runtime().database.transaction() as session:
        unlocking.lock(session, signed_in().session.id)
    return _back()


@guard.allows(Action.REVIEW)
@guard.fresh
def do_share(account_id: str) -> Response:
    """Seal to a colleague all that opens here and that they may see; nothing while locked, or where
    they have no key."""
    who = locks.reader()
    with runtime().database.transaction() as session:
        others = {a.id: a for a in unlocking.colleagues(session, signed_in().account.id)}
        colleague, holder = others.get(account_id), unlocking.holder_of(session, account_id)
        if who is not None and colleague is not None and holder is not None:
            locks.share(session, who, holder, sealing.keys_seen(colleague.district))
            guard.audited(session, "keys.shared", f"account:{account_id}")
    return _back()


def _has_key() -> bool:
    with runtime().database.transaction() as session:
        return unlocking.holder_of(session, signed_in().account.id) is not None


def _keep(who: Reader, action: str) -> None:
    me = signed_in()
    with runtime().database.transaction() as session:
        unlocking.keep(session, me.session.id, guard.token(), who)
        guard.audited(session, action, f"account:{me.account.id}")


def _page(form: PassphraseForm, status: int = 200) -> Response:
    me = signed_in().account
    with runtime().database.transaction() as session:
        has_key = unlocking.holder_of(session, me.id) is not None
        colleagues = unlocking.colleagues(session, me.id)
    page = render_template(
        "account/sealed_reports.html",
        form=form,
        has_key=has_key,
        unlocked="reader" in g,
        colleagues=colleagues,
    )
    return make_response(page, status)


def _back() -> Response:
    return redirect(url_for("console.sealed_reports"), 303)


ROUTES = (
    Route("/account/sealed-reports", "sealed_reports", sealed_reports),
    Route("/account/sealed-reports", "do_unlock", do_unlock, "POST"),
    Route("/account/sealed-reports/passphrase", "do_passphrase", do_passphrase, "POST"),
    Route("/account/sealed-reports/locked", "do_lock", do_lock, "POST"),
    Route("/account/sealed-reports/shared/<account_id>", "do_share", do_share, "POST"),
)
