"""What the address of the list asks for: a view, filters, words, a place to go on from.

Read from and written back to the query of a URL. What cannot be is left out and told in a sentence
beside its field.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from console.text import gettext

VIEWS = ("unreviewed", "open", "mine", "all")
STATES = ("open", "closed")
ME, NOBODY = "me", "nobody"
CHOICES = ("urgency", "category", "language", "door", "school", "state", "assignee")
DAYS = {"from": "first", "to": "last"}
YEARS = range(2000, 2101)
LONGEST = 200
"""Letters of a question that are taken."""
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Offered:
    """The codes that can be chosen in each field of CHOICES."""

    urgency: Collection[str] = ()
    category: Collection[str] = ()
    language: Collection[str] = ()
    door: Collection[str] = ()
    school: Collection[str] = ()
    state: Collection[str] = STATES
    assignee: Collection[str] = (ME, NOBODY)


@dataclass(frozen=True)
class Filters:
    """One list of reports. Empty: not asked for. first, last: days in UTC, both included.

    before: the id of the report behind which this page begins.
    """

    show: str = "all"
    q: str = ""
    urgency: str = ""
    category: str = ""
    language: str = ""
    door: str = ""
    school: str = ""
    state: str = ""
    assignee: str = ""
    first: date | None = None
    last: date | None = None
    before: str = ""

    def query(self, **changed: str) -> dict[str, str]:
        """The query of its URL, with some of it changed; an empty value is left out."""
        days = {key: getattr(self, field) for key, field in DAYS.items()}
        query = {key: getattr(self, key) for key in ("show", "q", *CHOICES)}
        query |= {key: day.isoformat() if day else "" for key, day in days.items()}
        query |= {"before": self.before} | changed
        return {key: value for key, value in query.items() if value}

    def active(self) -> dict[str, str]:
        """What narrows the view, by its name in the URL: words and filters."""
        query = self.query()
        return {key: query[key] for key in ("q", *CHOICES, *DAYS) if key in query}

    def without(self, key: str) -> dict[str, str]:
        """The query without one filter, from the beginning of the list."""
        return self.query(**{key: "", "before": ""})

    def cleared(self) -> dict[str, str]:
        """The query of the view alone."""
        return {"show": self.show}


Wrong = dict[str, str]
"""What is wrong, in a sentence, by the name of the field in the URL."""


def parse(args: Mapping[str, str], offered: Offered, view: str) -> tuple[Filters, Wrong]:
    """The list that a query asks for. view: the one that is shown without being asked for."""
    wrong: Wrong = {}
    given = {key: args.get(key, "").strip() for key in ("show", "q", *CHOICES, *DAYS, "before")}
    found: dict[str, str] = {"show": _view(given["show"], view, wrong), "q": _asked(given, wrong)}
    for key in CHOICES:
        found[key] = _choice(key, given[key], getattr(offered, key), wrong)
    found["before"] = _place(given["before"], wrong)
    days = {field: _day(key, given[key], wrong) for key, field in DAYS.items()}
    if days["first"] and days["last"] and days["first"] > days["last"]:
        wrong["to"] = gettext("The last day is before the first. Exchange them.")
        days["last"] = None
    return replace(Filters(**found), **days), wrong  # type: ignore[arg-type]


def _view(asked: str, view: str, wrong: Wrong) -> str:
    if asked in VIEWS or not asked:
        return asked or view
    wrong["show"] = gettext("There is no such view. These are all reports.")
    return "all"


def _asked(given: Mapping[str, str], wrong: Wrong) -> str:
    if len(given["q"]) > LONGEST:
        wrong["q"] = gettext("Ask for %(most)s letters at most.", most=LONGEST)
        return ""
    return " ".join(given["q"].split())


def _choice(key: str, value: str, offered: Collection[str], wrong: Wrong) -> str:
    if not value or value in offered:
        return value
    wrong[key] = gettext("There is nothing of that name. Choose from the list.")
    return ""


def _day(key: str, value: str, wrong: Wrong) -> date | None:
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError:
        day = date.min
    if day is not None and day.year not in YEARS:
        wrong[key] = gettext("Write the day like 2026-11-24.")
        return None
    return day


def _place(value: str, wrong: Wrong) -> str:
    if not value or _ID.fullmatch(value):
        return value
    wrong["before"] = gettext("There is no such place in the list. This is its beginning.")
    return ""
