"""The house of a simulation on a real database: the same world, the real rows and the real intake.

Whom a schedule and a policy say comes from the scenario; both have tests of their own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from hotline.context import Runtime
from hotline.dispatch import words
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.policy import Frozen
from hotline.dispatch.sql import SqlBooks
from hotline.oncall import duty, responders
from hotline.oncall.model import DutyState, ResponderKind
from hotline.reports import intake
from hotline.reports.incident_model import IncidentReport
from hotline.reports.model import Call, MessageKind, Report
from hotline.simulate.house import (
    MakeHouse,
    address_of,
    break_of,
    browser_until,
    number_of,
    on_call,
    policy_for,
)
from hotline.simulate.scenario import Scenario
from hotline.tasks.model import DISPATCHER_KINDS, Task, TaskKind, TaskState


class ScenarioBooks(SqlBooks):
    """The books on SQL; who is on call and which policy runs stand in the scenario."""

    scenario: Scenario
    on_lock: Callable[[str], None]
    browsers: dict[str, tuple[str, datetime]]

    def browser_of(self, responder_id: str, now: datetime) -> str | None:
        """As the scenario says; nobody is signed in here."""
        address, until = self.browsers.get(responder_id, (None, now))
        on_duty = duty.read(self.session, responder_id, now).state is DutyState.ON
        return address if on_duty and now < until else None

    def dispatch(self, dispatch_id: str) -> Dispatch | None:
        """Locked, and told so."""
        self.on_lock(dispatch_id)
        return super().dispatch(dispatch_id)

    def claim_due(
        self, now: datetime, passed_over: Sequence[str] = ()
    ) -> tuple[Dispatch, list[str]] | None:
        """Claimed, and told so."""
        found = super().claim_due(now, passed_over)
        if found is not None:
            self.on_lock(found[0].id)
        return found

    def on_call(self, schedule: str, now: datetime) -> tuple[str, ...]:
        """As the scenario says."""
        return on_call(self.scenario)(schedule, now)

    def frozen_policy(self, report: Report, now: datetime) -> Frozen:
        """As the scenario says."""
        return policy_for(self.scenario)(report)

    def alarm_phones(self) -> tuple[str, ...]:
        """As the scenario says."""
        return policy_for(self.scenario)(Report(urgency="urgent")).alarm


def on(runtime: Runtime) -> MakeHouse:
    """Makes houses on the runtime's database."""
    return lambda scenario, on_lock: SqlHouse(runtime, scenario, on_lock)


class SqlHouse:
    """Implements `hotline.simulate.house.House`."""

    def __init__(
        self, runtime: Runtime, scenario: Scenario, on_lock: Callable[[str], None]
    ) -> None:
        self.runtime, self.scenario, self.on_lock = runtime, scenario, on_lock
        self._handles: dict[str, str] = {}
        self._browsers: dict[str, tuple[str, datetime]] = {}
        with self.runtime.database.transaction() as session:
            for person in scenario.people:
                row = responders.put(
                    session,
                    runtime.vault,
                    handle=person.handle,
                    kind=ResponderKind.COUNSELOR,
                    name=person.handle,
                    number=number_of(person.handle),
                    languages=list(person.languages),
                )
                row.active = person.active
                self._handles[row.id] = person.handle
                if person.browser:
                    self._browsers[row.id] = (address_of(person.handle), browser_until(person))
                if person.away_until_s:
                    session.add(break_of(person, row.id))

    @contextmanager
    def transaction(self) -> Iterator[ScenarioBooks]:
        """One transaction."""
        with self.runtime.database.transaction() as session:
            books = ScenarioBooks(session, self.runtime.vault)
            books.scenario, books.on_lock = self.scenario, self.on_lock
            books.browsers = self._browsers
            yield books

    def handle(self, responder_id: str) -> str:
        """Whose row it is."""
        return self._handles[responder_id]

    def dispatches(self) -> Iterable[Dispatch]:
        """Every dispatch."""
        return self._all(select(Dispatch).order_by(Dispatch.id))

    def attempts(self, dispatch_id: str) -> Sequence[Attempt]:
        """Its attempts, in order."""
        query = select(Attempt).where(Attempt.dispatch_id == dispatch_id)
        return self._all(query.order_by(Attempt.id))

    def alarms(self) -> Iterable[Alarm]:
        """Every alarm."""
        return self._all(select(Alarm).order_by(Alarm.id))

    def _all(self, query: Any) -> list[Any]:
        with self.runtime.database.transaction() as session:
            return list(session.scalars(query))

    def incident_of(self, report_id: str) -> str | None:
        """The incident that a report was ever put in."""
        found = select(IncidentReport.incident_id).where(IncidentReport.report_id == report_id)
        return next(iter(self._all(found)), None)

    def begun(self, report_id: str) -> bool:
        """Whether a report has its dispatch."""
        return bool(self._all(select(Dispatch.id).where(Dispatch.report_id == report_id)))

    def awaited(self, report_id: str) -> bool:
        """Whether the beginning of its dispatch stands in the tasks."""
        query = select(Task.id).where(Task.subject_id == report_id)
        query = query.where(Task.kind == TaskKind.START_DISPATCH)
        return bool(self._all(query.where(Task.state == TaskState.PENDING)))

    def ended_twice(self) -> int:
        """Cannot be seen from outside; the fence is tested in tests/contract."""
        return 0

    def next_due(self) -> datetime | None:
        """When the dispatcher may have something to do."""
        timers = select(Attempt.due_at).where(Attempt.state.in_(words.LIVE))
        moments = [*self._all(timers), *self._all(select(Dispatch.due_at))]
        pending = select(Task).where(Task.state == TaskState.PENDING)
        for task in self._all(pending.where(Task.kind.in_(DISPATCHER_KINDS))):
            held = task.lease_until
            moments.append(
                max(task.due_at, held + timedelta(microseconds=1)) if held else task.due_at
            )
        return min((m for m in moments if m is not None), default=None)

    # --- callers ----------------------------------------------------------------------------

    def open_call(self, books: Any, leg_id: str, now: datetime) -> Call:
        """A webhook of the caller's leg."""
        return intake.open_call(books.session, leg_id, now)

    def draft_report(self, books: Any, call: Call, language: str, now: datetime) -> Report:
        """The report of the call."""
        call.language = language
        return intake.draft_report(books.session, books.vault, call, now)

    def go_live(self, books: Any, call: Call, language: str, now: datetime) -> Report:
        """The caller wants to speak to somebody now."""
        call.language = language
        return intake.go_live(books.session, books.vault, call, now)

    def begin_message(self, books: Any, call: Call, kind: MessageKind, now: datetime) -> str:
        """A recording begins."""
        return intake.begin_message(books.session, books.vault, call, kind, now).id

    def recording_ended(self, books: Any, message_id: str, now: datetime) -> None:
        """The caller has finished recording."""
        intake.recording_ended(books.session, message_id, now)

    def recording_arrived(
        self, books: Any, call_id: str, message_id: str, recording_id: str, now: datetime
    ) -> None:
        """The carrier has the audio."""
        intake.recording_arrived(
            books.session,
            books.vault,
            carrier_call_id=books.get(Call, call_id).carrier_call_id,
            message_id=message_id,
            recording_id=recording_id,
            duration_s=2.0,
            now=now,
        )

    def nothing_recorded(self, books: Any, message_id: str, now: datetime) -> None:
        """The carrier has none."""
        intake.nothing_recorded(books.session, message_id, now)

    def send(self, books: Any, call: Call, now: datetime, wait_s: float) -> None:
        """The caller sends it."""
        intake.send(books.session, books.vault, call, now, wait_s)
