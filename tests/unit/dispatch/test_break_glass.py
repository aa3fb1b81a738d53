"""Break-glass: two who are settled, a live call, one answer, and no number in anything kept."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from hotline import audit
from hotline.audit import AuditEntry
from hotline.carrier.port import Busy
from hotline.context import Runtime
from hotline.dispatch import alarms, break_glass
from hotline.dispatch.break_glass import REASONS, SETTLED, VALID, No, NotAllowed, Outcome, Told
from hotline.dispatch.model import Alarm, BreakGlass
from hotline.people import accounts, factors, management
from hotline.people.model import Account, Role
from hotline.reports import timeline
from hotline.reports.model import Call
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.models import all_tables
from tests.support.office import Office
from tests.support.threads import together

NUMBER = "+15550142857"


class Ground:
    """Three administrators of long standing, and a caller on the line."""

    def __init__(self, runtime: Runtime, carrier: FakeCarrier, clock: VirtualClock) -> None:
        self.runtime, self.carrier, self.clock = runtime, carrier, clock
        self.ada, self.bo, self.third = (self.hire(name) for name in ("ada", "bo", "cleo"))
        clock.advance(SETTLED.total_seconds() + 1)
        office = Office(runtime)
        office.on_duty(["counselor-1"])
        self.call, report = office.waiting_caller()
        self.report_id, self.call_id = report.id, self.call.id
        carrier.callers[self.call.carrier_call_id] = NUMBER

    def hire(self, name: str, role: Role = Role.ADMINISTRATOR) -> Account:
        with self.runtime.database.transaction() as session:
            return accounts.add_account(session, name, name, role, "hash", self.clock())

    def ask(self, by: Account, reason: str = REASONS[0]) -> str:
        with self.runtime.database.transaction() as session:
            call = session.get_one(Call, self.call_id)
            return break_glass.ask(session, by, call, reason, self.clock()).id

    def agree(self, asking: str, by: Account) -> Told:
        return break_glass.agree(self.runtime, asking, by)

    def over(self) -> None:
        with self.runtime.database.transaction() as session:
            session.get_one(Call, self.call_id).ended_at = self.clock()

    def acts(self) -> list[tuple[str, str]]:
        with self.runtime.database.reading() as session:
            query = session.query(AuditEntry).filter(AuditEntry.action.like("glass.%"))
            return [(e.actor, e.action) for e in query.order_by(AuditEntry.seq)]


@pytest.fixture
def ground(runtime_on_both: Runtime, carrier: FakeCarrier, clock: VirtualClock) -> Ground:
    return Ground(runtime_on_both, carrier, clock)


def refused(do: Callable[[], object]) -> No:
    with pytest.raises(NotAllowed) as caught:
        do()
    return caught.value.why


def asked_for(ground: Ground) -> int:
    return ground.carrier.requests.count("caller_number")


def test_two_together_are_told_the_number_once(ground: Ground) -> None:
    asking = ground.ask(ground.ada)
    assert asked_for(ground) == 0
    assert ground.agree(asking, ground.bo) == Told(Outcome.SHOWN, NUMBER)
    assert refused(lambda: ground.agree(asking, ground.bo)) is No.DONE
    assert asked_for(ground) == 1


def test_it_is_written_down_and_alarmed(ground: Ground) -> None:
    asking = ground.ask(ground.ada)
    ground.agree(asking, ground.bo)
    ada, bo = f"account:{ground.ada.id}", f"account:{ground.bo.id}"
    assert ground.acts() == [(ada, "glass.asked"), (bo, "glass.broken"), (bo, "glass.shown")]
    with ground.runtime.database.reading() as session:
        audit.verify(session)
        (alarm,) = session.query(Alarm)
        kinds = [event.kind for event in timeline.read(session, ground.report_id)]
    assert (alarm.reason, alarm.report_id) == (alarms.GLASS_BROKEN, ground.report_id)
    assert kinds[-4:] == ["number_asked", "alarm_raised", "number_agreed", "number_shown"]


def test_the_number_is_in_no_table(ground: Ground) -> None:
    told = ground.agree(ground.ask(ground.ada), ground.bo)
    assert NUMBER not in repr(told)
    with ground.runtime.database.reading() as session:
        for table in all_tables().sorted_tables:
            rows = session.execute(select(table)).all()
            assert NUMBER[1:] not in repr(rows), table.name


def test_it_is_written_down_before_the_carrier_is_asked(ground: Ground) -> None:
    seen: list[list[tuple[str, str]]] = []
    asking = ground.ask(ground.ada)
    ground.carrier.before = lambda method: seen.append(ground.acts())
    ground.agree(asking, ground.bo)
    assert [action for _, action in seen[0]] == ["glass.asked", "glass.broken"]


def test_nobody_is_two_people(ground: Ground) -> None:
    asking = ground.ask(ground.ada)
    assert refused(lambda: ground.agree(asking, ground.ada)) is No.SAME_PERSON
    assert refused(lambda: ground.ask(ground.bo)) is No.ASKED_ALREADY
    assert asked_for(ground) == 0


def test_a_new_account_neither_asks_nor_agrees(ground: Ground, clock: VirtualClock) -> None:
    asking, made = ground.ask(ground.ada), ground.hire("eve")
    assert refused(lambda: ground.agree(asking, made)) is No.NEW_ACCOUNT
    clock.advance(VALID.total_seconds())
    assert refused(lambda: ground.ask(made)) is No.NEW_ACCOUNT
    assert asked_for(ground) == 0


def test_an_account_that_was_given_a_code_does_not_count(ground: Ground) -> None:
    """Who gives a colleague's account a new code could sign in as them."""
    asking = ground.ask(ground.ada)
    with ground.runtime.database.transaction() as session:
        bo = session.get_one(Account, ground.bo.id)
        management.new_code(session, ground.ada, bo, ground.clock())
    assert refused(lambda: ground.agree(asking, ground.bo)) is No.NEW_ACCOUNT
    assert asked_for(ground) == 0


