"""First steps: each is done when it is true; on both databases."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from hotline import first_steps
from hotline.context import Runtime
from hotline.dispatch import policy
from hotline.dispatch.policy import Policy
from hotline.dispatch.words import Step as Ring
from hotline.first_steps import ESSENTIAL, Step
from hotline.oncall import enrolling, schedules
from hotline.oncall.enrolling import Newcomer, NotEnrolled
from hotline.oncall.model import District, Responder, ResponderKind
from hotline.oncall.schedule_forms import check
from hotline.people import accounts, passwords
from hotline.people.model import Role
from hotline.reports import intake
from hotline.reports.model import Call
from hotline.settings import Settings

OWN_LINE = "+15550100911"
NEW = Newcomer("counselor-1", ResponderKind.COUNSELOR, "Ana", "+1 555 010 0111", ("en",))
LINE = {
    "twilio_account_sid": "AC0123456789abcdef0123456789abcdef",
    "twilio_auth_token": "0123456789abcdef0123456789abcdef",
    "public_url": "https://line.example",
    "phone_number": "+15550100700",
}

OWN_LINES = {
    "twilio_account_sid": "AC00000000000000000000000000000000",
    "sip_listen": "192.0.2.10:5060",
    "sip_trunk": "sip:hotline@192.0.2.1",
}


def done(runtime: Runtime) -> set[Step]:
    with runtime.database.transaction() as session:
        return {step for step, is_done in first_steps.done(session, runtime).items() if is_done}


def missing(runtime: Runtime) -> bool:
    with runtime.database.transaction() as session:
        return first_steps.essential_missing(session, runtime.clock())


def enroll(runtime: Runtime, new: Newcomer = NEW) -> Responder:
    with runtime.database.transaction() as session:
        return enrolling.enroll(session, runtime.vault, new, OWN_LINE)


def add(session: Session, role: Role, now: datetime, chosen: str = "x") -> None:
    accounts.add_account(session, str(role), str(role), role, chosen, now)


def test_from_an_empty_database_to_a_ringing_phone(runtime_on_both: Runtime) -> None:
    runtime, now = runtime_on_both, runtime_on_both.clock()
    assert done(runtime) == set()
    with runtime.database.transaction() as session:
        add(session, Role.ADMINISTRATOR, now)
        add(session, Role.SUPERVISOR, now, passwords.NONE)  # who has not chosen a password yet
    assert done(runtime) == {Step.ADMINISTRATOR}
    row = enroll(runtime)
    assert done(runtime) == {Step.ADMINISTRATOR, Step.RESPONDER}
    with runtime.database.transaction() as session:
        assert policy.put_first(session, Policy((Ring(("counselor-1",), 25.0),)))
        assert not policy.put_first(session, Policy((Ring(("nobody",), 25.0),)))
        accounts.by_name(session, "supervisor").password_hash = "a-hash"  # type: ignore[union-attr]
    assert Step.POLICY in done(runtime)
    assert missing(runtime)
    with runtime.database.transaction() as session:
        session.get_one(Responder, row.id).confirmed_at = now
    assert done(runtime) >= ESSENTIAL
    assert not missing(runtime)
    with runtime.database.transaction() as session:
        session.get_one(Responder, row.id).active = False
    assert missing(runtime)  # what stops being true is open again


def test_a_message_counts_once_it_was_sent(runtime_on_both: Runtime) -> None:
    runtime, now = runtime_on_both, runtime_on_both.clock()
    with runtime.database.transaction() as session:
        call = intake.open_call(session, "CA1", now)
        call.language = "en"
        kind = intake.MessageKind.MESSAGE
        message = intake.begin_message(session, runtime.vault, call, kind, now)
        intake.recording_ended(session, message.id, now)
        call_id = call.id
    assert Step.MESSAGE not in done(runtime)
    with runtime.database.transaction() as session:
        intake.send(session, runtime.vault, session.get_one(Call, call_id), now, 0.0)
    assert Step.MESSAGE in done(runtime)


@pytest.mark.parametrize(
    ("changes", "is_set"),
    [
        ({}, True),
        ({"public_url": "http://line.example"}, False),
        ({"public_url": "https://localhost"}, False),
        ({"phone_number": OWN_LINE}, False),
        ({"twilio_auth_token": ""}, False),
        ({"twilio_account_sid": "AC00000000000000000000000000000000"}, False),
        ({**OWN_LINES, "public_url": "http://127.0.0.1:8080"}, True),
        ({**OWN_LINES, "phone_number": OWN_LINE}, False),
    ],
)
def test_when_the_line_is_set(changes: dict[str, str], is_set: bool) -> None:
    settings = Settings(_env_file=None, **LINE | changes)  # type: ignore[call-arg, arg-type]
    assert first_steps.line_is_set(settings) is is_set


@pytest.mark.parametrize(("person", "reached"), [("counselor-1", True), ("stranger", False)])
def test_a_policy_may_ask_a_schedule(runtime_on_both: Runtime, person: str, reached: bool) -> None:
    runtime, now = runtime_on_both, runtime_on_both.clock()
    enroll(runtime)
    rotation = {"every": "day", "people": [person], "handoff": "08:00", "start": "2026-01-01"}
    schedule, problems = check({"timezone": "UTC", "rotation": [rotation]}, "counselors")
    assert schedule is not None, problems
    with runtime.database.transaction() as session:
        schedules.put(session, "counselors", schedule)
        for target, comes in (("schedule:nowhere", False), ("schedule:counselors", reached)):
            policy.put(session, policy.DEFAULT, Policy((Ring((target,), 25.0),)))
            assert first_steps.reaches_somebody(session, now) is comes


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"handle": "two words"}, "handle", enrolling.BAD_HANDLE),
        ({"handle": "a:b"}, "handle", enrolling.BAD_HANDLE),
        ({"handle": "counselor-1"}, "handle", enrolling.HANDLE_TAKEN),
        ({"name": " "}, "name", enrolling.NO_NAME),
        ({"number": "555 010 0112"}, "number", enrolling.NO_NUMBER),
        ({"number": "+1 2"}, "number", enrolling.NO_NUMBER),
        ({"number": OWN_LINE}, "number", enrolling.OWN_LINE),
        ({"number": "+1 555 010 0955"}, "number", enrolling.OWN_LINE),
        ({"number": "+1 (555) 010-0111"}, "number", enrolling.NUMBER_TAKEN),
        ({"languages": ()}, "languages", enrolling.NO_LANGUAGE),
    ],
)
def test_who_cannot_be_added(
    runtime_on_both: Runtime, changes: dict[str, object], field: str, message: str
) -> None:
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        session.add(District(handle="north", name="North", lines=["+15550100955"]))
    enroll(runtime)
    given = {"handle": "counselor-2", "number": "+1 555 010 0112"} | changes
    other = Newcomer(**(vars(NEW) | given))  # type: ignore[arg-type]
    with pytest.raises(NotEnrolled) as caught:
        enroll(runtime, other)
    assert (caught.value.field, str(caught.value)) == (field, message)
    assert "555" not in str(caught.value).replace("+1 555 010 0111 for example", "")
    with runtime.database.transaction() as session:
        assert session.query(Responder).count() == 1
