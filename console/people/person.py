"""One account: what it is for, its code, whether it is open, and its sessions."""

from collections.abc import Callable
from datetime import datetime

from flask import abort, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, wrong
from console.context import runtime, signed_in
from console.people import forms
from console.people.listing import Row, code_page, rows
from console.routes import Route
from console.text import gettext
from hotline.people import factors, management, sessions
from hotline.people.accounts import WrongInput
from hotline.people.management import ChangedMeanwhile
from hotline.people.model import Account
from hotline.people.permissions import Action

Step = Callable[[Session, Account, Account, datetime], object]


@guard.allows(Action.MANAGE_PEOPLE)
def person(account_id: str) -> Response:
    """The account as it is. 404: there is none."""
    with runtime().database.transaction() as session:
        account = session.get(Account, account_id) or abort(404)
        shown = _shown(session, account, forms.terms_form(session, account, sent=False))
    return _page(shown)


@guard.allows(Action.MANAGE_PEOPLE)
@guard.fresh
def do_change_person(account_id: str) -> Response:
    """Change role, district or responder; 409 when somebody else has meanwhile, 422 if refused."""
    with runtime().database.transaction() as session:
        account = management.locked(session, account_id) or abort(404)
        form = forms.terms_form(session, account, sent=True)
        status = _change(session, account, form) if form.validate() else 422
        if status == 409:
            form = _as_it_is(session, account)
        shown = _shown(session, account, form)
    return _back(account_id) if status == 303 else _page(shown, status)


@guard.allows(Action.MANAGE_PEOPLE)
@guard.fresh
def do_new_code(account_id: str) -> Response:
    """Take the password away, end the sessions, show a new code once."""
    codes: list[str] = []

    def give(session: Session, by: Account, account: Account, now: datetime) -> None:
        codes.append(management.new_code(session, by, account, now))

    answer = _do(account_id, give)
    return code_page(_named(account_id), codes[0]) if codes else answer


@guard.allows(Action.MANAGE_PEOPLE)
@guard.fresh
def do_disable_person(account_id: str) -> Response:
    """Close the account and end its sessions."""
    return _do(account_id, management.disable)


@guard.allows(Action.MANAGE_PEOPLE)
@guard.fresh
def do_enable_person(account_id: str) -> Response:
    """Open the account again."""
    return _do(account_id, management.enable)


@guard.allows(Action.MANAGE_PEOPLE)
@guard.fresh
def do_reset_factors(account_id: str) -> Response:
    """Take the person's second factors away, for a lost device; all their sessions end."""
    return _do(account_id, factors.reset)


@guard.allows(Action.MANAGE_PEOPLE)
@guard.fresh
def do_end_session(account_id: str, session_id: str) -> Response:
    """End one session of the account."""

    def end(session: Session, by: Account, account: Account, now: datetime) -> None:
        management.end_session(session, by, account, session_id, now)

    return _do(account_id, end)


def _do(account_id: str, step: Step) -> Response:
    """One step with the account held; 422 with the page when it is refused."""
    with runtime().database.transaction() as session:
        account = management.locked(session, account_id) or abort(404)
        try:
            step(session, signed_in().account, account, runtime().clock())
        except WrongInput as refused:
            form = forms.terms_form(session, account, sent=False)
            wrong.put(form, refused)
            shown = _shown(session, account, form)
        else:
            return _back(account_id)
    return _page(shown, 422)


def _change(session: Session, account: Account, form: forms.TermsForm) -> int:
    """Change the terms; gives 303, 409, or 422 with what is wrong in the form."""
    seen, by = form.version.data or "", signed_in().account
    try:
        management.change(session, by, account, seen, form.terms(), runtime().clock())
    except ChangedMeanwhile:
        return 409
    except WrongInput as refused:
        wrong.put(form, refused)
        return 422
    return 303


def _as_it_is(session: Session, account: Account) -> forms.TermsForm:
    """The account as somebody else has left it, and that nothing of what was sent was kept."""
    form = forms.terms_form(session, account, sent=False)
    said = gettext(
        "Somebody else changed this account meanwhile. Below is how it stands now; nothing of "
        "yours was kept."
    )
    wrong.add(form, "", said)
    return form


def _named(account_id: str) -> Account:
    with runtime().database.transaction() as session:
        return session.get_one(Account, account_id)


def _shown(session: Session, account: Account, form: forms.TermsForm) -> dict[str, object]:
    row = next(row for row in rows(session) if row.account.id == account.id)
    return {
        "person": account,
        "row": row,
        "form": form,
        "headline": headline(row),
        "own": account.id == signed_in().account.id,
        "factors": factors.of(session, account.id),
        "sessions": sessions.valid_of(session, account.id, runtime().clock()),
    }


def _page(shown: dict[str, object], status: int = 200) -> Response:
    return make_response(render_template("people/person.html", **shown), status)


def headline(row: Row) -> str:
    """What is true of the account."""
    name = row.account.display_name
    match row.state:
        case "disabled":
            return gettext("%(name)s cannot sign in: the account is disabled.", name=name)
        case "waiting" if row.code_until is None:
            return gettext("%(name)s has no password, and no code that works.", name=name)
        case "waiting":
            return gettext("%(name)s has yet to choose a password.", name=name)
        case _:
            return gettext("%(name)s can sign in.", name=name)


def _back(account_id: str) -> Response:
    return redirect(url_for("console.person", account_id=account_id), 303)


ROUTES = (
    Route("/people/<account_id>", "person", person),
    Route("/people/<account_id>", "do_change_person", do_change_person, "POST"),
    Route("/people/<account_id>/code", "do_new_code", do_new_code, "POST"),
    Route("/people/<account_id>/disabled", "do_disable_person", do_disable_person, "POST"),
    Route("/people/<account_id>/enabled", "do_enable_person", do_enable_person, "POST"),
    Route("/people/<account_id>/factors/reset", "do_reset_factors", do_reset_factors, "POST"),
    Route(
        "/people/<account_id>/sessions/<session_id>/ended",
        "do_end_session",
        do_end_session,
        "POST",
    ),
)
