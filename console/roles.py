"""The roles as people read them: a name, and what each is for. Pure."""

from console.text import gettext, marked
from hotline.people.model import Role

NAMES = {
    Role.COUNSELOR: marked("Counselor"),
    Role.SUPERVISOR: marked("Supervisor"),
    Role.AUDITOR: marked("Auditor"),
    Role.ADMINISTRATOR: marked("Administrator"),
}
MEANINGS = {
    Role.COUNSELOR: marked("Counselor: takes reports, and sees those they took or were given."),
    Role.SUPERVISOR: marked("Supervisor: reviews all reports of the district, and the roster."),
    Role.AUDITOR: marked("Auditor: sees that there are reports and what was done, and no words."),
    Role.ADMINISTRATOR: marked("Administrator: accounts, roster and this system; no reports."),
}


def name(role: Role) -> str:
    """The role in a word."""
    return gettext(NAMES[role])


def meaning(role: Role) -> str:
    """The role and what it is for, as one sentence."""
    return gettext(MEANINGS[role])
