"""The call to a number that was proposed: 1 puts it in force, 9 ends the change."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from hotline.audit import AuditEntry
from hotline.context import Runtime
from hotline.dispatch import drill
from hotline.oncall import changes, responders
from hotline.oncall.model import CheckCall, Responder, RosterChange
from hotline.people import accounts
from hotline.people.model import Role
from tests.fakes.clock import VirtualClock
from tests.unit.ivr.leg import Leg

NEW = "+15550100177"


@pytest.fixture
def called(leg: Callable[[], Leg], runtime: Runtime) -> Leg:
    """Whoever has the new number of counselor 1 picks up."""
    now = runtime.clock()
    with runtime.database.transaction() as session:
        ada, bo = (
            accounts.add_account(session, name, name, Role.ADMINISTRATOR, "-", now).id
            for name in ("ada", "bo")
        )
        row = session.scalars(select(Responder).where(Responder.handle == "counselor-1")).one()
        row.confirmed_at = now
        change = changes.propose_number(
            session, runtime.vault, row, NEW, "+15550100911", by=ada, now=now
        )
        changes.approve(session, change, by=bo, who=None, settled=True, now=now)
        call = drill.intend(session, row, drill.CHANGE, now, change.id)
    made = leg()
    made.post(f"/voice/check/{call.token}", AnsweredBy="unknown")
    return made


def state(runtime: Runtime) -> tuple[str, str | None, bool]:
    """The number that is rung, how the change ended, whether the number is verified."""
    with runtime.database.transaction() as session:
        change = session.scalars(select(RosterChange)).one()
        row = session.get_one(Responder, change.responder_id)
        number = responders.contact(session, runtime.vault, row.id).number
        return number, change.ended, row.confirmed_at is not None


def last_audited(runtime: Runtime) -> tuple[str, str]:
    with runtime.database.transaction() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
        assert entry is not None
        return entry.actor, entry.action


def test_1_puts_it_in_force(called: Leg, runtime: Runtime) -> None:
    assert called.says == ["change_intro", "change_keys"]
    called.press("1")
    assert called.says == ["check_confirmed"]
    assert state(runtime) == (NEW, "done", True)
    assert last_audited(runtime) == ("phone", "roster.changed")
    called.again()  # the carrier repeats itself
    assert called.says == ["check_confirmed"]
    assert state(runtime) == (NEW, "done", True)


def test_9_ends_it(called: Leg, runtime: Runtime) -> None:
    called.press("9")
    assert called.says == ["change_refused"]
    number, ended, verified = state(runtime)
    assert (number == NEW, ended, verified) == (False, "refused", True)
    assert last_audited(runtime) == ("phone", "roster.refused")
    called.again()
    assert state(runtime)[1] == "refused"


@pytest.mark.parametrize("keys", ["", "5", "*"])
def test_anything_else_is_asked_once_more_and_changes_nothing(
    called: Leg, runtime: Runtime, keys: str
) -> None:
    called.press(keys)
    assert called.says == ["change_keys"]
    called.press(keys)
    assert called.says == ["check_no_key"]
    called.post(called.last[0].split("/key")[0] + "/status", CallStatus="completed")
    assert state(runtime)[1:] == (None, True)  # the old number stays verified


def test_a_change_that_is_over_says_so(called: Leg, runtime: Runtime, clock: VirtualClock) -> None:
    with runtime.database.transaction() as session:
        change = session.scalars(select(RosterChange)).one()
        changes.withdraw(session, change.id, runtime.clock())
    called.press("1")
    assert called.says == ["change_over"]
    assert state(runtime)[:2] != (NEW, "done")
    with runtime.database.transaction() as session:
        assert session.scalars(select(CheckCall)).one().confirmed_at is None


def test_a_test_ring_knows_no_9(leg: Callable[[], Leg], runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        row = session.scalars(select(Responder).where(Responder.handle == "counselor-1")).one()
        call = drill.intend(session, row, drill.DRILL, runtime.clock() - timedelta())
    made = leg()
    made.post(f"/voice/check/{call.token}")
    assert made.press("9").says == ["check_keys"]
