"""A small hotline on duty: responders, a policy, callers and reports, on any runtime."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.dispatch import bridge, desk, policy
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.policy import Policy
from hotline.dispatch.sql import SqlBooks
from hotline.dispatch.words import AttemptState, Step
from hotline.oncall import responders
from hotline.oncall.model import Responder, ResponderKind
from hotline.reports import intake, timeline
from hotline.reports.model import Call, MessageKind, Report
from hotline.simulate.clock import VirtualClock

RING_S = 20.0


def number_of(handle: str) -> str:
    """The fictitious number (E.164) of a responder whose handle ends in digits."""
    digits = "".join(c for c in handle if c.isdigit()) or "0"
    return f"+1555010{int(digits):04d}"


@dataclass
class Office:
    """Use it inside transactions of `runtime.database`; each method is one of them."""

    runtime: Runtime

    def on_duty(
        self,
        *steps: Sequence[str],
        rounds: int = 1,
        last_resort: Sequence[str] = (),
        alarm: Sequence[str] = (),
    ) -> Policy:
        """Put the default policy, ringing 20 s a step, and everybody it names."""
        last = Step(tuple(last_resort), RING_S) if last_resort else None
        plan = Policy(tuple(Step(tuple(s), RING_S) for s in steps), rounds, last, tuple(alarm))
        handles = {h for s in steps for h in s} | set(last_resort) | set(alarm)
        with self.runtime.database.transaction() as session:
            policy.put(session, policy.DEFAULT, plan)
            for handle in sorted(handles):
                self._hire(session, handle)
        return plan

    def _hire(self, session: Session, handle: str) -> None:
        responders.put(
            session,
            self.runtime.vault,
            handle=handle,
            kind=ResponderKind.COUNSELOR,
            name=f"Name of {handle}",
            number=number_of(handle),
            languages=["en"],
        )

    def books(self, session: Session) -> SqlBooks:
        """The books of dispatch in a transaction."""
        return SqlBooks(session, self.runtime.vault)

    def call(self) -> Call:
        """A caller on the line."""
        with self.runtime.database.transaction() as session:
            return intake.open_call(session, f"CA{new_id()}", self.runtime.clock())

    def waiting_caller(self) -> tuple[Call, Report]:
        """A caller who wants to speak to somebody now and waits for it: ringing has begun."""
        call = self.call()
        now = self.runtime.clock()
        with self.runtime.database.transaction() as session:
            call = session.get_one(Call, call.id)
            report = intake.go_live(session, self.runtime.vault, call, now)
            desk.start(self.books(session), report, now, call)
            bridge.waiting_began(call, now)
        return call, report

    def sent_report(self) -> Report:
        """A report that was left as a message and sent; its dispatch is a task that is due."""
        call = self.call()
        now = self.runtime.clock()
        with self.runtime.database.transaction() as session:
            call = session.get_one(Call, call.id)
            vault = self.runtime.vault
            message = intake.begin_message(session, vault, call, MessageKind.MESSAGE, now)
            intake.recording_ended(session, message.id, now)
            intake.send(session, vault, call, now, 0.0)
            return session.get_one(Report, message.report_id)

    def started(self) -> Report:
        """A sent report whose dispatch has begun."""
        report = self.sent_report()
        with self.runtime.database.transaction() as session:
            report = session.get_one(Report, report.id)
            desk.start(self.books(session), report, self.runtime.clock())
        return report

    def started_at_once(self, count: int) -> list[str]:
        """So many open reports whose dispatches have begun, in one transaction: ids of the
        dispatches."""
        now, vault = self.runtime.clock(), self.runtime.vault
        with self.runtime.database.transaction() as session:
            books = self.books(session)
            calls = [intake.open_call(session, f"CA{new_id()}", now) for _ in range(count)]
            reports = [intake.go_live(session, vault, call, now) for call in calls]
            return [desk.start(books, report, now).id for report in reports]

    def dispatch(self, report: Report) -> Dispatch:
        """The dispatch of a report as it stands now."""
        with self.runtime.database.transaction() as session:
            row = self.books(session).dispatch_of(report.id)
            assert row is not None
            return row

    def attempts(self, report: Report) -> list[Attempt]:
        """The attempts of a report so far, in order."""
        with self.runtime.database.transaction() as session:
            query = select(Attempt).join(Dispatch).where(Dispatch.report_id == report.id)
            return list(session.scalars(query.order_by(Attempt.id)))

    def outcomes(self, report: Report) -> list[tuple[str, AttemptState]]:
        """Handle and state of every attempt, in order."""
        with self.runtime.database.transaction() as session:
            query = (
                select(Responder.handle, Attempt.state)
                .select_from(Attempt)
                .join(Dispatch, Dispatch.id == Attempt.dispatch_id)
                .join(Responder, Responder.id == Attempt.responder_id)
                .where(Dispatch.report_id == report.id)
                .order_by(Attempt.id)
            )
            return [(handle, state) for handle, state in session.execute(query)]

    def alarms(self) -> list[Alarm]:
        """Every alarm, oldest first."""
        with self.runtime.database.transaction() as session:
            return list(session.scalars(select(Alarm).order_by(Alarm.id)))

    def kinds(self, report: Report) -> list[str]:
        """What the timeline of a report tells, in order."""
        with self.runtime.database.transaction() as session:
            return [event.kind for event in timeline.read(session, report.id)]


def ticks(engine: Engine, clock: VirtualClock, seconds: float) -> None:
    """Tick, and go on, half a second at a time."""
    for _ in range(int(seconds * 2)):
        engine.tick()
        clock.advance(0.5)
    engine.tick()
