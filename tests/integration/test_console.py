"""The console as a browser meets it: the door, the list, a report, its sound, its alarms."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from console.blueprint import ROUTES
from console.guard import cookie_name
from hotline import audit
from hotline.database.base import new_id
from hotline.dispatch.model import Alarm
from hotline.people.accounts import issue_setup_code
from hotline.people.model import Account, ConsoleSession, Role
from hotline.privacy.cipher import DataKey
from hotline.reports import intake, timeline
from hotline.reports.model import Message, MessageKind, Report
from tests.support.console import (
    ARABIC,
    PASSWORD,
    World,
    add_person,
    cheap_passwords,
    give_reason,
    leave_message,
    make_world,
    miss,
    send,
    sign_in,
    start_dispatch,
    take,
    tone,
)


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    cheap_passwords(monkeypatch)
    made = make_world(tmp_path, sqlite_url)
    yield made
    made.database.close()


@pytest.fixture
def stranger(world: World) -> FlaskClient:
    """A browser that is not signed in, where there is an account."""
    add_person(world)
    return world.app().test_client()


@pytest.fixture
def client(stranger: FlaskClient) -> FlaskClient:
    """A supervisor's browser, signed in."""
    assert sign_in(stranger).status_code == 303
    return stranger


def browser_of(world: World, role: Role) -> FlaskClient:
    add_person(world, role.value, role)
    client = world.app().test_client()
    assert sign_in(client, role.value).status_code == 303
    return client


def message_of(world: World, report_id: str) -> str:
    with world.database.transaction() as session:
        return session.query(Message.id).filter(Message.report_id == report_id).scalar()


def nobody_took(world: World) -> str:
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    for _ in range(3):
        miss(world, report_id)
    return report_id


