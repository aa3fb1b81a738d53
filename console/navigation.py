"""The pages in the order of the navigation, as far as whoever asks may see them."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for

from console.context import runtime, signed_in
from console.text import gettext, lazy_gettext
from hotline import first_steps
from hotline.people.permissions import Action, may


@dataclass(frozen=True)
class Page:
    """One entry. `section`: endpoints that begin so belong to it."""

    endpoint: str
    name: Any
    """Lazy text."""
    action: Action
    more: bool = False
    """Behind "More": what is not needed every hour."""


PAGES = (
    Page("console.board", lazy_gettext("Board"), Action.SEE_BOARD),
    Page("console.reports", lazy_gettext("Reports"), Action.READ_REPORTS),
    Page("console.my_shift", lazy_gettext("My shift"), Action.OWN_SHIFT),
    Page("console.on_call", lazy_gettext("On call"), Action.SEE_ROSTER),
    Page("console.policies", lazy_gettext("Policies"), Action.SEE_ROSTER, more=True),
    Page("console.menu_preview", lazy_gettext("Voice menu"), Action.SEE_MENU, more=True),
    Page("console.statistics", lazy_gettext("Statistics"), Action.SEE_STATISTICS, more=True),
    Page("console.audit", lazy_gettext("Audit"), Action.READ_AUDIT, more=True),
    Page("console.break_glass", lazy_gettext("Break-glass"), Action.BREAK_GLASS, more=True),
    Page("console.people", lazy_gettext("People"), Action.MANAGE_PEOPLE, more=True),
    Page("console.health", lazy_gettext("Health"), Action.SEE_SYSTEM, more=True),
    Page("console.system_settings", lazy_gettext("Settings"), Action.SEE_SYSTEM, more=True),
    Page("console.checklist", lazy_gettext("First steps"), Action.SEE_SYSTEM, more=True),
    Page("console.account", lazy_gettext("Your page"), Action.OWN_ACCOUNT, more=True),
)


@dataclass(frozen=True)
class Entry:
    """One link of the navigation; `here`: the page that is shown, or one below it."""

    url: str
    name: str
    here: bool
    more: bool


def entries() -> tuple[Entry, ...]:
    """The pages that whoever asks may see and that this application serves."""
    role = signed_in().account.role
    return tuple(
        Entry(url_for(page.endpoint), str(page.name), _here(page.endpoint), page.more)
        for page in PAGES
        if may(role, page.action) and page.endpoint in current_app.view_functions
    )


def home() -> str:
    """Where somebody begins: the first page they may see; whoever sets the system up, at the first
    steps while something essential is missing."""
    if may(signed_in().account.role, Action.SEE_SYSTEM) and _is_unfinished():
        return url_for("console.checklist")
    found = entries()
    return found[0].url if found else url_for("console.account")


def more_label() -> str:
    """What stands on the entry behind which the rest is."""
    return gettext("More")


def _is_unfinished() -> bool:
    with runtime().database.reading() as session:
        return first_steps.essential_missing(session, runtime().clock())


def _here(endpoint: str) -> bool:
    return request.path == url_for(endpoint) or request.path.startswith(url_for(endpoint) + "/")
