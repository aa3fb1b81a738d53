"""What dispatch relies on in `Books`: the same on SQLite, on PostgreSQL and in memory."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.database.types import Sealed
from hotline.dispatch.books import Books
from hotline.dispatch.model import Alarm, AlarmCall, Attempt, Dispatch
from hotline.dispatch.sql import transactions
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.oncall.model import Responder, ResponderKind
from hotline.privacy.cipher import DataKey
from hotline.reports.model import Call, Report
from hotline.simulate.books import MemoryStore, NotUnique
from hotline.tasks.model import TaskKind
from hotline.tasks.queue import Lease, LeaseLost
from tests.conftest import MakeRuntime
from tests.fakes.clock import START
from tests.support.threads import together

LATER = START + timedelta(seconds=60)
LEASE_S = 30.0
Transaction = Callable[[], AbstractContextManager[Books]]


@dataclass
class Shelf:
    """One of the implementations, and the rows that the others refer to."""

    transaction: Transaction

    def report(self) -> Report:
        """An open report under a data key of its own."""
        with self.transaction() as books:
            key = DataKey(id=new_id(), version="1", wrapped=Sealed(b"key"))
            books.add(key)
            report = Report(id=new_id(), number=new_id(), language="en", data_key_id=key.id)
            report.created_at = START
            books.add(report)
            return report

    def responder(self, handle: str) -> Responder:
        """Somebody who can be rung."""
        with self.transaction() as books:
            key = DataKey(id=new_id(), version="1", wrapped=Sealed(b"key"))
            books.add(key)
            row = Responder(id=new_id(), handle=handle, kind=ResponderKind.COUNSELOR)
            row.name, row.number, row.languages = Sealed(b"name"), Sealed(b"number"), ["en"]
            row.active, row.data_key_id = True, key.id
            books.add(row)
            return row

    def call(self) -> Call:
        """A caller's leg."""
        with self.transaction() as books:
            row = Call(id=new_id(), carrier_call_id=new_id(), menu={})
            row.started_at = row.seen_at = START
            books.add(row)
            return row

    def dispatch(self, **values: object) -> Dispatch:
        """A dispatch that rings, of a report of its own."""
        given = {"state": DispatchState.RINGING, "snapshot": {}, "position": 0, "started_at": START}
        report_id = self.report().id
        with self.transaction() as books:
            row = Dispatch(id=new_id(), report_id=report_id, **(given | values))
            books.add(row)
            return row

    def attempt(self, dispatch: Dispatch, responder: Responder, **values: object) -> Attempt:
        """A ring that was intended."""
        given = {"state": AttemptState.INTENDED, "position": 0, "intended_at": START}
        ids = {"id": new_id(), "token": new_id(), "overdue": 0}
        with self.transaction() as books:
            row = Attempt(
                dispatch_id=dispatch.id, responder_id=responder.id, **ids | given | values
            )
            books.add(row)
            return row

    def task(self, kind: TaskKind = TaskKind.PLACE_CALL, after_s: float = 0) -> str:
        """A task of that kind, due so many seconds after START; its id."""
        with self.transaction() as books:
            books.add_task(kind, new_id(), START, due_at=START + timedelta(seconds=after_s))
        with self.transaction() as books:
            found = books.due_tasks([kind], START + timedelta(seconds=after_s))
        return found[-1]


def on_database(request: pytest.FixtureRequest, url: str) -> Shelf:
    """The books on a database of this test's own."""
    make: MakeRuntime = request.getfixturevalue("make_runtime")
    return Shelf(transactions(make(request.getfixturevalue(url))))


SHELVES: dict[str, Callable[[pytest.FixtureRequest], Shelf]] = {
    "sqlite": lambda request: on_database(request, "sqlite_url"),
    "postgres": lambda request: on_database(request, "postgres_url"),
    "memory": lambda request: Shelf(MemoryStore().transaction),
}


