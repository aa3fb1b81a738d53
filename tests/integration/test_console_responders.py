"""Responders: who they are and whether their numbers work, never the numbers; test rings."""

from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.dispatch import drill
from hotline.dispatch.engine import Engine
from hotline.dispatch.wiring import ports_of
from hotline.oncall import duty
from hotline.oncall.coverage import FRESH_FOR
from hotline.oncall.model import CheckCall, DutyState, Responder
from hotline.people.model import Role
from tests.support.console import (
    World,
    browser_of,
    leave_message,
    send,
    start_dispatch,
    without_ids,
)
from tests.support.inline import Inline
from tests.support.roster import responder_of, with_roster


@pytest.fixture
def client(world: World) -> FlaskClient:
    with_roster(world)
    return browser_of(world, Role.SUPERVISOR)


def page_of(client: FlaskClient) -> str:
    return unescape(client.get("/on-call/responders").text)


def verify(world: World, *, long_ago: bool = False) -> None:
    with world.database.transaction() as session:
        for row in session.scalars(select(Responder)):
            row.confirmed_at = world.now - (2 * FRESH_FOR if long_ago else timedelta())


def test_people_are_shown_without_their_numbers(world: World, client: FlaskClient) -> None:
    off, resting = responder_of(world, "counselor-2"), responder_of(world, "counselor-3")
    with world.database.transaction() as session:
        duty.put(session, off, DutyState.OFF, world.now)
        until = world.now + timedelta(minutes=30)
        duty.put(session, resting, DutyState.BREAK, world.now, until)
    page = page_of(client)
    assert "<h1>No number is verified yet.</h1>" in page
    for text in (
        "Counselor 3",
        "Counselor · English and Spanish",
        "Law enforcement · English",
        "Off duty. On call for counselors until Tuesday 24 November, 08:00.",
        "On break until 20:36.",
        "On duty. On call for law-enforcement all the time.",
        "On duty. No shift in the next 60 days.",
        "Police desk carries the most: 672 of 672 hours.",
    ):
        assert text in page
    for shown in ("+1 555-010-0911", "+1 555 010 0111"):  # the hotline's own, and an example
        page = page.replace(shown, "")
    assert "555" not in without_ids(page)
    assert "0100" not in without_ids(page)


def test_a_number_is_verified_for_a_quarter(world: World, client: FlaskClient) -> None:
    verify(world)
    page = page_of(client)
    assert "<h1>7 people can be rung, and every number is verified.</h1>" in page
    assert "Number verified Monday 23 November, 20:06." in page
    verify(world, long_ago=True)
    page = page_of(client)
    assert "<h1>7 numbers of 7 want a test ring.</h1>" in page
    assert "more than 90 days ago." in page


def test_a_test_ring_is_placed_by_the_dispatcher_and_its_end_is_told(
    world: World, client: FlaskClient
) -> None:
    path = f"/on-call/responders/{responder_of(world)}/rung"
    assert send(client, path).status_code == 303
    assert not world.runtime.carrier.calls  # type: ignore[attr-defined]
    page = page_of(client)
    assert "it is being rung now." in page
    assert 'hx-trigger="every 3s"' in page
    engine = Engine(
        ports_of(world.runtime), lambda _: None, pool=Inline(), elapsed=world.clock.seconds
    )
    engine.tick()
    assert len(world.runtime.carrier.calls) == 1  # type: ignore[attr-defined]
    assert send(client, path).status_code == 409  # it rings already
    world.pass_s(7)
    with world.database.transaction() as session:
        drill.confirm(session, world.vault, session.scalars(select(CheckCall)).one(), world.now)
    page = page_of(client)
    assert "Test ring Monday 23 November, 20:06: pressed 1 after 7 s." in page
    assert "hx-trigger" not in page


def test_who_is_on_a_call_is_not_rung_for_a_test(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    with world.database.transaction() as session:
        rung = world.books(session).busy("", world.now)
    answer = send(client, f"/on-call/responders/{responder_of(world, sorted(rung)[0])}/rung")
    assert answer.status_code == 409
    assert "They are on a call or being rung at this moment." in answer.text


def test_an_unknown_person_is_not_there(client: FlaskClient) -> None:
    assert send(client, "/on-call/responders/none/rung").status_code == 404


def test_who_may_not_ring_sees_no_button(world: World, client: FlaskClient) -> None:
    auditor = browser_of(world, Role.AUDITOR)
    assert "Test ring" not in page_of(auditor).replace("A test ring", "")


def test_an_empty_roster_says_what_to_do(world: World) -> None:
    with world.database.transaction() as session:
        for row in session.scalars(select(Responder)):
            row.active = False
    page = page_of(browser_of(world, Role.SUPERVISOR))
    assert "<h1>Nobody can be rung yet.</h1>" in page
    assert "The roster is empty." in page
