"""The second step at the door: set up, used, replayed, lost; and what is reached without it."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from console import guard
from hotline.audit import AuditEntry
from hotline.people import accounts, factors, sessions, unlocking
from hotline.people.model import Account, Authenticator, ConsoleSession, RecoveryCode, Role
from tests.integration.test_console_matrix import ask, path_of, report_of, rules_of
from tests.support.console import (
    PASSWORD,
    World,
    add_person,
    cheap_passwords,
    come_in,
    make_world,
    send,
    sign_in,
)
from tests.support.factors import (
    app_of,
    codes_of,
    give_app,
    half_in,
    second_step,
    set_up,
    token_of,
)


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    """A hotline where everybody needs a second factor."""
    cheap_passwords(monkeypatch)
    made = make_world(tmp_path, sqlite_url, second_factor="required")
    add_person(made)
    return made


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A browser that signed in before the setting asked for more."""
    client = world.app().test_client()
    token = come_in(world.database, "ana", world.now)
    client.set_cookie(guard.cookie_name(world.runtime.settings), token)
    return client


def acts(world: World) -> list[str]:
    with world.database.transaction() as session:
        return [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.seq)]


def test_whoever_has_none_sets_one_up_and_is_in(world: World) -> None:
    client, app, codes = set_up(world)
    assert client.get("/reports").status_code == 200
    assert len(set(codes)) == 10
    assert acts(world) == ["account.factor_added", "account.signed_in"]
    with world.database.transaction() as session:
        row = session.query(Authenticator).one()
        assert row.confirmed_at == world.now
        kept = {code.code_hash for code in session.query(RecoveryCode)}
    assert app.secret.encode() not in bytes(row.secret)
    assert not kept & set(codes)


def test_the_next_time_the_app_is_asked(world: World) -> None:
    _, app, _ = set_up(world)
    client = half_in(world)
    page = client.get("/sign-in/second")
    assert page.status_code == 200
    assert 'autocomplete="one-time-code"' in page.text
    answer = second_step(client, app.code(), "/reports")
    assert answer.location == "/reports"
    assert client.get("/reports").status_code == 200


def test_half_signed_in_reaches_nothing_else(world: World) -> None:
    give_app(world, add_person(world, "ada", Role.ADMINISTRATOR))
    client = half_in(world, "ada")
    report = report_of(world, "north")
    views = world.app().view_functions
    for rule in rules_of(world):
        answer = ask(client, rule, path_of(world, rule, report))
        by_page = hasattr(views[rule.endpoint], "by_itself")
        assert answer.status_code == (401 if by_page else 303), rule
        assert by_page or answer.location.startswith("/sign-in"), rule


def test_half_signed_in_ends_after_ten_minutes(world: World) -> None:
    _, app, _ = set_up(world)
    client = half_in(world)
    world.pass_s(10 * 60)
    assert second_step(client, app.now()).location == "/sign-in"
    assert client.get("/reports").location.startswith("/sign-in")


def test_half_signed_in_is_in_no_list_of_sessions(world: World) -> None:
    client, _, _ = set_up(world)
    half_in(world)
    assert "this browser alone" in client.get("/account/password").text


def test_a_code_is_accepted_once(world: World) -> None:
    _, app, _ = set_up(world)
    first, second = half_in(world), half_in(world)
    code = app.code()
    assert second_step(first, code).location == "/"
    refused = second_step(second, code)
    assert refused.status_code == 401
    assert "does not fit" in refused.text
    assert second.get("/reports").status_code == 303
    assert "account.factor_refused" in acts(world)


def test_a_recovery_code_lets_in_once_and_shows_what_is_left(world: World) -> None:
    _, _, codes = set_up(world)
    client = half_in(world)
    typed = codes[3].lower().replace("-", " ")
    answer = second_step(client, typed, "/reports")
    assert answer.location == "/account/security"
    assert "9 of ten codes are left" in client.get("/account/security").text
    assert second_step(half_in(world), codes[3]).status_code == 401


def test_somebody_elses_codes_are_worth_nothing(world: World) -> None:
    add_person(world, "sol")
    _, _, codes = set_up(world, "sol")
    set_up(world)
    assert second_step(half_in(world), codes[0]).status_code == 401


