"""The life of a task: once written, claimed by one, fenced, given back, finished."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from hotline.database.engine import Database
from hotline.tasks import queue
from hotline.tasks.model import DISPATCHER_KINDS, WORKER_KINDS, Task, TaskKind, TaskState
from hotline.tasks.queue import Lease, LeaseLost
from tests.fakes.clock import START
from tests.support.threads import all_at_once, together

THREADS = 8
ROUNDS = 12
LEASE_S = 30.0
LATER = START + timedelta(seconds=LEASE_S + 1)


def add(database: Database, subject: str = "subject", after_s: float = 0.0) -> str:
    with database.transaction() as session:
        due = START + timedelta(seconds=after_s)
        return queue.add(session, TaskKind.TRANSCRIBE, subject, START, due_at=due).id


def claim(
    database: Database, task_id: str, at: datetime = START, owner: str = "me"
) -> Lease | None:
    with database.transaction() as session:
        return queue.claim(session, task_id, owner, at, LEASE_S)


def held(database: Database, task_id: str) -> Lease:
    lease = claim(database, task_id)
    assert lease is not None
    return lease


def stored(database: Database, task_id: str) -> Task:
    with database.transaction() as session:
        return session.get_one(Task, task_id)


def test_the_same_task_is_written_once(database: Database) -> None:
    assert add(database) == add(database)
    with database.transaction() as session:
        again = queue.add(session, TaskKind.TRANSCRIBE, "subject", START, again="x")
        assert again.key == "transcribe:subject:x"
        assert session.scalar(select(func.count()).select_from(Task)) == 2


def test_two_transactions_write_one_task(database: Database) -> None:
    """The loser repeats its transaction, and then finds the winner's task."""

    def write(_: int) -> str:
        for _try in range(3):
            try:
                return add(database)
            except IntegrityError:
                continue
        raise AssertionError("never found the winner's task")

    assert len(set(together(THREADS, write))) == 1


def test_of_tasks_due_together_the_one_added_first_comes_first(database: Database) -> None:
    added = [add(database, subject) for subject in ("a", "b", "c", "d")]
    with database.transaction() as session:  # its row lies behind the others now
        row = session.get_one(Task, added[0])
        columns = {c.key: getattr(row, c.key) for c in Task.__table__.columns}
        session.delete(row)
        session.flush()
        session.add(Task(**columns))
    with database.transaction() as session:
        assert queue.due(session, WORKER_KINDS, START) == added


def test_due_tells_what_can_be_claimed_longest_overdue_first(database: Database) -> None:
    late, later = add(database, "a", after_s=-1), add(database, "b", after_s=-2)
    future, leased = add(database, "c", after_s=60), add(database, "d")
    claim(database, leased)
    with database.transaction() as session:
        assert queue.due(session, WORKER_KINDS, START) == [later, late]
        assert queue.due(session, WORKER_KINDS, START, limit=1) == [later]
        assert queue.due(session, DISPATCHER_KINDS, START) == []
        everything = queue.due(session, WORKER_KINDS, START + timedelta(hours=1))
        assert everything == [later, late, leased, future]


def test_a_task_is_not_claimed_before_it_is_due(database: Database) -> None:
    task_id = add(database, after_s=5)
    assert claim(database, task_id) is None
    assert claim(database, task_id, START + timedelta(seconds=5)) is not None


def test_an_unknown_task_is_nobodys(database: Database) -> None:
    assert claim(database, "no such task") is None


def test_one_claims_and_the_others_do_not(database: Database) -> None:
    """Threads race for one task, round after round: exactly one wins each."""
    for number in range(ROUNDS):
        task_id = add(database, f"subject {number}")
        leases = all_at_once(*[partial(claim, database, task_id)] * THREADS)
        winners = [lease for lease in leases if lease is not None]
        assert len(winners) == 1
        assert winners[0].tries == 1
        assert stored(database, task_id).lease_token == winners[0].token


def test_one_takes_over_an_expired_lease(database: Database) -> None:
    task_id = add(database)
    first = held(database, task_id)
    assert claim(database, task_id, START + timedelta(seconds=LEASE_S)) is None
    leases = together(THREADS, lambda n: claim(database, task_id, LATER, f"o{n}"))
    winners = [lease for lease in leases if lease is not None]
    assert [lease.tries for lease in winners] == [2]
    with pytest.raises(LeaseLost), database.transaction() as session:
        queue.finish(session, first, LATER)


def test_work_is_committed_once_though_all_did_it(database: Database) -> None:
    """Each thread believes in its lease; the fence lets only the last holder's result in."""
    task_id = add(database)
    leases = [held(database, task_id)]
    for round_ in range(1, THREADS):
        lease = claim(database, task_id, START + timedelta(seconds=round_ * (LEASE_S + 1)))
        assert lease is not None
        leases.append(lease)

    def commit(number: int) -> bool:
        try:
            with database.transaction() as session:
                queue.add(session, TaskKind.ALARM, f"result of {number}", LATER)
                queue.finish(session, leases[number], LATER)
        except LeaseLost:
            return False
        return True

    assert together(THREADS, commit) == [False] * (THREADS - 1) + [True]
    with database.transaction() as session:
        results = session.scalars(select(Task.subject_id).where(Task.kind == TaskKind.ALARM))
        assert list(results) == [f"result of {THREADS - 1}"]


