"""The port to what dispatch keeps: one `Books` is one transaction.

Two implementations: `hotline.dispatch.sql.SqlBooks` on SQLite and PostgreSQL, and
`hotline.simulate.books.MemoryBooks`, on which the simulation runs the same machine, desk and engine
thousands of times a minute. `tests/contract/test_books.py` holds both to the same behaviour.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from hotline.carrier.port import Carrier, Recording
from hotline.database.base import Base
from hotline.dispatch.candidates import Person
from hotline.dispatch.model import Alarm, AlarmCall, Attempt, Dispatch
from hotline.dispatch.policy import Frozen
from hotline.dispatch.unread import AFTER_S
from hotline.oncall.model import Responder
from hotline.people.push import Delivery, Device
from hotline.reports import delivery_model
from hotline.reports.callback import NO_CALLBACKS, Limits
from hotline.reports.callback_model import CallbackCall
from hotline.reports.delivery_model import DeliveryCall
from hotline.reports.incident_model import Incident
from hotline.reports.model import Call, Report
from hotline.reports.streams import Watched
from hotline.reports.texted import OutgoingText
from hotline.tasks.doorbell import Doorbell
from hotline.tasks.model import Task, TaskKind
from hotline.tasks.queue import Lease

Row = TypeVar("Row", bound=Base)


class Books(Protocol):
    """Rows and tasks of dispatch, as they stand inside one transaction."""

    # --- rows -------------------------------------------------------------------------------

    def add(self, row: Base) -> None:
        """Write a new row; it can be read from now on."""

    def flush(self) -> None:
        """Write what was changed so far, in this order."""

    def get(self, kind: type[Row], row_id: str) -> Row | None:
        """The row of that id."""

    def dispatch(self, dispatch_id: str) -> Dispatch | None:
        """The dispatch, read anew and locked until the transaction ends."""

    def dispatch_of(self, report_id: str) -> Dispatch | None:
        """The dispatch of a report."""

    def dispatch_of_call(self, call_id: str) -> Dispatch | None:
        """The dispatch for which this caller waits on the line."""

    def attempts(self, dispatch_id: str) -> Sequence[Attempt]:
        """The attempts of a dispatch, read anew, in the order they were intended."""

    def attempt_by_token(self, token: str) -> Attempt | None:
        """The attempt whose call carries this token."""

    def attempt_by_call(self, carrier_call_id: str) -> Attempt | None:
        """The attempt that has this call."""

    def known_calls(self, since: datetime) -> list[str]:
        """Carrier ids of every call we have placed since then."""

    def note(self, report_id: str, now: datetime, kind: str, **detail: str) -> None:
        """Write an event into a report's timeline: ids and closed words only."""

    # --- incidents --------------------------------------------------------------------------

    def incident(self, incident_id: str) -> Incident | None:
        """The incident, read anew and locked until the transaction ends."""

    def gathered(self, incident_id: str, until: datetime) -> Sequence[Report]:
        """Open reports that were suggested to the incident, or confirmed, until that moment, say
        nothing newer, and for which nobody has been sought yet; the oldest first."""

    def alarms_within(self, incident_id: str, reason: str) -> Sequence[Alarm]:
        """Alarms of that reason about any report of the incident, answered or not."""

    def is_sought_within(self, incident_id: str) -> bool:
        """Whether somebody is sought for any report of the incident."""

    # --- people -----------------------------------------------------------------------------

    def responder(self, handle: str) -> Responder | None:
        """The active responder of that handle."""

    def responder_of(self, account_id: str) -> Responder | None:
        """The responder that this account's person is when the phone rings."""

    def number(self, responder_id: str, change_id: str | None = None) -> str:
        """A responder's number (E.164), or the one that a change proposes for them. Goes only to
        the carrier."""

    def browser_of(self, responder_id: str, now: datetime) -> str | None:
        """The address of a responder's browser that can be rung now: they chose it, are signed in
        and on duty, and its page said a moment ago that it is ready. None: only the phone can."""

    def people(self, handles: Sequence[str]) -> Mapping[str, Person]:
        """Those of the handles that are known."""

    def on_call(self, schedule: str, now: datetime) -> tuple[str, ...]:
        """Handles of whom the schedule says now; none for an unknown schedule."""

    def busy(self, dispatch_id: str, now: datetime) -> set[str]:
        """Handles of everybody whom another dispatch rings, or who talks with a caller."""

    def away(self, now: datetime) -> set[str]:
        """Handles of everybody who is on break or off duty now."""

    def is_subscribed(self, responder_id: str) -> bool:
        """Whether a browser of this responder's person wants to be told that they are rung."""

    def devices(self, responder_id: str) -> Sequence[Device]:
        """Those browsers."""

    def push_delivered(self, device_id: str, outcome: Delivery, now: datetime) -> None:
        """Write down what became of a message to one; who is gone is forgotten."""

    def frozen_policy(self, report: Report, now: datetime) -> Frozen:
        """The policy for this report as it stands now; without any step when there is none."""

    def alarm_phones(self) -> tuple[str, ...]:
        """Handles of the alarm phones of the default policy as it stands now."""

    # --- callers ----------------------------------------------------------------------------

    def open_again(self, report: Report, now: datetime) -> None:
        """The caller has said more to a report that is closed: it is open, and somebody is sought
        from its first step on."""

    def is_speaking(self, call: Call) -> bool:
        """Whether a recording of the caller is under way."""

    def caller_left(self, call: Call, now: datetime, wait_s: float) -> bool:
        """The call is over: send what was said. True if anything was, or may have been."""

    def watch_stream(self, message_id: str, now: datetime) -> Watched:
        """Whether the caller's sound is being written; a stream into which nobody writes is given
        up."""

    def take_in(self, call: Call, recordings: Sequence[Recording], now: datetime) -> None:
        """Recordings of the call that the carrier lists; those nobody told us of become ours."""

    # --- calling back -------------------------------------------------------------------------

    def callback_call(self, call_id: str) -> CallbackCall | None:
        """The call back of that id, read anew and locked until the transaction ends."""

    def number_to_call_back(self, call: CallbackCall, limits: Limits, now: datetime) -> str | None:
        """The number (E.164) that a call back is to ring now, written down as rung; None when it is
        kept no more or may not be rung (again) today. Goes only to the carrier."""

    def text_to_send(self, out_id: str) -> OutgoingText | None:
        """What is to be sent of a text to whoever has written; None when it is not any more. Goes
        only to the carrier."""

    def callback_ended(self, call: CallbackCall, limits: Limits, now: datetime) -> None:
        """A call back is over: its number is deleted if it was used, declined, or tried too
        often."""

    # --- sharing --------------------------------------------------------------------------------

    def share(self, report: Report, now: datetime) -> None:
        """A life-safety report has come: ask for its delivery to every recipient whose it is, once
        for each."""

    def delivery(self, delivery_id: str) -> delivery_model.Delivery | None:
        """The delivery of that id, read anew and locked until the transaction ends."""

    def delivery_call(self, delivery_id: str) -> DeliveryCall | None:
        """Its newest ring."""

    def begin_delivery_ring(self, row: delivery_model.Delivery, now: datetime) -> DeliveryCall:
        """Write that its phone is to be rung now."""

    def is_rung_for_another(self, row: delivery_model.Delivery) -> bool:
        """Whether its recipient is on the phone for another delivery. The recipient is locked from
        here on."""

    def recipients_phone(self, row: delivery_model.Delivery) -> str | None:
        """The recipient's number (E.164); None when there is none (any more). Goes only to the
        carrier."""

    def recipients_mail(self, row: delivery_model.Delivery) -> str | None:
        """The same for their address, which goes only to the mail server."""

    def given(self, row: delivery_model.Delivery) -> None:
        """Keep the record that the law asks for: the recipient has it in hand."""

    def vetted(self, row: delivery_model.Delivery, now: datetime) -> None:
        """Write how far the report's vetting has come by this delivery."""

    def is_undelivered(self, report_id: str) -> bool:
        """Whether any delivery of the report was confirmed by nobody in time."""

    # --- alarms -----------------------------------------------------------------------------

    def alarm(self, alarm_id: str) -> Alarm:
        """The alarm, read anew and locked."""

    def open_alarms(self, report_id: str | None, reason: str) -> Sequence[Alarm]:
        """Alarms of that report and reason that nobody has acknowledged, locked."""

    def alarm_call_by_token(self, token: str) -> AlarmCall | None:
        """The ring of an alarm phone that carries this token."""

    def alarm_calls(self, alarm_id: str, since: datetime) -> list[AlarmCall]:
        """Rings of the alarm's phones since then."""

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
        """Write a task once for this kind, subject and `again`."""

    def task(self, task_id: str) -> Task:
        """The task of that id."""

    def begun(self, kind: TaskKind) -> Sequence[Task]:
        """Tasks of that kind that somebody has tried, and that are not done."""

    def is_pending(self, kind: TaskKind, subject_id: str) -> bool:
        """Whether such a task is still to be done."""

    def pull_forward(self, kind: TaskKind, subject_id: str, now: datetime) -> None:
        """Make a pending task due now."""

    def take_away(self, kind: TaskKind, subject_id: str, now: datetime) -> bool:
        """Mark such tasks done if nobody has ever claimed them. True if any was."""

    def due_tasks(self, kinds: Sequence[TaskKind], now: datetime) -> list[str]:
        """Ids of tasks that could be claimed now, the longest overdue first."""

    def claim(self, task_id: str, owner: str, now: datetime, lease_s: float) -> Lease | None:
        """Take the task if it is due and free."""

    def renew(self, lease: Lease, now: datetime, lease_s: float) -> None:
        """Hold the lease for longer. Raises LeaseLost."""

    def finish(self, lease: Lease, now: datetime) -> None:
        """Mark the task done. Raises LeaseLost."""

    def give_up(self, lease: Lease, now: datetime, error: str) -> None:
        """Mark the task failed for good. Raises LeaseLost."""

    def mark(self, lease: Lease, error: str) -> None:
        """Write down how far a task has come, and keep its lease. Raises LeaseLost."""

    def postpone(self, lease: Lease, due_at: datetime, error: str | None = None) -> None:
        """Give the task back, due later. Raises LeaseLost."""

    # --- timers -----------------------------------------------------------------------------

    def is_any_due(self, now: datetime) -> bool:
        """Whether a timer of any dispatch has fired; needs no lock."""

    def claim_due(
        self, now: datetime, passed_over: Sequence[str] = ()
    ) -> tuple[Dispatch, list[str]] | None:
        """A dispatch with timers that have fired, locked, and the ids of its due attempts.

        None when there is none that nobody else is at (`FOR UPDATE SKIP LOCKED` on PostgreSQL).
        passed_over: ids of dispatches to leave alone this time.
        """

    def stranded(self) -> list[str]:
        """Ids of dispatches that seek somebody and for which no phone rings."""

    def beat(self, process: str, now: datetime) -> None:
        """Write that the process is alive now."""


