"""What a report's page says of its telephone; a supervisor blocks it for the day, and undoes it."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.audit import AuditEntry
from hotline.database.base import new_id
from hotline.people import sessions
from hotline.people.model import Role
from hotline.privacy import pseudonym
from hotline.reports import callers, marks
from hotline.reports.caller_model import CallerBlock, MarkKind, ReportMark
from hotline.reports.model import Call, Report
from tests.support.console import World, browser_of, leave_message, send
from tests.support.desk import kinds, other_browser

NAME = "a" * 32


@pytest.fixture
def report_id(world: World) -> str:
    """A report whose call showed a number, the second of the day from there."""
    first, second = leave_message(world), leave_message(world)
    for report in (first, second):
        from_telephone(world, report)
    return second


def from_telephone(world: World, report_id: str, name: str = NAME) -> None:
    with world.database.transaction() as session:
        call = session.scalars(select(Call).where(Call.report_id == report_id)).one()
        day = pseudonym.day_of(world.now, world.runtime.settings.repeat_day_begins)
        callers.arrived(session, call, name, day)
        marks.from_telephone(session, call, world.now)


def blocks(world: World) -> int:
    with world.database.transaction() as session:
        return len(session.scalars(select(CallerBlock)).all())


def page(client: FlaskClient, report_id: str) -> str:
    return client.get(f"/reports/{report_id}").text


def test_a_supervisor_blocks_and_undoes_it(
    world: World, client: FlaskClient, report_id: str
) -> None:
    assert "call number 2 of that day from the same telephone" in page(client, report_id)
    assert "Block it for today" in page(client, report_id)
    answer = send(client, f"/reports/{report_id}/telephone-blocked")
    assert (answer.status_code, answer.location) == (303, f"/reports/{report_id}#telephone")
    assert blocks(world) == 1
    shown = page(client, report_id)
    assert "blocked it until 24 November 2026, 09:00 UTC." in shown
    assert "Block it for today" not in shown
    assert send(client, f"/reports/{report_id}/telephone-blocked").status_code == 409
    assert send(client, f"/reports/{report_id}/telephone-unblocked").status_code == 303
    assert blocks(world) == 0
    assert send(client, f"/reports/{report_id}/telephone-unblocked").status_code == 409
    assert kinds(world, report_id)[-2:] == ["telephone_blocked", "telephone_unblocked"]
    with world.database.transaction() as session:
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert [act for act in acts if "telephone" in act] == [
        "report.telephone_blocked",
        "report.telephone_unblocked",
    ]
    for said in ("blocked the caller’s telephone", "let the caller’s telephone ring"):
        assert said in page(client, report_id)


def test_it_asks_for_a_fresh_proof(world: World, client: FlaskClient, report_id: str) -> None:
    world.pass_s(sessions.FRESH.total_seconds() + 1)
    assert "Prove once more" in send(client, f"/reports/{report_id}/telephone-blocked").text
    assert blocks(world) == 0


@pytest.mark.parametrize("role", [Role.COUNSELOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_nobody_else_may(world: World, report_id: str, role: Role) -> None:
    other = other_browser(world, f"some-{role}", role)
    assert send(other, f"/reports/{report_id}/telephone-blocked").status_code in (403, 404)
    assert blocks(world) == 0
    assert "Block it for today" not in page(other, report_id)


def test_the_next_day_it_cannot_be_told_any_more(
    world: World, client: FlaskClient, report_id: str
) -> None:
    send(client, f"/reports/{report_id}/telephone-blocked")
    world.pass_s(timedelta(hours=8).total_seconds())  # 10:06 UTC: the next day has begun
    late = browser_of(world, Role.SUPERVISOR)
    shown = page(late, report_id)
    assert "Block it for today" not in shown
    assert "blocked it until" not in shown
    assert "call number 2 of that day" in shown
    assert send(late, f"/reports/{report_id}/telephone-blocked").status_code == 409


def test_a_mark_names_a_report_only_to_who_may_see_it(
    world: World, client: FlaskClient, report_id: str
) -> None:
    far = leave_message(world, district="south")
    with world.database.transaction() as session:
        row = ReportMark(id=new_id(), report_id=report_id, kind=MarkKind.SAME_WORDS, at=world.now)
        row.other_id = far
        session.add(row)
        number = session.get_one(Report, far).number
    assert f"the same words as report {number}" in page(client, report_id)


def test_a_report_without_marks_says_nothing(world: World, client: FlaskClient) -> None:
    assert 'id="telephone"' not in page(client, leave_message(world))
