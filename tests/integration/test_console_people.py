"""People: administrators add, change and close accounts; everybody minds their own."""

import re

import pytest
from flask.testing import FlaskClient

from hotline.audit import AuditEntry, verify
from hotline.oncall.model import District, Responder
from hotline.people import management, passwords
from hotline.people.model import Account, ConsoleSession, Role
from tests.support.console import PASSWORD, World, add_person, browser_of, send, sign_in

CODE = re.compile(r"<code>([A-Z2-9-]{27})</code>")
NEW = {"name": "bo", "display_name": "Bo", "role": "counselor", "district": "", "responder": ""}


@pytest.fixture
def admin(world: World) -> FlaskClient:
    return browser_of(world, Role.ADMINISTRATOR)


def version(world: World, account: Account) -> str:
    with world.database.transaction() as session:
        return management.version(session.get_one(Account, account.id))


def test_from_a_new_account_to_a_password(world: World, admin: FlaskClient) -> None:
    page = send(admin, "/people", NEW)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    code = CODE.search(page.text)
    assert code is not None
    assert code[1] not in admin.get("/people").text
    assert "has a code" in admin.get("/people").text
    bo = world.app().test_client()
    assert "Choose a password" in bo.get("/welcome").text
    form = {"name": "Bo", "code": code[1].lower(), "password": PASSWORD}
    assert send(bo, "/welcome", form).location == "/"
    assert bo.get("/account").status_code == 200
    again = send(world.app().test_client(), "/welcome", form)
    assert again.status_code == 422
    assert "Name and code do not fit together" in again.text
    assert PASSWORD not in again.text
    with world.database.transaction() as session:
        verify(session)
        assert session.query(AuditEntry).filter_by(action="account.password_chosen").count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "b o"}, "Use 2 to 64 letters"),
        ({"name": "administrator"}, "an account of this name already"),
        ({"display_name": " "}, "colleagues should see"),
        ({"role": ""}, "Choose a role."),
        ({"role": "owner"}, "Not a valid choice."),
        ({"district": "atlantis"}, "Not a valid choice."),
        ({"responder": "no-such-id"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    world: World, admin: FlaskClient, wrong: dict[str, str], said: str
) -> None:
    answer = send(admin, "/people", NEW | {"display_name": "Bo Kept"} | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    if "display_name" not in wrong:
        assert 'value="Bo Kept"' in answer.text
    with world.database.transaction() as session:
        assert session.query(Account).count() == 1


def test_an_account_is_given_a_district_and_a_responder(world: World, admin: FlaskClient) -> None:
    with world.database.transaction() as session:
        session.add(District(handle="north", name="North District", lines=[]))
        responder = session.query(Responder).filter_by(handle="counselor-1").one().id
    cy = add_person(world, "cy", Role.COUNSELOR)
    page = admin.get(f"/people/{cy.id}").text
    assert "North District" in page
    assert "Counselor 1 (counselor-1)" in page
    form = {"role": "counselor", "district": "north", "responder": responder}
    answer = send(admin, f"/people/{cy.id}", form | {"version": version(world, cy)})
    assert answer.status_code == 303
    listed = admin.get("/people").text
    assert "North District" in listed
    assert "rung as counselor-1" in listed
    other = add_person(world, "di", Role.COUNSELOR)
    assert "Counselor 1 (counselor-1)" not in admin.get(f"/people/{other.id}").text


def test_two_administrators_change_an_account_and_nothing_is_overwritten(
    world: World, admin: FlaskClient
) -> None:
    cy = add_person(world, "cy", Role.COUNSELOR)
    seen = version(world, cy)
    form = {"district": "", "responder": "", "version": seen}
    assert send(admin, f"/people/{cy.id}", form | {"role": "auditor"}).status_code == 303
    late = send(admin, f"/people/{cy.id}", form | {"role": "supervisor"})
    assert late.status_code == 409
    assert "Somebody else changed this account meanwhile" in late.text
    with world.database.transaction() as session:
        assert session.get_one(Account, cy.id).role is Role.AUDITOR


def test_a_disabled_person_is_out_at_once(world: World, admin: FlaskClient) -> None:
    cy = add_person(world, "cy", Role.SUPERVISOR)
    browser = world.app().test_client()
    sign_in(browser, "cy")
    assert send(admin, f"/people/{cy.id}/disabled").status_code == 303
    assert browser.get("/account").status_code == 303
    assert "cannot sign in: the account is disabled" in admin.get(f"/people/{cy.id}").text
    refused = send(admin, f"/people/{cy.id}/code")
    assert refused.status_code == 422
    assert "Enable it first" in refused.text
    assert send(admin, f"/people/{cy.id}/enabled").status_code == 303
    assert sign_in(browser, "cy").status_code == 303


def test_a_new_code_ends_sessions_and_the_old_password(world: World, admin: FlaskClient) -> None:
    cy = add_person(world, "cy", Role.SUPERVISOR)
    browser = world.app().test_client()
    sign_in(browser, "cy")
    code = CODE.search(send(admin, f"/people/{cy.id}/code").text)
    assert code is not None
    assert browser.get("/account").status_code == 303
    assert sign_in(browser, "cy").status_code == 401
    assert "has yet to choose a password" in admin.get(f"/people/{cy.id}").text
    form = {"name": "cy", "code": code[1], "password": "nine quiet brown otters"}
    assert send(browser, "/welcome", form).status_code == 303


def test_nobody_closes_their_own_account(world: World, admin: FlaskClient) -> None:
    with world.database.transaction() as session:
        me = session.query(Account).one()
    for path in ("disabled", "code"):
        answer = send(admin, f"/people/{me.id}/{path}")
        assert answer.status_code == 422
        assert "Ask another administrator" in answer.text
    form = {"role": "auditor", "district": "", "responder": "", "version": version(world, me)}
    assert "own role" in send(admin, f"/people/{me.id}", form).text
    assert "Only one of them is an administrator" in admin.get("/people").text


def test_a_session_of_somebody_is_ended(world: World, admin: FlaskClient) -> None:
    cy = add_person(world, "cy", Role.SUPERVISOR)
    browser = world.app().test_client()
    sign_in(browser, "cy")
    with world.database.transaction() as session:
        found = session.query(ConsoleSession).filter_by(account_id=cy.id).one()
    assert found.id in admin.get(f"/people/{cy.id}").text
    assert send(admin, f"/people/{cy.id}/sessions/{found.id}/ended").status_code == 303
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize("path", ["", "/code", "/disabled", "/enabled", "/sessions/x/ended"])
def test_an_account_that_is_not_there(world: World, admin: FlaskClient, path: str) -> None:
    assert send(admin, f"/people/no-such-account{path}").status_code == 404


def test_ones_own_password(world: World, client: FlaskClient) -> None:
    elsewhere = world.app().test_client()
    sign_in(elsewhere)
    assert "You are signed in with 2 browsers." in client.get("/account/password").text
    new = "nine quiet brown otters"
    for form, said in (
        ({"old": "", "password": new}, "Enter your password of now."),
        ({"old": "not the right one", "password": new}, "This is not your password now."),
        ({"old": PASSWORD, "password": "short"}, "Use at least 12 characters."),
    ):
        answer = send(client, "/account/password", form)
        assert answer.status_code == 422
        assert said in answer.text
    form = {"old": PASSWORD, "password": new}
    assert send(client, "/account/password", form).status_code == 303
    assert client.get("/account/password").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert sign_in(elsewhere, password=new).status_code == 303


def test_too_many_wrong_old_passwords(client: FlaskClient) -> None:
    form = {"old": "not the right one", "password": "nine quiet brown otters"}
    for _ in range(6):
        assert send(client, "/account/password", form).status_code == 422
    answer = send(client, "/account/password", form)
    assert answer.status_code == 429
    assert "Wait 1 s" in answer.text


def test_other_browsers_of_mine_are_signed_out(world: World, client: FlaskClient) -> None:
    others = [world.app().test_client() for _ in range(3)]
    for other in others:
        sign_in(other)
    with world.database.transaction() as session:
        newest = session.query(ConsoleSession).order_by(ConsoleSession.id.desc()).first()
        assert newest is not None
        here = session.query(ConsoleSession).order_by(ConsoleSession.id).first()
        assert here is not None
    assert send(client, f"/account/sessions/{newest.id}/ended").status_code == 303
    assert others[-1].get("/account").status_code == 303
    assert others[0].get("/account").status_code == 200
    send(client, f"/account/sessions/{here.id}/ended")  # this one: it goes on
    send(client, "/account/sessions/ended")
    assert others[0].get("/account").status_code == 303
    assert client.get("/account").status_code == 200


def test_somebody_elses_session_is_not_mine_to_end(world: World, client: FlaskClient) -> None:
    add_person(world, "bo", Role.AUDITOR)
    theirs = world.app().test_client()
    sign_in(theirs, "bo")
    with world.database.transaction() as session:
        newest = session.query(ConsoleSession).order_by(ConsoleSession.id.desc()).first()
        assert newest is not None
    send(client, f"/account/sessions/{newest.id}/ended")
    assert theirs.get("/account").status_code == 200


def test_an_account_without_a_password_lets_nobody_in(world: World, admin: FlaskClient) -> None:
    send(admin, "/people", NEW)
    browser = world.app().test_client()
    assert sign_in(browser, "bo", passwords.NONE).status_code == 401
    assert sign_in(browser, "bo", "").status_code == 401
