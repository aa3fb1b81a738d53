"""My phone: who gets a ticket for being rung in the browser, and what ends it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select
from werkzeug.test import TestResponse

from hotline.audit import AuditEntry
from hotline.carrier.kinds import SWITCH
from hotline.dispatch.model import Attempt
from hotline.people import sessions
from hotline.people.browser_phones import FRESH
from hotline.people.model import BrowserPhone, Role
from switch.browser import ticket
from tests.fakes.carrier import FakeCarrier
from tests.support.console import World, add_person, leave_message, send, sign_in, start_dispatch
from tests.support.roster import responder_of

SECRET = "shared-with-the-switch"
ORIGIN = "http://localhost"


def on_our_switch(world: World, **more: Any) -> None:
    """The carrier is our own switch, on this machine."""
    changed: dict[str, Any] = {"carrier": "switch", "twilio_api_url": "http://127.0.0.1:5002"}
    changed |= {"twilio_auth_token": SecretStr(SECRET), **more}
    settings = world.runtime.settings.model_copy(update=changed)
    assert isinstance(world.runtime.carrier, FakeCarrier)
    world.runtime.carrier.can = SWITCH
    world.runtime = replace(world.runtime, settings=settings)


@pytest.fixture
def client(world: World) -> FlaskClient:
    on_our_switch(world)
    return browser(world)


def browser(world: World, responder: str | None = "counselor-1") -> FlaskClient:
    add_person(world, "cora", Role.COUNSELOR, responder=responder)
    client = world.app().test_client()
    assert sign_in(client, "cora").status_code == 303
    return client


def post(client: FlaskClient, what: str, **given: Any) -> TestResponse:
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
    return client.post(f"/my-shift/phone/{what}", json=given, headers=headers)


def rings(world: World) -> str | None:
    with world.database.transaction() as session:
        who = responder_of(world, "counselor-1")
        return world.books(session).browser_of(who, world.now)


def test_the_page_may_use_microphone_and_socket_and_holds_no_ticket(client: FlaskClient) -> None:
    page = client.get("/my-shift/phone")
    assert page.status_code == 200
    assert "connect-src 'self' ws://127.0.0.1:5002/phones/line;" in str(
        page.headers["Content-Security-Policy"]
    )
    assert "microphone=(self)" in page.headers["Permissions-Policy"]
    assert "ticket" not in page.text
    assert "microphone=()" in client.get("/my-shift").headers["Permissions-Policy"]


def test_a_ticket_is_what_the_switch_reads_and_names_no_person(
    world: World, client: FlaskClient
) -> None:
    said = post(client, "on").get_json()
    assert said["socket"] == "ws://127.0.0.1:5002/phones/line"
    found = ticket.read(said["ticket"], SECRET)
    with world.database.reading() as session:
        row = session.scalars(select(BrowserPhone)).one()
    assert (found.address, found.origin) == (row.address, ORIGIN)
    assert 0 < found.until - world.now.timestamp() <= 30
    with pytest.raises(ticket.TicketError):
        ticket.read(said["ticket"], "another secret")


def test_it_is_rung_from_its_first_beat_on_and_the_telephone_follows(
    world: World, client: FlaskClient
) -> None:
    report = leave_message(world)  # which takes its time
    phone = post(client, "on").get_json()["phone"]
    assert rings(world) is None
    assert ticket.read(post(client, "beat", phone=phone, ready=True).get_json()["ticket"], SECRET)
    address = rings(world)
    assert str(address).startswith("client:")
    start_dispatch(world, report)
    with world.database.reading() as session:
        rung = session.scalars(select(Attempt)).one()
    assert (rung.browser, rung.follows) == (address, None)
    post(client, "beat", phone=phone, ready=False)
    assert rings(world) is None


def test_a_page_that_falls_silent_is_not_rung(world: World, client: FlaskClient) -> None:
    post(client, "beat", phone=post(client, "on").get_json()["phone"], ready=True)
    world.pass_s(FRESH.total_seconds())
    assert rings(world) is None


def test_whoever_is_not_on_duty_gets_no_ticket(world: World, client: FlaskClient) -> None:
    phone = post(client, "on").get_json()["phone"]
    post(client, "beat", phone=phone, ready=True)
    send(client, "/my-shift/duty", {"state": "break", "minutes": "30"})
    assert rings(world) is None
    for refused in (post(client, "beat", phone=phone, ready=True), post(client, "on")):
        assert refused.status_code == 409
        assert refused.get_json()["wrong"].startswith("You are not on duty.")
    send(client, "/my-shift/duty", {"state": "on", "minutes": "30"})
    assert rings(world) is None  # it is turned on anew, by hand


def test_whoever_signs_out_is_not_rung_and_gets_no_ticket(
    world: World, client: FlaskClient
) -> None:
    phone = post(client, "on").get_json()["phone"]
    post(client, "beat", phone=phone, ready=True)
    send(client, "/sign-out", {})
    assert rings(world) is None
    assert post(client, "beat", phone=phone, ready=True).status_code == 401


def test_an_idle_session_still_rings(world: World, client: FlaskClient) -> None:
    phone = post(client, "on").get_json()["phone"]
    world.pass_s(sessions.IDLE.total_seconds() + 1)
    assert post(client, "beat", phone=phone, ready=True).status_code == 200
    assert rings(world) is not None
    assert client.get("/my-shift").status_code == 303  # and shows nothing


def test_another_window_takes_its_place(world: World, client: FlaskClient) -> None:
    first = post(client, "on").get_json()["phone"]
    second = post(client, "on").get_json()["phone"]
    assert post(client, "beat", phone=first, ready=True).status_code == 409
    assert post(client, "beat", phone=second, ready=True).status_code == 200


def test_on_and_off_are_in_the_audit(world: World, client: FlaskClient) -> None:
    post(client, "on")
    assert post(client, "off").status_code == 204
    assert post(client, "off").status_code == 204
    with world.database.reading() as session:
        actions = [entry.action for entry in session.scalars(select(AuditEntry))]
    assert [a for a in actions if a.startswith("phone.")] == ["phone.on", "phone.off"]


def test_a_carrier_that_cannot_is_named_plainly(world: World) -> None:
    client = browser(world)
    page = client.get("/my-shift/phone")
    assert "which cannot ring a browser. Your telephone rings." in page.text
    assert "microphone=()" in page.headers["Permissions-Policy"]
    assert post(client, "on").status_code == 409


def test_without_a_way_to_the_switch_it_says_which_setting_is_missing(world: World) -> None:
    on_our_switch(world, public_url="https://hotline.example")
    client = browser(world)
    assert "HOTLINE_BROWSER_PHONE_URL" in post(client, "on").get_json()["wrong"]
    on_our_switch(world, browser_phone_url="wss://hotline.example/phones/line")
    client = world.app().test_client()
    sign_in(client, "cora")
    assert post(client, "on").get_json()["socket"] == "wss://hotline.example/phones/line"


def test_an_account_without_a_telephone_has_nothing_to_ring(world: World) -> None:
    on_our_switch(world)
    refused = post(browser(world, responder=None), "on")
    assert refused.get_json()["wrong"].startswith("Your account is not linked to a telephone.")


@pytest.mark.parametrize("file", ["sound.js", "worklet.js"])
def test_the_page_sounds_as_the_page_of_the_switch_does(file: str) -> None:
    """One way of being a telephone: whoever changes it changes it in both places."""
    root = Path(__file__).parents[2]
    ours = root / "console/static/js/phone" / file
    theirs = root / "switch/browser/static" / file
    assert ours.read_bytes() == theirs.read_bytes()
