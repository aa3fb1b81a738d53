"""My shift: duty that dispatch heeds, what comes next, own reports and calls."""

from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from hotline.audit import AuditEntry
from hotline.dispatch.model import Attempt
from hotline.dispatch.words import AttemptState
from hotline.oncall import duty
from hotline.oncall.model import DutyState
from hotline.people import push, push_service
from hotline.people.model import Role
from hotline.reports.model import TimelineEvent
from tests.support.console import (
    World,
    add_person,
    leave_message,
    miss,
    send,
    sign_in,
    start_dispatch,
    take,
)
from tests.support.roster import at, responder_of, with_roster


def browser(world: World, responder: str | None = "counselor-1") -> FlaskClient:
    add_person(world, "cora", Role.COUNSELOR, responder=responder)
    client = world.app().test_client()
    assert sign_in(client, "cora").status_code == 303
    return client


def state(world: World, handle: str = "counselor-1") -> DutyState:
    responder_id = responder_of(world, handle)
    with world.database.transaction() as session:
        return duty.read(session, responder_id, world.now).state


def page_of(client: FlaskClient) -> str:
    return unescape(client.get("/my-shift").text)


def test_on_duty_on_break_off_duty_and_back(world: World) -> None:
    client = browser(world)
    assert "<h1>You are on duty. It is not your shift now.</h1>" in page_of(client)
    assert send(client, "/my-shift/duty", {"state": "break", "minutes": "30"}).status_code == 303
    assert "<h1>You are on break until 02:36.</h1>" in page_of(client)
    assert state(world) is DutyState.BREAK
    world.pass_s(30 * 60)
    sign_in(client, "cora")
    assert "<h1>You are on duty." in page_of(client)
    assert send(client, "/my-shift/duty", {"state": "off", "minutes": "30"}).status_code == 303
    assert "<h1>You are off duty.</h1>" in page_of(client)
    assert send(client, "/my-shift/duty", {"state": "on", "minutes": "30"}).status_code == 303
    assert state(world) is DutyState.ON


@pytest.mark.parametrize("form", [{"state": "gone"}, {"state": "break", "minutes": "7"}, {}])
def test_what_cannot_be_said_changes_nothing(world: World, form: dict[str, str]) -> None:
    client = browser(world)
    assert send(client, "/my-shift/duty", form).status_code == 422
    assert state(world) is DutyState.ON


def test_without_a_telephone_the_page_says_who_can_link_it(world: World) -> None:
    client = browser(world, None)
    page = page_of(client)
    assert "<h1>Your account is not linked to a telephone.</h1>" in page
    assert "An administrator links it on the People page" in page
    answer = send(client, "/my-shift/duty", {"state": "off", "minutes": "30"})
    assert answer.status_code == 422


def test_the_next_shift_is_told_in_its_own_time(world: World) -> None:
    with_roster(world)
    client = browser(world)
    page = page_of(client)
    assert "begins Thursday 26 November, 08:00 and lasts 1 day." in page
    world.pass_s((at(26, 9) - world.now).total_seconds())
    sign_in(client, "cora")
    page = page_of(client)
    assert "<h1>You are on duty, and on call now.</h1>" in page
    assert "Your shift for counselors ends Friday 27 November, 08:00." in page


def test_who_is_on_break_is_rung_last_and_the_report_says_so(world: World) -> None:
    with_roster(world)  # rings counselor 1 together with whoever is on call: counselor 2
    send(browser(world), "/my-shift/duty", {"state": "break", "minutes": "60"})
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    with world.database.transaction() as session:
        rung = session.scalars(select(Attempt.responder_id)).all()
        query = select(TimelineEvent).where(TimelineEvent.kind == "target_skipped")
        assert [e.detail["why"] for e in session.scalars(query)] == ["off_duty"]
    assert rung == [responder_of(world, "counselor-2")]
    add_person(world, "ana")
    supervisor = world.app().test_client()
    sign_in(supervisor)
    page = supervisor.get(f"/reports/{report_id}").text
    assert "Counselor 1 was passed over: on break or off duty." in page


def test_own_reports_and_calls_and_nobody_elses(world: World) -> None:
    client = browser(world)
    mine, theirs = leave_message(world), leave_message(world)
    start_dispatch(world, mine)
    take(world, mine)
    world.pass_s(3600 * 5)
    start_dispatch(world, theirs)
    miss(world, theirs)
    take(world, theirs)
    sign_in(client, "cora")
    page = page_of(client)
    assert f"/reports/{mine}" in page
    assert f"/reports/{theirs}" not in page
    assert "took it" in page
    assert "no answer" in page
    with world.database.transaction() as session:
        states = session.scalars(select(Attempt.state).order_by(Attempt.id)).all()
    assert states == [AttemptState.TAKEN, AttemptState.UNANSWERED, AttemptState.TAKEN]


# --- the app and its devices ----------------------------------------------------------------

ENDPOINT = "https://push.example.com/send/abc"


def post_json(client: FlaskClient, path: str, given: object) -> TestResponse:
    return client.post(path, json=given, headers={"Sec-Fetch-Site": "same-origin"})


def devices(world: World) -> list[str]:
    person = responder_of(world, "counselor-1")
    with world.database.transaction() as session:
        return [device.endpoint for device in push.devices(session, world.vault, person)]


def test_the_app_can_be_installed_by_whoever_is_not_signed_in(world: World) -> None:
    stranger = world.app().test_client()
    manifest = stranger.get("/manifest.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    given = manifest.get_json()
    assert (given["display"], given["start_url"]) == ("standalone", "/")
    for icon in given["icons"]:
        with stranger.get(icon["src"]) as answer:
            assert (answer.status_code, answer.mimetype) == (200, icon["type"])
    assert 'rel="manifest"' in stranger.get("/setup").text


def test_the_worker_keeps_nothing_and_reads_nothing(world: World) -> None:
    answer = world.app().test_client().get("/my-shift/worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-store"
    for word in ("caches", "fetch", "indexedDB", "event.data", ".text()", ".json()"):
        assert word not in answer.text


def test_a_device_is_told_until_it_is_taken_back(world: World) -> None:
    client = browser(world)
    key = push_service.public_key(push_service.load_or_create(world.runtime.settings.push_key))
    assert f'data-key="{key}"' in page_of(client)
    given = {"endpoint": ENDPOINT, "keys": {"p256dh": "x", "auth": "y"}}
    assert post_json(client, "/my-shift/device", given).status_code == 204
    assert devices(world) == [ENDPOINT]
    assert post_json(client, "/my-shift/device/removed", given).status_code == 204
    assert devices(world) == []
    with world.database.transaction() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert [a for a in actions if a.startswith("device.")] == ["device.added", "device.removed"]


@pytest.mark.parametrize(
    "given",
    [None, [], {}, {"endpoint": "http://push.example.com"}, {"endpoint": "https://10.0.0.1/"}],
)
def test_what_is_no_device_is_refused_with_a_sentence(world: World, given: object) -> None:
    answer = post_json(browser(world), "/my-shift/device", given)
    assert answer.status_code == 422
    assert answer.get_json()["wrong"].endswith(".")
    assert devices(world) == []


def test_a_device_comes_from_a_page_of_this_console_only(world: World) -> None:
    answer = browser(world).post(
        "/my-shift/device", json={"endpoint": ENDPOINT}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_without_a_key_file_the_page_goes_without(world: World) -> None:
    world.runtime.settings.push_key.mkdir()
    page = page_of(browser(world))
    assert "You are on duty" in page
    assert 'id="device"' not in page
