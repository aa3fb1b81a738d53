"""What the caller has said since a report was taken, as the console shows it: page, list, board."""

import pytest
from flask.testing import FlaskClient

from hotline.dispatch import said_more
from hotline.dispatch.words import DispatchState
from hotline.people.model import Role
from hotline.reports.model import Report, ReportState
from tests.support.console import World, add_person, browser_of, sign_in
from tests.support.desk import do, kinds, now_at, over, taken_report

SAYS = "The caller has said more since somebody took it."
HOW = {"disposition": "help_given"}


@pytest.fixture
def report_id(world: World) -> str:
    """A report that Counselor 1 took by phone, and its caller has said more."""
    made = taken_report(world)
    with world.database.transaction() as session:
        row = world.books(session).dispatch_of(made)
        assert row is not None
        row.unread_at = world.now
    return made


def test_the_page_says_so_until_somebody_has_read_it(
    world: World, client: FlaskClient, report_id: str
) -> None:
    assert SAYS in client.get(f"/reports/{report_id}").text
    answer = do(client, report_id, "words-read", {})
    assert (answer.status_code, answer.location) == (303, f"/reports/{report_id}")
    page = client.get(f"/reports/{report_id}").text
    assert "I have read it" not in page
    assert "Ana read what the caller has said since." in page
    do(client, report_id, "words-read", {})
    assert kinds(world, report_id).count("words_read") == 1


def test_it_is_not_closed_before_that(world: World, client: FlaskClient, report_id: str) -> None:
    refused = do(client, report_id, "closed", over(world, report_id, HOW))
    assert refused.status_code == 422
    assert "The caller has said more. Read that first, and say so; then close." in refused.text
    do(client, report_id, "words-read", {})
    assert do(client, report_id, "closed", over(world, report_id, HOW)).status_code == 303
    assert now_at(world, report_id).state is ReportState.CLOSED


def test_what_is_sought_anew_is_taken_and_not_read(
    world: World, client: FlaskClient, report_id: str
) -> None:
    with world.database.transaction() as session:
        row, books = world.books(session).dispatch_of(report_id), world.books(session)
        assert row is not None
        report = session.get_one(Report, report_id)
        frozen = books.frozen_policy(report, world.now)
        said_more.ask(books, report, row, frozen, world.now, tell=False)
    page = client.get(f"/reports/{report_id}").text
    assert "I have read it" not in page
    assert "Take it yourself" in page
    do(client, report_id, "words-read", {})
    assert "words_read" not in kinds(world, report_id)
    do(client, report_id, "taken", {})
    assert SAYS not in client.get(f"/reports/{report_id}").text.partition("What happened")[0]


def test_the_words_of_a_search_that_was_ended_can_be_read(
    world: World, client: FlaskClient, report_id: str
) -> None:
    with world.database.transaction() as session:
        row = world.books(session).dispatch_of(report_id)
        assert row is not None
        row.state, row.taken_by = DispatchState.WITHDRAWN, None
    assert do(client, report_id, "closed", over(world, report_id, HOW)).status_code == 422
    do(client, report_id, "words-read", {})
    assert do(client, report_id, "closed", over(world, report_id, HOW)).status_code == 303


def test_without_saying_how_it_ended_nothing_is_closed(world: World, client: FlaskClient) -> None:
    made = taken_report(world)
    assert do(client, made, "closed", over(world, made, {})).status_code == 422
    assert now_at(world, made).state is ReportState.OPEN


def test_the_list_and_the_board_show_it(world: World, client: FlaskClient, report_id: str) -> None:
    assert "has said more" in client.get("/reports").text
    board = client.get("/board").text
    assert "Callers who have said more" in board
    assert f'id="report-{report_id}"' in board
    do(client, report_id, "words-read", {})
    assert "has said more" not in client.get("/reports").text
    assert "Callers who have said more" not in client.get("/board").text


def test_whoever_has_it_reads_it(world: World, report_id: str) -> None:
    add_person(world, "rosa", Role.COUNSELOR, responder="counselor-1")
    rosa = world.app().test_client()
    assert sign_in(rosa, "rosa").status_code == 303
    assert "I have read it" in rosa.get(f"/reports/{report_id}").text
    assert do(rosa, report_id, "words-read", {}).status_code == 303
    assert "words_read" in kinds(world, report_id)


def test_another_counselor_and_an_auditor_do_not(world: World, report_id: str) -> None:
    assert do(browser_of(world, Role.COUNSELOR), report_id, "words-read", {}).status_code == 404
    auditor = browser_of(world, Role.AUDITOR)
    assert do(auditor, report_id, "words-read", {}).status_code == 403
    assert "words_read" not in kinds(world, report_id)
