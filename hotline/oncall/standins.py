"""Stand-ins: somebody takes a shift of a colleague, or one that nobody has.

What is asked for is checked against the final schedule, so that afterwards exactly this person is
on call for exactly this stretch, and nobody else falls out of theirs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.mistakes import Mistake
from hotline.oncall import calendar, schedules
from hotline.oncall.calendar import Override, Span
from hotline.oncall.model import Responder, Schedule, ScheduleOverride

CONSOLE: schedules.Source = "console"


class Refusal(StrEnum):
    """Why somebody cannot stand in.

    past: it is over · backward: it ends before it begins · unknown: there is no such person in
    service · already: they are on call then · changed: somebody else is on call then by now ·
    tangled: the roster's overrides let no single one put exactly this person there.
    """

    PAST = "past"
    BACKWARD = "backward"
    UNKNOWN = "unknown"
    ALREADY = "already"
    CHANGED = "changed"
    TANGLED = "tangled"


_SAYS = {
    Refusal.PAST: "This shift is over.",
    Refusal.BACKWARD: "It must end after it begins.",
    Refusal.UNKNOWN: "There is nobody of that handle in service.",
    Refusal.ALREADY: "They are on call then already.",
    Refusal.CHANGED: "Who is on call then has changed meanwhile.",
    Refusal.TANGLED: "Change this one in the roster file.",
}


class StandInError(Mistake):
    """Nothing was written; `why` says what stands against it."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(_SAYS[why])
        self.why = why


@dataclass(frozen=True)
class Stretch:
    """What is taken, from `start` to `end` (aware). replaces: whose place; None: it is a gap."""

    start: datetime
    end: datetime
    replaces: str | None = None


def stand_in(
    plans: Mapping[str, calendar.Schedule], name: str, person: str, stretch: Stretch, now: datetime
) -> Override:
    """The override that puts `person` into that stretch of schedule `name`. Raises StandInError.

    plans: every schedule. What is past of a shift that runs now is left as it is.
    """
    begin = max(stretch.start, now.replace(microsecond=0))
    if stretch.end <= stretch.start:
        raise StandInError(Refusal.BACKWARD)
    if stretch.end <= begin:
        raise StandInError(Refusal.PAST)
    plan, whose = plans[name], stretch.replaces
    before = calendar.final(plan, begin, stretch.end)
    if not all(whose in span.people if whose else not span.people for span in before):
        raise StandInError(Refusal.CHANGED)
    if any(_on_call(p, person, begin, stretch.end) for p in plans.values()):
        raise StandInError(Refusal.ALREADY)
    override = Override(begin, stretch.end, person, whose, besides=whose is None)
    after = calendar.final(replace(plan, overrides=(*plan.overrides, override)), begin, stretch.end)
    wanted = (replace(s, people=(*(p for p in s.people if p != whose), person)) for s in before)
    if _crowds(after) != _crowds(wanted):
        raise StandInError(Refusal.TANGLED)
    return override


def write(session: Session, name: str, person: str, stretch: Stretch, now: datetime) -> str:
    """Write the override and give its id; two people at once: the second one is refused.

    Raises StandInError, and ScheduleError for an unknown schedule.
    """
    locked = select(Schedule.id).where(Schedule.name == name).with_for_update()
    if session.scalar(locked) is None:
        raise schedules.ScheduleError(f"There is no schedule {name!r}.")
    known = select(Responder.id).where(Responder.handle == person, Responder.active)
    if session.scalar(known) is None:
        raise StandInError(Refusal.UNKNOWN)
    plans = schedules.read_all(session, now)
    override = stand_in(plans, name, person, stretch, now)
    return schedules.add_override(session, name, override, CONSOLE)


def take_back(session: Session, override_id: str) -> str | None:
    """Remove an override that was written in the console; the schedule's name.

    None where there is no such one, or the roster file or a calendar wrote it.
    """
    row = session.get(ScheduleOverride, override_id)
    if row is None or row.source != CONSOLE:
        return None
    name = session.get_one(Schedule, row.schedule_id).name
    session.delete(row)
    session.flush()
    return name


def _on_call(plan: calendar.Schedule, person: str, start: datetime, end: datetime) -> bool:
    return any(person in span.people for span in calendar.final(plan, start, end))


def _crowds(spans: Iterable[Span]) -> list[tuple[datetime, datetime, frozenset[str]]]:
    """Who is on call when, whatever their order; neighbours differ."""
    found: list[tuple[datetime, datetime, frozenset[str]]] = []
    for span in spans:
        crowd = frozenset(span.people)
        if found and found[-1][2] == crowd:
            found[-1] = (found[-1][0], span.end, crowd)
        else:
            found.append((span.start, span.end, crowd))
    return found
