"""Routing rules: their form in files, and their rows in the database."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.dispatch.routing import KEYS, Rule
from hotline.oncall.calendar import Window
from hotline.oncall.forms import Form, Path, Problem, read
from hotline.oncall.model import RoutingRule
from hotline.oncall.schedule_forms import DAYS, WindowForm


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _zone(name: str) -> str:
    """Refuse a name that no time zone has (ValueError)."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(name) from None
    return name


Values = Annotated[list[str], BeforeValidator(_as_list), Field(min_length=1)]
TimeZone = Annotated[str, AfterValidator(_zone)]


class RouteForm(Form):
    """A route as it stands in a file."""

    policy: str = Field(description="the name of a policy")
    category: Values | None = Field(None, description="a category or a list of them")
    urgency: Values | None = Field(None, description="an urgency or a list of them")
    language: Values | None = Field(None, description="a language code or a list of them")
    district: Values | None = Field(None, description="a district's handle or a list of them")
    school: Values | None = Field(None, description="a school's handle or a list of them")
    between: list[Any] | None = Field(
        None,
        description='a list of hours, { days = ["mon"], from = "07:00", to = "16:30" }',
        min_length=1,
    )
    timezone: TimeZone | None = Field(
        None, description="the name of a time zone, America/Chicago for example"
    )


def examine(raw: object, path: Path, what: str, problems: list[Problem]) -> Rule | None:
    """Read a route; None, and everything that is wrong in `problems`, if it cannot be followed."""
    before = len(problems)
    form = read(RouteForm, raw, path, what, problems)
    given = raw.get("between") if isinstance(raw, Mapping) else None
    windows = [
        read(WindowForm, w, (*path, "between", i), f"hours {i + 1} of {what}", problems)
        for i, w in enumerate(given if isinstance(given, list) else [])
    ]
    if form is not None and form.between and form.timezone is None:
        sentence = f"The hours of {what} need a timezone, America/Chicago for example."
        problems.append(Problem((*path, "between"), sentence))
    if form is None or len(problems) > before:
        return None
    values = {key: frozenset(getattr(form, key) or ()) for key in KEYS}
    hours = tuple(_window(w) for w in windows if w is not None)
    return Rule(form.policy, **values, between=hours, timezone=form.timezone or "UTC")


def to_dict(rule: Rule) -> dict[str, Any]:
    """The form of files and of the database (`examine` reads it)."""
    raw: dict[str, Any] = {k: sorted(rule.wanted(k)) for k in KEYS if rule.wanted(k)}
    if rule.between:
        raw |= {"between": [_window_to_dict(w) for w in rule.between], "timezone": rule.timezone}
    return raw | {"policy": rule.policy}


def current(session: Session) -> list[Rule]:
    """The rules as they stand now, in their order. One that cannot be read is passed over."""
    rows = session.scalars(select(RoutingRule).order_by(RoutingRule.position))
    rules = [examine(row.definition, (), "the route", []) for row in rows]
    return [rule for rule in rules if rule is not None]


def put(session: Session, rules: Sequence[Rule]) -> bool:
    """Make these the rules. False if they are so already."""
    if current(session) == list(rules):
        return False
    session.execute(delete(RoutingRule))
    for position, rule in enumerate(rules):
        session.add(RoutingRule(id=new_id(), position=position, definition=to_dict(rule)))
    session.flush()
    return True


def _window(form: WindowForm) -> Window:
    days = tuple(sorted({DAYS.index(day) for day in form.days}))
    return Window(days, form.start, form.end)


def _window_to_dict(window: Window) -> dict[str, Any]:
    return {
        "days": [DAYS[d] for d in window.days],
        "from": f"{window.start:%H:%M}",
        "to": f"{window.end:%H:%M}",
    }
