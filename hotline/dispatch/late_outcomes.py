"""Reports whose outcome is late: found, and somebody is reminded once a day.

By mail where there is a mail server, else by a call to whoever looks after the report; of
life-safety by both. Nobody is called at night for what is not life-safety.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from hotline import audit
from hotline.context import Runtime
from hotline.dispatch import drill, mail, watch
from hotline.dispatch.books import Letter, Waits
from hotline.dispatch.model import Dispatch
from hotline.oncall import schedules
from hotline.oncall.model import Responder
from hotline.people.model import Account
from hotline.reports import timeline, vetting
from hotline.reports.delivery_model import Vetting
from hotline.reports.model import Report, ReportState
from hotline.reports.triage import Urgency
from hotline.settings import Settings

log = structlog.get_logger()

AGAIN = timedelta(days=1)
AT_ONCE = 100
"""Of one round."""
BOARD = "/board#outcomes"


@dataclass(frozen=True)
class Round:
    """What one round did: how many reports it reminded of, who was mailed, how many were rung."""

    reports: int = 0
    mailed: bool = False
    rung: int = 0


def late(settings: Settings, now: datetime) -> ColumnElement[bool]:
    """The condition on `Report`: open, and no outcome after the hours of its urgency."""
    grave = Report.urgency == Urgency.LIFE_SAFETY
    parts = [
        which & (Report.sent_at <= now - timedelta(hours=hours))
        for which, hours in (
            (grave, settings.outcome_grave_hours),
            (~grave, settings.outcome_hours),
        )
        if hours > 0
    ]
    is_open = (Report.state == ReportState.OPEN) & Report.purged_at.is_(None)
    return is_open & (or_(*parts) if parts else ~true())


def is_daytime(settings: Settings, zone: str | None, now: datetime) -> bool:
    """Whether people may be reminded now of what is not life-safety; never without a zone."""
    if zone is None:
        return False
    begin, end = settings.remind_between.split("-")
    clock = f"{now.astimezone(ZoneInfo(zone)):%H:%M}"
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


def remind(runtime: Runtime, post: Callable[[Letter], None]) -> Round:
    """Remind of those of which nobody was reminded for a day. post: hands a mail over; raises
    NotMailed, and then people are called instead."""
    now, settings = runtime.clock(), runtime.settings
    with runtime.database.reading() as session:
        due = _due(session, settings, now)
    if not due:
        return Round()
    mailed = settings.mail_host is not None and _mail(settings, due[0], now, post)
    with runtime.database.transaction() as session:
        watch.one_at_a_time(session)
        again = set(_due(session, settings, now))  # another auditor may have been faster
        rows = [session.get_one(Report, report_id) for report_id in due if report_id in again]
        rung = _ring(session, runtime, rows, now, mailed=mailed)
        for report in rows:
            vetting.reminded(session, report.id, now)
            timeline.add(session, report.id, now, "outcome_reminded")
        for report in rows:
            subject = f"report:{report.id}"
            audit.record(session, now, watch.AUDITOR, "report.outcome_reminded", subject)
    return Round(len(rows), mailed, rung)


def _due(session: Session, settings: Settings, now: datetime) -> list[str]:
    """Ids of late reports of which somebody is to be reminded now, the oldest first."""
    query = select(Report.id).outerjoin(Vetting, Vetting.report_id == Report.id)
    query = query.where(late(settings, now))
    query = query.where(or_(Vetting.reminded_at.is_(None), Vetting.reminded_at <= now - AGAIN))
    if not is_daytime(settings, _zone(session, settings), now):
        query = query.where(Report.urgency == Urgency.LIFE_SAFETY)
    return list(session.scalars(query.order_by(Report.id).limit(AT_ONCE)))


def _zone(session: Session, settings: Settings) -> str | None:
    if settings.remind_timezone is not None:
        return settings.remind_timezone
    plans = schedules.read_all(session)
    return next((plan.timezone for plan in plans.values()), None)


def _mail(settings: Settings, first: str, now: datetime, post: Callable[[Letter], None]) -> bool:
    letter = Letter(
        Waits.OUTCOMES, tuple(settings.mail_to), f"outcomes-{first}-{now:%Y%m%d%H}", BOARD
    )
    try:
        post(letter)
    except mail.NotMailed as error:
        log.warning("outcomes_not_mailed", code=error.code)
        return False
    return True


def _ring(
    session: Session, runtime: Runtime, rows: Sequence[Report], now: datetime, *, mailed: bool
) -> int:
    """One call to each person, for however many reports; whoever is on a call is left alone."""
    called: set[str] = set()
    for report in rows:
        responder = _owner(session, report)
        if responder is None or responder.id in called:
            continue
        if mailed and report.urgency != Urgency.LIFE_SAFETY:
            continue
        if drill.ask_for(session, runtime.vault, responder, now, drill.OUTCOME):
            called.add(responder.id)
    return len(called)


def _owner(session: Session, report: Report) -> Responder | None:
    """Whoever looks after it, else whoever took it, as far as they have a phone in the roster."""
    account = session.get(Account, report.assignee) if report.assignee is not None else None
    known = account.responder_id if account is not None else None
    if known is None:
        known = session.scalar(select(Dispatch.responder_id).where(Dispatch.report_id == report.id))
    found = session.get(Responder, known) if known is not None else None
    return found if found is not None and found.active else None