def test_an_account_whose_second_factors_were_taken_away_does_not_count(ground: Ground) -> None:
    asking = ground.ask(ground.ada)
    with ground.runtime.database.transaction() as session:
        bo = session.get_one(Account, ground.bo.id)
        factors.reset(session, ground.ada, bo, ground.clock())
    assert refused(lambda: ground.agree(asking, ground.bo)) is No.NEW_ACCOUNT


def test_fifteen_minutes(ground: Ground, clock: VirtualClock) -> None:
    asking = ground.ask(ground.ada)
    clock.advance(VALID.total_seconds())
    assert refused(lambda: ground.agree(asking, ground.bo)) is No.TOO_LATE
    again = ground.ask(ground.bo)
    clock.advance(VALID.total_seconds() - 1)
    assert ground.agree(again, ground.ada).number == NUMBER


def test_two_who_agree_at_once_are_not_told_twice(ground: Ground) -> None:
    asking = ground.ask(ground.ada)

    def agree(number: int) -> Told | No:
        try:
            return ground.agree(asking, (ground.bo, ground.third)[number])
        except NotAllowed as refused:
            return refused.why

    answers = together(2, agree)
    assert No.DONE in answers
    assert Told(Outcome.SHOWN, NUMBER) in answers
    assert asked_for(ground) == 1


def test_only_a_live_call(ground: Ground) -> None:
    asking = ground.ask(ground.ada)
    ground.over()
    assert refused(lambda: ground.agree(asking, ground.bo)) is No.CALL_OVER
    assert refused(lambda: ground.ask(ground.bo)) is No.CALL_OVER
    assert asked_for(ground) == 0


def test_a_call_that_is_over_at_the_carrier(ground: Ground) -> None:
    ground.carrier.callers.clear()
    asking = ground.ask(ground.ada)
    assert ground.agree(asking, ground.bo) == Told(Outcome.OVER)
    assert ground.acts()[-1][1] == "glass.over"


def test_a_number_that_is_withheld(ground: Ground) -> None:
    ground.carrier.callers[ground.call.carrier_call_id] = None
    assert ground.agree(ground.ask(ground.ada), ground.bo) == Told(Outcome.WITHHELD)


def test_a_carrier_that_does_not_answer_is_asked_again(ground: Ground) -> None:
    asking = ground.ask(ground.ada)

    def fails(method: str) -> None:
        ground.carrier.before = lambda _: None
        raise Busy("20429")

    ground.carrier.before = fails
    assert ground.agree(asking, ground.bo) == Told(Outcome.UNANSWERED)
    assert refused(lambda: ground.agree(asking, ground.ada)) is No.SAME_PERSON
    assert ground.agree(asking, ground.bo).number == NUMBER
    with ground.runtime.database.reading() as session:
        assert session.query(Alarm).count() == 1


def test_who_asked_has_to_be_an_administrator_still(ground: Ground) -> None:
    asking = ground.ask(ground.ada)
    with ground.runtime.database.transaction() as session:
        session.get_one(Account, ground.ada.id).disabled_at = ground.clock()
    assert refused(lambda: ground.agree(asking, ground.bo)) is No.FIRST_IS_GONE


def test_a_reason_of_the_list(ground: Ground) -> None:
    with pytest.raises(ValueError, match="reason"):
        ground.ask(ground.ada, "curious")
    with ground.runtime.database.reading() as session:
        assert session.query(BreakGlass).count() == 0


def test_the_bounds_are_as_documented() -> None:
    assert timedelta(minutes=15) == VALID
    assert timedelta(days=7) == SETTLED
