"""The list of accounts, and a new one."""

from dataclasses import dataclass
from datetime import datetime

from flask import make_response, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, roles, wrong
from console.context import runtime, signed_in
from console.people import forms
from console.routes import Route
from console.text import gettext, ngettext
from hotline.oncall.model import District, Responder
from hotline.people import codes, management, passwords, sessions
from hotline.people.accounts import WrongInput
from hotline.people.model import Account, Role
from hotline.people.permissions import Action


@dataclass(frozen=True)
class Row:
    """One account. `state`: able · waiting (no password yet) · disabled."""

    account: Account
    role: str
    district: str
    responder: str | None
    state: str
    seen_at: datetime | None
    code_until: datetime | None


@guard.allows(Action.MANAGE_PEOPLE)
def people() -> Response:
    """Everybody who has an account: those who can sign in, then the disabled ones."""
    with runtime().database.transaction() as session:
        found = rows(session)
    shown = sorted(found, key=lambda row: (row.state == "disabled", row.account.name))
    page = render_template("people/list.html", rows=shown, headline=headline(shown))
    return make_response(page)


@guard.allows(Action.MANAGE_PEOPLE)
def new_person() -> Response:
    """The empty form of a new account."""
    with runtime().database.transaction() as session:
        form = forms.new_person(session)
    return make_response(render_template("people/new.html", form=form))


@guard.allows(Action.MANAGE_PEOPLE)
@guard.fresh
def do_add_person() -> Response:
    """Add the account and show its code, this once; 422 with what is wrong."""
    with runtime().database.transaction() as session:
        form = forms.new_person(session)
        added = _added(session, form) if form.validate() else None
    if added is not None:
        return code_page(*added)
    return make_response(render_template("people/new.html", form=form), 422)


def _added(session: Session, form: forms.NewPerson) -> tuple[Account, str] | None:
    """The new account and its code; None, and what is wrong in the form, if it is refused."""
    name, display_name = form.name.data or "", form.display_name.data or ""
    by, now = signed_in().account, runtime().clock()
    try:
        return management.create(session, by, name, display_name, form.terms(), now)
    except WrongInput as refused:
        wrong.put(form, refused)
        return None


def code_page(account: Account, code: str) -> Response:
    """The page with a code, which nothing can show again."""
    until = runtime().clock() + codes.VALID_FOR
    address = f"{runtime().settings.public_url}/welcome"
    page = render_template(
        "people/code.html", person=account, code=code, until=until, address=address
    )
    return make_response(page)


def rows(session: Session) -> list[Row]:
    """All accounts as the list shows them."""
    seen, open_codes = sessions.last_seen(session), codes.waiting(session, runtime().clock())
    districts = {d.handle: d.name for d in session.scalars(select(District))}
    handles = {r.id: r.handle for r in session.scalars(select(Responder))}
    return [
        Row(
            account,
            roles.name(account.role),
            _district(account, districts),
            handles.get(account.responder_id or ""),
            state(account),
            seen.get(account.id),
            open_codes.get(account.id),
        )
        for account in session.scalars(select(Account))
    ]


def state(account: Account) -> str:
    """able · waiting (no password yet) · disabled."""
    if account.disabled_at is not None:
        return "disabled"
    return "waiting" if account.password_hash == passwords.NONE else "able"


def headline(found: list[Row]) -> tuple[str, str]:
    """What is true of the accounts, and what to do about it."""
    able = [row for row in found if row.state == "able"]
    administrators = [row for row in able if row.account.role is Role.ADMINISTRATOR]
    first = ngettext("%(num)s person can sign in.", "%(num)s people can sign in.", len(able))
    if len(administrators) == 1:
        return first, gettext("Only one of them is an administrator: add another.")
    waiting = sum(row.state == "waiting" for row in found)
    if waiting:
        return first, ngettext(
            "%(num)s has yet to choose a password.",
            "%(num)s have yet to choose a password.",
            waiting,
        )
    return first, ""


def _district(account: Account, names: dict[str, str]) -> str:
    if account.district is None:
        return gettext("Every district")
    return names.get(account.district, account.district)


ROUTES = (
    Route("/people", "people", people),
    Route("/people", "do_add_person", do_add_person, "POST"),
    Route("/people/new", "new_person", new_person),
)
