"""The base of all forms: filled from the request, checked, shown again with what is wrong.

That a form comes from our own page is the guard's business (`console.guard`), for all of them.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

import flask_babel
from flask import request
from wtforms import Form
from wtforms.fields import choices as options

from console.text import marked

Filled = TypeVar("Filled", bound="HotlineForm")


# What WTForms says itself where a form of ours does not; for the catalogs of languages.
ITS_OWN = (
    marked("Not a valid choice."),
    marked("Not a valid integer value."),
    marked("This field is required."),
    marked("'%(value)s' is not a valid choice for this field."),
)


class _Translations:
    """WTForms' own messages in the reader's language, from our catalog.

    It fills in their %(name)s itself, so they are looked up and nothing more.
    """

    def gettext(self, string: str) -> str:
        return str(flask_babel.get_domain().get_translations().ugettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(flask_babel.get_domain().get_translations().ungettext(singular, plural, n))


class HotlineForm(Form):
    """A form of the console. Subclasses name their fields; `validate()` says whether it may go on.

    What was typed stays in the fields; errors stand beside them (the macro `form_field`).
    """

    class Meta:
        """Settings of WTForms."""

        def get_translations(self, form: Form) -> _Translations:
            """Ours."""
            return _Translations()


def filled(kind: type[Filled], **shown: object) -> Filled:
    """The form as it was sent; `shown` is what stands in it before anything was."""
    return kind(request.form if request.method == "POST" else None, data=shown)


def choices(pairs: Iterable[tuple[str, Any]]) -> Any:
    """The choices of a field from (value, label); a label may be lazy text."""
    # The type stubs are of a version before SelectChoice, which took the tuples themselves.
    return [options.SelectChoice(value, label) for value, label in pairs]  # type: ignore[attr-defined]
