"""What is true at this moment: who waits, who is rung, who comes next, when the alarm comes.

Read from the rows in one transaction; nothing sealed is opened here.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from hotline.dispatch import explain, limits, policy, words
from hotline.dispatch.explain import Roster, Row, Underway
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.words import LIVE, AttemptState, DispatchState
from hotline.oncall.model import Responder
from hotline.reports import synthetic
from hotline.reports.model import Call, Report, ReportState, TimelineEvent


@dataclass(frozen=True)
class Outlook:
    """What comes if nobody picks up.

    rings: those still to come, offsets in seconds from now. alarm_s: in how many seconds the alarm
    is raised then. latest_s: the most seconds until it is, or a human has the report, however slow
    carrier and people are.
    """

    rings: tuple[Row, ...]
    alarm_s: float
    latest_s: float


@dataclass(frozen=True)
class Search:
    """A report for which somebody is sought, or who has it while the caller is on the line or has
    said what nobody has read yet.

    call: the caller's, while it lasts. attempts: oldest first. outlook: while it seeks. alarm: the
    oldest that nobody has answered for.
    """

    report: Report
    dispatch: Dispatch
    call: Call | None
    attempts: tuple[Attempt, ...]
    outlook: Outlook | None
    alarm: Alarm | None

    @property
    def seeks(self) -> bool:
        """Whether somebody is still being looked for."""
        return self.dispatch.state in words.SEEKING

    @property
    def waits(self) -> bool:
        """Whether the caller waits on the line for a person."""
        return self.seeks and self.call is not None and self.call.parked_at is not None

    @property
    def taker(self) -> Attempt | None:
        """Whoever has it."""
        return next((a for a in self.attempts if a.id == self.dispatch.taken_by), None)


@dataclass(frozen=True)
class Now:
    """The moment: searches oldest first; callers on the line for whom nobody is sought (yet); what
    was received and not yet given to dispatch; the line's own open alarms."""

    searches: tuple[Search, ...]
    callers: tuple[Call, ...]
    unstarted: tuple[Report, ...]
    alarms: tuple[Alarm, ...]


def read(
    session: Session,
    roster: Roster,
    now: datetime,
    reports: ColumnElement[bool],
    calls: ColumnElement[bool],
) -> Now:
    """The moment, as far as the conditions on `Report` and `Call` let it be seen."""
    alarms = _open_alarms(session)
    on_line = {c.id: c for c in session.scalars(_in_progress())}
    found = session.execute(_searches(reports, list(on_line), list(alarms))).all()
    attempts = _attempts(session, [dispatch.id for _, dispatch in found])
    handles = {r.id: r.handle for r in session.scalars(select(Responder))}
    searches = tuple(
        Search(
            report,
            dispatch,
            on_line.get(dispatch.call_id or ""),
            tuple(attempts[dispatch.id]),
            _outlook(dispatch, report, attempts[dispatch.id], handles, roster, now),
            alarms.get(report.id),
        )
        for report, dispatch in found
    )
    told = [s.call.id for s in searches if s.call is not None]
    others = session.scalars(_in_progress().where(calls, Call.id.not_in(told)))
    return Now(searches, tuple(others), _unstarted(session, reports), _of_the_line(session))


def last_event(session: Session, reports: ColumnElement[bool]) -> datetime | None:
    """When anything last happened to one of the reports."""
    query = select(TimelineEvent.at).join(Report, Report.id == TimelineEvent.report_id)
    return session.scalar(query.where(reports).order_by(TimelineEvent.id.desc()).limit(1))


def last_taken(session: Session, reports: ColumnElement[bool]) -> Dispatch | None:
    """The search that ended last by somebody taking it."""
    query = select(Dispatch).join(Report, Report.id == Dispatch.report_id)
    query = query.where(reports, Dispatch.state == DispatchState.TAKEN)
    return session.scalar(query.order_by(Dispatch.taken_at.desc()).limit(1))


