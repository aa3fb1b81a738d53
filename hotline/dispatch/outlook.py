"""Policies, routes and people in one view, from the database or from a checked file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.dispatch import explain, routes, routing
from hotline.dispatch import roster as in_force
from hotline.dispatch.candidates import Person, schedules_of
from hotline.dispatch.policy import Policy
from hotline.dispatch.roster_check import Checked
from hotline.dispatch.routing import Facts, Rule
from hotline.dispatch.sql import SqlBooks
from hotline.mistakes import Mistake
from hotline.oncall import duty, schedules
from hotline.oncall.forms import guess
from hotline.oncall.model import Responder
from hotline.oncall.roster import known_languages
from hotline.privacy.cipher import Vault
from hotline.reports.triage import Category, Urgency


class OutlookError(Mistake):
    """Asked for something that is not there; the message says what there is."""


@dataclass(frozen=True)
class Outlook:
    """What dispatch would work with at this moment."""

    policies: Mapping[str, Policy]
    rules: tuple[Rule, ...]
    roster: explain.Roster

    def named(self, name: str) -> Policy:
        """The policy of that name. Raises OutlookError."""
        if name not in self.policies:
            raise OutlookError(f"There is no policy {name!r}; {guess(name, list(self.policies))}")
        return self.policies[name]

    def zone(self, name: str | None = None) -> ZoneInfo:
        """The zone of the first schedule the policy asks, else of any; UTC without schedules."""
        found = self.policies.get(name or "")
        plan = found.plan if found is not None else ()
        asked = [s for step in plan for s in sorted(schedules_of(step))]
        plans = self.roster.schedules
        first = next((plans[s] for s in (*asked, *plans) if s in plans), None)
        return first.zone if first is not None else ZoneInfo("UTC")

    def chosen(self, facts: Facts, at: datetime) -> tuple[str, str]:
        """The policy the routes choose, and in words by which route. Raises OutlookError."""
        found = self.route(facts, at)
        if found is None:
            return routing.DEFAULT, "no route fits"
        return self.rules[found].policy, f"chosen by route {found + 1}"

    def route(self, facts: Facts, at: datetime) -> int | None:
        """Index of the first route that fits; None: there is no such. Raises OutlookError."""
        _refuse_unknown(facts)
        fits = (r.means(facts) and routing.is_open(r, at) for r in self.rules)
        return next((i for i, fit in enumerate(fits) if fit), None)


def from_file(checked: Checked) -> Outlook:
    """The view that a roster file would give; nobody is on a call."""
    read = checked.roster
    people = {e.handle: Person(e.languages, kind=e.kind) for e in read.responders}
    return Outlook(checked.policies, checked.rules, explain.Roster(people, read.schedules))


def from_database(session: Session, vault: Vault, now: datetime) -> Outlook:
    """The view of this moment."""
    people = {
        r.handle: Person(tuple(r.languages), r.active, r.confirmed_at is not None, r.kind)
        for r in session.scalars(select(Responder))
    }
    busy = SqlBooks(session, vault).busy("", now)
    plans, away = schedules.read_all(session, now), duty.away(session, now)
    roster = explain.Roster(people, plans, frozenset(busy), away)
    return Outlook(in_force.policies(session), tuple(routes.current(session)), roster)


def _refuse_unknown(facts: Facts) -> None:
    known: dict[str, list[str]] = {
        "category": list(Category),
        "urgency": list(Urgency),
        "language": known_languages(),
    }
    for key, values in known.items():
        value = getattr(facts, key)
        if value not in values:
            raise OutlookError(f"There is no {key} {value!r}; {guess(value, values)}")
