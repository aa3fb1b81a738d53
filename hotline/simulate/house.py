"""The hotline that a run is about: its roster, policies and callers' words, over the books."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from hotline.database.base import new_id
from hotline.dispatch import words
from hotline.dispatch.books import Books
from hotline.dispatch.candidates import Person as Candidate
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.policy import NOTHING, Frozen, Policy, freeze
from hotline.oncall.model import Duty, DutyState, Responder, ResponderKind
from hotline.reports.incident_model import IncidentReport
from hotline.reports.model import Call, MessageKind, Report
from hotline.simulate import words_said
from hotline.simulate.books import MemoryBooks, MemoryStore
from hotline.simulate.clock import START
from hotline.simulate.scenario import Escalation, Person, Scenario
from hotline.tasks.model import TaskKind


class House(Protocol):
    """What the world needs beside `Books`: how callers' words get in, and a look at the rows."""

    def transaction(self) -> AbstractContextManager[Books]:
        """One transaction."""

    def handle(self, responder_id: str) -> str:
        """Whose row it is."""

    def dispatches(self) -> Iterable[Dispatch]:
        """Every dispatch as it is committed."""

    def attempts(self, dispatch_id: str) -> Sequence[Attempt]:
        """Its attempts as they are committed, in order."""

    def alarms(self) -> Iterable[Alarm]:
        """Every alarm as it is committed."""

    def incident_of(self, report_id: str) -> str | None:
        """The incident that a report was ever put in, as it is committed."""

    def begun(self, report_id: str) -> bool:
        """Whether a report has its dispatch."""

    def awaited(self, report_id: str) -> bool:
        """Whether the beginning of its dispatch stands in the tasks."""

    def next_due(self) -> datetime | None:
        """When the dispatcher may have something to do."""

    def ended_twice(self) -> int:
        """How many tasks were ended by somebody whose lease was over."""

    def open_call(self, books: Any, leg_id: str, now: datetime) -> Call:
        """A webhook of the caller's leg."""

    def draft_report(self, books: Any, call: Call, language: str, now: datetime) -> Report:
        """The report of the call."""

    def go_live(self, books: Any, call: Call, language: str, now: datetime) -> Report:
        """The caller wants to speak to somebody now."""

    def begin_message(self, books: Any, call: Call, kind: MessageKind, now: datetime) -> str:
        """A recording begins: the message's id."""

    def recording_ended(self, books: Any, message_id: str, now: datetime) -> None:
        """The caller has finished recording."""

    def recording_arrived(
        self, books: Any, call_id: str, message_id: str, recording_id: str, now: datetime
    ) -> None:
        """The carrier has the audio."""

    def nothing_recorded(self, books: Any, message_id: str, now: datetime) -> None:
        """The carrier has none."""

    def send(self, books: Any, call: Call, now: datetime, wait_s: float) -> None:
        """The caller sends it."""


MakeHouse = Callable[[Scenario, Callable[[str], None]], House]
"""Of a scenario, and of what is told the id of each dispatch that is locked."""


