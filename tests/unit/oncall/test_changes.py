"""Changes of numbers: two people, one phone, and whatever comes between them."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline.context import Runtime
from hotline.oncall import changes, responders
from hotline.oncall.changes import FOR_YOU, NEW, OVER, OWN, NotApproved, Proposal
from hotline.oncall.enrolling import NUMBER_TAKEN, Newcomer, NotEnrolled
from hotline.oncall.model import Responder, ResponderKind, RosterChange
from hotline.people import accounts
from hotline.people.model import Role

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OLD, OTHER, LINE = "+15550100111", "+15550100112", "+15550100911"


@pytest.fixture
def people(runtime_on_both: Runtime) -> tuple[str, str, str]:
    """The responder, and the accounts of one who proposes and of another."""
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        made = [
            accounts.add_account(session, name, name, Role.ADMINISTRATOR, "-", NOW).id
            for name in ("ada", "bo")
        ]
        responder = responders.put(
            session,
            runtime.vault,
            handle="counselor-1",
            kind=ResponderKind.COUNSELOR,
            name="Counselor 1",
            number=OLD,
            languages=["en"],
        )
        responder.confirmed_at = NOW
        return responder.id, made[0], made[1]


def propose(runtime: Runtime, people: tuple[str, str, str], typed: str = OTHER) -> str:
    with runtime.database.transaction() as session:
        responder = session.get_one(Responder, people[0])
        vault = runtime.vault
        return changes.propose_number(
            session, vault, responder, typed, LINE, by=people[1], now=NOW
        ).id


def approve(
    runtime: Runtime,
    change_id: str,
    by: str,
    *,
    who: str | None = None,
    settled: bool = True,
    now: datetime = NOW,
) -> None:
    with runtime.database.transaction() as session:
        change = session.get_one(RosterChange, change_id)
        changes.approve(session, change, by=by, who=who, settled=settled, now=now)


def confirm(runtime: Runtime, change_id: str, now: datetime = NOW) -> bool:
    with runtime.database.transaction() as session:
        return changes.confirm(session, runtime.vault, change_id, now)


def in_force(runtime: Runtime, responder_id: str) -> tuple[str, bool, bool]:
    """The number that is rung; whether the person is in service, and the number verified."""
    with runtime.database.transaction() as session:
        row = session.get_one(Responder, responder_id)
        number = responders.contact(session, runtime.vault, responder_id).number
        return number, row.active, row.confirmed_at is not None


def under_way(runtime: Runtime, now: datetime = NOW) -> list[Proposal]:
    with runtime.database.transaction() as session:
        return changes.under_way(session, runtime.vault, now)


def test_two_people_and_a_press_of_1(
    runtime_on_both: Runtime, people: tuple[str, str, str]
) -> None:
    runtime, (responder, ada, bo) = runtime_on_both, people
    change = propose(runtime, people)
    assert not confirm(runtime, change)  # nobody has approved it
    assert in_force(runtime, responder) == (OLD, True, True)
    approve(runtime, change, bo)
    assert in_force(runtime, responder) == (OLD, True, True)
    (waiting,) = under_way(runtime)
    assert (waiting.number, waiting.proposed_by, waiting.approved_by) == (OTHER, ada, bo)
    assert confirm(runtime, change, NOW + timedelta(minutes=1))
    assert in_force(runtime, responder) == (OTHER, True, True)
    assert under_way(runtime) == []
    assert not confirm(runtime, change)


def test_somebody_new_is_rung_only_then(
    runtime_on_both: Runtime, people: tuple[str, str, str]
) -> None:
    runtime = runtime_on_both
    new = Newcomer("counselor-2", ResponderKind.COUNSELOR, "Counselor 2", OTHER, ("es",))
    with runtime.database.transaction() as session:
        made = changes.propose_new(session, runtime.vault, new, LINE, by=people[1], now=NOW)
        change, responder = made.id, made.responder_id
    assert in_force(runtime, responder)[1] is False
    assert under_way(runtime)[0].is_new
    approve(runtime, change, people[2])
    assert confirm(runtime, change)
    assert in_force(runtime, responder) == (OTHER, True, True)


def test_somebody_new_who_was_withdrawn_can_be_proposed_again(
    runtime_on_both: Runtime, people: tuple[str, str, str]
) -> None:
    runtime = runtime_on_both
    for number in (OTHER, "+15550100113"):
        new = Newcomer("counselor-2", ResponderKind.COUNSELOR, "Counselor 2", number, ("es",))
        with runtime.database.transaction() as session:
            made = changes.propose_new(session, runtime.vault, new, LINE, by=people[1], now=NOW)
            change, responder = made.id, made.responder_id
            assert number == "+15550100113" or changes.withdraw(session, change, NOW)
    assert in_force(runtime, responder)[1:] == (False, False)
    approve(runtime, change, people[2])
    assert confirm(runtime, change)
    assert in_force(runtime, responder) == ("+15550100113", True, True)
    taken = Newcomer("counselor-2", ResponderKind.COUNSELOR, "Another", OTHER, ("es",))
    with pytest.raises(NotEnrolled), runtime.database.transaction() as session:
        changes.propose_new(session, runtime.vault, taken, LINE, by=people[1], now=NOW)


def test_who_cannot_approve(runtime_on_both: Runtime, people: tuple[str, str, str]) -> None:
    runtime, (responder, ada, bo) = runtime_on_both, people
    change = propose(runtime, people)
    for by, who, settled, why in (
        (ada, None, True, OWN),
        (bo, responder, True, FOR_YOU),
        (bo, None, False, NEW),
    ):
        with pytest.raises(NotApproved, match=why[:20]):
            approve(runtime, change, by, who=who, settled=settled)
    with pytest.raises(NotApproved, match=OVER):
        approve(runtime, change, bo, now=NOW + changes.VALID_FOR)
    approve(runtime, change, bo)
    with pytest.raises(NotApproved, match=OVER):
        approve(runtime, change, bo)


def test_what_is_over_comes_to_nothing(
    runtime_on_both: Runtime, people: tuple[str, str, str]
) -> None:
    runtime, bo = runtime_on_both, people[2]
    first = propose(runtime, people)
    approve(runtime, first, bo)
    second = propose(runtime, people, "+15550100113")  # takes the place of the first
    assert not confirm(runtime, first)
    with runtime.database.transaction() as session:
        assert changes.waiting(session, people[1], NOW) == 0
        assert changes.waiting(session, bo, NOW) == 1
        assert changes.withdraw(session, second, NOW)
        assert not changes.withdraw(session, second, NOW)
    with pytest.raises(NotApproved, match=OVER):
        approve(runtime, second, bo)
    third = propose(runtime, people)
    approve(runtime, third, bo)
    with runtime.database.transaction() as session:
        assert changes.refuse(session, third, NOW)
    assert not confirm(runtime, third)
    fourth = propose(runtime, people)
    approve(runtime, fourth, bo)
    assert not confirm(runtime, fourth, NOW + changes.VALID_FOR)
    assert in_force(runtime, people[0]) == (OLD, True, True)


@pytest.mark.parametrize("typed", ["", "12", "+1 555", LINE, OLD])
def test_what_nobody_can_be_rung_at(
    runtime_on_both: Runtime, people: tuple[str, str, str], typed: str
) -> None:
    with pytest.raises(NotEnrolled) as caught:
        propose(runtime_on_both, people, typed)
    assert caught.value.field == "number"
    assert (str(caught.value) == NUMBER_TAKEN) is (typed == OLD)
    assert under_way(runtime_on_both) == []


def test_without_a_second_person_it_is_in_force_and_not_verified(
    runtime_on_both: Runtime, people: tuple[str, str, str]
) -> None:
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        row = session.get_one(Responder, people[0])
        changes.change_number(session, runtime.vault, row, OTHER, LINE)
    assert in_force(runtime, people[0]) == (OTHER, True, False)
