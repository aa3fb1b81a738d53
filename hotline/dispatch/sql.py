"""The books on SQLite and PostgreSQL: one `SqlBooks` is one session's transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

import structlog
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from hotline.carrier.port import Recording
from hotline.context import Runtime
from hotline.database.base import Base
from hotline.dispatch import alarms, delivering, policy, words
from hotline.dispatch.books import Books, Row
from hotline.dispatch.candidates import Person
from hotline.dispatch.model import Alarm, AlarmCall, Attempt, Dispatch
from hotline.dispatch.routing import Facts
from hotline.dispatch.sql_deliveries import SqlDeliveries
from hotline.oncall import calendar, changes, duty, responders, schedules
from hotline.oncall.model import CheckCall, DutyState, Responder, RosterChange
from hotline.people import browser_phones, push
from hotline.people.model import Account
from hotline.people.push import Delivery, Device
from hotline.privacy.cipher import Vault
from hotline.reports import (
    callback_calls,
    intake,
    listed,
    streams,
    texted,
    timeline,
)
from hotline.reports.callback import Limits
from hotline.reports.callback_model import CallbackCall
from hotline.reports.delivery_model import DeliveryCall
from hotline.reports.incident_model import WITHIN, Incident, IncidentReport, Membership
from hotline.reports.model import Call, Message, MessageState, Report, ReportState
from hotline.reports.streams import Watched
from hotline.reports.text_model import TextOut
from hotline.reports.texted import OutgoingText
from hotline.tasks import heartbeat, queue
from hotline.tasks.model import Task, TaskKind, TaskState
from hotline.tasks.queue import Lease

log = structlog.get_logger()


class SqlBooks(SqlDeliveries):
    """Implements `hotline.dispatch.books.Books`. `vault` opens numbers and seals what arrives."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self.session = session
        self.vault = vault

    # --- rows -------------------------------------------------------------------------------

    def add(self, row: Base) -> None:
        self.session.add(row)
        self.session.flush()

    def flush(self) -> None:
        self.session.flush()

    def get(self, kind: type[Row], row_id: str) -> Row | None:
        return self.session.get(kind, row_id)

    def dispatch(self, dispatch_id: str) -> Dispatch | None:
        query = select(Dispatch).where(Dispatch.id == dispatch_id).with_for_update(key_share=True)
        return self.session.scalar(query.execution_options(populate_existing=True))

    def dispatch_of(self, report_id: str) -> Dispatch | None:
        return self.session.scalar(select(Dispatch).where(Dispatch.report_id == report_id))

    def dispatch_of_call(self, call_id: str) -> Dispatch | None:
        return self.session.scalar(select(Dispatch).where(Dispatch.call_id == call_id))

    def attempts(self, dispatch_id: str) -> Sequence[Attempt]:
        # Read anew: what this session saw before it had the dispatch's lock may be out of date.
        query = select(Attempt).where(Attempt.dispatch_id == dispatch_id).order_by(Attempt.id)
        return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def attempt_by_token(self, token: str) -> Attempt | None:
        return self.session.scalar(select(Attempt).where(Attempt.token == token))

    def attempt_by_call(self, carrier_call_id: str) -> Attempt | None:
        query = select(Attempt).where(Attempt.carrier_call_id == carrier_call_id)
        return self.session.scalar(query)

    def known_calls(self, since: datetime) -> list[str]:
        ids = (
            select(Attempt.carrier_call_id).where(Attempt.intended_at >= since),
            select(AlarmCall.carrier_call_id).where(AlarmCall.placed_at >= since),
            select(CheckCall.carrier_call_id).where(CheckCall.placed_at >= since),
            select(CallbackCall.own_leg).where(CallbackCall.asked_at >= since),
            select(CallbackCall.caller_leg).where(CallbackCall.asked_at >= since),
            select(DeliveryCall.leg).where(DeliveryCall.rung_at >= since),
        )
        return [k for query in ids for k in self.session.scalars(query) if k is not None]

    def note(self, report_id: str, now: datetime, kind: str, **detail: str) -> None:
        timeline.add(self.session, report_id, now, kind, **detail)

    # --- incidents --------------------------------------------------------------------------

    def incident(self, incident_id: str) -> Incident | None:
        query = select(Incident).where(Incident.id == incident_id).with_for_update(key_share=True)
        return self.session.scalar(query.execution_options(populate_existing=True))

    def gathered(self, incident_id: str, until: datetime) -> Sequence[Report]:
        sought = select(Dispatch.id).where(Dispatch.report_id == Report.id).exists()
        query = (
            select(Report)
            .join(IncidentReport, IncidentReport.report_id == Report.id)
            .where(IncidentReport.incident_id == incident_id, IncidentReport.newer.is_(False))
            .where(IncidentReport.state.in_(WITHIN), IncidentReport.joined_at <= until)
            .where(Report.state == ReportState.OPEN, ~sought)
            .order_by(Report.id)
        )
        return list(self.session.scalars(query))

    def alarms_within(self, incident_id: str, reason: str) -> Sequence[Alarm]:
        query = (
            select(Alarm)
            .join(IncidentReport, IncidentReport.report_id == Alarm.report_id)
            .where(IncidentReport.incident_id == incident_id, Alarm.reason == reason)
            .order_by(Alarm.id)
        )
        return list(self.session.scalars(query))

    def is_sought_within(self, incident_id: str) -> bool:
        query = (
            select(Dispatch.id)
            .join(IncidentReport, IncidentReport.report_id == Dispatch.report_id)
            .where(IncidentReport.incident_id == incident_id)
            .where(IncidentReport.state != Membership.REJECTED)
            .where(Dispatch.state.in_(words.SEEKING))
        )
        return self.session.scalar(query.limit(1)) is not None

    # --- people -----------------------------------------------------------------------------

    def responder(self, handle: str) -> Responder | None:
        query = select(Responder).where(Responder.handle == handle, Responder.active)
        return self.session.scalar(query)

    def responder_of(self, account_id: str) -> Responder | None:
        account = self.session.get(Account, account_id)
        known = account.responder_id if account is not None else None
        return self.session.get(Responder, known) if known is not None else None

    def number(self, responder_id: str, change_id: str | None = None) -> str:
        if change_id is not None:
            change = self.session.get_one(RosterChange, change_id)
            return changes.number(self.session, self.vault, change)
        return responders.contact(self.session, self.vault, responder_id).number

    def browser_of(self, responder_id: str, now: datetime) -> str | None:
        if duty.read(self.session, responder_id, now).state is not DutyState.ON:
            return None
        return browser_phones.to_ring(self.session, responder_id, now)

    def people(self, handles: Sequence[str]) -> Mapping[str, Person]:
        query = select(Responder).where(Responder.handle.in_(handles))
        return {
            r.handle: Person(tuple(r.languages), r.active, r.confirmed_at is not None, r.kind)
            for r in self.session.scalars(query)
        }

    def on_call(self, schedule: str, now: datetime) -> tuple[str, ...]:
        found = schedules.read(self.session, schedule)
        return calendar.on_call(found, now) if found is not None else ()

    def busy(self, dispatch_id: str, now: datetime) -> set[str]:
        talking = (
            Attempt.state.in_(words.HAS_IT)
            & Attempt.leg_ended_at.is_(None)
            & (Attempt.answered_at > now - words.TALKS_AT_MOST)
        )
        query = (
            select(Responder.handle)
            .join(Attempt, Attempt.responder_id == Responder.id)
            .where(Attempt.dispatch_id != dispatch_id)
            .where(or_(Attempt.state.in_(words.LIVE), talking))
        )
        calling = select(Responder.handle).where(Responder.id.in_(callback_calls.occupied()))
        return {*self.session.scalars(query), *self.session.scalars(calling)}

    def away(self, now: datetime) -> set[str]:
        return set(duty.away(self.session, now))

    def is_subscribed(self, responder_id: str) -> bool:
        return push.is_subscribed(self.session, responder_id)

    def devices(self, responder_id: str) -> Sequence[Device]:
        return push.devices(self.session, self.vault, responder_id)

    def push_delivered(self, device_id: str, outcome: Delivery, now: datetime) -> None:
        push.delivered(self.session, device_id, outcome, now)

    def frozen_policy(self, report: Report, now: datetime) -> policy.Frozen:
        facts = Facts(
            report.category, report.urgency, report.language, report.district, report.school
        )
        return policy.frozen_for(self.session, facts, now)

    def alarm_phones(self) -> tuple[str, ...]:
        try:
            return policy.current(self.session).alarm
        except policy.PolicyError:
            return ()

    # --- callers ----------------------------------------------------------------------------

    def open_again(self, report: Report, now: datetime) -> None:
        intake.open_again(self.session, report, now)

    def is_speaking(self, call: Call) -> bool:
        query = select(Message.id).where(Message.call_id == call.id)
        under_way = query.where(Message.state == MessageState.RECORDING)
        return self.session.scalar(under_way) is not None

    def caller_left(self, call: Call, now: datetime, wait_s: float) -> bool:
        streams.settle(self.session, call, now)
        return intake.caller_left(self.session, call, now, wait_s)

    def watch_stream(self, message_id: str, now: datetime) -> Watched:
        return streams.watch(self.session, message_id, now)

    def take_in(self, call: Call, recordings: Sequence[Recording], now: datetime) -> None:
        listed.take_in(self.session, self.vault, call, recordings, now)

    # --- calling back -------------------------------------------------------------------------

    def callback_call(self, call_id: str) -> CallbackCall | None:
        query = select(CallbackCall).where(CallbackCall.id == call_id).with_for_update()
        return self.session.scalar(query.execution_options(populate_existing=True))

    def number_to_call_back(self, call: CallbackCall, limits: Limits, now: datetime) -> str | None:
        return callback_calls.ring(self.session, self.vault, call, limits, now)

    def text_to_send(self, out_id: str) -> OutgoingText | None:
        out = self.session.get(TextOut, out_id)
        return texted.to_send(self.session, self.vault, out) if out is not None else None

    def callback_ended(self, call: CallbackCall, limits: Limits, now: datetime) -> None:
        callback_calls.settle(self.session, self.vault, call, limits, now)

    # --- sharing, the rest of which is in SqlDeliveries -----------------------------------------

    def share(self, report: Report, now: datetime) -> None:
        try:
            with self.session.begin_nested():
                delivering.by_itself(self.session, self.vault, report, now)
        except Exception as error:  # whatever it is, people are rung all the same
            log.error("deliveries_not_asked", report=report.id, error=type(error).__name__)
            alarms.raise_alarm(self, report.id, alarms.NOT_DELIVERED, now)

    # --- alarms -----------------------------------------------------------------------------

    def alarm(self, alarm_id: str) -> Alarm:
        query = select(Alarm).where(Alarm.id == alarm_id).with_for_update(key_share=True)
        return self.session.scalars(query.execution_options(populate_existing=True)).one()

    def open_alarms(self, report_id: str | None, reason: str) -> Sequence[Alarm]:
        query = select(Alarm).where(Alarm.report_id == report_id, Alarm.reason == reason)
        query = query.where(Alarm.acknowledged_at.is_(None)).with_for_update(key_share=True)
        return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def alarm_call_by_token(self, token: str) -> AlarmCall | None:
        return self.session.scalar(select(AlarmCall).where(AlarmCall.token == token))

    def alarm_calls(self, alarm_id: str, since: datetime) -> list[AlarmCall]:
        query = select(AlarmCall).where(AlarmCall.alarm_id == alarm_id)
        return list(self.session.scalars(query.where(AlarmCall.placed_at >= since)))

    # --- tasks ------------------------------------------------------------------------------

    def add_task(
        self,
        kind: TaskKind,
        subject_id: str,
        now: datetime,
        *,
        due_at: datetime | None = None,
        again: str = "",
    ) -> None:
        queue.add(self.session, kind, subject_id, now, due_at=due_at, again=again)

    def task(self, task_id: str) -> Task:
        return self.session.get_one(Task, task_id)

    def begun(self, kind: TaskKind) -> Sequence[Task]:
        query = select(Task).where(Task.kind == kind, Task.state == TaskState.PENDING)
        return list(self.session.scalars(query.where(Task.tries > 0)))

    def is_pending(self, kind: TaskKind, subject_id: str) -> bool:
        query = select(Task.id).where(Task.kind == kind, Task.subject_id == subject_id)
        return self.session.scalar(query.where(Task.state == TaskState.PENDING)) is not None

    def pull_forward(self, kind: TaskKind, subject_id: str, now: datetime) -> None:
        queue.pull_forward(self.session, kind, subject_id, now)

    def take_away(self, kind: TaskKind, subject_id: str, now: datetime) -> bool:
        return queue.take_away(self.session, kind, subject_id, now)

    def due_tasks(self, kinds: Sequence[TaskKind], now: datetime) -> list[str]:
        return queue.due(self.session, kinds, now)

    def claim(self, task_id: str, owner: str, now: datetime, lease_s: float) -> Lease | None:
        return queue.claim(self.session, task_id, owner, now, lease_s)

    def renew(self, lease: Lease, now: datetime, lease_s: float) -> None:
        queue.renew(self.session, lease, now, lease_s)

    def finish(self, lease: Lease, now: datetime) -> None:
        queue.finish(self.session, lease, now)

    def give_up(self, lease: Lease, now: datetime, error: str) -> None:
        queue.give_up(self.session, lease, now, error)

    def mark(self, lease: Lease, error: str) -> None:
        queue.mark(self.session, lease, error)

    def postpone(self, lease: Lease, due_at: datetime, error: str | None = None) -> None:
        queue.postpone(self.session, lease, due_at, error)

    # --- timers -----------------------------------------------------------------------------

    def is_any_due(self, now: datetime) -> bool:
        attempts = exists().where(Attempt.due_at <= now, Attempt.state.in_(words.LIVE))
        return bool(self.session.scalar(select(attempts | exists().where(Dispatch.due_at <= now))))

    def claim_due(
        self, now: datetime, passed_over: Sequence[str] = ()
    ) -> tuple[Dispatch, list[str]] | None:
        due = (Attempt.due_at <= now) & Attempt.state.in_(words.LIVE)
        with_due = select(Attempt.dispatch_id).where(due)
        query = select(Dispatch).where(or_(Dispatch.due_at <= now, Dispatch.id.in_(with_due)))
        # Skip what another dispatcher is at; it goes on with it. (SQLite has the whole database.)
        query = query.where(Dispatch.id.not_in(passed_over)).order_by(Dispatch.id).limit(1)
        query = query.with_for_update(key_share=True, skip_locked=True)
        row = self.session.scalar(query.execution_options(populate_existing=True))
        if row is None:
            return None
        ids = select(Attempt.id).where(Attempt.dispatch_id == row.id, due).order_by(Attempt.id)
        return row, list(self.session.scalars(ids))

    def stranded(self) -> list[str]:
        live = select(Attempt.dispatch_id).where(Attempt.state.in_(words.LIVE))
        query = select(Dispatch.id).where(Dispatch.state.in_(words.SEEKING))
        query = query.where(Dispatch.id.not_in(live))
        return list(self.session.scalars(query))

    def beat(self, process: str, now: datetime) -> None:
        heartbeat.beat(self.session, process, now)


def transactions(runtime: Runtime) -> Callable[[], AbstractContextManager[Books]]:
    """`with transactions(runtime)() as books`: one transaction of the runtime's database."""
    return lambda: _books(runtime, runtime.database.transaction())


def readings(runtime: Runtime) -> Callable[[], AbstractContextManager[Books]]:
    """`with readings(runtime)() as books`: a look at the runtime's database, without writing."""
    return lambda: _books(runtime, runtime.database.reading())


@contextmanager
def _books(runtime: Runtime, opened: AbstractContextManager[Session]) -> Iterator[Books]:
    with opened as session:
        yield SqlBooks(session, runtime.vault)