def test_the_password_is_not_a_second_step(world: World) -> None:
    client = half_in(world)
    answer = send(client, "/sign-in/second", {"proof_password": PASSWORD})
    assert answer.status_code == 401
    assert client.get("/reports").status_code == 303


def test_a_half_session_adds_no_factor_to_an_account_that_has_one(world: World) -> None:
    thief = half_in(world)
    app = app_of(world, thief.get("/sign-in/enroll"))
    _, owners, _ = set_up(world)
    answer = send(thief, "/sign-in/enroll/app", {"code": app.code()})
    assert answer.location == "/sign-in/second"
    assert thief.get("/sign-in/enroll").location == "/sign-in/second"
    assert second_step(thief, app.code()).status_code == 401
    assert second_step(half_in(world), owners.code()).status_code == 303


def test_a_secret_that_another_browser_was_shown_is_not_confirmed(world: World) -> None:
    thief, client = half_in(world), half_in(world)
    stolen = app_of(world, thief.get("/sign-in/enroll"))
    client.get("/sign-in/enroll")
    answer = send(client, "/sign-in/enroll/app", {"code": stolen.code()})
    assert answer.status_code == 422
    assert "does not fit" in answer.text


def test_the_page_shows_the_same_secret_until_it_is_confirmed(world: World) -> None:
    client = half_in(world)
    first, again = client.get("/sign-in/enroll"), client.get("/sign-in/enroll")
    assert app_of(world, first).secret == app_of(world, again).secret
    assert "<svg" in first.text
    assert "style=" not in first.text.split("<svg")[1].split("</svg>")[0]


def test_the_token_of_before_the_second_step_is_worth_nothing_after_it(world: World) -> None:
    _, app, _ = set_up(world)
    client = half_in(world)
    before = token_of(client, world)
    assert second_step(client, app.code()).status_code == 303
    assert token_of(client, world) != before
    with world.database.transaction() as session:
        assert sessions.by_token(session, before) is None
        assert sessions.half(session, before, world.now) is None


def test_wrong_codes_have_to_wait_and_the_password_does_not(world: World) -> None:
    _, app, _ = set_up(world)
    client = half_in(world)
    statuses = [second_step(client, "000000").status_code for _ in range(7)]
    assert statuses[-1] == 429
    assert sign_in(world.app().test_client()).status_code == 303
    world.pass_s(60)
    assert second_step(client, app.code()).status_code == 303


def test_a_recovery_code_is_not_held_up_by_wrong_codes_of_the_app(world: World) -> None:
    _, _, codes = set_up(world)
    client = half_in(world)
    for _ in range(8):
        second_step(client, "000000")
    assert second_step(client, codes[0]).status_code == 303


def test_new_people_and_the_first_administrator_go_through_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap_passwords(monkeypatch)
    world = make_world(tmp_path, second_factor="required")
    client = world.app().test_client()
    with world.database.transaction() as session:
        code = accounts.issue_setup_code(session, world.now)
    form = {"code": code, "name": "ada", "display_name": "Ada", "password": PASSWORD}
    assert send(client, "/setup", form).location == "/sign-in/second"
    assert client.get("/people").status_code == 303
    app = app_of(world, client.get("/sign-in/enroll"))
    assert codes_of(send(client, "/sign-in/enroll/app", {"code": app.code()}))
    assert client.get("/people").status_code == 200
    person = {
        "name": "bo",
        "display_name": "Bo",
        "role": "supervisor",
        "district": "",
        "responder": "",
    }
    page = send(client, "/people", person).text
    given = page.split("code-shown")[1].split("<code>")[1].split("</code>")[0]
    other = world.app().test_client()
    chosen = send(other, "/welcome", {"name": "bo", "code": given, "password": PASSWORD})
    assert chosen.location == "/sign-in/second"
    assert other.get("/reports").status_code == 303


def test_where_it_is_offered_only_who_has_one_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap_passwords(monkeypatch)
    world = make_world(tmp_path)
    ana, _ = add_person(world), add_person(world, "sol")
    app = give_app(world, ana)
    client, other = world.app().test_client(), world.app().test_client()
    assert sign_in(other, "sol").location == "/"
    assert sign_in(client).location == "/sign-in/second"
    assert client.get("/reports").status_code == 303
    assert second_step(client, app.code()).location == "/"


