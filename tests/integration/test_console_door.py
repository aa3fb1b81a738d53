"""The door of the console: who comes in, how, until when, and what other sites cannot do."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from console.blueprint import MODULES
from console.guard import cookie_name
from hotline.people import delays
from hotline.people.accounts import issue_setup_code
from hotline.people.model import Account, ConsoleSession, Role
from hotline.reports.model import Report
from tests.support.console import PASSWORD, World, leave_message, send, sign_in


@pytest.mark.parametrize("path", ["/", "/reports", "/reports/x", "/messages/x/audio"])
def test_strangers_are_sent_to_the_door(stranger: FlaskClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_every_route_says_who_may_come_in(world: World) -> None:
    routes = [route for module in MODULES for route in module.ROUTES]
    for route in routes:
        assert hasattr(route.view, "needs"), route.endpoint
    assert {route.endpoint for route in routes if route.view.needs is None} == {
        *("sign_in", "do_sign_in", "do_sign_out", "setup", "do_setup"),
        *("welcome", "do_welcome", "worker", "manifest"),
        *("second_step", "do_second_step", "enroll", "do_enroll_app", "do_enroll_passkey"),
    }


def test_the_first_administrator_comes_in_by_the_code(world: World) -> None:
    client = world.app().test_client()
    assert client.get("/sign-in").location == "/setup"
    assert b"Code from the terminal" in client.get("/setup").data
    with world.database.transaction() as session:
        code = issue_setup_code(session, world.now)
    form = {"code": code, "name": "ana", "display_name": "Ana", "password": PASSWORD}
    wrong = send(client, "/setup", form | {"password": "too short"})
    assert wrong.status_code == 422
    assert b"at least 12 characters" in wrong.data
    assert b"too short" not in wrong.data
    answer = send(client, "/setup", form)
    assert answer.location == "/"
    assert client.get("/", follow_redirects=True).status_code == 200
    assert client.get("/reports").status_code == 403  # an administrator reads no reports
    assert send(client, "/setup", form).status_code == 422
    assert client.get("/setup").location == "/sign-in"
    with world.database.transaction() as session:
        assert session.query(Account).one().role is Role.ADMINISTRATOR


def test_signing_in_leads_where_one_wanted_to_go(stranger: FlaskClient) -> None:
    door = stranger.get("/reports/some-id").location
    assert 'name="next" value="/reports/some-id"' in stranger.get(door).text
    form = {"name": "ana", "password": PASSWORD, "next": "/reports/some-id"}
    assert send(stranger, "/sign-in", form).location == "/reports/some-id"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "reports", ""]
)
def test_signing_in_never_leads_elsewhere(stranger: FlaskClient, elsewhere: str) -> None:
    form = {"name": "ana", "password": PASSWORD, "next": elsewhere}
    assert send(stranger, "/sign-in", form).location == "/"


def test_a_wrong_password_says_what_to_do_and_then_to_wait(stranger: FlaskClient) -> None:
    answer = sign_in(stranger, password="wrong")
    assert answer.status_code == 401
    assert "do not fit together" in answer.text
    for _ in range(3):
        sign_in(stranger, password="wrong")
    delayed = sign_in(stranger)
    assert delayed.status_code == 429
    assert delayed.headers["Retry-After"] == "1"
    assert "Wait 1 s" in delayed.text


def test_the_cookie_is_out_of_reach(world: World, stranger: FlaskClient) -> None:
    cookie = sign_in(stranger).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Expires" not in cookie


def test_behind_https_the_cookie_keeps_to_this_host(world: World) -> None:
    secure = world.runtime.settings.model_copy(update={"console_secure_cookies": True})
    assert cookie_name(secure) == "__Host-hotline"


def test_sign_out_ends_the_session(world: World, client: FlaskClient) -> None:
    assert client.get("/reports").status_code == 200
    answer = send(client, "/sign-out")
    assert answer.location == "/sign-in"
    assert client.get("/reports").status_code == 303
    with world.database.transaction() as session:
        assert session.query(ConsoleSession).one().ended_at == world.now


def test_an_idle_browser_has_to_sign_in_again(world: World, client: FlaskClient) -> None:
    world.pass_s(16 * 60)
    assert client.get("/reports").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_other_sites_change_nothing(
    world: World, client: FlaskClient, headers: dict[str, str]
) -> None:
    report_id = leave_message(world)
    answer = client.post(f"/reports/{report_id}/reviewed", headers=headers)
    assert answer.status_code == 403
    assert client.post("/sign-out", headers=headers).status_code == 403
    with world.database.transaction() as session:
        assert session.get_one(Report, report_id).reviewed_at is None
    assert client.get("/reports").status_code == 200


def test_a_browser_without_fetch_metadata_is_known_by_its_origin(
    world: World, client: FlaskClient
) -> None:
    report_id = leave_message(world)
    answer = client.post(f"/reports/{report_id}/reviewed", headers={"Origin": "http://localhost"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("TRACE", "/", 405),
        ("TRACE", "/sign-in", 405),
        ("GET", "/static/", 404),
        ("GET", "/static/js/", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/.git/config", 404),
    ],
)
def test_folders_are_not_listed_and_requests_are_not_sent_back(
    world: World, method: str, path: str, status: int
) -> None:
    client = world.app().test_client()
    answer = client.open(path, method=method, headers={"X-Seen": "a-header-of-mine"})
    assert answer.status_code == status
    assert "a-header-of-mine" not in answer.text


def test_what_was_refused_is_in_the_log_without_what_was_asked(
    world: World, client: FlaskClient
) -> None:
    report_id = leave_message(world, district="south")
    with world.database.transaction() as session:
        session.query(Account).one().district = "north"
    with capture_logs() as lines:
        client.get("/people")
        client.post(f"/reports/{report_id}/reviewed", headers={"Sec-Fetch-Site": "cross-site"})
        client.get(f"/reports/{report_id}")
        client.get("/reports/that-never-was")
    # A thread of an earlier test may still have a word to say.
    refused = [line for line in lines if line["event"] == "access_refused"]
    told = [(line["event"], line["code"], line["endpoint"]) for line in refused]
    assert told == [
        ("access_refused", "role", "console.people"),
        ("access_refused", "from_elsewhere", "console.do_review"),
        ("access_refused", "not_theirs", "console.report"),
        ("access_refused", "not_theirs", "console.report"),
    ]
    assert report_id not in str(lines)
    assert "never" not in str(lines)


def address_seen(world: World, monkeypatch: pytest.MonkeyPatch, **settings: object) -> str:
    """Where a visitor of 203.0.113.5 comes from, who lies about it, through a proxy on 10.0.0.2."""
    changed = world.runtime.settings.model_copy(update=settings)
    world.runtime = replace(world.runtime, settings=changed)
    seen: list[str] = []

    def network(address: str) -> str:
        seen.append(address)
        return ""

    monkeypatch.setattr(delays, "network_of", network)
    world.app().test_client().post(
        "/sign-in",
        data={"name": "ana", "password": "wrong"},
        headers={"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": "192.0.2.66, 203.0.113.5"},
        environ_base={"REMOTE_ADDR": "10.0.0.2"},
    )
    return seen[0]


HTTPS = "https://line.example.org"


@pytest.mark.parametrize(
    ("url", "proxies", "seen"),
    [
        ("http://line.example.org", 0, "10.0.0.2"),
        (HTTPS, 0, ""),  # some proxy's, and nobody's own
        (HTTPS, 1, "203.0.113.5"),
        (HTTPS, 2, "192.0.2.66"),  # with two of them it is no lie
    ],
)
def test_where_a_visitor_comes_from(
    world: World, monkeypatch: pytest.MonkeyPatch, url: str, proxies: int, seen: str
) -> None:
    assert address_seen(world, monkeypatch, public_url=url, trusted_proxies=proxies) == seen