class Waits(StrEnum):
    """What a letter tells of: a report to be read and confirmed · outcomes that are late."""

    DELIVERY = "delivery"
    OUTCOMES = "outcomes"


@dataclass(frozen=True)
class Letter:
    """A mail that says that something waits in the console, and nothing of it. to: addresses.
    about: an id that is the same each time it is sent. path: of the console, where it waits."""

    waits: Waits
    to: tuple[str, ...]
    about: str
    path: str


def no_letters(letter: Letter) -> None:
    """For a hotline without a mail server of the settings: nobody is written to."""


@dataclass(frozen=True)
class Ports:
    """Everything the dispatcher works through.

    alarm_repeat_s, transcript_wait_s: as in the settings. post: begins to tell the alarm's facts
    outside (HOTLINE_ALARM_URL, HOTLINE_MAIL_TO), where that is wanted; it never waits and never
    raises. push: sends an empty message to a browser's push service; it never raises either.
    callback: how often numbers that callers left may be rung. unread_s: as in the settings.
    letter: hands a mail to the server of the settings; it raises NotMailed
    (`hotline.dispatch.mail`). delivery_tries: how often a recipient is rung for one delivery at
    most.
    """

    transaction: Callable[[], AbstractContextManager[Books]]
    reading: Callable[[], AbstractContextManager[Books]]
    """To look at something without writing: it waits for nobody who writes."""
    carrier: Carrier
    clock: Callable[[], datetime]
    url: Callable[[str], str]
    doorbell: Doorbell
    alarm_repeat_s: float
    transcript_wait_s: float
    post: Callable[[Mapping[str, object]], None]
    push: Callable[[str], Delivery]
    callback: Limits = NO_CALLBACKS
    unread_s: float = AFTER_S
    letter: Callable[[Letter], None] = no_letters
    delivery_tries: int = 4