def test_the_last_factor_stays_where_one_is_required(world: World) -> None:
    client, _, _ = set_up(world)
    answer = send(client, "/account/security/app/removed")
    assert answer.status_code == 422
    assert "last one" in answer.text


def test_new_recovery_codes_make_the_earlier_ones_worthless(world: World) -> None:
    client, _, codes = set_up(world)
    made = codes_of(send(client, "/account/security/codes"))
    assert len(made) == 10
    assert second_step(half_in(world), codes[0]).status_code == 401
    assert second_step(half_in(world), made[0]).status_code == 303


def test_an_app_takes_the_place_of_the_earlier_one(world: World) -> None:
    client, old, codes = set_up(world)
    new = app_of(world, client.get("/account/security/new"))
    answer = send(client, "/account/security/app", {"code": new.code()})
    assert answer.location == "/account/security"  # the codes of before still count
    assert client.get("/account/security").status_code == 200
    assert second_step(half_in(world), old.code()).status_code == 401
    assert second_step(half_in(world), new.code()).status_code == 303
    assert second_step(half_in(world), codes[0]).status_code == 303


def test_sign_out_ends_a_half_session(world: World) -> None:
    client = half_in(world)
    assert send(client, "/sign-out").location == "/sign-in"
    with world.database.transaction() as session:
        assert session.query(ConsoleSession).one().ended_at == world.now


def test_what_is_unlocked_stays_so_with_the_new_token(world: World, client: FlaskClient) -> None:
    with world.database.transaction() as session:
        ana = session.query(Account).one()
    who = unlocking.make(world.database, ana.id, "a passphrase of mine", world.now)
    token = token_of(client, world)
    with world.database.transaction() as session:
        row = sessions.by_token(session, token)
        assert row is not None
        unlocking.keep(session, row.id, token, who)
    world.pass_s(11 * 60)
    answer = send(client, "/step-up", {"proof_password": PASSWORD, "proof_path": "/reports"})
    assert answer.status_code == 303
    with world.database.transaction() as session:
        assert unlocking.kept(session, row.id, token_of(client, world)) == who
        assert unlocking.kept(session, row.id, token) is None


def test_an_administrator_takes_a_colleagues_factors_away(world: World) -> None:
    add_person(world, "ada", Role.ADMINISTRATOR)
    admin, _, _ = set_up(world, "ada")
    lost, app, codes = set_up(world)
    with world.database.transaction() as session:
        ids = {account.name: account.id for account in session.query(Account)}
    page = admin.get(f"/people/{ids['ana']}").text
    assert "Take the second factors away" in page
    answer = send(admin, f"/people/{ids['ana']}/factors/reset")
    assert answer.status_code == 303
    assert lost.get("/reports").status_code == 303
    client = half_in(world)
    assert client.get("/sign-in/second").location == "/sign-in/enroll"
    told = client.get("/sign-in/enroll")
    assert "An administrator took your earlier ones away on" in told.text
    assert second_step(half_in(world), app.code()).status_code == 401
    assert second_step(half_in(world), codes[0]).status_code == 401
    new = app_of(world, told)
    assert send(client, "/sign-in/enroll/app", {"code": new.code()}).status_code == 200
    assert "took your earlier ones away" not in client.get("/account/security").text
    with world.database.transaction() as session:
        entry = session.query(AuditEntry).filter_by(action="account.factors_reset").one()
    assert (entry.actor, entry.subject) == (f"account:{ids['ada']}", f"account:{ids['ana']}")


def test_nobody_resets_their_own(world: World) -> None:
    ada = add_person(world, "ada", Role.ADMINISTRATOR)
    admin, app, _ = set_up(world, "ada")
    answer = send(admin, f"/people/{ada.id}/factors/reset")
    assert answer.status_code == 422
    assert "Nobody resets their own" in answer.text
    assert second_step(half_in(world, "ada"), app.code()).status_code == 303


def test_where_it_is_offered_the_reset_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap_passwords(monkeypatch)
    world = make_world(tmp_path)
    ana = add_person(world)
    give_app(world, ana)
    with world.database.transaction() as session:
        factors.reset(session, None, session.get_one(Account, ana.id), world.now)
    client = world.app().test_client()
    assert sign_in(client).location == "/account/security"
    assert "took your earlier ones away" in client.get("/account/security").text
