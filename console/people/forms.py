"""The forms of an account: who it is for, and as what."""

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from console import roles
from console.context import runtime
from console.forms import HotlineForm, choices, filled
from console.text import gettext, lazy_gettext
from hotline.oncall import responders
from hotline.oncall.model import District, Responder
from hotline.people.management import Terms, terms_of, version
from hotline.people.model import Account, Role

Filled = TypeVar("Filled", bound="TermsForm")


class TermsForm(HotlineForm):
    """Role, district and responder of an account."""

    role = RadioField(
        lazy_gettext("Role"),
        validators=[InputRequired(lazy_gettext("Choose a role."))],
    )
    district = SelectField(
        lazy_gettext("District"),
        description=lazy_gettext("Whose reports they see. Every one: of all districts."),
    )
    responder = SelectField(
        lazy_gettext("On the phone they are"),
        description=lazy_gettext("Links the account to a responder, for whoever is rung."),
    )
    version = HiddenField()

    def terms(self) -> Terms:
        """What was chosen, after `validate`."""
        district, responder = self.district.data or None, self.responder.data or None
        return Terms(Role(self.role.data), district, responder)


class NewPerson(TermsForm):
    """A new account."""

    name = StringField(
        lazy_gettext("Name to sign in with"),
        description=lazy_gettext("An e-mail address, or 2 to 64 letters and digits."),
    )
    display_name = StringField(lazy_gettext("Name, as colleagues see it"))


def new_person(session: Session) -> NewPerson:
    """The form of a new account, as it was sent or empty."""
    return _with_choices(session, filled(NewPerson), None)


def terms_form(session: Session, account: Account, *, sent: bool) -> TermsForm:
    """The form of an account's terms: as it was sent, or as they are."""
    now = terms_of(account)
    shown = {
        "role": str(now.role),
        "district": now.district or "",
        "responder": now.responder_id or "",
        "version": version(account),
    }
    form = filled(TermsForm) if sent else TermsForm(data=shown)
    return _with_choices(session, form, account)


def _with_choices(session: Session, form: Filled, account: Account | None) -> Filled:
    form.role.choices = choices((str(role), roles.meaning(role)) for role in Role)
    form.district.choices = choices(_districts(session, account))
    form.responder.choices = choices(_responders(session, account))
    return form


def _districts(session: Session, account: Account | None) -> Iterable[tuple[str, str]]:
    """Every one, those there are, and the account's own if it is gone from the roster."""
    there = {d.handle: d.name for d in session.scalars(select(District).order_by(District.name))}
    own = account.district if account is not None else None
    gone = {own: own} if own is not None and own not in there else {}
    return [("", gettext("Every district")), *there.items(), *gone.items()]


def _responders(session: Session, account: Account | None) -> Iterable[tuple[str, str]]:
    """Nobody, the account's own, and those in service who are no other account's."""
    own = account.responder_id if account is not None else None
    linked = select(Account.responder_id).where(Account.responder_id.is_not(None))
    free = Responder.active & Responder.id.not_in(linked)
    query = select(Responder.id).where(free | (Responder.id == own))
    found = [responders.contact(session, runtime().vault, i) for i in session.scalars(query)]
    named = sorted((contact.name, contact.handle, contact.id) for contact in found)
    known = [(id_, f"{name} ({handle})") for name, handle, id_ in named]
    if own is not None and own not in dict(known):
        known.append((own, gettext("a responder who is gone")))
    return [("", gettext("Nobody")), *known]
