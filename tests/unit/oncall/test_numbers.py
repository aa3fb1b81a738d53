"""Whose numbers may have to be rung: on both databases."""

from datetime import UTC, datetime, timedelta

from hotline.context import Runtime
from hotline.database.types import Sealed
from hotline.oncall import changes, numbers, recipients, responders
from hotline.oncall.model import Responder, ResponderKind
from hotline.oncall.roster import parse
from hotline.people import accounts
from hotline.people.model import Role
from hotline.privacy.cipher import DataKey

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ANNA, DESK, NEW, LINE = "+15550100111", "+15550100112", "+15550100113", "+15550100911"


def to_ring(runtime: Runtime, now: datetime = NOW) -> set[str]:
    with runtime.database.reading() as session:
        return set(numbers.to_ring(session, runtime.vault, now))


def put(runtime: Runtime, handle: str, kind: ResponderKind, number: str) -> str:
    with runtime.database.transaction() as session:
        return responders.put(
            session,
            runtime.vault,
            handle=handle,
            kind=kind,
            name=handle,
            number=number,
            languages=["en"],
        ).id


def test_recipients_who_have_a_phone(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    kind = 'kind = "ems"\nname = "x"\n'
    rung = f'[[recipient]]\nhandle = "a"\n{kind}phone = "{NEW}"\n'
    mailed = f'[[recipient]]\nhandle = "b"\n{kind}mail = "b@example.org"\n'
    with runtime.database.transaction() as session:
        recipients.bring(session, runtime.vault, parse(rung + mailed).recipients)
    assert to_ring(runtime) == {NEW}
    with runtime.database.transaction() as session:
        recipients.bring(session, runtime.vault, ())
    assert to_ring(runtime) == set()


def test_everybody_in_service_and_nobody_else(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    assert to_ring(runtime) == set()
    anna = put(runtime, "anna", ResponderKind.COUNSELOR, ANNA)
    put(runtime, "desk", ResponderKind.LAW_ENFORCEMENT, DESK)
    assert to_ring(runtime) == {ANNA, DESK}
    with runtime.database.transaction() as session:
        session.get_one(Responder, anna).active = False
    assert to_ring(runtime) == {DESK}


def test_a_proposed_number_once_it_is_approved_and_while_that_holds(
    runtime_on_both: Runtime,
) -> None:
    runtime = runtime_on_both
    anna = put(runtime, "anna", ResponderKind.COUNSELOR, ANNA)
    with runtime.database.transaction() as session:
        one, two = (
            accounts.add_account(session, name, name, Role.ADMINISTRATOR, "-", NOW).id
            for name in ("ada", "bo")
        )
        change = changes.propose_number(
            session,
            runtime.vault,
            session.get_one(Responder, anna),
            NEW,
            LINE,
            by=one,
            now=NOW,
        )
    assert to_ring(runtime) == {ANNA}
    with runtime.database.transaction() as session:
        changes.approve(session, session.merge(change), by=two, who=None, settled=True, now=NOW)
    assert to_ring(runtime) == {ANNA, NEW}
    assert to_ring(runtime, NOW + changes.VALID_FOR + timedelta(seconds=1)) == {ANNA}


def test_a_number_that_cannot_be_opened_is_left_out(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    anna = put(runtime, "anna", ResponderKind.COUNSELOR, ANNA)
    put(runtime, "desk", ResponderKind.LAW_ENFORCEMENT, DESK)
    with runtime.database.transaction() as session:
        key = session.get_one(DataKey, session.get_one(Responder, anna).data_key_id)
        key.wrapped = Sealed(b"")
    assert to_ring(runtime) == {DESK}
