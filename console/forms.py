"""The base of all forms: filled from the request, checked, shown again with what is wrong.

That a form comes from our own page is the guard's business (`console.guard`), for all of them.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from flask import request
from flask_babel import get_translations
from wtforms import Form
from wtforms.fields import choices as options

from console.text import gettext

Filled = TypeVar("Filled", bound="HotlineForm")


class _Translations:
    """WTForms' own messages in the reader's language, from our catalog."""

    def gettext(self, string: str) -> str:
        return gettext(string.replace("%", "%%")) if "%(" not in string else gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """WTForms fills in its %(value)s itself."""
        translated: str = get_translations().ungettext(singular, plural, n)
        return translated


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
