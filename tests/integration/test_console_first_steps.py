"""First steps: the first administrator is led from an empty database to a test ring."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from hotline.audit import AuditEntry
from hotline.dispatch import policy
from hotline.dispatch.model import EscalationPolicy
from hotline.oncall import responders
from hotline.oncall.model import Responder
from hotline.people.model import Role
from tests.support.console import (
    World,
    add_person,
    browser_of,
    leave_message,
    send,
    without_ids,
)

NUMBER = "+1 555 010 0119"
RESPONDER = {
    "name": "Rosa",
    "handle": "counselor-9",
    "number": NUMBER,
    "kind": "counselor",
    "languages": "en",
}
POLICY = {"first": "counselor-1", "second": "", "third": "", "ring_s": "25", "alarm": ""}


@pytest.fixture
def admin(world: World) -> FlaskClient:
    return browser_of(world, Role.ADMINISTRATOR)


def forget_everybody(world: World) -> None:
    with world.database.transaction() as session:
        session.execute(delete(EscalationPolicy))
        session.execute(delete(Responder))


def test_the_first_administrator_begins_here(world: World, admin: FlaskClient) -> None:
    forget_everybody(world)
    assert admin.get("/").location == "/first-steps"
    page = admin.get("/first-steps").text
    assert "1 of 8 steps are done.<br>Next: somebody who is rung." in page
    assert "As soon as there is somebody to ring" in page


def test_a_responder_and_a_policy_are_made_here(world: World, admin: FlaskClient) -> None:
    forget_everybody(world)
    assert send(admin, "/first-steps/responder", RESPONDER).location == "/first-steps"
    page = admin.get("/first-steps").text
    assert "Next: a policy that comes to a person." in page
    shown = page.replace("010 0111", "").replace("010-0911", "")
    assert "010" not in without_ids(shown)
    second = RESPONDER | {"handle": "counselor-8", "number": "+1 555 010 0118"}
    assert send(admin, "/first-steps/responder", second).status_code == 303
    form = POLICY | {"first": "counselor-9", "second": "counselor-8", "third": "counselor-9"}
    form |= {"ring_s": "20", "alarm": "counselor-8"}
    assert send(admin, "/first-steps/policy", form).status_code == 303
    with world.database.transaction() as session:
        made = policy.current(session)
        assert [(step.targets, step.ring_s) for step in made.steps] == [
            (("counselor-9",), 20.0),
            (("counselor-8",), 20.0),
        ]
        assert made.alarm == ("counselor-8",)
        row = session.query(Responder).filter_by(handle="counselor-9").one()
        assert responders.contact(session, world.vault, row.id).number == "+15550100119"
        assert row.confirmed_at is None
        written = [(e.action, e.detail) for e in session.query(AuditEntry)]
    assert ("responder.added", {}) in written
    assert ("policy.added", {}) in written


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"handle": "two words"}, "Use a short name without spaces"),
        ({"handle": "counselor-1"}, "a responder of this handle already"),
        ({"number": "not a number"}, "with its country code"),
        ({"number": "+15550100911"}, "a number of the hotline itself"),
        ({"number": "+15550100001"}, "has this number already"),
        ({"languages": "xx"}, "is not a valid choice"),
        ({"kind": "prophet"}, "Not a valid choice"),
        ({"name": ""}, "that colleagues know"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    world: World, admin: FlaskClient, wrong: dict[str, str], said: str
) -> None:
    answer = send(admin, "/first-steps/responder", RESPONDER | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="counselor-9"' in answer.text or "handle" in wrong
    with world.database.transaction() as session:
        assert session.query(Responder).count() == 3


@pytest.mark.parametrize("ring_s", ["", "4", "121", "soon"])
def test_seconds_that_cannot_be(world: World, admin: FlaskClient, ring_s: str) -> None:
    with world.database.transaction() as session:
        session.execute(delete(EscalationPolicy))
    answer = send(admin, "/first-steps/policy", POLICY | {"ring_s": ring_s})
    assert answer.status_code == 422
    with world.database.transaction() as session:
        assert policy.names(session) == []


def test_a_policy_that_is_there_is_not_overwritten(world: World, admin: FlaskClient) -> None:
    with world.database.transaction() as session:
        before = policy.current(session)
    assert send(admin, "/first-steps/policy", POLICY).status_code == 409
    with world.database.transaction() as session:
        assert policy.current(session) == before


def test_once_all_is_there_an_administrator_begins_elsewhere(
    world: World, admin: FlaskClient
) -> None:
    assert admin.get("/").location == "/first-steps"
    add_person(world)
    with world.database.transaction() as session:
        session.execute(update(Responder).values(confirmed_at=world.now))
    assert admin.get("/").location != "/first-steps"
    leave_message(world)
    page = admin.get("/first-steps").text
    assert "6 of 8 steps are done." in page
    assert "Next: a number and a carrier." in page


def test_a_supervisor_begins_at_their_own_pages(world: World) -> None:
    forget_everybody(world)
    supervisor = browser_of(world, Role.SUPERVISOR)
    assert supervisor.get("/").location != "/first-steps"
    assert send(supervisor, "/first-steps/responder", RESPONDER).status_code == 403


def test_a_number_never_reaches_the_log(
    world: World, admin: FlaskClient, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    send(admin, "/first-steps/responder", RESPONDER)
    send(admin, "/first-steps/responder", RESPONDER | {"handle": "other"})
    out = capsys.readouterr()
    assert "0119" not in out.out + out.err
