"""Why a report does not open, in a sentence: never a blank in place of what was said."""

from console.text import gettext, marked
from hotline.privacy.cipher import Closed

SAYS = {
    Closed.DELETED: marked(
        "The words and the sound of this report were deleted. What happened is kept."
    ),
    Closed.KEY_LOST: marked(
        "This report does not open: its master key is missing. Nothing is deleted; ask your "
        "administrator to put the key back (Health says which one)."
    ),
    Closed.ALTERED: marked(
        "This report does not open: it was altered in the database, or another key is in place of "
        "its own. Tell your administrator now."
    ),
}
SHORT = {
    Closed.DELETED: marked("Its words were deleted."),
    Closed.KEY_LOST: marked("It does not open: its master key is missing."),
    Closed.ALTERED: marked("It does not open: it was altered, or its key is another one."),
}
CLOSED = marked(
    "This does not open: its key is missing, or it was altered in the database. Nothing was "
    "deleted or changed. Tell your administrator, who runs `hotline doctor`."
)
LOCKED = marked(
    "This is sealed to the supervisors. Unlock sealed reports with your passphrase, or ask a "
    "supervisor to share with you."
)


def why_closed(closed: Closed, *, short: bool = False) -> str:
    """The sentence for a page, or the short one for a list."""
    return gettext((SHORT if short else SAYS)[closed])