def test_renewing_holds_it_for_longer(database: Database) -> None:
    task_id = add(database)
    lease = held(database, task_id)
    with database.transaction() as session:
        queue.renew(session, lease, START + timedelta(seconds=20), LEASE_S)
    assert claim(database, task_id, LATER) is None
    assert claim(database, task_id, LATER + timedelta(seconds=20)) is not None
    with pytest.raises(LeaseLost), database.transaction() as session:
        queue.renew(session, lease, LATER, LEASE_S)


def test_postponed_is_free_again_when_due(database: Database) -> None:
    task_id = add(database)
    lease = held(database, task_id)
    with database.transaction() as session:
        queue.postpone(session, lease, START + timedelta(seconds=7), "busy")
    row = stored(database, task_id)
    assert (row.state, row.error, row.lease_token) == (TaskState.PENDING, "busy", None)
    assert claim(database, task_id, START + timedelta(seconds=6)) is None
    again = claim(database, task_id, START + timedelta(seconds=7))
    assert again is not None
    assert again.tries == 2
    with pytest.raises(LeaseLost), database.transaction() as session:
        queue.postpone(session, lease, LATER)


def test_finished_is_over(database: Database) -> None:
    task_id = add(database)
    lease = held(database, task_id)
    with database.transaction() as session:
        queue.finish(session, lease, START)
    row = stored(database, task_id)
    assert (row.state, row.done_at) == (TaskState.DONE, START)
    assert claim(database, task_id, LATER) is None
    with pytest.raises(LeaseLost), database.transaction() as session:
        queue.finish(session, lease, START)


def test_given_up_keeps_its_code(database: Database) -> None:
    task_id = add(database)
    lease = held(database, task_id)
    with database.transaction() as session:
        queue.give_up(session, lease, START, "21211")
    row = stored(database, task_id)
    assert (row.state, row.error) == (TaskState.FAILED, "21211")
    assert claim(database, task_id, LATER) is None


def test_pulled_forward_is_due_now(database: Database) -> None:
    task_id = add(database, after_s=20)
    done = held(database, add(database, "other"))
    with database.transaction() as session:
        queue.finish(session, done, START)
        for subject in ("subject", "other", "unknown"):
            queue.pull_forward(session, TaskKind.TRANSCRIBE, subject, START)
    with database.transaction() as session:
        assert queue.due(session, WORKER_KINDS, START) == [task_id]


def test_every_kind_has_one_who_does_it() -> None:
    assert set(WORKER_KINDS) | set(DISPATCHER_KINDS) == set(TaskKind)
    assert not set(WORKER_KINDS) & set(DISPATCHER_KINDS)


def test_taken_away_before_anybody_claimed_it_nobody_will(database: Database) -> None:
    task = add(database)
    with database.transaction() as session:
        assert queue.take_away(session, TaskKind.TRANSCRIBE, "subject", START)
        assert not queue.take_away(session, TaskKind.TRANSCRIBE, "subject", START)
    assert claim(database, task) is None
    assert stored(database, task).state is TaskState.DONE


def test_what_somebody_has_claimed_once_is_not_taken_away(database: Database) -> None:
    task = add(database)
    held(database, task)
    with database.transaction() as session:
        assert not queue.take_away(session, TaskKind.TRANSCRIBE, "subject", LATER)
    assert claim(database, task, LATER) is not None


def test_a_claim_and_a_taking_away_at_once_have_one_winner(database: Database) -> None:
    for n in range(ROUNDS):
        task = add(database, f"subject-{n}")

        def takes(subject: str = f"subject-{n}") -> bool:
            with database.transaction() as session:
                return queue.take_away(session, TaskKind.TRANSCRIBE, subject, START)

        def claims(task: str = task) -> bool:
            return claim(database, task) is not None

        assert sum(all_at_once(takes, claims)) == 1


def test_tasks_that_ended_long_ago_are_forgotten(database: Database) -> None:
    """A few at a time, the oldest first; what is still to be done stays, however old it is."""
    ids = [add(database, f"subject {n}") for n in range(4)]
    with database.transaction() as session:
        for number, task_id in enumerate(ids[:3]):
            lease = queue.claim(session, task_id, "one", START, LEASE_S)
            assert lease is not None
            end = queue.finish if number else partial(queue.give_up, error="code")
            end(session, lease, now=START + timedelta(seconds=number))
    before = START + timedelta(seconds=2)
    with database.transaction() as session:
        assert queue.forget(session, before, 1) == 1
        assert queue.forget(session, before, 10) == 1
        assert queue.forget(session, before, 10) == 0
        assert set(session.scalars(select(Task.id))) == set(ids[2:])
    with database.transaction() as session:
        assert queue.forget(session, before + timedelta(days=1), 10) == 1
        assert list(session.scalars(select(Task.id))) == [ids[3]]
