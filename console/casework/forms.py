"""The forms on a report's page. Names of fields differ, for all of them stand on one page."""

from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    validators,
    widgets,
)

from console import names
from console.casework import wording
from console.forms import HotlineForm, choices
from console.text import gettext
from console.text import lazy_gettext as _l
from hotline.reports import codes
from hotline.reports.casework import disclosing, notes, replies
from hotline.reports.triage import Urgency

CHOOSE = ("", _l("Choose one"))


def words(longest: int, missing: Any) -> list[Any]:
    """The validators of a text that must not be empty. missing: what is said then."""

    def present(form: HotlineForm, field: Any) -> None:
        if not (field.data or "").strip():
            raise ValidationError(str(missing))

    def short(form: HotlineForm, field: Any) -> None:
        over = len((field.data or "").strip()) - longest
        if over > 0:
            raise ValidationError(
                gettext(
                    "This is %(over)s characters too long; it may have %(longest)s.",
                    over=over,
                    longest=longest,
                )
            )

    return [present, short]


def chosen(missing: Any) -> list[Any]:
    """The validators of a choice that must be made. missing: what is said otherwise."""
    return [validators.InputRequired(missing)]


class NoteForm(HotlineForm):
    """A note for colleagues."""

    note = TextAreaField(
        _l("Add a note"),
        words(notes.LONGEST, _l("Write the note first.")),
        description=_l("What was done, by whom, when. No guesses about who called."),
    )


class SortForm(HotlineForm):
    """What it is about and how urgent."""

    category = SelectField(
        _l("About"), choices=choices((c, _l(name)) for c, name in names.CATEGORY.items())
    )
    urgency = RadioField(
        _l("Urgency"),
        choices=choices((u.value, _l(names.URGENCY[u][1])) for u in reversed(Urgency)),
    )
    lowering = SelectField(
        _l("Why is it less urgent?"),
        choices=choices([CHOOSE, *((c.value, w) for c, w in wording.LOWERING.items())]),
        description=_l("Only needed to lower it. Raising needs no reason."),
    )

    def needs_reason(self) -> None:
        """Say beside the field that lowering takes a reason."""
        self.lowering.errors = [gettext("Choose why it is less urgent, then save.")]


class AssignForm(HotlineForm):
    """Who looks after it; the choices are set by the view."""

    assignee = SelectField(_l("Give it to"))


class CloseForm(HotlineForm):
    """How it ended."""

    disposition = RadioField(
        _l("How did it end?"),
        chosen(_l("Choose how it ended, then close.")),
        choices=choices((c.value, w) for c, w in wording.DISPOSITION.items()),
    )
    take = BooleanField(
        _l("End the search: I take it, and nobody else is rung."),
        description=_l("Nobody has taken it yet. It can be closed only by whoever takes it."),
    )

    def nobody_has_it(self) -> None:
        """Say beside the box that it must be taken first."""
        self.take.errors = [gettext("Nobody has taken it. Take it with this box, then close.")]

    def has_unread(self) -> None:
        """Say that the newest words must be read first."""
        said = gettext("The caller has said more. Read that first, and say so; then close.")
        self.disposition.errors = [said]

    def caller_waits(self) -> None:
        """Say beside the box that the desk cannot take it now."""
        self.take.errors = [
            gettext("The caller is on the line. Only somebody on the phone can take it now.")
        ]


class HoldForm(HotlineForm):
    """Why a report is kept, or need not be kept any more."""

    hold_reason = RadioField(
        _l("Why?"),
        chosen(_l("Choose why; the reason is kept in the audit.")),
        choices=choices(wording.HOLD.items()),
    )


class ReplyForm(HotlineForm):
    """A typed reply."""

    reply = TextAreaField(
        _l("What the caller hears"),
        words(replies.LONGEST, _l("Write the reply first.")),
    )
    by_text = BooleanField(
        _l("Send the reply itself as a text message"),
        description=_l(
            "It then lies at telephone companies and on that phone, for whoever picks it up. "
            "Without this box, the text says only that there is an answer."
        ),
    )


class VoiceForm(HotlineForm):
    """A reply by voice: a file, made by the page's recorder where there is a script."""

    sound = FileField(_l("Recording (WAV)"))

    def refuse(self, why: str) -> None:
        """Say beside the field what is wrong with the recording."""
        self.sound.errors = [why]


class DiscloseForm(HotlineForm):
    """To whom it was given, what of it and why."""

    recipient = RadioField(
        _l("To whom"),
        chosen(_l("Choose to whom it was given.")),
        choices=choices((c.value, w) for c, w in wording.RECIPIENT.items()),
    )
    given_to = StringField(
        _l("Person or office"),
        words(disclosing.LONGEST, _l("Name the person or office.")),
    )
    parts = SelectMultipleField(
        _l("What of it"),
        chosen(_l("Choose at least one part.")),
        choices=choices((c.value, w) for c, w in wording.PART.items()),
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    basis = SelectField(
        _l("Why it may be given"),
        chosen(_l("Choose why it may be given.")),
        choices=choices([CHOOSE, *((c.value, w) for c, w in wording.BASIS.items())]),
    )


class DeliverForm(HotlineForm):
    """To whom of the roster it is delivered, and why it may be; the choices are set by the view."""

    recipients = SelectMultipleField(
        _l("To whom"),
        chosen(_l("Choose at least one.")),
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    delivery_basis = SelectField(
        _l("Why it may be given"),
        chosen(_l("Choose why it may be given.")),
        choices=choices([CHOOSE, *((c.value, w) for c, w in wording.BASIS.items())]),
    )


class DuplicateForm(HotlineForm):
    """The number of the report that tells of the same."""

    number = StringField(
        _l("Number of the other report"),
        [
            validators.InputRequired(_l("Give the number of the other report.")),
            validators.Regexp(
                rf"\s*\d{{{codes.NUMBER_DIGITS}}}\s*$",
                message=_l("A report’s number has six digits."),
            ),
        ],
    )

    def refuse(self, why: str) -> None:
        """Say beside the field why that report cannot be linked."""
        self.number.errors = [why]


Forms = Mapping[str, HotlineForm]
"""Forms as they were sent, by the name under which the page has them."""