@pytest.fixture(
    params=[pytest.param(n, marks=[pytest.mark.postgres] * (n == "postgres")) for n in SHELVES]
)
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Each implementation once."""
    return SHELVES[request.param](request)


def claim(shelf: Shelf, task_id: str, *, after_s: float = 0, owner: str = "one") -> Lease | None:
    with shelf.transaction() as books:
        return books.claim(task_id, owner, START + timedelta(seconds=after_s), LEASE_S)


def claimed(shelf: Shelf, task_id: str, *, after_s: float = 0) -> Lease:
    lease = claim(shelf, task_id, after_s=after_s)
    assert lease is not None
    return lease


# --- rows -----------------------------------------------------------------------------------


def test_what_is_added_is_there_at_once_and_afterwards(shelf: Shelf) -> None:
    report = shelf.report()
    with shelf.transaction() as books:
        row = Dispatch(id=new_id(), report_id=report.id, state=DispatchState.WAITING, snapshot={})
        row.started_at = START
        books.add(row)
        assert books.dispatch_of(report.id) is row
        assert (row.position, row.turn, row.taken_by) == (-1, 0, None)
    with shelf.transaction() as books:
        found = books.dispatch(row.id)
        assert found is not None
        assert (found.id, found.state, found.report_id) == (
            row.id,
            DispatchState.WAITING,
            report.id,
        )
        assert books.get(Dispatch, row.id) is found


def test_what_is_not_there_is_nothing(shelf: Shelf) -> None:
    with shelf.transaction() as books:
        assert books.get(Report, "none") is None
        assert books.dispatch("none") is None
        assert books.dispatch_of("none") is None
        assert books.dispatch_of_call("none") is None
        assert list(books.attempts("none")) == []
        assert books.attempt_by_token("none") is None
        assert books.attempt_by_call("none") is None
        assert books.alarm_call_by_token("none") is None
        assert books.responder("none") is None
        assert books.people(["none"]) == {}
        assert books.on_call("none", START) == ()


def test_what_is_rolled_back_leaves_nothing(shelf: Shelf) -> None:
    dispatch, task_id = shelf.dispatch(), shelf.task()
    report = shelf.report()

    def spoil() -> None:
        with shelf.transaction() as books:
            row = books.dispatch(dispatch.id)
            assert row is not None
            row.state, row.taken_by = DispatchState.TAKEN, "somebody"
            fresh = Dispatch(id=new_id(), report_id=report.id, state=DispatchState.WAITING)
            fresh.snapshot, fresh.started_at = {}, START
            books.add(fresh)
            books.add_task(TaskKind.LOOK_UP, "subject", START)
            assert books.claim(task_id, "one", START, LEASE_S) is not None
            raise RuntimeError("the process has died")

    with pytest.raises(RuntimeError):
        spoil()
    with shelf.transaction() as books:
        row = books.dispatch(dispatch.id)
        assert row is not None
        assert (row.state, row.taken_by) == (DispatchState.RINGING, None)
        assert books.dispatch_of(report.id) is None
        assert not books.is_pending(TaskKind.LOOK_UP, "subject")
        assert books.claim(task_id, "two", START, LEASE_S) is not None


def test_attempts_come_in_the_order_they_were_intended(shelf: Shelf) -> None:
    dispatch, other, person = shelf.dispatch(), shelf.dispatch(), shelf.responder("c1")
    made = [shelf.attempt(d, person) for d in (dispatch, other, dispatch, dispatch)]
    with shelf.transaction() as books:
        assert [a.id for a in books.attempts(dispatch.id)] == [made[i].id for i in (0, 2, 3)]
        for attempt in made:
            by_token = books.attempt_by_token(attempt.token)
            assert by_token is not None
            assert by_token.id == attempt.id


def test_an_attempt_is_found_by_its_call(shelf: Shelf) -> None:
    attempt = shelf.attempt(shelf.dispatch(), shelf.responder("c1"))
    with shelf.transaction() as books:
        row = books.get(Attempt, attempt.id)
        assert row is not None
        row.carrier_call_id = "CA1"
        books.flush()
        found = books.attempt_by_call("CA1")
        assert found is not None
        assert found.id == attempt.id


def test_one_call_is_of_one_attempt_only(shelf: Shelf) -> None:
    dispatch, person = shelf.dispatch(), shelf.responder("c1")
    shelf.attempt(dispatch, person, carrier_call_id="CA1")
    second = shelf.attempt(dispatch, person)

    def confuse() -> None:
        with shelf.transaction() as books:
            row = books.get(Attempt, second.id)
            assert row is not None
            row.carrier_call_id = "CA1"
            books.flush()

    with pytest.raises((IntegrityError, NotUnique)):
        confuse()
    with shelf.transaction() as books:
        assert [a.carrier_call_id for a in books.attempts(dispatch.id)] == ["CA1", None]


def test_known_calls_are_all_we_have_placed_since_then(shelf: Shelf) -> None:
    dispatch, person = shelf.dispatch(), shelf.responder("c1")
    for call_id, moment in (("old", START), ("new", LATER), (None, LATER)):
        shelf.attempt(dispatch, person, carrier_call_id=call_id, intended_at=moment)
    with shelf.transaction() as books:
        alarm = Alarm(id=new_id(), reason="r", raised_at=START, rounds=0)
        books.add(alarm)
        ring = AlarmCall(id=new_id(), alarm_id=alarm.id, responder_id=person.id, token="t")
        ring.placed_at, ring.carrier_call_id = LATER, "alarm"
        books.add(ring)
        assert sorted(books.known_calls(LATER)) == ["alarm", "new"]
        assert sorted(books.known_calls(START)) == ["alarm", "new", "old"]


def test_a_dispatch_is_found_by_the_caller_who_waits(shelf: Shelf) -> None:
    call = shelf.call()
    dispatch = shelf.dispatch(call_id=call.id)
    shelf.dispatch()
    with shelf.transaction() as books:
        found = books.dispatch_of_call(call.id)
        assert found is not None
        assert found.id == dispatch.id


# --- people ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "busy"),
    [
        ({"state": AttemptState.PLACED}, True),
        ({"state": AttemptState.DECLINED}, False),
        ({"state": AttemptState.TAKEN, "answered_at": START}, True),
        ({"state": AttemptState.JOINED, "answered_at": START}, True),
        ({"state": AttemptState.LEFT, "answered_at": START}, False),
        ({"state": AttemptState.TAKEN, "answered_at": START, "leg_ended_at": START}, False),
        ({"state": AttemptState.TAKEN, "answered_at": START - timedelta(hours=5)}, False),
    ],
    ids=["rings", "declined", "talks", "joined", "left", "hung-up", "forgotten"],
)
def test_busy_is_who_rings_or_talks_for_another(
    shelf: Shelf, values: dict[str, object], busy: bool
) -> None:
    dispatch, other = shelf.dispatch(), shelf.dispatch()
    shelf.attempt(dispatch, shelf.responder("c1"), **values)
    with shelf.transaction() as books:
        assert books.busy(other.id, LATER) == ({"c1"} if busy else set())
        assert books.busy(dispatch.id, LATER) == set()


def test_who_is_switched_off_is_no_responder(shelf: Shelf) -> None:
    person = shelf.responder("c1")
    with shelf.transaction() as books:
        found = books.responder("c1")
        assert found is not None
        assert found.id == person.id
        found.active = False
    with shelf.transaction() as books:
        assert books.responder("c1") is None


# --- alarms ---------------------------------------------------------------------------------


def test_an_open_alarm_is_of_its_report_and_reason(shelf: Shelf) -> None:
    report = shelf.report()
    with shelf.transaction() as books:
        for about, reason in ((report.id, "a"), (None, "a"), (report.id, "b")):
            alarm = Alarm(id=f"{about}{reason}"[-36:], report_id=about, reason=reason, rounds=0)
            alarm.raised_at = START
            books.add(alarm)
    with shelf.transaction() as books:
        [found] = books.open_alarms(report.id, "a")
        assert (found.report_id, found.reason) == (report.id, "a")
        assert len(books.open_alarms(None, "a")) == 1
        assert books.alarm(found.id) is found
        found.acknowledged_at = START
    with shelf.transaction() as books:
        assert list(books.open_alarms(report.id, "a")) == []


def test_rings_of_an_alarm_since_then(shelf: Shelf) -> None:
    person = shelf.responder("s1")
    with shelf.transaction() as books:
        alarm = Alarm(id=new_id(), reason="r", raised_at=START, rounds=0)
        books.add(alarm)
        for token, moment in (("old", START), ("new", LATER)):
            ring = AlarmCall(id=new_id(), alarm_id=alarm.id, responder_id=person.id, token=token)
            ring.placed_at = moment
            books.add(ring)
    with shelf.transaction() as books:
        assert [c.token for c in books.alarm_calls(alarm.id, LATER)] == ["new"]
        assert len(books.alarm_calls(alarm.id, START)) == 2
        found = books.alarm_call_by_token("old")
        assert found is not None
        assert found.placed_at == START


# --- tasks ----------------------------------------------------------------------------------


def test_a_task_is_written_once_for_its_key(shelf: Shelf) -> None:
    for _ in range(2):
        with shelf.transaction() as books:
            books.add_task(TaskKind.LOOK_UP, "x", START)
            books.add_task(TaskKind.LOOK_UP, "x", START)
            books.add_task(TaskKind.LOOK_UP, "x", START, again="1")
            books.add_task(TaskKind.CANCEL_CALL, "x", START)
    with shelf.transaction() as books:
        assert len(books.due_tasks([TaskKind.LOOK_UP, TaskKind.CANCEL_CALL], START)) == 3


def test_due_tasks_come_longest_overdue_first(shelf: Shelf) -> None:
    late, early, _ = shelf.task(after_s=5), shelf.task(after_s=1), shelf.task(after_s=99)
    other = shelf.task(TaskKind.TRANSCRIBE)
    with shelf.transaction() as books:
        assert books.due_tasks([TaskKind.PLACE_CALL], LATER) == [early, late]
        assert books.due_tasks([TaskKind.TRANSCRIBE], LATER) == [other]
        assert books.due_tasks([TaskKind.PLACE_CALL], START) == []


def test_a_task_is_claimed_once_until_its_lease_ends(shelf: Shelf) -> None:
    task_id = shelf.task()
    first = claimed(shelf, task_id)
    assert (first.task_id, first.kind, first.tries) == (task_id, TaskKind.PLACE_CALL, 1)
    assert claim(shelf, task_id, owner="two") is None
    assert claim(shelf, task_id, after_s=LEASE_S) is None
    with shelf.transaction() as books:
        assert books.due_tasks([TaskKind.PLACE_CALL], START) == []
    second = claimed(shelf, task_id, after_s=LEASE_S + 1)
    assert second.tries == 2
    assert second.token != first.token


def test_a_task_is_not_claimed_before_it_is_due(shelf: Shelf) -> None:
    task_id = shelf.task(after_s=5)
    assert claim(shelf, task_id, after_s=4) is None
    assert claim(shelf, "no such task") is None
    with shelf.transaction() as books:
        books.pull_forward(TaskKind.PLACE_CALL, books.task(task_id).subject_id, START)
    assert claim(shelf, task_id) is not None


ENDS: dict[str, Callable[[Books, Lease], None]] = {
    "finish": lambda books, lease: books.finish(lease, LATER),
    "give_up": lambda books, lease: books.give_up(lease, LATER, "code"),
    "postpone": lambda books, lease: books.postpone(lease, LATER, "code"),
}


@pytest.mark.parametrize("end", ENDS)
def test_whoever_lost_the_lease_commits_nothing(shelf: Shelf, end: str) -> None:
    task_id, dispatch = shelf.task(), shelf.dispatch()
    lost = claimed(shelf, task_id)
    kept = claimed(shelf, task_id, after_s=LEASE_S + 1)

    def commit() -> None:
        with shelf.transaction() as books:
            row = books.dispatch(dispatch.id)
            assert row is not None
            row.position = 7
            ENDS[end](books, lost)

    with pytest.raises(LeaseLost):
        commit()
    with shelf.transaction() as books:
        row = books.dispatch(dispatch.id)
        assert row is not None
        assert row.position == 0
        ENDS[end](books, kept)


@pytest.mark.parametrize("end", ENDS)
def test_a_task_that_is_over_stays_over(shelf: Shelf, end: str) -> None:
    lease = claimed(shelf, shelf.task())
    with shelf.transaction() as books:
        ENDS[end](books, lease)
        assert books.is_pending(lease.kind, lease.subject_id) == (end == "postpone")
    with pytest.raises(LeaseLost), shelf.transaction() as books:
        ENDS[end](books, lease)
    with shelf.transaction() as books:
        assert books.due_tasks([lease.kind], START) == []
        again = [lease.task_id] if end == "postpone" else []
        assert books.due_tasks([lease.kind], LATER) == again
    if end == "postpone":
        assert claimed(shelf, lease.task_id, after_s=60).tries == 2
        with shelf.transaction() as books:
            assert books.task(lease.task_id).error == "code"


# --- timers ---------------------------------------------------------------------------------


def test_a_dispatch_with_timers_that_fired_is_claimed_with_them(shelf: Shelf) -> None:
    person = shelf.responder("c1")
    first, second, overlap = shelf.dispatch(), shelf.dispatch(), shelf.dispatch(due_at=LATER)
    due = [shelf.attempt(first, person, due_at=LATER) for _ in range(2)]
    shelf.attempt(first, person, due_at=LATER + timedelta(seconds=1))
    shelf.attempt(first, person, due_at=LATER, state=AttemptState.LOST)
    one = shelf.attempt(second, person, due_at=START)
    with shelf.transaction() as books:
        assert books.claim_due(START - timedelta(seconds=1)) is None
    expected = {first.id: [a.id for a in due], second.id: [one.id], overlap.id: []}
    met: dict[str, list[str]] = {}
    for _ in expected:
        with shelf.transaction() as books:
            found = books.claim_due(LATER, list(met))
            assert found is not None
            met[found[0].id] = found[1]
    assert met == expected
    with shelf.transaction() as books:
        assert books.claim_due(LATER, list(met)) is None


def test_stranded_is_who_seeks_with_no_phone_ringing(shelf: Shelf) -> None:
    person = shelf.responder("c1")
    alone, waiting = shelf.dispatch(), shelf.dispatch(state=DispatchState.WAITING)
    shelf.attempt(alone, person, state=AttemptState.BUSY)
    shelf.attempt(shelf.dispatch(), person, state=AttemptState.SCREENING)
    for over in (DispatchState.TAKEN, DispatchState.EXHAUSTED, DispatchState.WITHDRAWN):
        shelf.dispatch(state=over)
    with shelf.transaction() as books:
        assert sorted(books.stranded()) == sorted([alone.id, waiting.id])


# --- two at once ----------------------------------------------------------------------------


def test_a_dispatch_another_dispatcher_is_at_is_passed_over(
    make_runtime: MakeRuntime, postgres_url: str
) -> None:
    """On PostgreSQL the locked one is skipped; on SQLite nobody else is inside at all."""
    one, two = make_runtime(postgres_url), make_runtime(postgres_url)
    shelf = Shelf(transactions(one))
    ids = sorted(shelf.dispatch(due_at=START).id for _ in range(2))
    with transactions(one)() as mine:
        first = mine.claim_due(LATER)
        with transactions(two)() as theirs:
            second = theirs.claim_due(LATER)
            assert first is not None
            assert second is not None
            assert [first[0].id, second[0].id] == ids
            with transactions(make_runtime(postgres_url))() as third:
                assert third.claim_due(LATER) is None


def test_a_task_is_claimed_by_one_of_many_at_once(runtime_on_both: Runtime) -> None:
    shelf = Shelf(transactions(runtime_on_both))
    task_id = shelf.task()
    leases = together(6, lambda n: claim(shelf, task_id, owner=f"process {n}"))
    assert sum(lease is not None for lease in leases) == 1
