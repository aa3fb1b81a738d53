"""The roster as the pages need it, read in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.oncall.people import Members, members
from hotline.audit import AuditEntry
from hotline.dispatch import roster as in_force
from hotline.dispatch.candidates import schedules_of
from hotline.oncall import schedules
from hotline.oncall.calendar import Override, Schedule
from hotline.oncall.model import Schedule as ScheduleRow
from hotline.oncall.model import ScheduleOverride
from hotline.oncall.pieces import Piece, gaps, pieces
from hotline.people.model import Account
from hotline.privacy.cipher import Vault

AHEAD = timedelta(days=14)
"""How far ahead the page looks for gaps."""
_PLANNED: tuple[schedules.Source, ...] = ("calendar",)
# A calendar file is a plan, as rotations are; what others wrote puts somebody in for somebody.


@dataclass(frozen=True)
class Written:
    """An override, who wrote it (roster, calendar, console) and, in the console, whose name."""

    id: str
    override: Override
    source: str
    by: str | None


@dataclass(frozen=True)
class Roster:
    """Schedules with all overrides (`plans`) and as they were meant (`planned`), by name.

    used: those that a policy rings. written: overrides that have not ended, by schedule.
    """

    plans: Mapping[str, Schedule]
    planned: Mapping[str, Schedule]
    used: frozenset[str]
    people: Members
    written: Mapping[str, tuple[Written, ...]]

    def pieces(self, name: str, start: datetime, end: datetime) -> tuple[Piece, ...]:
        """Who is on call in a schedule between two moments."""
        return pieces(self.plans[name], self.planned[name], start, end)

    def gaps(self, now: datetime) -> list[tuple[str, Piece]]:
        """Gaps of the days to come, of the schedules that are rung, the earliest first."""
        names = self.used & self.plans.keys() or self.plans.keys()
        found = [(n, gap) for n in names for gap in gaps(self.pieces(n, now, now + AHEAD))]
        return sorted(found, key=lambda each: (each[1].start, each[0]))


def read(session: Session, vault: Vault, now: datetime, since: datetime | None = None) -> Roster:
    """The roster. since: overrides that had ended by then are left out; default: by now."""
    since = min(since or now, now)
    plans = schedules.read_all(session, since)
    used = {
        name
        for policy in in_force.policies(session).values()
        for step in policy.plan
        for name in schedules_of(step)
    }
    return Roster(
        plans,
        schedules.read_all(session, since, _PLANNED),
        frozenset(used),
        members(session, vault),
        {name: tuple(_written(session, name, now)) for name in plans},
    )


def _written(session: Session, name: str, now: datetime) -> Iterable[Written]:
    query = select(ScheduleOverride.id, ScheduleOverride.source)
    query = query.join(ScheduleRow, ScheduleRow.id == ScheduleOverride.schedule_id)
    query = query.where(ScheduleRow.name == name, ScheduleOverride.ends_at > now)
    sources = {row.id: row.source for row in session.execute(query)}
    authors = _authors(session, name) if "console" in sources.values() else {}
    known = schedules.overrides(session, name)
    for key, override in sorted(known.items(), key=lambda each: each[1].start):
        if key in sources:
            yield Written(key, override, sources[key], authors.get(key))


def _authors(session: Session, name: str) -> dict[str, str]:
    """Names of the accounts that wrote overrides, by the override's id: the audit chain knows."""
    query = select(AuditEntry.actor, AuditEntry.detail)
    query = query.where(AuditEntry.action == "schedule.overridden")
    query = query.where(AuditEntry.subject == f"schedule:{name}")
    names = {f"account:{a.id}": a.display_name for a in session.scalars(select(Account))}
    rows = session.execute(query)
    return {str(detail.get("override")): names[actor] for actor, detail in rows if actor in names}
