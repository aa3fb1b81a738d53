"""Open alarms: shown on top of every page until a person answers for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from console import scope
from console.reports import sentences
from console.text import ngettext
from hotline.dispatch.alarms import GLASS_BROKEN
from hotline.dispatch.model import Alarm
from hotline.people.model import Account, Role
from hotline.people.permissions import Action, may
from hotline.reports.model import Report


@dataclass(frozen=True)
class OpenAlarm:
    """One alarm as every page shows it. `number` is None without a report, `report_id` also where
    whoever asks may not open it."""

    id: str
    report_id: str | None
    number: str | None
    why: str
    raised_at: datetime


def concerns(account: Account) -> ColumnElement[bool]:
    """The condition under which an alarm is for this account: the line's own, or of a report of
    its district. A counselor sees those of reports that nobody has too: to answer is to get it."""
    of_the_line = Alarm.report_id.is_(None)
    if not may(account.role, Action.READ_REPORTS):
        return of_the_line
    theirs = of_the_line | scope.in_district(account)
    if account.role is Role.COUNSELOR:  # that the glass was broken is for supervisors to answer
        return theirs & (Alarm.reason != GLASS_BROKEN)
    return theirs


def open_alarms(session: Session, account: Account) -> tuple[OpenAlarm, ...]:
    """The open alarms that concern the account, oldest first."""
    query = (
        select(Alarm, Report.number, scope.visible(account))
        .outerjoin(Report, Report.id == Alarm.report_id)
        .where(Alarm.acknowledged_at.is_(None), concerns(account))
        .order_by(Alarm.raised_at, Alarm.id)
    )
    return tuple(
        OpenAlarm(
            alarm.id,
            alarm.report_id if readable else None,
            number,
            sentences.alarm(alarm.reason),
            alarm.raised_at,
        )
        for alarm, number, readable in session.execute(query)
    )


def title(alarms: Sequence[OpenAlarm]) -> str:
    """What stands before the title of every page while alarms are open."""
    if not alarms:
        return ""
    return ngettext("(%(num)s alarm)", "(%(num)s alarms)", len(alarms)) + " "
