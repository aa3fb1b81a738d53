"""What is done with several reports at once: each by itself, told, audited, never over a change."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from console.reports.listing import PAGE
from hotline.audit import AuditEntry
from hotline.people.model import Account, Role
from hotline.reports import timeline
from hotline.reports.model import Report
from tests.support.console import World, add_person, browser_of, leave_message, sign_in

SAME = {"Sec-Fetch-Site": "same-origin"}
BY_SCRIPT = SAME | {"HX-Request": "true"}


def post(
    client: FlaskClient, what: str, chosen: list[str], script: bool = False, **more: str
) -> TestResponse:
    form = MultiDict([("chosen", one) for one in chosen] + list(more.items()))
    return client.post(f"/reports/{what}", data=form, headers=BY_SCRIPT if script else SAME)


def report(world: World, report_id: str) -> Report:
    with world.database.transaction() as session:
        return session.get_one(Report, report_id)


def id_of(world: World, name: str) -> str:
    with world.database.transaction() as session:
        return session.query(Account.id).filter(Account.name == name).scalar()


def kinds(world: World, report_id: str) -> list[str]:
    with world.database.transaction() as session:
        return [event.kind for event in timeline.read(session, report_id)]


def audited(world: World, action: str) -> list[str]:
    with world.database.transaction() as session:
        query = session.query(AuditEntry).filter(AuditEntry.action == action)
        return sorted(entry.subject for entry in query)


def test_several_are_reviewed_at_once(world: World, client: FlaskClient) -> None:
    made = [leave_message(world) for _ in range(3)]
    chosen = [f"{report_id}:0" for report_id in made[:2]]
    answer = post(client, "reviewed", chosen, list="show=all&language=en")
    assert answer.status_code == 303
    assert answer.location == "/reports?show=all&language=en&did=reviewed-2"
    assert "2 reports were marked as reviewed." in client.get(answer.location).text
    assert [report(world, i).reviewed_at is not None for i in made] == [True, True, False]
    assert kinds(world, made[0])[-1] == "reviewed"
    assert audited(world, "report.reviewed") == sorted(f"report:{i}" for i in made[:2])


def test_several_are_given_to_a_colleague(world: World, client: FlaskClient) -> None:
    add_person(world, "bo", Role.COUNSELOR)
    made = [leave_message(world) for _ in range(2)]
    bo = id_of(world, "bo")
    answer = post(client, "assigned", [f"{i}:0" for i in made], to=bo, list="")
    assert answer.location == "/reports?show=unreviewed&did=assigned-2"
    assert {report(world, i).assignee for i in made} == {bo}
    assert "Bo looks after it" in client.get("/reports").text
    assert "Ana gave it to Bo." in client.get(f"/reports/{made[0]}").text
    assert audited(world, "report.assigned") == sorted(f"report:{i}" for i in made)


def test_me_is_whoever_asks(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    post(client, "assigned", [f"{report_id}:0"], to="me")
    assert report(world, report_id).assignee == id_of(world, "ana")
    assert "Ana looks after it now." in client.get(f"/reports/{report_id}").text


def test_what_has_changed_meanwhile_stays_as_it_is(world: World, client: FlaskClient) -> None:
    add_person(world, "bo")
    bo = world.app().test_client()
    sign_in(bo, "bo")
    first, second = leave_message(world), leave_message(world)
    post(bo, "assigned", [f"{first}:0"], to="me")
    answer = post(client, "assigned", [f"{first}:0", f"{second}:0"], to="me", list="show=all&q=gun")
    assert answer.status_code == 409
    number = report(world, first).number
    assert f"Bo has changed report {number} meanwhile. It stays as it is." in answer.text
    assert "One report was assigned." in answer.text
    assert 'name="q" type="search" value="gun"' in answer.text  # the same list as before
    assert report(world, first).assignee == id_of(world, "bo")
    assert report(world, second).assignee == id_of(world, "ana")
    assert audited(world, "report.assigned") == sorted(f"report:{i}" for i in (first, second))


def test_a_script_gets_the_rows_alone(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    answer = post(client, "reviewed", [f"{report_id}:0"], script=True)
    assert answer.status_code == 200
    assert re.findall(r'id="r-([0-9a-f-]{36})"', answer.text) == [report_id]
    assert f'value="{report_id}:1"' in answer.text  # its version now: the next act is upon it
    assert "One report was marked as reviewed." in answer.text
    assert "<html" not in answer.text
    assert post(client, "reviewed", [f"{report_id}:0"], script=True).status_code == 409


@pytest.mark.parametrize("script", [False, True])
def test_nothing_chosen_is_refused_with_a_sentence(client: FlaskClient, script: bool) -> None:
    answer = post(client, "reviewed", [], script=script)
    assert answer.status_code == 422
    assert "Choose at least one report." in answer.text


def test_too_many_are_refused(world: World, client: FlaskClient) -> None:
    answer = post(client, "reviewed", [f"{number}:0" for number in range(2 * PAGE + 1)])
    assert answer.status_code == 422
    assert f"Choose {2 * PAGE} reports at most." in answer.text


def test_one_unknown_report_is_404_and_nothing_is_done(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    unknown = "ffffffff-0000-7000-8000-000000000000:0"
    assert post(client, "reviewed", [f"{report_id}:0", unknown]).status_code == 404
    assert report(world, report_id).reviewed_at is None


def test_nobody_of_another_district_can_be_chosen(world: World) -> None:
    add_person(world, "south", Role.COUNSELOR, "south")
    add_person(world, "otto", Role.AUDITOR)
    client = browser_of(world, Role.SUPERVISOR, "north")
    report_id = leave_message(world, district="north")
    for name in ("south", "otto"):
        answer = post(client, "assigned", [f"{report_id}:0"], to=id_of(world, name))
        assert answer.status_code == 422
        assert "Choose who is to look after them." in answer.text
    assert report(world, report_id).assignee is None


def test_a_colleague_gets_only_what_is_of_their_district(world: World, client: FlaskClient) -> None:
    add_person(world, "bo", Role.COUNSELOR, "south")
    north, south = leave_message(world, district="north"), leave_message(world, district="south")
    answer = post(client, "assigned", [f"{north}:0", f"{south}:0"], to=id_of(world, "bo"))
    assert answer.status_code == 409
    number = report(world, north).number
    assert f"Report {number} is of another district than Bo. It stays as it is." in answer.text
    assert report(world, north).assignee is None
    assert report(world, south).assignee == id_of(world, "bo")


def test_a_counselor_chooses_nothing(world: World) -> None:
    client = browser_of(world, Role.COUNSELOR)
    report_id = leave_message(world)
    assert "checkbox" not in client.get("/reports").text
    for what in ("reviewed", "assigned"):
        assert post(client, what, [f"{report_id}:0"], to="me").status_code == 403


@pytest.mark.parametrize("version", ["", ":", ":x", ":-1", ":٣", ":9"])
def test_a_version_that_was_never_shown_changes_nothing(
    world: World, client: FlaskClient, version: str
) -> None:
    report_id = leave_message(world)
    assert post(client, "reviewed", [report_id + version]).status_code == 409
    assert report(world, report_id).reviewed_at is None
