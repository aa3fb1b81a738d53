"""Tasks, leases and timers of `Books`: the same on SQLite, on PostgreSQL and in memory."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hotline.context import Runtime
from hotline.dispatch.books import Books
from hotline.dispatch.sql import transactions
from hotline.dispatch.words import LIVE, AttemptState, DispatchState
from hotline.tasks.model import TaskKind
from hotline.tasks.queue import Lease, LeaseLost
from tests.conftest import MakeRuntime
from tests.fakes.clock import START
from tests.support.shelf import Shelf
from tests.support.threads import together

LATER = START + timedelta(seconds=60)
LEASE_S = 30.0


def claim(shelf: Shelf, task_id: str, *, after_s: float = 0, owner: str = "one") -> Lease | None:
    with shelf.transaction() as books:
        return books.claim(task_id, owner, START + timedelta(seconds=after_s), LEASE_S)


def claimed(shelf: Shelf, task_id: str, *, after_s: float = 0) -> Lease:
    lease = claim(shelf, task_id, after_s=after_s)
    assert lease is not None
    return lease


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


def test_a_task_that_nobody_has_claimed_can_be_taken_away(shelf: Shelf) -> None:
    free, leased, other = (shelf.task(after_s=n) for n in range(3))
    claimed(shelf, leased, after_s=1)
    with shelf.transaction() as books:
        away = {t: books.task(t).subject_id for t in (free, leased)}
        assert books.take_away(TaskKind.PLACE_CALL, away[free], START)
        assert not books.take_away(TaskKind.PLACE_CALL, away[free], START)
        assert not books.take_away(TaskKind.PLACE_CALL, away[leased], LATER)
        assert not books.is_pending(TaskKind.PLACE_CALL, away[free])
        assert books.due_tasks([TaskKind.PLACE_CALL], LATER) == [leased, other]
    assert claim(shelf, free) is None


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


def test_what_has_been_begun_and_is_not_done_is_known(shelf: Shelf) -> None:
    _, under_way, done, _ = (shelf.task(after_s=n) for n in range(4))
    lease = claimed(shelf, under_way, after_s=9)
    over = claimed(shelf, done, after_s=9)
    with shelf.transaction() as books:
        books.mark(lease, "code")
        books.finish(over, LATER)
    with shelf.transaction() as books:
        [found] = books.begun(TaskKind.PLACE_CALL)
        assert (found.id, found.error, found.lease_token) == (under_way, "code", lease.token)
        assert list(books.begun(TaskKind.LOOK_UP)) == []


def test_a_lease_is_held_for_longer(shelf: Shelf) -> None:
    task_id = shelf.task()
    lease = claimed(shelf, task_id)
    with shelf.transaction() as books:
        books.renew(lease, START + timedelta(seconds=20), LEASE_S)
    assert claim(shelf, task_id, after_s=LEASE_S + 1) is None
    later = claimed(shelf, task_id, after_s=20 + LEASE_S + 1)
    assert later.tries == 2
    with pytest.raises(LeaseLost), shelf.transaction() as books:
        books.renew(lease, LATER, LEASE_S)


ENDS: dict[str, Callable[[Books, Lease], None]] = {
    "finish": lambda books, lease: books.finish(lease, LATER),
    "give_up": lambda books, lease: books.give_up(lease, LATER, "code"),
    "postpone": lambda books, lease: books.postpone(lease, LATER, "code"),
}


@pytest.mark.parametrize("end", [*ENDS, "mark"])
def test_whoever_lost_the_lease_commits_nothing(shelf: Shelf, end: str) -> None:
    held = {**ENDS, "mark": lambda books, lease: books.mark(lease, "code")}
    task_id, dispatch = shelf.task(), shelf.dispatch()
    lost = claimed(shelf, task_id)
    kept = claimed(shelf, task_id, after_s=LEASE_S + 1)

    def commit() -> None:
        with shelf.transaction() as books:
            row = books.dispatch(dispatch.id)
            assert row is not None
            row.position = 7
            held[end](books, lost)

    with pytest.raises(LeaseLost):
        commit()
    with shelf.transaction() as books:
        row = books.dispatch(dispatch.id)
        assert row is not None
        assert row.position == 0
        held[end](books, kept)


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
        assert not books.is_any_due(START - timedelta(seconds=1))
        assert books.is_any_due(START)
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


@pytest.mark.parametrize("state", AttemptState)
def test_only_a_live_attempt_has_a_timer(shelf: Shelf, state: AttemptState) -> None:
    shelf.attempt(shelf.dispatch(), shelf.responder("c1"), due_at=LATER, state=state)
    with shelf.transaction() as books:
        assert books.is_any_due(LATER) == (state in LIVE)
        assert not books.is_any_due(START)


def test_a_dispatch_has_a_timer_of_its_own(shelf: Shelf) -> None:
    shelf.dispatch(due_at=LATER)
    with shelf.transaction() as books:
        assert books.is_any_due(LATER)
        assert not books.is_any_due(START)


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
