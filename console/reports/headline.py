"""The sentences on top of the list: what is true now."""

from console import names
from console.context import signed_in
from console.reports.finding import COUNTED
from console.text import gettext, ngettext
from hotline.people.model import Role


def headline(counts: dict[str, int]) -> tuple[str, str]:
    """Who needs a person, and what waits for review; a counselor's begins with what is theirs.

    counts: by view, up to COUNTED.
    """
    if signed_in().account.role is Role.COUNSELOR:
        return _yours(counts["all"]), _open(counts["open"])
    return _open(counts["open"]), _unreviewed(counts["unreviewed"])


def _open(count: int) -> str:
    if count == COUNTED:
        return gettext("More than %(number)s reports need a person now.", number=COUNTED - 1)
    if not count:
        return gettext("Every report has a person.")
    return ngettext(
        "One report needs a person now.",
        "%(number)s reports need a person now.",
        count,
        number=names.spelled(count),
    )


def _unreviewed(count: int) -> str:
    if count == COUNTED:
        return gettext("More than %(number)s wait for review.", number=COUNTED - 1)
    if not count:
        return gettext("Nothing waits for review.")
    return ngettext(
        "One waits for review.",
        "%(number)s wait for review.",
        count,
        number=names.spelled(count),
    )


def _yours(count: int) -> str:
    if count == COUNTED:
        return gettext("More than %(number)s reports are yours.", number=COUNTED - 1)
    if not count:
        return gettext("No report is yours yet.")
    return ngettext(
        "One report is yours.",
        "%(number)s reports are yours.",
        count,
        number=names.spelled(count),
    )
