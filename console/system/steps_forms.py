"""The forms of the first steps: somebody who is rung, and a first policy."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from console import names
from console.context import runtime
from console.forms import HotlineForm, choices, filled
from console.text import gettext, lazy_gettext
from hotline.dispatch.policy import Policy
from hotline.dispatch.words import Step
from hotline.oncall import responders
from hotline.oncall.enrolling import Newcomer
from hotline.oncall.model import Responder, ResponderKind

KINDS = (
    (ResponderKind.COUNSELOR, lazy_gettext("A counselor")),
    (ResponderKind.LAW_ENFORCEMENT, lazy_gettext("Law enforcement")),
    (ResponderKind.SCHOOL_OFFICIAL, lazy_gettext("A school official")),
)
RING_S = 25
# Twice through the list before the alarm: who was in the shower has a second chance.
ROUNDS = 2


class ResponderForm(HotlineForm):
    """Somebody who is rung."""

    name = StringField(lazy_gettext("Name"))
    handle = StringField(
        lazy_gettext("Handle"),
        description=lazy_gettext("Their name in policies and lists, counselor-1 for example."),
    )
    number = StringField(
        lazy_gettext("Phone number"),
        description=lazy_gettext("With the country code. It is kept sealed and never shown again."),
    )
    kind = RadioField(
        lazy_gettext("What they are to a caller"),
        choices=choices((str(kind), name) for kind, name in KINDS),
        default=str(ResponderKind.COUNSELOR),
    )
    languages = SelectMultipleField(
        lazy_gettext("Languages they speak"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def newcomer(self) -> Newcomer:
        """Who was typed in, after `validate`."""
        return Newcomer(
            self.handle.data or "",
            ResponderKind(self.kind.data),
            self.name.data or "",
            self.number.data or "",
            tuple(self.languages.data or ()),
        )


class PolicyForm(HotlineForm):
    """A first policy: who is rung, one after the other."""

    first = SelectField(
        lazy_gettext("First ring"),
        validators=[InputRequired(lazy_gettext("Choose who is rung first."))],
    )
    second = SelectField(lazy_gettext("Then"))
    third = SelectField(lazy_gettext("Then"))
    ring_s = IntegerField(
        lazy_gettext("Seconds for each"),
        validators=[
            InputRequired(lazy_gettext("Enter a number of seconds from 5 to 120.")),
            NumberRange(5, 120, lazy_gettext("Enter a number of seconds from 5 to 120.")),
        ],
        default=RING_S,
    )
    alarm = SelectField(
        lazy_gettext("When nobody takes it, the alarm rings"),
        description=lazy_gettext("Again and again, until they answer for it."),
    )

    def policy(self) -> Policy:
        """What was chosen, after `validate`; a person is in it once."""
        people = dict.fromkeys(filter(None, (self.first.data, self.second.data, self.third.data)))
        steps = tuple(Step((handle,), float(self.ring_s.data or RING_S)) for handle in people)
        return Policy(steps, ROUNDS, alarm=(self.alarm.data,) if self.alarm.data else ())


def responder_form(*, sent: bool = False) -> ResponderForm:
    """The form of somebody who is rung, as it was sent or empty."""
    form = filled(ResponderForm) if sent else ResponderForm()
    form.languages.choices = choices((code, names.language(code)) for code in runtime().languages)
    return form


def policy_form(session: Session, *, sent: bool = False) -> PolicyForm:
    """The form of a first policy, as it was sent or empty, with everybody who is in service."""
    form = filled(PolicyForm) if sent else PolicyForm()
    query = select(Responder.id).where(Responder.active).order_by(Responder.handle)
    found = [responders.contact(session, runtime().vault, i) for i in session.scalars(query)]
    people = [(contact.handle, f"{contact.name} ({contact.handle})") for contact in found]
    nobody = [("", gettext("nobody"))]
    form.first.choices = choices(people)
    for field in (form.second, form.third, form.alarm):
        field.choices = choices(nobody + people)
    return form
