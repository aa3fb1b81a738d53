"""What is masked on the console's pages, and who may see it."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from console.reports.sentences import REVEAL
from hotline.audit import AuditEntry
from hotline.people.model import Role
from hotline.reports import intake, timeline, transcripts
from hotline.reports.model import Message, MessageKind, Report
from tests.support.console import (
    World,
    browser_of,
    give_reason,
    leave_message,
    send,
    without_places,
)

SAID = (
    "my name is maria he has a gun call me at five five five oh one hundred "
    "or write to maria@example.org"
)
SECRETS = ("maria", "five five", "five</span>", "hundred", "example.org")
REASON = {"reason": "identify_caller_at_risk"}


def secrets_on(page: str) -> list[str]:
    """What of the personal data stands on a page."""
    return [secret for secret in SECRETS if secret in without_places(page)]


def test_the_list_shows_masks(world: World, client: FlaskClient) -> None:
    leave_message(world, text=SAID)
    page = client.get("/reports").text
    assert "my name is [a name] he has a gun call me at [a telephone number] or" in page
    assert secrets_on(page) == []


def test_the_page_shows_each_mask_as_one_box(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    give_reason(world, report_id, "gun", "weapons", "life-safety")
    page = without_places(client.get(f"/reports/{report_id}").text)
    for label in ("a name", "a telephone number", "an e-mail address"):
        assert page.count(f'<span class="w-name"><span>{label}</span></span>') == 1
    assert secrets_on(page) == []
    assert '<mark class="w-why">gun<sup>' in page


def test_a_mask_is_in_the_language_of_what_was_said(world: World, client: FlaskClient) -> None:
    leave_message(world, "es", "me llamo miguel y vi un arma")
    page = client.get("/reports").text
    assert "me llamo [un nombre] y vi un arma" in page


def test_a_reason_does_not_say_what_is_masked(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text="hello there my name is maria on the list")
    give_reason(world, report_id, "name is maria on the list", "attack_plan", "life-safety")
    page = client.get(f"/reports/{report_id}").text
    assert "maria" not in page
    box = '<span class="w-name"><span>a name</span></span>'
    assert f">name is {box} on the list</q>" in page


def test_a_reason_whose_words_are_gone_is_masked_too(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text="hello there my name is maria on the list")
    give_reason(world, report_id, "my name is maria on the list", "attack_plan", "life-safety")
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        for message_id in {s.message_id for s in transcripts.read(session, world.vault, report)}:
            transcripts.drop(session, session.get_one(Message, message_id))
    assert "maria" not in client.get(f"/reports/{report_id}").text


def test_a_supervisor_sees_everything_once(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    give_reason(world, report_id, "gun", "weapons", "life-safety")
    answer = send(client, f"/reports/{report_id}/reveal", REASON)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(SECRETS) - set(secrets_on(answer.text)) <= {"five</span>"}
    assert "w-name" not in answer.text
    assert "Ana saw what is masked: a caller at risk has to be found." in answer.text
    assert secrets_on(client.get(f"/reports/{report_id}").text) == []


def test_who_saw_it_and_why_is_kept_and_nothing_of_it(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    send(client, f"/reports/{report_id}/reveal", REASON)
    with world.database.transaction() as session:
        row = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "report.revealed")
        ).one()
        assert row.subject == f"report:{report_id}"
        assert row.detail == REASON
        [event] = [e for e in timeline.read(session, report_id) if e.kind == "revealed"]
        assert event.detail == {"by": row.actor.removeprefix("account:"), **REASON}


@pytest.mark.parametrize("form", [{}, {"reason": ""}, {"reason": "maria asked"}])
def test_without_a_reason_of_the_list_nothing_is_shown(
    world: World, client: FlaskClient, form: dict[str, str]
) -> None:
    report_id = leave_message(world, text=SAID)
    answer = send(client, f"/reports/{report_id}/reveal", form)
    assert answer.status_code == 422
    assert "Choose why you need to see it." in answer.text
    assert secrets_on(answer.text) == []
    with world.database.transaction() as session:
        assert not session.scalars(
            select(AuditEntry).where(AuditEntry.action == "report.revealed")
        ).all()
        assert "revealed" not in [e.kind for e in timeline.read(session, report_id)]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_others_may_not(world: World, role: Role) -> None:
    report_id = leave_message(world, text=SAID)
    browser = browser_of(world, role)
    page = browser.get(f"/reports/{report_id}").text
    assert secrets_on(page) == []
    assert "/reveal" not in page
    answer = send(browser, f"/reports/{report_id}/reveal", REASON)
    assert answer.status_code == 403
    assert secrets_on(answer.text) == []


def test_a_stranger_may_not(world: World, stranger: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    answer = send(stranger, f"/reports/{report_id}/reveal", REASON)
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_another_site_may_not(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    path, headers = f"/reports/{report_id}/reveal", {"Sec-Fetch-Site": "cross-site"}
    assert client.post(path, data=REASON, headers=headers).status_code == 403


def test_where_nothing_is_masked_nothing_is_offered(world: World, client: FlaskClient) -> None:
    page = client.get(f"/reports/{leave_message(world)}").text
    assert "/reveal" not in page


def test_every_reason_can_be_chosen(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    page = client.get(f"/reports/{report_id}").text
    offered = page[page.index('id="reveal"') :].partition("</section>")[0]
    assert set(re.findall(r'<option value="([a-z_]+)">', offered)) == set(REVEAL)
    for code in REVEAL:
        assert send(client, f"/reports/{report_id}/reveal", {"reason": code}).status_code == 200


def test_what_is_not_there(world: World, client: FlaskClient) -> None:
    assert send(client, "/reports/nobody/reveal", REASON).status_code == 404
    with world.database.transaction() as session:
        call = intake.open_call(session, "CA1", world.now)
        report = intake.draft_report(session, world.vault, call, world.now)
        intake.begin_message(session, world.vault, call, MessageKind.MESSAGE, world.now)
    assert send(client, f"/reports/{report.id}/reveal", REASON).status_code == 404
    with world.database.transaction() as session:
        assert "revealed" not in [event.kind for event in timeline.read(session, report.id)]
