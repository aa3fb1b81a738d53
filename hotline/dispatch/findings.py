"""What the auditor looks for: reports, callers and words that have been lost on their way.

Its own queries on the tables, none of the code by which a healthy dispatch goes its way. Everything
is measured against the worst case that the frozen policy promises, so a healthy report is never
found, however slow its responders are.

Each query gives few rows on a healthy hotline: what is taken, transcribed or alarming is left out
by the database, mostly by its indexes alone (0.07 s for 50 000 reports on SQLite).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, TypeAlias

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from hotline.dispatch import policy, words
from hotline.dispatch.limits import longest_s
from hotline.dispatch.model import Alarm, Dispatch
from hotline.dispatch.waves import LONGEST_S
from hotline.dispatch.words import DispatchState
from hotline.oncall.model import Schedule, ScheduleOverride
from hotline.reports.incident_model import WITHIN, IncidentReport
from hotline.reports.model import (
    AudioState,
    Call,
    Message,
    MessageKind,
    MessageState,
    Report,
    ReportState,
    TimelineEvent,
    Transcript,
)
from hotline.tasks.model import Task, TaskKind, TaskState

# A dispatcher that died while it held a task: another one may have it after so long
# (hotline/dispatch/engine.py).
LEASE_S = 12.0
# After so long without a webhook the carrier is asked about a call (hotline/reports/intake.py).
SETTLE_S = 20.0
# A recording that the carrier told us nothing of may still come: it promises no time (docs/facts.md
# T6). The search for a person does not wait for it.
RECORDING_S = 600.0
# Our own part of each ring: 250 ms from the end of one to the next (docs/design.md §3), for a plan
# of a hundred rings.
SLACK_S = 25.0

Pending: TypeAlias = set[tuple[TaskKind, str]]
"""Kinds and subjects of tasks that are still to be done."""
NOBODY_TOOK_IT, FOUND = "nobody_took_it", "auditor_found"
"""Reasons of alarms that say that nobody has a report."""


@dataclass(frozen=True)
class Limits:
    """In seconds: how long dispatch waits for a transcript, and a caller for a person."""

    transcript_wait_s: float
    wait_cap_s: float


@dataclass(frozen=True)
class Finding:
    """Something lost. what: a code. since: an alarm that was answered before it does not count."""

    report_id: str
    what: str
    since: datetime


def find(session: Session, now: datetime, limits: Limits) -> list[Finding]:
    """Everything that is beyond its worst case now, whether or not there is an alarm for it."""
    looks = (_unstarted, _seeking, _exhausted, _withdrawn, _parked, _words)
    return list(chain.from_iterable(look(session, now, limits) for look in looks))


def _ago(now: datetime, *seconds: float) -> datetime:
    """So long ago, our own slack included."""
    return now - timedelta(seconds=sum(seconds) + SLACK_S)


# --- reports --------------------------------------------------------------------------------


def _unstarted(session: Session, now: datetime, limits: Limits) -> Iterator[Finding]:
    """Sent, and nobody has begun to look for somebody. One of several about the same may wait for
    the ring of another one, as long as it is allowed to."""
    gathered = (
        exists()
        .where(IncidentReport.report_id == Report.id)
        .where(IncidentReport.state.in_(WITHIN), IncidentReport.newer.is_(False))
        .where(IncidentReport.joined_at <= now)
        .where(IncidentReport.joined_at >= _ago(now, LONGEST_S, LEASE_S))
    )
    sent_at = func.coalesce(Report.sent_at, Report.created_at, type_=Report.created_at.type)
    query = (
        select(Report.id, sent_at)
        .where(Report.state == ReportState.OPEN)
        .where(~exists().where(Dispatch.report_id == Report.id))
        .where(sent_at < _ago(now, limits.transcript_wait_s, LEASE_S), ~gathered)
    )
    for report_id, since in session.execute(query):
        yield Finding(report_id, "not_started", since)


def _seeking(session: Session, now: datetime, limits: Limits) -> Iterator[Finding]:
    """Looked for somebody for longer than the policy can last."""
    query = (
        select(Dispatch.report_id, Dispatch.started_at, Dispatch.snapshot)
        .join(Report, Report.id == Dispatch.report_id)
        .where(Dispatch.state.in_(words.SEEKING))
        .where(Report.state == ReportState.OPEN, Dispatch.started_at < _ago(now, LEASE_S))
    )
    rows = session.execute(query).all()
    again = _begun_again(session, [row.report_id for row in rows])
    for report_id, started_at, snapshot in rows:
        since = max(started_at, again.get(report_id, started_at))
        if since < _ago(now, LEASE_S, _longest_s(session, snapshot)):
            yield Finding(report_id, "search_too_long", since)


def _begun_again(session: Session, report_ids: Sequence[str]) -> Mapping[str, datetime]:
    """When the search last began again: whoever had it dropped off, or the caller came back."""
    query = (
        select(TimelineEvent.report_id, func.max(TimelineEvent.at, type_=TimelineEvent.at.type))
        .where(TimelineEvent.report_id.in_(report_ids))
        .where(TimelineEvent.kind == "dispatch_reopened")
        .group_by(TimelineEvent.report_id)
    )
    return {row[0]: row[1] for row in session.execute(query)} if report_ids else {}


def _longest_s(session: Session, snapshot: Mapping[str, Any]) -> float:
    """The worst case of a frozen policy; 0 for one that nobody can read any more."""
    try:
        plan = policy.thaw(snapshot).plan
        sizes = _sizes(session) if any(step.in_order for step in plan) else {}
    except (KeyError, TypeError, ValueError, AttributeError):
        return 0.0
    return longest_s(plan, [sum(sizes.get(t, 1) for t in step.targets) for step in plan])


def _sizes(session: Session) -> Mapping[str, int]:
    """The most people each schedule can give: one a rotation, and one an override besides."""
    overrides = select(ScheduleOverride.schedule_id, func.count()).group_by(
        ScheduleOverride.schedule_id
    )
    extra = {row[0]: row[1] for row in session.execute(overrides)}
    rows = session.execute(select(Schedule.id, Schedule.name, Schedule.definition))
    return {
        f"schedule:{name}": len(definition["rotation"]) + extra.get(schedule_id, 0)
        for schedule_id, name, definition in rows
    }


def _exhausted(session: Session, now: datetime, limits: Limits) -> Iterator[Finding]:
    """Everybody was rung in vain, and no alarm was raised."""
    answered = or_(Alarm.acknowledged_at.is_(None), Alarm.acknowledged_at >= Dispatch.ended_at)
    alarm = exists().where(Alarm.report_id == Dispatch.report_id, answered)
    query = (
        select(Dispatch.report_id, Dispatch.ended_at)
        .join(Report, Report.id == Dispatch.report_id)
        .where(Dispatch.state == DispatchState.EXHAUSTED, Report.state == ReportState.OPEN)
        .where(
            Dispatch.ended_at < _ago(now), ~alarm.where(Alarm.reason.in_((NOBODY_TOOK_IT, FOUND)))
        )
    )
    for report_id, ended_at in session.execute(query):
        yield Finding(report_id, "no_alarm", ended_at or now)


def _withdrawn(session: Session, now: datetime, limits: Limits) -> Iterator[Finding]:
    """Words came in after the search was withdrawn, and it has not begun again."""
    came = func.min(Message.sent_at, type_=Message.created_at.type)
    query = (
        select(Dispatch.report_id, came)
        .join(Report, Report.id == Dispatch.report_id)
        .join(Message, Message.report_id == Dispatch.report_id)
        .where(Dispatch.state == DispatchState.WITHDRAWN, Report.state == ReportState.OPEN)
        .where(Message.state == MessageState.SENT, Message.sent_at > Dispatch.ended_at)
        .where(Message.sent_at < _ago(now, limits.transcript_wait_s, LEASE_S))
        .group_by(Dispatch.report_id)
    )
    for report_id, since in session.execute(query):
        yield Finding(report_id, "words_after_withdrawal", since or now)


# --- callers --------------------------------------------------------------------------------


def _parked(session: Session, now: datetime, limits: Limits) -> Iterator[Finding]:
    """Waits for a person beyond the cap; or is gone, and nobody has noticed."""
    query = (
        select(Dispatch.report_id, Call.parked_at)
        .join(Call, Call.id == Dispatch.call_id)
        .where(Call.ended_at.is_(None))
        .where(Call.parked_at < _ago(now, limits.wait_cap_s, SETTLE_S, LEASE_S))
    )
    for report_id, since in session.execute(query):
        yield Finding(report_id, "caller_still_waits", since or now)


# --- words ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Said:
    """A message that has no transcript, with what is known of its call (None: of no call)."""

    message: Message
    report_state: ReportState
    ended_at: datetime | None
    seen_at: datetime | None


def _words(session: Session, now: datetime, limits: Limits) -> Iterator[Finding]:
    """Words that were said and are on no way to anybody."""
    query = (
        select(Message, Report.state, Call.ended_at, Call.seen_at)
        .join(Report, Report.id == Message.report_id)
        .join(Call, Call.id == Message.call_id, isouter=True)
        .where(~exists().where(Transcript.message_id == Message.id))
        .where(Report.state != ReportState.SYNTHETIC)
        .where(Report.needs_listening.is_(False))
        .where(Message.state != MessageState.DISCARDED, Message.audio != AudioState.UNUSABLE)
        .where(Message.created_at < _ago(now))
    )
    rows = [_Said(*row) for row in session.execute(query)]
    subjects = chain.from_iterable((r.message.id, r.message.call_id) for r in rows)
    pending = _pending(session, subjects)
    for row in rows:
        what = _unsent(row, now, pending) or _unread(row.message, now, pending)
        if what is not None:
            message = row.message
            since = message.sent_at or message.recorded_at or message.created_at
            yield Finding(message.report_id, what, since)


def _pending(session: Session, subjects: Iterable[str | None]) -> Pending:
    """Kind and subject of what is still to be done about these."""
    ids = sorted({subject for subject in subjects if subject is not None})
    query = select(Task.kind, Task.subject_id).where(Task.subject_id.in_(ids))
    rows = session.execute(query.where(Task.state == TaskState.PENDING)) if ids else ()
    return {(kind, subject_id) for kind, subject_id in rows}


def _unsent(said: _Said, now: datetime, pending: Pending) -> str | None:
    """Recorded, and neither sent nor in review any more."""
    message = said.message
    if message.state is MessageState.SENT:
        lost = said.report_state is ReportState.DRAFT and _before(message.sent_at, _ago(now))
        return "words_unsent" if lost else None
    over = said.seen_at is None or _before(said.ended_at, _ago(now))
    if message.state is MessageState.RECORDED and over:
        return "words_unsent" if _before(message.recorded_at, _ago(now)) else None
    quiet = said.ended_at is None and _before(said.seen_at, _ago(now, SETTLE_S, LEASE_S))
    return "call_unsettled" if quiet and not _settles(message, pending) else None


def _unread(message: Message, now: datetime, pending: Pending) -> str | None:
    """Sent, and nothing will fetch it or turn it into text."""
    if message.state is not MessageState.SENT or not _before(message.sent_at, _ago(now)):
        return None
    if message.audio is AudioState.STORED:
        comes = (TaskKind.TRANSCRIBE, message.id) in pending
        return None if comes else "not_to_be_transcribed"
    if message.carrier_recording_id is not None:
        comes = (TaskKind.FETCH_RECORDING, message.id) in pending
        return None if comes else "not_to_be_fetched"
    # A caller who was connected before a word was said has left nothing to be found.
    if message.kind is MessageKind.OPENING or _settles(message, pending):
        return None
    return "recording_missing" if _before(message.sent_at, _ago(now, RECORDING_S)) else None


def _settles(message: Message, pending: Pending) -> bool:
    """Whether the carrier will still be asked about the message's call."""
    return (TaskKind.SETTLE_CALL, message.call_id or "") in pending


def _before(moment: datetime | None, limit: datetime) -> bool:
    return moment is not None and moment < limit
