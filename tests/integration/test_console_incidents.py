"""An incident in the console: its page, the part of a report's page, and what people decide."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.dispatch import waves
from hotline.dispatch.words import DispatchState
from hotline.oncall.model import Responder
from hotline.people.model import Role
from hotline.reports.incident_model import Membership
from hotline.reports.model import Report
from tests.support.console import World, browser_of, send, start_dispatch
from tests.support.desk import do, kinds
from tests.support.incidents import GUN, GUN_AND_BOMB, GUN_TOO, incident_of, link_of, tell

SUGGESTED = "Nobody has said yet whether it does."


@pytest.fixture
def two(world: World) -> tuple[str, str]:
    """The first report, and one that is suggested to tell of the same."""
    return tell(world, GUN), tell(world, GUN_TOO)


def state(world: World, report_id: str) -> Membership:
    link = link_of(world, report_id)
    assert link is not None
    return link.state


def test_the_report_says_why_it_is_suggested(
    world: World, client: FlaskClient, two: tuple[str, str]
) -> None:
    first, second = two
    assert (state(world, first), state(world, second)) == ("first", "suggested")
    page = client.get(f"/reports/{second}").text
    assert SUGGESTED in page
    assert "<bdi>tyler</bdi>" in page
    assert SUGGESTED not in client.get(f"/reports/{first}").text


def test_the_incident_tells_what_is_known_and_since_when(
    world: World, client: FlaskClient, two: tuple[str, str]
) -> None:
    third = tell(world, GUN_AND_BOMB)
    page = client.get(f"/incidents/{incident_of(world, third)}").text
    assert "3 reports tell of the same." in page
    assert "2 of them wait for your word." in page
    known = page.partition("What is known")[2].partition("</ul>")[0]
    assert known.count("gun") >= 1
    assert known.index("gun") < known.index("bomb")
    assert page.count("It says something newer, and rang at once.") == 1


def test_a_person_confirms_and_that_is_on_record(
    world: World, client: FlaskClient, two: tuple[str, str]
) -> None:
    second = two[1]
    answer = do(client, second, "same", {})
    assert (answer.status_code, answer.location) == (303, f"/reports/{second}#incident")
    assert state(world, second) is Membership.CONFIRMED
    do(client, second, "same", {})
    assert kinds(world, second).count("incident_confirmed") == 1
    page = client.get(f"/reports/{second}").text
    assert SUGGESTED not in page
    assert "Ana said that it tells of the same as others." in page


def test_what_is_taken_out_has_its_own_search(
    world: World, client: FlaskClient, two: tuple[str, str]
) -> None:
    second = two[1]
    do(client, second, "not-same", {})
    assert state(world, second) is Membership.REJECTED
    assert "One of several" not in client.get(f"/reports/{second}").text
    start_dispatch(world, second)
    with world.database.transaction() as session:
        row = world.books(session).dispatch_of(second)
        assert row is not None
        assert row.state is not DispatchState.TAKEN


def test_several_are_decided_at_once(
    world: World, client: FlaskClient, two: tuple[str, str]
) -> None:
    second, third = two[1], tell(world, GUN_TOO)
    incident = incident_of(world, second)
    send(client, f"/incidents/{incident}/decided", {"chosen": [second, third]})
    assert (state(world, second), state(world, third)) == ("confirmed", "confirmed")
    send(client, f"/incidents/{incident}/decided", {"chosen": third, "not_same": "1"})
    assert (state(world, second), state(world, third)) == ("confirmed", "rejected")


def test_an_auditor_sees_no_word(world: World, two: tuple[str, str]) -> None:
    auditor = browser_of(world, Role.AUDITOR)
    page = auditor.get(f"/incidents/{incident_of(world, two[1])}").text
    assert "2 reports tell of the same." in page
    assert "tyler" not in page
    assert "gun" not in page


def test_an_unknown_incident_is_not_there(client: FlaskClient) -> None:
    assert client.get("/incidents/none").status_code == 404


# --- one after the other --------------------------------------------------------------------


def review(client: FlaskClient, incident: str, **asked: str) -> str:
    return client.get(f"/incidents/{incident}/review", query_string=asked).text


def decide(client: FlaskClient, report_id: str, what: str, **more: str) -> str:
    answer = send(client, f"/reports/{report_id}/{what}", {"from": "review", **more})
    assert answer.status_code == 303
    assert answer.location
    return client.get(answer.location).text


def number(world: World, report_id: str) -> str:
    with world.database.transaction() as session:
        return session.get_one(Report, report_id).number


def take_together(world: World, lead: str, report_id: str) -> None:
    """As a press of 1 for the lead does it."""
    with world.database.transaction() as session:
        books = world.books(session)
        report, now = session.get_one(Report, report_id), world.now
        responder = session.scalars(select(Responder)).first()
        assert responder is not None
        waves._taken_with(books, report, lead, responder.id, now)


def test_the_next_suggestion_is_there_at_once(
    world: World, client: FlaskClient, two: tuple[str, str]
) -> None:
    second, third = two[1], tell(world, GUN_TOO)
    incident = incident_of(world, second)
    page = review(client, incident)
    assert "2 reports wait for your word." in page
    assert number(world, second) in page
    assert "<q" in page
    page = decide(client, second, "same")
    assert "One report waits for your word." in page
    assert f"Report {number(world, second)} tells of the same." in page
    assert f"/reports/{third}/same" in page
    page = decide(client, third, "not-same")
    assert "Nothing is left to decide." in page
    assert f"Report {number(world, third)} tells of something else" in page


def test_what_was_said_is_taken_back(
    world: World, client: FlaskClient, two: tuple[str, str]
) -> None:
    second = two[1]
    tell(world, GUN_TOO)
    decide(client, second, "not-same")
    page = decide(client, second, "undecided")
    assert state(world, second) is Membership.SUGGESTED
    assert f"/reports/{second}/same" in page
    assert kinds(world, second).count("incident_undone") == 1
    do(client, second, "undecided", {})
    assert kinds(world, second).count("incident_undone") == 1
    assert "took back what was said of it" in client.get(f"/reports/{second}").text


def test_taking_it_back_ends_no_search(
    world: World, client: FlaskClient, two: tuple[str, str]
) -> None:
    second = two[1]
    do(client, second, "not-same", {})
    start_dispatch(world, second)
    do(client, second, "undecided", {})
    with world.database.transaction() as session:
        row = world.books(session).dispatch_of(second)
        assert row is not None
        assert row.state is not DispatchState.WITHDRAWN


def test_what_is_passed_over_stays(world: World, client: FlaskClient, two: tuple[str, str]) -> None:
    second, third = two[1], tell(world, GUN_TOO)
    incident = incident_of(world, second)
    assert f"/reports/{third}/same" in review(client, incident, after=second)
    page = review(client, incident, after=third)
    assert "You have passed over those that are left." in page
    assert "2 reports wait for your word." in page


def test_whoever_decides_with_its_words_has_read_it(
    world: World, client: FlaskClient, two: tuple[str, str]
) -> None:
    first, second = two
    take_together(world, first, second)
    incident = incident_of(world, second)
    assert "not read yet" in review(client, incident)
    decide(client, second, "same")
    assert "I have read it" in review(client, incident)
    decide(client, second, "words-read")
    assert "Nothing is left to decide." in review(client, incident)
    third = tell(world, GUN_TOO)
    take_together(world, first, third)
    decide(client, third, "same", read="1")
    assert "Nothing is left to decide." in review(client, incident)
    assert kinds(world, third).count("words_read") == 1


def test_the_board_has_one_block_for_what_was_taken_together(
    world: World, client: FlaskClient, two: tuple[str, str]
) -> None:
    first, second = two
    third = tell(world, GUN_TOO)
    for report_id in (second, third):
        take_together(world, first, report_id)
    page = client.get("/board").text
    incident = incident_of(world, second)
    assert "2 reports were taken together with another one, and nobody has read them." in page
    assert page.count(f"/incidents/{incident}/review") == 1
    assert "The alarm is due for them." not in page
    world.pass_s(500)
    client.get("/board")
    world.pass_s(401)
    assert "The alarm is due for them." in client.get("/board/now").text
    world.pass_s(901)  # nobody has used the page: it says that, and not what they are about
    page = client.get("/board/now").text
    assert "2 reports were taken together with another one, and nobody has read them." in page
    assert "/incidents/" not in page


def test_rows_and_cards_lead_to_the_incident(
    world: World, client: FlaskClient, two: tuple[str, str]
) -> None:
    incident = incident_of(world, two[1])
    start_dispatch(world, two[0])
    for page in ("/board", "/reports"):
        text = client.get(page).text
        assert f'href="/incidents/{incident}"' in text
        assert "2 reports tell of the same." in text


def test_an_auditor_decides_nothing_and_reads_nothing(world: World, two: tuple[str, str]) -> None:
    auditor = browser_of(world, Role.AUDITOR)
    page = review(auditor, incident_of(world, two[1]))
    assert "One report waits for your word." in page
    assert "tyler" not in page
    assert "/same" not in page
