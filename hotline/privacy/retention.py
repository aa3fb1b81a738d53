"""How long a report is kept. Pure: the present moment is an argument.

A report is open, or its clock runs. A legal hold stops every clock; a report that is open is never
deleted, however old it is, because somebody still owes the caller something.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GRAVE = ("urgent", "life-safety")


class Retention(StrEnum):
    """draft: spoken and never sent · routine · grave: urgent, or about a life."""

    DRAFT = "draft"
    ROUTINE = "routine"
    GRAVE = "grave"


class Kept(StrEnum):
    """Why a report is kept: it is open · there is a legal hold · its time is not over."""

    OPEN = "open"
    HOLD = "hold"
    TIME = "time"


@dataclass(frozen=True)
class Clocks:
    """Whole days: after closing for the first two, after the first word for a draft."""

    routine_days: int
    grave_days: int
    draft_days: int

    def days(self, retention: Retention) -> int:
        """The days of one class."""
        days = {
            Retention.ROUTINE: self.routine_days,
            Retention.GRAVE: self.grave_days,
            Retention.DRAFT: self.draft_days,
        }
        return days[retention]


@dataclass(frozen=True)
class Case:
    """What of a report decides. state: draft, open or closed; `held`: whether a hold is set."""

    state: str
    urgency: str
    created_at: datetime
    closed_at: datetime | None
    held: bool


@dataclass(frozen=True)
class Verdict:
    """The class, when its time is over (None: its clock does not run), and why it is kept still
    (None: it is to be deleted)."""

    retention: Retention
    due_at: datetime | None
    kept: Kept | None


def class_of(case: Case) -> Retention:
    """Which clock is a report's."""
    if case.state == "draft":
        return Retention.DRAFT
    return Retention.GRAVE if case.urgency in GRAVE else Retention.ROUTINE


def judge(case: Case, clocks: Clocks, now: datetime) -> Verdict:
    """Whether a report is to be deleted now, and if not, why."""
    retention = class_of(case)
    begun = case.created_at if retention is Retention.DRAFT else case.closed_at
    if case.state == "open" or begun is None:
        return Verdict(retention, None, Kept.OPEN)
    due_at = begun + timedelta(days=clocks.days(retention))
    if case.held:
        return Verdict(retention, due_at, Kept.HOLD)
    return Verdict(retention, due_at, Kept.TIME if now < due_at else None)
