"""What is wrong with an account or a password, beside the field it is about.

The sentences come from `hotline.people`; here they are marked for the catalogs of languages.
"""

from collections.abc import Sequence

from console.forms import HotlineForm
from console.text import gettext, marked
from hotline.people.accounts import WrongInput

SENTENCES = (
    marked("Use 2 to 64 letters, digits or . _ @ + - without spaces."),
    marked("Enter the name that colleagues should see."),
    marked("Use at least 12 characters."),
    marked("Use at most 256 characters."),
    marked(
        "This code is not valid. Use the newest one on the terminal; each works once, for a day."
    ),
    marked("There is an account of this name already. Choose another one."),
    marked("Another account is this responder already. Choose nobody, or another one."),
    marked("Nobody changes their own role. Ask another administrator."),
    marked("Nobody does this to their own account. Ask another administrator."),
    marked("This is the last administrator who can sign in. Make another one first."),
    marked("This account is disabled. Enable it first."),
    marked(
        "Name and code do not fit together. A code works once, for a day; ask your administrator "
        "for a new one."
    ),
    marked("This is not your password now."),
    marked("This is your last one, and one is required. Add another one first."),
    marked("Nobody resets their own second factors. Ask another administrator."),
)


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
