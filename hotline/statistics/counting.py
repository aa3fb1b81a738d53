"""The figures of a selection, counted by the database; one read of the reports for each kind.

Only sums leave it: no id, number or word. On SQLite and PostgreSQL alike.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from hotline.dispatch.alarms import NOBODY_TOOK_IT
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.words import TOOK_IT, Role
from hotline.reports.casework.model import Disclosure, Recipient
from hotline.reports.model import Report
from hotline.statistics import gathered
from hotline.statistics.expressions import day_of, hour_of_week, month_of, seconds_between
from hotline.statistics.figures import Alarms, Disclosed, Figures, ordered
from hotline.statistics.period import Period
from hotline.statistics.selection import Selection, counted, silent
from hotline.statistics.waits import Waits, waits

COUNT = func.count()


def figures(session: Session, selection: Selection) -> Figures:
    """Everything the pages and files show of a period and a district."""
    kinds = _kinds(session, selection)
    ring, human, human_live = _waits(session, selection)
    return Figures(
        period=selection.period,
        cells=_cells(session, selection),
        hours=_hours(session, selection),
        ring=ring,
        human=human,
        human_live=human_live,
        alarms=_alarms(session, selection),
        silent=session.scalar(select(func.count(Report.id)).where(silent(selection))) or 0,
        incidents=_incidents(session, selection),
        disclosed=_disclosed(session, selection),
        takers=gathered.takers(session, selection),
        gathered=gathered.gathered(session, selection),
        reached=gathered.reached(session, selection),
        **kinds,
    )


def step_of(period: Period, moment: Any) -> Any:
    """The day or the month of a moment, as the period is shown."""
    return day_of(moment) if period.by_day else month_of(moment)


def _cells(session: Session, selection: Selection) -> dict[tuple[date, str, str], int]:
    step = step_of(selection.period, Report.created_at)
    query = select(step, Report.category, Report.urgency, COUNT).where(counted(selection))
    rows = session.execute(query.group_by(step, Report.category, Report.urgency))
    return {(date.fromisoformat(day), category, urgency): n for day, category, urgency, n in rows}


def _kinds(session: Session, selection: Selection) -> dict[str, Any]:
    """What is counted by the columns of the report alone."""
    duplicate = Report.duplicate_of.is_not(None)
    columns = (
        *(Report.language, Report.school, Report.disposition),
        *(Report.live, Report.needs_listening, duplicate, Report.door),
    )
    query = select(*columns, COUNT).where(counted(selection)).group_by(*columns)
    rows = session.execute(query).all()
    return {
        "languages": ordered((row[0], row[-1]) for row in rows),
        "schools": _by((row[1], row[-1]) for row in rows),
        "outcomes": _by((row[2], row[-1]) for row in rows),
        "live": sum(row[-1] for row in rows if row[3]),
        "unheard": sum(row[-1] for row in rows if row[4]),
        "duplicates": sum(row[-1] for row in rows if row[5]),
        "doors": ordered((row[6].value, row[-1]) for row in rows),
    }


def _by(pairs: Iterable[tuple[str | None, int]]) -> dict[str | None, int]:
    """Summed up by name, most first; the unnamed last."""
    found: Counter[str | None] = Counter()
    for name, count in pairs:
        found[name] += count
    return dict(sorted(found.items(), key=lambda pair: (pair[0] is None, -pair[1], pair[0] or "")))


def _hours(session: Session, selection: Selection) -> dict[tuple[int, int], int]:
    hour = hour_of_week(Report.created_at)
    rows = session.execute(select(hour, COUNT).where(counted(selection)).group_by(hour))
    return {((int(at[0]) - 1) % 7, int(at[2:])): n for at, n in rows}


def _waits(session: Session, selection: Selection) -> tuple[Waits, Waits, Waits]:
    """To the first ring; to the first person; to the first person for callers on the line."""
    each = _first_times(selection).subquery()
    ring = seconds_between(each.c.started_at, each.c.rang_at)
    human = seconds_between(each.c.started_at, each.c.taken_at)
    query = select(ring, human, each.c.live, COUNT).group_by(ring, human, each.c.live)
    rows = session.execute(query).all()
    return (
        waits((row[0], row[3]) for row in rows),
        waits((row[1], row[3]) for row in rows),
        waits((row[1], row[3]) for row in rows if row[2]),
    )


def _first_times(selection: Selection) -> Select[Any]:
    """Of each report that was searched for: when the first phone rang, and when somebody first took
    it. That is the moment of the attempt (a later taker overwrites the dispatch's), or the
    dispatch's own where it was taken without a phone."""
    rang = case((Attempt.role == Role.SEEK, func.coalesce(Attempt.rang_at, Attempt.placed_at)))
    took = case((Attempt.state.in_(TOOK_IT) & (Attempt.role == Role.SEEK), Attempt.ended_at))
    return (
        select(
            Dispatch.started_at.label("started_at"),
            Report.live.label("live"),
            func.min(rang).label("rang_at"),
            func.coalesce(func.min(took), Dispatch.taken_at).label("taken_at"),
        )
        .join(Report, Report.id == Dispatch.report_id)
        .outerjoin(Attempt, Attempt.dispatch_id == Dispatch.id)
        .where(counted(selection))
        .group_by(Dispatch.id, Report.live)
    )


def _alarms(session: Session, selection: Selection) -> Alarms:
    took_s = seconds_between(Alarm.raised_at, Alarm.acknowledged_at)
    of_us = select(Report.id).where(counted(selection), Report.id == Alarm.report_id).exists()
    ours = (Alarm.reason == NOBODY_TOOK_IT) & of_us
    rows = session.execute(select(took_s, COUNT).where(ours).group_by(took_s)).all()
    return Alarms(
        session.scalar(select(func.count(Alarm.report_id.distinct())).where(ours)) or 0,
        waits((seconds, n) for seconds, n in rows),
        sum(n for seconds, n in rows if seconds is None),
    )


def _incidents(session: Session, selection: Selection) -> int:
    """How many incidents the duplicates of the selection tell of."""
    query = select(func.count(Report.duplicate_of.distinct())).where(counted(selection))
    return session.scalar(query) or 0


def _disclosed(session: Session, selection: Selection) -> Disclosed:
    """Each report once for each kind of recipient, however often it was disclosed to them."""
    given = [func.max(case((Disclosure.recipient == to, 1), else_=0)) for to in Recipient]
    each = (
        select(*(flag.label(to.name.lower()) for flag, to in zip(given, Recipient, strict=True)))
        .join(Report, Report.id == Disclosure.report_id)
        .where(counted(selection))
        .group_by(Report.id)
    ).subquery()
    rows = session.execute(select(*each.c, COUNT).group_by(*each.c)).all()
    by = {to.value: sum(r[-1] for r in rows if r[i]) for i, to in enumerate(Recipient)}
    school, police = list(Recipient).index(Recipient.SCHOOL), _POLICE
    return Disclosed(
        by,
        sum(row[-1] for row in rows if row[school] and row[police]),
        sum(row[-1] for row in rows if row[school] or row[police]),
    )


_POLICE = list(Recipient).index(Recipient.LAW_ENFORCEMENT)
