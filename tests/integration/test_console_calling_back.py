"""“Call back” on a report: who sees it, whose phone it rings, and why it may not be there."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.dispatch.sql import SqlBooks
from hotline.people.model import Account, Role
from hotline.reports import callback, callback_rings, timeline
from hotline.reports.callback_model import CallbackCall
from hotline.reports.model import Call, Report
from hotline.tasks.model import Task, TaskKind
from tests.support.console import World, browser_of, leave_message, send
from tests.support.desk import taken_report

DIGITS = "2175550142"
BUTTON = "called-back"


@pytest.fixture
def report_id(world: World) -> str:
    """A report whose caller has left a number."""
    made = taken_report(world)
    leave_number(world, made)
    return made


@pytest.fixture
def rosa(world: World) -> FlaskClient:
    """The browser of a supervisor who is counselor 1 on the roster."""
    client = browser_of(world, Role.SUPERVISOR)
    with world.database.transaction() as session:
        account = session.scalars(select(Account).where(Account.role == Role.SUPERVISOR)).one()
        responder = SqlBooks(session, world.vault).responder("counselor-1")
        assert responder is not None
        account.responder_id = responder.id
    return client


def leave_number(world: World, report_id: str) -> None:
    with world.database.transaction() as session:
        call = session.scalars(select(Call).where(Call.report_id == report_id)).one()
        limits = callback.limits_of(world.runtime.settings)
        assert callback.enter(session, world.vault, call, DIGITS, limits, world.now)
        assert callback.keep(session, call, world.now)


def calls(world: World) -> list[CallbackCall]:
    with world.database.transaction() as session:
        return list(session.scalars(select(CallbackCall)))


def hang_up(world: World) -> None:
    """Whoever took it by phone is on it no more."""
    with world.database.transaction() as session:
        books = SqlBooks(session, world.vault)
        for report in session.scalars(select(Report.id)).all():
            row = books.dispatch_of(report)
            for attempt in books.attempts(row.id) if row is not None else ():
                attempt.leg_ended_at = world.now


def page(client: FlaskClient, report_id: str) -> str:
    return client.get(f"/reports/{report_id}").text


def test_it_rings_the_own_phone(world: World, rosa: FlaskClient, report_id: str) -> None:
    hang_up(world)
    assert f"/reports/{report_id}/{BUTTON}" in page(rosa, report_id)
    answer = send(rosa, f"/reports/{report_id}/{BUTTON}")
    assert (answer.status_code, answer.location) == (303, f"/reports/{report_id}#callback")
    (call,) = calls(world)
    with world.database.transaction() as session:
        who = SqlBooks(session, world.vault).responder("counselor-1")
        assert who is not None
        assert call.responder_id == who.id
        task = session.scalars(select(Task).where(Task.kind == TaskKind.CALL_BACK)).one()
        assert task.subject_id == call.id
        kinds = [e.kind for e in timeline.read(session, report_id)]
    assert kinds[-1] == "callback_asked"
    shown = page(rosa, report_id)
    assert "A call back is under way" in shown
    assert BUTTON not in shown
    assert send(rosa, f"/reports/{report_id}/{BUTTON}").status_code == 409
    assert len(calls(world)) == 1


def test_it_is_audited(world: World, rosa: FlaskClient, report_id: str) -> None:
    hang_up(world)
    send(rosa, f"/reports/{report_id}/{BUTTON}")
    audit = browser_of(world, Role.AUDITOR).get("/audit").text
    assert re.search(r"called the caller of .* back", audit)


def test_nobody_is_shown_the_number(world: World, rosa: FlaskClient, report_id: str) -> None:
    hang_up(world)
    for role in set(Role) - {Role.SUPERVISOR}:
        shown = browser_of(world, role).get(f"/reports/{report_id}").text
        assert not re.search(r"555.{0,3}0142", shown), role
    assert not re.search(r"555.{0,3}0142", page(rosa, report_id))
    with world.database.transaction() as session:
        told = [str(e.detail) for e in timeline.read(session, report_id)]
    assert not any("0142" in detail for detail in told)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_speaks_with_no_caller_cannot(world: World, report_id: str, role: Role) -> None:
    client = browser_of(world, role)
    assert send(client, f"/reports/{report_id}/{BUTTON}").status_code == 403
    assert "number to be called back" not in page(client, report_id) or role is Role.AUDITOR
    assert BUTTON not in page(client, report_id)
    assert calls(world) == []


def test_who_is_nobody_on_the_roster_cannot(world: World, report_id: str) -> None:
    client = browser_of(world, Role.SUPERVISOR)
    assert "no phone of yours to ring" in page(client, report_id)
    answer = send(client, f"/reports/{report_id}/{BUTTON}")
    assert answer.status_code == 409
    assert "no phone of yours to ring" in answer.text
    assert calls(world) == []


def test_who_is_on_a_call_cannot(world: World, rosa: FlaskClient, report_id: str) -> None:
    assert "You are on a call of the hotline" in page(rosa, report_id)
    assert send(rosa, f"/reports/{report_id}/{BUTTON}").status_code == 409


def test_a_number_that_was_refused_is_not_rung(
    world: World, rosa: FlaskClient, report_id: str
) -> None:
    hang_up(world)
    with world.database.transaction() as session:
        number = f"+1{DIGITS}"
        callback_rings.note(session, world.vault, number, world.now, refused=True)
    assert "rung often enough today" in page(rosa, report_id)
    assert send(rosa, f"/reports/{report_id}/{BUTTON}").status_code == 409
    assert calls(world) == []


def test_without_a_number_there_is_no_button(world: World, rosa: FlaskClient) -> None:
    made = leave_message(world)
    assert BUTTON not in page(rosa, made)
    assert send(rosa, f"/reports/{made}/{BUTTON}").status_code == 409


def test_it_is_there_in_spanish(world: World, rosa: FlaskClient, report_id: str) -> None:
    hang_up(world)
    shown = rosa.get(f"/reports/{report_id}", headers={"Accept-Language": "es"}).text
    assert "Devolver la llamada" in shown


def test_signing_in_is_needed(world: World, report_id: str) -> None:
    client = world.app().test_client()
    assert send(client, f"/reports/{report_id}/{BUTTON}").location.startswith("/sign-in")
