"""Who is on call at this moment, until when, and what each of them is doing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hotline.dispatch.candidates import schedule_of, schedules_of
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.outlook import Outlook
from hotline.dispatch.words import HAS_IT, LIVE, TALKS_AT_MOST
from hotline.oncall import calendar
from hotline.oncall.model import Duty, DutyState, Responder, ResponderKind

# How far ahead the end of a shift is looked for.
AHEAD = timedelta(days=2)


@dataclass(frozen=True)
class OnDuty:
    """Somebody whom a search would ring now.

    until: when their shift ends, None where they are named for all hours (or for longer than
    AHEAD). report_id: of the report for which they are rung or talk; `talks` tells which. away:
    what they have said of themselves, None when they are on duty; back_at: when a break ends.
    """

    handle: str
    kind: ResponderKind
    languages: tuple[str, ...]
    until: datetime | None
    report_id: str | None
    talks: bool
    away: DutyState | None
    back_at: datetime | None


@dataclass(frozen=True)
class Duties:
    """Everybody on call, and the schedules that policies ask and that have nobody now."""

    people: tuple[OnDuty, ...]
    empty: tuple[str, ...]


def read(session: Session, outlook: Outlook, now: datetime) -> Duties:
    """Who is on call, schedule after schedule, then those whom a policy names for all hours."""
    shifts = dict(_shifts(outlook, now))
    untils: dict[str, datetime | None] = {}
    for span in shifts.values():
        end = span.end if span.end < now + AHEAD else None
        for handle in span.people:
            untils.setdefault(handle, end)
    for handle in _named(outlook):
        untils.setdefault(handle, None)
    empty = tuple(name for name, span in shifts.items() if not span.people)
    return Duties(tuple(_people(session, untils, now)), empty)


def _shifts(outlook: Outlook, now: datetime) -> Iterator[tuple[str, calendar.Span]]:
    """The present span of every schedule that a policy asks."""
    asked = {n for p in outlook.policies.values() for step in p.plan for n in schedules_of(step)}
    for name, schedule in outlook.roster.schedules.items():
        if name in asked:
            yield name, calendar.final(schedule, now, now + AHEAD)[0]


def _named(outlook: Outlook) -> Iterator[str]:
    for known in outlook.policies.values():
        for step in known.plan:
            yield from (t for t in step.targets if schedule_of(t) is None)


def _people(
    session: Session, untils: Mapping[str, datetime | None], now: datetime
) -> Iterator[OnDuty]:
    query = select(Responder).where(Responder.handle.in_(untils), Responder.active)
    rows = {row.handle: row for row in session.scalars(query)}
    duties = {d.responder_id: d for d in session.scalars(select(Duty))}
    busy = _busy(session, [row.id for row in rows.values()], now)
    for handle, until in untils.items():
        if handle not in rows:
            continue
        row = rows[handle]
        away, back_at = _away(duties.get(row.id), now)
        report_id, talks = busy.get(row.id, (None, False))
        languages = tuple(row.languages)
        yield OnDuty(handle, row.kind, languages, until, report_id, talks, away, back_at)


def _away(duty: Duty | None, now: datetime) -> tuple[DutyState | None, datetime | None]:
    if duty is None or duty.state is DutyState.ON:
        return None, None
    if duty.state is DutyState.BREAK and duty.until_at is not None and duty.until_at <= now:
        return None, None
    return duty.state, duty.until_at if duty.state is DutyState.BREAK else None


def _busy(
    session: Session, responder_ids: Sequence[str], now: datetime
) -> dict[str, tuple[str, bool]]:
    """The report for which each is rung (false) or talks (true); talking counts more."""
    talking = (
        Attempt.state.in_(HAS_IT)
        & Attempt.leg_ended_at.is_(None)
        & (Attempt.answered_at > now - TALKS_AT_MOST)
    )
    query = (
        select(Attempt.responder_id, Dispatch.report_id, Attempt.state)
        .join(Dispatch, Dispatch.id == Attempt.dispatch_id)
        .where(Attempt.responder_id.in_(responder_ids))
        .where(or_(Attempt.state.in_(LIVE), talking))
        .order_by(Attempt.id)
    )
    found = [(who, report, state not in LIVE) for who, report, state in session.execute(query)]
    return {who: (report, talks) for who, report, talks in sorted(found, key=lambda f: f[2])}