def since(attempt: Attempt) -> datetime:
    """When the ring began, as far as it is known."""
    return attempt.rang_at or attempt.placed_at or attempt.intended_at


# --- rows -----------------------------------------------------------------------------------


def _in_progress() -> Select[Call]:
    query = select(Call).where(Call.ended_at.is_(None), synthetic.real_calls())
    return query.order_by(Call.id)


def _searches(
    reports: ColumnElement[bool], on_line: Sequence[str], alarmed: Sequence[str]
) -> Select[Report, Dispatch]:
    wanted = or_(
        Dispatch.state.in_(words.SEEKING),
        Dispatch.report_id.in_(alarmed),
        (Dispatch.state == DispatchState.TAKEN) & Dispatch.call_id.in_(on_line),
        Dispatch.unread_at.is_not(None),
    )
    query = select(Report, Dispatch).join(Dispatch, Dispatch.report_id == Report.id)
    return query.where(reports, wanted).order_by(Dispatch.id)


def _attempts(session: Session, ids: Sequence[str]) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = defaultdict(list)
    query = select(Attempt).where(Attempt.dispatch_id.in_(ids)).order_by(Attempt.id)
    for row in session.scalars(query):
        found[row.dispatch_id].append(row)
    return found


def _open_alarms(session: Session) -> dict[str, Alarm]:
    """The oldest open alarm of each report."""
    query = select(Alarm).where(Alarm.acknowledged_at.is_(None), Alarm.report_id.is_not(None))
    newest_first = session.scalars(query.order_by(Alarm.raised_at.desc(), Alarm.id.desc()))
    return {str(alarm.report_id): alarm for alarm in newest_first}


def _of_the_line(session: Session) -> tuple[Alarm, ...]:
    query = select(Alarm).where(Alarm.acknowledged_at.is_(None), Alarm.report_id.is_(None))
    return tuple(session.scalars(query.order_by(Alarm.raised_at, Alarm.id)))


def _unstarted(session: Session, reports: ColumnElement[bool]) -> tuple[Report, ...]:
    started = select(Dispatch.id).where(Dispatch.report_id == Report.id)
    query = select(Report).where(reports, Report.state == ReportState.OPEN, ~started.exists())
    return tuple(session.scalars(query.order_by(Report.id)))


# --- what comes -----------------------------------------------------------------------------


def _outlook(
    row: Dispatch,
    report: Report,
    attempts: Sequence[Attempt],
    handles: dict[str, str],
    roster: Roster,
    now: datetime,
) -> Outlook | None:
    if row.state not in words.SEEKING:
        return None
    plan = policy.thaw(row.snapshot).plan
    live = [a for a in attempts if a.state in LIVE]
    underway = Underway(
        row.position,
        {handles.get(a.responder_id, ""): _rings_for_s(a, now) for a in attempts},
        [handles.get(a.responder_id, "") for a in attempts if a.turn == row.turn],
        max(0.0, (row.due_at - now).total_seconds()) if row.due_at is not None else None,
    )
    rings, alarm_s = explain.ahead(plan, roster, report.language, now, underway)
    longest = [_longest_s(a, now) for a in live]
    return Outlook(rings, alarm_s, explain.latest_s(plan, roster, now, underway, longest))


def _rings_for_s(attempt: Attempt, now: datetime) -> float:
    """For how many more seconds they are rung, in the browser or not; 0 also while somebody listens
    to the report."""
    if attempt.state not in LIVE or attempt.state is AttemptState.SCREENING:
        return 0.0
    whole_s = attempt.ring_s + (attempt.phone_s or 0.0)
    return max(0.0, whole_s - (now - since(attempt)).total_seconds())


def _longest_s(attempt: Attempt, now: datetime) -> float:
    if attempt.ends_by is not None:  # rung in the browser first
        return max(0.0, (attempt.ends_by - now).total_seconds())
    gone = (now - attempt.intended_at).total_seconds()
    return max(0.0, limits.ring_longest_s(attempt.ring_s) - gone)