# --- the door -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/reports", "/reports/x", "/messages/x/audio"])
def test_strangers_are_sent_to_the_door(stranger: FlaskClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_every_route_says_who_may_come_in(world: World) -> None:
    for _, endpoint, view, _ in ROUTES:
        assert hasattr(view, "needs"), endpoint
    assert {e for _, e, view, _ in ROUTES if view.needs is None} == {
        *("sign_in", "do_sign_in", "do_sign_out", "setup", "do_setup")
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
    assert answer.location == "/reports"
    assert b"No report has come in yet" in client.get("/reports").data
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
    assert send(stranger, "/sign-in", form).location == "/reports"


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


# --- the list -------------------------------------------------------------------------------


def test_the_list_says_what_is_true_now(world: World, client: FlaskClient) -> None:
    first = leave_message(world)
    give_reason(world, first, "picture of a gun", "weapons", "life-safety")
    start_dispatch(world, first)
    take(world, first)
    world.pass_s(600)
    leave_message(world, "ar", ARABIC)
    page = client.get("/reports").text
    assert "One report needs a person now." in page
    assert "Two wait for review." in page
    assert page.index(ARABIC[:20]) < page.index("um hi he showed")  # newest first
    assert "Danger to life" in page
    assert "Counselor 1, in 9 s" in page
    assert '<q lang="ar">' in page
    assert "11 min ago" in page


def test_the_views_choose(world: World, client: FlaskClient) -> None:
    taken, waiting = leave_message(world), leave_message(world)
    start_dispatch(world, taken)
    take(world, taken)
    send(client, f"/reports/{waiting}/reviewed")
    assert taken not in client.get("/reports?show=open").text
    assert waiting in client.get("/reports?show=open").text
    assert waiting not in client.get("/reports?show=unreviewed").text
    assert waiting in client.get("/reports?show=nonsense").text


def test_a_draft_is_not_shown(world: World, client: FlaskClient) -> None:
    with world.database.transaction() as session:
        call = intake.open_call(session, "CA1", world.now)
        report = intake.draft_report(session, world.vault, call, world.now)
        intake.begin_message(session, world.vault, call, MessageKind.MESSAGE, world.now)
    assert "No report has come in yet" in client.get("/reports").text
    assert client.get(f"/reports/{report.id}").status_code == 404


def test_a_long_list_has_pages(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.report_list.PAGE", 2)
    ids = [leave_message(world, text=None) for _ in range(3)]
    first = client.get("/reports").text
    assert ids[2] in first
    assert ids[0] not in first
    older = re.search(r'href="(/reports\?[^"]*before=[^"]*)"', first)
    assert older is not None
    second = client.get(older[1].replace("&amp;", "&")).text
    assert ids[0] in second
    assert "Older reports" not in second


# --- one report -----------------------------------------------------------------------------


def test_a_report_tells_its_story(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    give_reason(world, report_id, "picture of a gun", "weapons", "life-safety")
    start_dispatch(world, report_id)
    miss(world, report_id)
    take(world, report_id)
    page = client.get(f"/reports/{report_id}").text
    assert "Weapons. Counselor 2 took it in 34 s." in page
    assert '<mark class="w-why">picture of a gun<sup><a href="#reason-a">a</a></sup></mark>' in page
    assert '<li id="reason-a">' in page
    assert '<span class="w-low" title="41 % sure">he</span>' in page
    assert "silence, 4 s" in page
    told = ["Someone called and chose English.", "Counselor 1 did not answer."]
    told.append("Counselor 2 pressed 1 and took it.")
    assert [page.index(t) for t in told] == sorted(page.index(t) for t in told)


def test_an_arabic_message_has_its_own_direction(world: World, client: FlaskClient) -> None:
    page = client.get(f"/reports/{leave_message(world, 'ar', ARABIC)}").text
    assert '<html lang="en" dir="ltr">' in page
    assert '<div class="transcript" lang="ar" dir="rtl">' in page


def test_what_was_said_is_never_markup(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text="<script>alert(1)</script> \"'><img src=x>")
    for path in ("/reports", f"/reports/{report_id}"):
        page = client.get(path).text
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page


def test_no_phone_number_is_on_any_page(world: World, client: FlaskClient) -> None:
    report_id = nobody_took(world)
    for path in ("/reports", f"/reports/{report_id}"):
        assert "555" not in re.sub(
            r"<bdi>\d{6}</bdi>|report \d{6}|Report \d{6}", "", client.get(path).text
        )


def test_a_report_without_words_yet(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=None)
    assert "The words are being written down." in client.get(f"/reports/{report_id}").text
    with world.database.transaction() as session:
        session.get_one(Report, report_id).needs_listening = True
    assert "Somebody has to listen." in client.get(f"/reports/{report_id}").text
    assert "Somebody has to listen." in client.get("/reports").text


def test_a_shredded_report_is_still_listed(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    message_id = message_of(world, report_id)
    with world.database.transaction() as session:
        key = session.get_one(DataKey, session.get_one(Report, report_id).data_key_id)
        key.wrapped = type(key.wrapped)(b"\0" * 60)
    assert "Its words were deleted." in client.get("/reports").text
    assert "were deleted" in client.get(f"/reports/{report_id}").text
    assert client.get(f"/messages/{message_id}/audio").status_code == 404


def test_reviewing_is_done_once_and_told(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    for _ in range(2):
        answer = send(client, f"/reports/{report_id}/reviewed")
        assert answer.location == f"/reports/{report_id}"
    page = client.get(f"/reports/{report_id}").text
    assert page.count("Ana reviewed it.") == 1
    assert "Mark reviewed" not in page
    with world.database.transaction() as session:
        assert [e.kind for e in timeline.read(session, report_id)].count("reviewed") == 1


@pytest.mark.parametrize("path", ["/reports/nobody", "/messages/none/audio", "/nowhere"])
def test_what_is_not_there(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "There is no such page." in answer.text


# --- sound ----------------------------------------------------------------------------------


def test_the_sound_is_what_was_recorded(world: World, client: FlaskClient) -> None:
    answer = client.get(f"/messages/{message_of(world, leave_message(world))}/audio")
    assert answer.data == tone()
    assert answer.mimetype == "audio/wav"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_player_may_seek(world: World, client: FlaskClient) -> None:
    path = f"/messages/{message_of(world, leave_message(world))}/audio"
    part = client.get(path, headers={"Range": "bytes=1000-1999"})
    assert part.status_code == 206
    assert part.data == tone()[1000:2000]
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(tone())}"
    outside = client.get(path, headers={"Range": "bytes=9999999-"})
    assert outside.status_code == 416
    assert outside.headers["Content-Range"] == f"bytes */{len(tone())}"


def test_sound_is_never_served_as_a_page(world: World, client: FlaskClient) -> None:
    message_id = message_of(world, leave_message(world))
    with world.database.transaction() as session:
        session.get_one(Message, message_id).media_type = "text/html"
    assert client.get(f"/messages/{message_id}/audio").mimetype == "audio/wav"


def test_what_was_not_sent_cannot_be_heard(world: World, client: FlaskClient) -> None:
    with world.database.transaction() as session:
        call = intake.open_call(session, "CA1", world.now)
        message = intake.begin_message(session, world.vault, call, MessageKind.MESSAGE, world.now)
    assert client.get(f"/messages/{message.id}/audio").status_code == 404


def test_an_auditor_reads_and_does_not_hear(world: World) -> None:
    report_id = leave_message(world)
    auditor = browser_of(world, Role.AUDITOR)
    page = auditor.get(f"/reports/{report_id}")
    assert page.status_code == 200
    assert "<audio" not in page.text
    assert "Mark reviewed" not in page.text
    assert auditor.get(f"/messages/{message_of(world, report_id)}/audio").status_code == 403
    assert send(auditor, f"/reports/{report_id}/reviewed").status_code == 403


def test_what_was_seen_and_heard_is_in_the_audit_chain(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    message_id = message_of(world, report_id)
    client.get(f"/reports/{report_id}")
    client.get(f"/messages/{message_id}/audio")
    send(client, f"/reports/{report_id}/reviewed")
    send(client, "/sign-out")
    with world.database.transaction() as session:
        audit.verify(session)
        acts = [(e.action, e.subject) for e in session.query(audit.AuditEntry)]
    assert acts[1:4] == [
        ("report.opened", f"report:{report_id}"),
        ("message.played", f"message:{message_id}"),
        ("report.reviewed", f"report:{report_id}"),
    ]
    assert [acts[0][0], acts[-1][0]] == ["account.signed_in", "account.signed_out"]


# --- alarms ---------------------------------------------------------------------------------


def test_an_open_alarm_is_on_every_page_until_somebody_answers(
    world: World, client: FlaskClient
) -> None:
    report_id = nobody_took(world)
    other = leave_message(world)
    for path in ("/reports", f"/reports/{report_id}", f"/reports/{other}"):
        assert "nobody has taken it." in client.get(path).text
    with world.database.transaction() as session:
        alarm_id = session.query(Alarm.id).scalar()
    for _ in range(2):
        assert send(client, f"/alarms/{alarm_id}/acknowledged").location == f"/reports/{report_id}"
    assert 'role="alert"' not in client.get("/reports").text
    assert client.get(f"/reports/{report_id}").text.count("Ana answered for the alarm.") == 1
    with world.database.transaction() as session:
        alarm = session.get_one(Alarm, alarm_id)
        assert alarm.acknowledged_by == session.query(Account).one().id


def test_an_alarm_may_be_about_no_report(world: World, client: FlaskClient) -> None:
    with world.database.transaction() as session:
        alarm = Alarm(id=new_id(), reason="no_dispatcher", raised_at=world.now)
        session.add(alarm)
    world.pass_s(100)
    assert "Alarm, 1 min 40 s: no dispatcher." in client.get("/reports").text
    assert send(client, f"/alarms/{alarm.id}/acknowledged").location == "/reports"


def test_an_auditor_sees_an_alarm_and_cannot_end_it(world: World) -> None:
    nobody_took(world)
    auditor = browser_of(world, Role.AUDITOR)
    page = auditor.get("/reports").text
    assert 'role="alert"' in page
    assert "I am on it" not in page
    with world.database.transaction() as session:
        alarm_id = session.query(Alarm.id).scalar()
    assert send(auditor, f"/alarms/{alarm_id}/acknowledged").status_code == 403


def test_an_unknown_alarm(client: FlaskClient) -> None:
    assert send(client, "/alarms/none/acknowledged").status_code == 404
