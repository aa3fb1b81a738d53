"""The books in memory: the same behaviour as on a database, some thousand times faster.

Rows are plain objects of the mapped classes that no session has ever seen. A transaction keeps a
copy of every row it hands out; when it is rolled back, all of them are as they were. Transactions
follow each other: the world never lets one begin inside another, as the desk and the engine never
ask anything of the carrier while they hold one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from hotline.carrier.port import Recording
from hotline.database.base import Base
from hotline.dispatch.books import Row
from hotline.dispatch.candidates import Person
from hotline.dispatch.model import Alarm, AlarmCall, Attempt, Dispatch
from hotline.dispatch.policy import NOTHING, Frozen
from hotline.dispatch.store import may_talk
from hotline.dispatch.words import LIVE
from hotline.oncall.model import Duty, Responder
from hotline.reports.incident_model import IncidentReport
from hotline.reports.model import Call, Message, MessageState, Report
from hotline.reports.streams import Watched
from hotline.simulate import words_said
from hotline.simulate.books_incidents import MemoryIncidents
from hotline.simulate.books_people import MemoryPeople
from hotline.simulate.books_tasks import MemoryTasks, fill_in
from hotline.simulate.books_timers import MemoryTimers
from hotline.tasks.model import DISPATCHER_KINDS, Task, TaskKind, TaskState

_LIVE = frozenset(LIVE)


class NotUnique(Exception):
    """Two rows have what only one may have; a database would have refused it."""


class MemoryStore:
    """What is committed. The world fills in people, numbers, policies and schedules.

    on_lock(dispatch_id): told whenever a dispatch is locked.
    """

    def __init__(self) -> None:
        self.rows: dict[type, dict[str, Any]] = {}
        self.attempts_of: dict[str, list[Attempt]] = {}
        self.attempt_of_token: dict[str, Attempt] = {}
        self.task_of_key: dict[str, Task] = {}
        self.tasks_of: dict[tuple[TaskKind, str], list[Task]] = {}
        self.messages_of: dict[str, list[Message]] = {}
        self.pending: dict[str, Task] = {}
        self.live: dict[str, Attempt] = {}
        self.alarms_open: dict[str, Alarm] = {}
        self.persons: Mapping[str, Person] = {}
        self.numbers: dict[str, str] = {}
        self.browsers: dict[str, tuple[str, datetime]] = {}
        """By responder: the address of their browser, and until when its page is ready."""
        self.responders: dict[str, Responder] = {}
        self.policy_for: Callable[[Report], Frozen] = lambda report: NOTHING
        self.on_call: Callable[[str, datetime], tuple[str, ...]] = lambda name, now: ()
        self.on_lock: Callable[[str], None] = lambda dispatch_id: None
        self.ended_twice = 0
        """Tasks that somebody ended whose lease was over."""
        self.open: MemoryBooks | None = None

    def transaction(self) -> "MemoryBooks":
        """`with store.transaction() as books`: all of it or nothing."""
        return MemoryBooks(self)

    def all(self, kind: type[Row]) -> "Mapping[str, Row]":
        """Rows of a kind by id, in the order they were written."""
        found: dict[str, Row] = self.rows.get(kind, {})
        return found

    def next_due(self) -> datetime | None:
        """When the dispatcher may have something to do next; None when it has nothing at all."""
        moments = [a.due_at for a in self.live.values() if a.due_at is not None]
        moments += [d.due_at for d in self.all(Dispatch).values() if d.due_at is not None]
        for task in self.pending.values():
            if task.kind in DISPATCHER_KINDS:
                held = task.lease_until
                moments.append(task.due_at if held is None else max(task.due_at, held + _INSTANT))
        return min(moments, default=None)

    def index(self, row: Base) -> None:
        """Bring what is looked up by state to what the row says."""
        if isinstance(row, Task):
            _keep(self.pending, row, row.state is TaskState.PENDING)
        elif isinstance(row, Attempt):
            _keep(self.live, row, row.state in _LIVE)
        elif isinstance(row, Alarm):
            _keep(self.alarms_open, row, row.acknowledged_at is None)

    def link(self, row: Any) -> None:
        """Make a new row known. Raises NotUnique."""
        table = self.rows.setdefault(type(row), {})
        match row:
            case Dispatch():
                if any(d.report_id == row.report_id for d in table.values()):
                    raise NotUnique("a second dispatch of one report")
                self.attempts_of[row.id] = []
            case Attempt():
                if row.token in self.attempt_of_token:
                    raise NotUnique("an attempt's token")
                self.attempts_of[row.dispatch_id].append(row)
                self.attempt_of_token[row.token] = row
            case Task():
                if row.key in self.task_of_key:
                    raise NotUnique("a task's key")
                self.task_of_key[row.key] = row
                self.tasks_of.setdefault((row.kind, row.subject_id), []).append(row)
            case Message() if row.call_id is not None:
                self.messages_of.setdefault(row.call_id, []).append(row)
            case Responder():
                self.responders[row.handle] = row
        if key_of(row) in table:
            raise NotUnique("an id")
        table[key_of(row)] = row

    def unlink(self, row: Any) -> None:
        """Forget a row that was never committed."""
        self.rows[type(row)].pop(key_of(row), None)
        match row:
            case Dispatch():
                del self.attempts_of[row.id]
            case Attempt():
                if row.dispatch_id in self.attempts_of:
                    self.attempts_of[row.dispatch_id].remove(row)
                del self.attempt_of_token[row.token]
                self.live.pop(row.id, None)
            case Task():
                del self.task_of_key[row.key]
                self.tasks_of[row.kind, row.subject_id].remove(row)
                self.pending.pop(row.id, None)
            case Message() if row.call_id is not None:
                self.messages_of[row.call_id].remove(row)
            case Alarm():
                self.alarms_open.pop(row.id, None)


_INSTANT = timedelta(microseconds=1)


def key_of(row: Any) -> str:
    """Under what a row is kept: somebody has one row of duty, a report one place in an incident."""
    if isinstance(row, IncidentReport):
        return str(row.report_id)
    return str(row.responder_id if isinstance(row, Duty) else row.id)


def _keep(shelf: dict[str, Any], row: Any, there: bool) -> None:
    if there:
        shelf[row.id] = row
    else:
        shelf.pop(row.id, None)


class MemoryBooks(MemoryTasks, MemoryPeople, MemoryIncidents, MemoryTimers):
    """Implements `hotline.dispatch.books.Books`: one transaction, committed when it ends well."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self._before: dict[int, tuple[Any, dict[str, Any]]] = {}
        self._new: list[Any] = []

    # --- the transaction --------------------------------------------------------------------

    def __enter__(self) -> "MemoryBooks":
        if self.store.open is not None:
            raise AssertionError("a transaction inside another: something waits with a lock held")
        self.store.open = self
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.commit()
        else:
            self.rollback()

    def commit(self) -> None:
        """Keep everything. Raises NotUnique, and keeps nothing then."""
        try:
            self.flush()
        except NotUnique:
            self.rollback()
            raise
        store = self.store
        for row, before in self._before.values():
            store.index(row)
            if isinstance(row, Task) and before.get("done_at") not in (None, row.done_at):
                store.ended_twice += 1
        for row in self._new:
            store.index(row)
        store.open = None

    def rollback(self) -> None:
        """Put every row back as it was."""
        for row in reversed(self._new):
            self.store.unlink(row)
            del self._before[id(row)]
        for row, before in self._before.values():
            row.__dict__.clear()
            row.__dict__.update(before)
            self.store.index(row)
        self.store.open = None

    def _out(self, row: Any) -> Any:
        """Hand out a row; how it was is kept the first time."""
        if row is not None and id(row) not in self._before:
            self._before[id(row)] = (row, dict(row.__dict__))
        return row

    # --- rows -------------------------------------------------------------------------------

    def add(self, row: Base) -> None:
        """As in `Books`."""
        fill_in(row)
        self.store.link(row)
        self._new.append(row)
        self._before[id(row)] = (row, dict(row.__dict__))
        self.store.index(row)

    def flush(self) -> None:
        """As in `Books`. Raises NotUnique."""
        for row, before in self._before.values():
            call_id = row.__dict__.get("carrier_call_id") if isinstance(row, Attempt) else None
            if call_id is not None and before.get("carrier_call_id") != call_id:
                others = [a for a in self._all_attempts() if a.carrier_call_id == call_id]
                if len(others) > 1:
                    raise NotUnique("the carrier's id of a call")

    def _all_attempts(self) -> Iterator[Attempt]:
        return iter(self.store.all(Attempt).values())

    def get(self, kind: type[Row], row_id: str) -> Row | None:
        """As in `Books`."""
        found: Row | None = self._out(self.store.rows.get(kind, {}).get(row_id))
        return found

    def dispatch(self, dispatch_id: str) -> Dispatch | None:
        """As in `Books`."""
        self.store.on_lock(dispatch_id)
        return self.get(Dispatch, dispatch_id)

    def dispatch_of(self, report_id: str) -> Dispatch | None:
        """As in `Books`."""
        return self._first_dispatch(lambda d: d.report_id == report_id)

    def dispatch_of_call(self, call_id: str) -> Dispatch | None:
        """As in `Books`."""
        return self._first_dispatch(lambda d: d.call_id == call_id)

    def _first_dispatch(self, fits: Callable[[Dispatch], bool]) -> Dispatch | None:
        found = next((d for d in self.store.all(Dispatch).values() if fits(d)), None)
        row: Dispatch | None = self._out(found)
        return row

    def attempts(self, dispatch_id: str) -> Sequence[Attempt]:
        """As in `Books`."""
        return [self._out(a) for a in self.store.attempts_of.get(dispatch_id, ())]

    def attempt_by_token(self, token: str) -> Attempt | None:
        """As in `Books`."""
        row: Attempt | None = self._out(self.store.attempt_of_token.get(token))
        return row

    def attempt_by_call(self, carrier_call_id: str) -> Attempt | None:
        """As in `Books`."""
        every = self._all_attempts()
        row: Attempt | None = self._out(
            next((a for a in every if a.carrier_call_id == carrier_call_id), None)
        )
        return row

    def known_calls(self, since: datetime) -> list[str]:
        """As in `Books`."""
        rang = [a.carrier_call_id for a in self._all_attempts() if a.intended_at >= since]
        calls = self.store.all(AlarmCall).values()
        rang += [c.carrier_call_id for c in calls if c.placed_at >= since]
        return [call_id for call_id in rang if call_id is not None]

    def note(self, report_id: str, now: datetime, kind: str, **detail: str) -> None:
        """Nobody reads the timeline here."""

    # --- people -----------------------------------------------------------------------------

    def responder(self, handle: str) -> Responder | None:
        """As in `Books`."""
        found = self.store.responders.get(handle)
        return found if found is not None and found.active else None

    def responder_of(self, account_id: str) -> Responder | None:
        """Accounts of the simulation bear the handle of their responder."""
        return self.store.responders.get(account_id)

    def number(self, responder_id: str, change_id: str | None = None) -> str:
        """As in `Books`."""
        return self.store.numbers[responder_id]

    def people(self, handles: Sequence[str]) -> Mapping[str, Person]:
        """As in `Books`."""
        persons = self.store.persons
        return {h: persons[h] for h in handles if h in persons}

    def on_call(self, schedule: str, now: datetime) -> tuple[str, ...]:
        """As in `Books`."""
        return self.store.on_call(schedule, now)

    def busy(self, dispatch_id: str, now: datetime) -> set[str]:
        """As in `Books`."""
        rows = [a for a in self._all_attempts() if a.dispatch_id != dispatch_id]
        ids = {a.responder_id for a in rows if a.state in _LIVE or may_talk(a, now)}
        return {r.handle for r in self.store.responders.values() if r.id in ids}

    def frozen_policy(self, report: Report, now: datetime) -> Frozen:
        """As in `Books`."""
        return self.store.policy_for(report)

    # --- callers ----------------------------------------------------------------------------

    def open_again(self, report: Report, now: datetime) -> None:
        """As in `Books`."""
        words_said.open_again(self, report, now)

    def is_speaking(self, call: Call) -> bool:
        """As in `Books`."""
        return any(m.state is MessageState.RECORDING for m in self.messages(call))

    def messages(self, call: Call) -> list[Message]:
        """The messages of a call, oldest first."""
        return [self._out(m) for m in self.store.messages_of.get(call.id, ())]

    def caller_left(self, call: Call, now: datetime, wait_s: float) -> bool:
        """As in `Books`."""
        return words_said.caller_left(self, call, now, wait_s)

    def watch_stream(self, message_id: str, now: datetime) -> Watched:
        return Watched(open=False)  # callers of the simulation are recorded by the carrier

    def take_in(self, call: Call, recordings: Sequence[Recording], now: datetime) -> None:
        """As in `Books`."""
        words_said.take_in(self, call, recordings, now)

    # --- alarms -----------------------------------------------------------------------------

    def alarm(self, alarm_id: str) -> Alarm:
        """As in `Books`."""
        row: Alarm = self._out(self.store.all(Alarm)[alarm_id])
        return row

    def open_alarms(self, report_id: str | None, reason: str) -> Sequence[Alarm]:
        """As in `Books`."""
        every = self.store.all(Alarm).values()
        fits = [a for a in every if (a.report_id, a.reason) == (report_id, reason)]
        return [self._out(a) for a in fits if a.acknowledged_at is None]

    def alarm_call_by_token(self, token: str) -> AlarmCall | None:
        """As in `Books`."""
        every = self.store.all(AlarmCall).values()
        row: AlarmCall | None = self._out(next((c for c in every if c.token == token), None))
        return row

    def alarm_calls(self, alarm_id: str, since: datetime) -> list[AlarmCall]:
        """As in `Books`."""
        every = [c for c in self.store.all(AlarmCall).values() if c.alarm_id == alarm_id]
        return [self._out(c) for c in every if c.placed_at >= since]
