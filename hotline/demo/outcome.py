"""What came of the caller's call, read from the hotline's own database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.oncall.model import Responder
from hotline.reports import intake, timeline, transcripts
from hotline.reports.model import Call, Message, Report, TimelineEvent


@dataclass(frozen=True)
class Ring:
    """One attempt: whom, what came of it, when it rang and ended."""

    responder: str
    outcome: str
    rang_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class AlarmOutcome:
    """The first alarm of the report; `acknowledged_by` is a handle or an id."""

    reason: str
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


@dataclass(frozen=True)
class Happened:
    """One event of the report's timeline, with handles instead of ids."""

    number: int
    at: datetime
    kind: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """Everything the expectations look at; `messages` counts those not discarded."""

    report_id: str
    language: str
    live: bool
    state: str
    category: str
    urgency: str
    reasons: tuple[dict[str, Any], ...]
    transcript: str
    transcripts: int
    messages: int
    copies_left: int
    dispatch: str | None
    taken_by: str | None
    attempts: tuple[Ring, ...]
    alarm: AlarmOutcome | None
    events: tuple[Happened, ...]
    disposition: str | None = None

    def happened(self, kind: str) -> bool:
        """Whether the timeline holds such an event."""
        return any(event.kind == kind for event in self.events)


def read(runtime: Runtime, carrier_call_id: str) -> Outcome | None:
    """The outcome as it stands now; None while the call has no report."""
    with runtime.database.transaction() as session:
        call = intake.find_call(session, carrier_call_id)
        if call is None or call.report_id is None:
            return None
        return _read(runtime, session, call, session.get_one(Report, call.report_id))


def _read(runtime: Runtime, session: Session, call: Call, report: Report) -> Outcome:
    handles = {row.id: row.handle for row in session.scalars(select(Responder))}
    spoken = transcripts.read(session, runtime.vault, report)
    dispatch = session.scalar(select(Dispatch).where(Dispatch.report_id == report.id))
    kept = [m for m in intake.messages_of(session, call) if m.state != "discarded"]
    rings = _rings(session, dispatch, handles)
    return Outcome(
        report_id=report.id,
        language=report.language,
        live=report.live,
        state=str(report.state),
        disposition=report.disposition,
        category=report.category,
        urgency=report.urgency,
        reasons=tuple(transcripts.read_reasons(session, runtime.vault, report)),
        transcript=" ".join(s.text for s in spoken),
        transcripts=len(spoken),
        messages=len(kept),
        copies_left=_copies_left(session, report),
        dispatch=str(dispatch.state) if dispatch else None,
        taken_by=_taken_by(session, dispatch, handles),
        attempts=rings,
        alarm=_alarm(session, report, handles),
        events=tuple(_happened(e, handles) for e in timeline.read(session, report.id)),
    )


def _rings(
    session: Session, dispatch: Dispatch | None, handles: dict[str, str]
) -> tuple[Ring, ...]:
    if dispatch is None:
        return ()
    query = select(Attempt).where(Attempt.dispatch_id == dispatch.id).order_by(Attempt.id)
    return tuple(
        Ring(handles[a.responder_id], str(a.state), a.rang_at or a.placed_at, a.ended_at)
        for a in session.scalars(query)
    )


def _copies_left(session: Session, report: Report) -> int:
    query = select(Message.id).where(
        Message.report_id == report.id,
        Message.carrier_recording_id.is_not(None),
        Message.carrier_deleted_at.is_(None),
    )
    return len(list(session.scalars(query)))


def _taken_by(session: Session, dispatch: Dispatch | None, handles: dict[str, str]) -> str | None:
    if dispatch is None or dispatch.taken_by is None:
        return None
    return handles[session.get_one(Attempt, dispatch.taken_by).responder_id]


def _alarm(session: Session, report: Report, handles: dict[str, str]) -> AlarmOutcome | None:
    query = select(Alarm).where(Alarm.report_id == report.id).order_by(Alarm.id)
    row = session.scalar(query.limit(1))
    if row is None:
        return None
    by = handles.get(row.acknowledged_by, row.acknowledged_by) if row.acknowledged_by else None
    return AlarmOutcome(row.reason, row.raised_at, row.acknowledged_at, by)


def _happened(event: TimelineEvent, handles: dict[str, str]) -> Happened:
    detail = {k: handles.get(v, v) if isinstance(v, str) else v for k, v in event.detail.items()}
    return Happened(event.id, event.at, event.kind, detail)
