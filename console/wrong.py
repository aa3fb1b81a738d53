"""What is wrong with an account or a password, beside the field it is about.

The sentences come from `hotline.people`, and are translated here.
"""

from collections.abc import Sequence

from console.forms import HotlineForm
from console.text import gettext, marked
from hotline.people.accounts import WrongInput

# With their figures filled in (`hotline.people.passwords`); the others are marked where they are.
FIGURES = (marked("Use at least 12 characters."), marked("Use at most 256 characters."))


def sentence(wrong: WrongInput) -> str:
    """What is wrong, in the reader's language."""
    return gettext(str(wrong))


def put(form: HotlineForm, wrong: WrongInput) -> None:
    """Put what is wrong beside its field, or on top of the form where it is about none."""
    add(form, wrong.field, sentence(wrong))


def add(form: HotlineForm, field: str, said: str) -> None:
    """Put a sentence beside a field, or on top of the form where there is no such field."""
    if field in form:
        errors: Sequence[str] = form[field].errors
        form[field].errors = [*errors, said]
    else:
        form.form_errors.append(said)