class MemoryHouse:
    """A house on `MemoryStore`."""

    def __init__(self, scenario: Scenario, on_lock: Callable[[str], None]) -> None:
        self.store = MemoryStore()
        self.store.on_lock = on_lock
        self.store.policy_for = policy_for(scenario)
        self.store.on_call = on_call(scenario)
        self.store.persons = persons(scenario)
        with self.store.transaction() as books:
            for person in scenario.people:
                row = Responder(
                    id=new_id(),
                    handle=person.handle,
                    kind=ResponderKind.COUNSELOR,
                    languages=list(person.languages),
                    active=person.active,
                )
                books.add(row)
                self.store.numbers[row.id] = number_of(person.handle)
                if person.browser:
                    self.store.browsers[row.id] = (address_of(person.handle), browser_until(person))
                if person.away_until_s:
                    books.add(break_of(person, row.id))

    def transaction(self) -> MemoryBooks:
        """As in `House`."""
        return self.store.transaction()

    def handle(self, responder_id: str) -> str:
        """As in `House`."""
        return self.store.all(Responder)[responder_id].handle

    def dispatches(self) -> Iterable[Dispatch]:
        """As in `House`."""
        return self.store.all(Dispatch).values()

    def attempts(self, dispatch_id: str) -> Sequence[Attempt]:
        """As in `House`."""
        return self.store.attempts_of[dispatch_id]

    def alarms(self) -> Iterable[Alarm]:
        """As in `House`."""
        return self.store.all(Alarm).values()

    def incident_of(self, report_id: str) -> str | None:
        """As in `House`."""
        link = self.store.all(IncidentReport).get(report_id)
        return link.incident_id if link is not None else None

    def begun(self, report_id: str) -> bool:
        """As in `House`."""
        return any(d.report_id == report_id for d in self.dispatches())

    def awaited(self, report_id: str) -> bool:
        """As in `House`."""
        tasks = self.store.tasks_of.get((TaskKind.START_DISPATCH, report_id), ())
        return any(task.id in self.store.pending for task in tasks)

    def next_due(self) -> datetime | None:
        """As in `House`."""
        return self.store.next_due()

    def ended_twice(self) -> int:
        """As in `House`."""
        return self.store.ended_twice

    def open_call(self, books: Any, leg_id: str, now: datetime) -> Call:
        """As in `House`."""
        return words_said.open_call(books, leg_id, now)

    def draft_report(self, books: Any, call: Call, language: str, now: datetime) -> Report:
        """As in `House`."""
        return words_said.draft_report(books, call, language, now)

    def go_live(self, books: Any, call: Call, language: str, now: datetime) -> Report:
        """As in `House`."""
        return words_said.go_live(books, call, language, now)

    def begin_message(self, books: Any, call: Call, kind: MessageKind, now: datetime) -> str:
        """As in `House`."""
        return words_said.begin_message(books, call, kind, now).id

    def recording_ended(self, books: Any, message_id: str, now: datetime) -> None:
        """As in `House`."""
        words_said.recording_ended(books, message_id, now)

    def recording_arrived(
        self, books: Any, call_id: str, message_id: str, recording_id: str, now: datetime
    ) -> None:
        """As in `House`."""
        words_said.recording_arrived(books, message_id, recording_id, now)

    def nothing_recorded(self, books: Any, message_id: str, now: datetime) -> None:
        """As in `House`."""
        words_said.nothing_recorded(books, message_id, now)

    def send(self, books: Any, call: Call, now: datetime, wait_s: float) -> None:
        """As in `House`."""
        words_said.send(books, call, now, wait_s)


# --- what a scenario says, as the core asks for it ------------------------------------------


def number_of(handle: str) -> str:
    """A fictitious number (E.164) for each handle."""
    digits = "".join(c for c in handle if c.isdigit())
    return f"+1555010{int(digits) if digits else 900 + len(handle):04d}"


def address_of(handle: str) -> str:
    """The address of a handle's browser."""
    return f"client:{handle}"


def browser_until(person: Person) -> datetime:
    """When the page of somebody's browser goes away."""
    return START + timedelta(seconds=person.browser_until_s)


def break_of(person: Person, responder_id: str) -> Duty:
    """What somebody who is away at the beginning has said of themselves."""
    until = START + timedelta(seconds=person.away_until_s)
    return Duty(responder_id=responder_id, state=DutyState.BREAK, since_at=START, until_at=until)


def policy_for(scenario: Scenario) -> Callable[[Report], Frozen]:
    """Which policy is for a report: that of its urgency, else the default."""
    frozen = {name: freeze(_policy(e), name) for name, e in scenario.policies}
    default = frozen.get("default", NOTHING)
    return lambda report: frozen.get(report.urgency or "", default)


def _policy(e: Escalation) -> Policy:
    return Policy(e.steps, e.rounds, e.last_resort, e.alarm, e.agency)


def on_call(scenario: Scenario) -> Callable[[str, datetime], tuple[str, ...]]:
    """Whom a schedule says at a moment."""
    schedules = dict(scenario.schedules)

    def of(name: str, now: datetime) -> tuple[str, ...]:
        shifts = schedules.get(name, ())
        ends = ((START + timedelta(seconds=min(s.until_s, 1e8)), s.handles) for s in shifts)
        return next((handles for end, handles in ends if now < end), ())

    return of


def persons(scenario: Scenario) -> Mapping[str, Candidate]:
    """People as far as the order of ringing is concerned."""
    return {
        p.handle: Candidate(p.languages, p.active, False, ResponderKind.COUNSELOR)
        for p in scenario.people
    }


def seeking(row: Dispatch) -> bool:
    """Whether somebody is looked for."""
    return row.state in words.SEEKING
