"""What can be chosen on the list, and how it is called: views, filters, colleagues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from console import names
from console.context import runtime, signed_in
from console.reports import finding, rows
from console.reports.filters import ME, NOBODY, Filters, Offered, Wrong
from console.text import gettext, lazy_gettext
from hotline.people import colleagues
from hotline.people.model import Account, Role
from hotline.people.permissions import Action, may

VIEW_NAMES = {
    "unreviewed": lazy_gettext("Not reviewed"),
    "open": lazy_gettext("Nobody has it yet"),
    "mine": lazy_gettext("Mine"),
    "all": lazy_gettext("All"),
}
LABELS = {
    "q": lazy_gettext("Words"),
    "urgency": lazy_gettext("Urgency"),
    "category": lazy_gettext("About"),
    "language": lazy_gettext("Language"),
    "door": lazy_gettext("Door"),
    "school": lazy_gettext("School"),
    "state": lazy_gettext("State"),
    "assignee": lazy_gettext("Looked after by"),
    "from": lazy_gettext("From"),
    "to": lazy_gettext("Until"),
}
ANY = {
    "urgency": lazy_gettext("Any urgency"),
    "category": lazy_gettext("Anything"),
    "language": lazy_gettext("Any language"),
    "door": lazy_gettext("Any door"),
    "school": lazy_gettext("Any school"),
    "state": lazy_gettext("Open and closed"),
    "assignee": lazy_gettext("Anybody or nobody"),
}
STATE_NAMES = {"open": lazy_gettext("Open"), "closed": lazy_gettext("Closed")}


@dataclass(frozen=True)
class Choices:
    """What can be chosen by whoever asks: (code, name) in their order. people: of the district."""

    urgency: tuple[tuple[str, str], ...]
    category: tuple[tuple[str, str], ...]
    language: tuple[tuple[str, str], ...]
    door: tuple[tuple[str, str], ...]
    school: tuple[tuple[str, str], ...]
    state: tuple[tuple[str, str], ...]
    assignee: tuple[tuple[str, str], ...]
    people: Sequence[Account]

    def offered(self) -> Offered:
        """The codes alone."""
        return Offered(*([code for code, _ in getattr(self, key)] for key in ANY))

    def name(self, key: str, code: str) -> str:
        """How a chosen value is called; a word or a day by itself."""
        offered: tuple[tuple[str, str], ...] = getattr(self, key, ())
        return dict(offered).get(code, code)


@dataclass(frozen=True)
class View:
    """One view as a link. count: up to finding.COUNTED; None: not counted."""

    key: str
    name: str
    url: str
    count: int | None

    @property
    def counted(self) -> str:
        """The count as it stands in the badge."""
        return f"{finding.COUNTED - 1}+" if self.count == finding.COUNTED else str(self.count)


@dataclass(frozen=True)
class Active:
    """A filter that is set, and the list without it."""

    key: str
    label: str
    value: str
    url: str


def address(endpoint: str, query: Mapping[str, Any]) -> str:
    """The address of a page with a query."""
    return str(url_for(endpoint, **query))


def choices(session: Session) -> Choices:
    """All that there is for whoever asks."""
    account = signed_in().account
    schools = rows.schools_by_handle(session, account.district)
    people = colleagues.of_district(session, account.district)
    known = runtime().languages
    return Choices(
        urgency=tuple((code, names.urgency(code)[1]) for code in reversed(names.URGENCY)),
        category=tuple((code, names.category(code)) for code in names.CATEGORY),
        language=tuple((code, rows.language_name(code)) for code in known),
        door=tuple((code, names.door(code)) for code in names.DOOR),
        school=tuple(schools.items()),
        state=tuple((code, str(name)) for code, name in STATE_NAMES.items()),
        assignee=(
            (ME, gettext("Me")),
            (NOBODY, gettext("Nobody")),
            *((who.id, who.display_name) for who in people if who.id != account.id),
        ),
        people=people,
    )


def view_keys() -> tuple[str, ...]:
    """The views of whoever asks. A counselor's reports are all their own."""
    match signed_in().account.role:
        case Role.COUNSELOR:
            return ("all", "open")
        case Role.AUDITOR:
            return ("unreviewed", "open", "all")
        case _:
            return ("unreviewed", "open", "mine", "all")


def counted_views() -> tuple[str, ...]:
    """Those of the views that the headline or a badge counts."""
    is_counselor = signed_in().account.role is Role.COUNSELOR
    return view_keys() if is_counselor else tuple(v for v in view_keys() if v != "all")


def first_view() -> str:
    """The view that is shown without being asked for: what is to be done."""
    return "unreviewed" if may(signed_in().account.role, Action.REVIEW) else "all"


def views(counts: dict[str, int]) -> tuple[View, ...]:
    """The views as links; a view that is counted has a badge."""
    of_me = signed_in().account.role is Role.COUNSELOR
    return tuple(
        View(
            key,
            gettext("Yours") if of_me and key == "all" else str(VIEW_NAMES[key]),
            url_for("console.reports", show=key),
            counts.get(key),
        )
        for key in view_keys()
    )


def active(filters: Filters, known: Choices) -> tuple[Active, ...]:
    """The filters that are set, each with the list that does without it."""
    return tuple(
        Active(
            key,
            str(LABELS[key]),
            known.name(key, value),
            address("console.reports", filters.without(key)),
        )
        for key, value in filters.active().items()
    )


def has_fields_open(filters: Filters, wrong: Wrong) -> bool:
    """Whether the fields beside the words are to be seen: something stands in one of them."""
    return bool((filters.active().keys() | wrong.keys()) - {"q", "show", "before"})
