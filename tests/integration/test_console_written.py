"""What was written at the web door, as the console shows it: text of whoever reported it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from door.app import create_app
from hotline.privacy import boxes, locks
from hotline.reports import sealing, transcripts
from hotline.reports.model import Report, Transcript
from hotline.reports.shredding import shred
from tests.support.console import World, leave_message, message_of, send, start_dispatch
from tests.support.door import Visitor

TEXT = "My name is Peter Miller.\nHe has a gun, call 217-555-0177."


@pytest.fixture
def report_id(world: World) -> str:
    """A report that was written."""
    Visitor(create_app(world.runtime)).write(TEXT)
    with world.database.reading() as session:
        return session.scalars(select(Report.id)).one()


def test_it_says_who_wrote_it_and_offers_no_sound(
    client: FlaskClient, world: World, report_id: str
) -> None:
    page = client.get(f"/reports/{report_id}").text
    assert "Written at the web door" in page
    assert "<dt>Door</dt><dd>web</dd>" in page
    assert "Written by whoever reported it." in page
    assert page.count("<div data-line>") == 2
    assert "data-correct-form" not in page
    assert "data-player" not in page
    assert "Someone wrote to the web door, in English." in page
    assert "written at the web door" in client.get("/reports").text


def test_the_board_tells_of_it_while_somebody_is_rung(
    client: FlaskClient, world: World, report_id: str
) -> None:
    start_dispatch(world, report_id)
    page = client.get("/board")
    assert page.status_code == 200
    with world.database.reading() as session:
        assert session.get_one(Report, report_id).number in page.text


def test_what_is_personal_is_masked(client: FlaskClient, report_id: str) -> None:
    page = client.get(f"/reports/{report_id}").text
    assert "gun" in page
    for personal in ("Peter", "Miller", "555-0177"):
        assert personal not in page


def test_nobody_corrects_it(client: FlaskClient, world: World, report_id: str) -> None:
    form = {"first": "0", "last": "0", "text": "Your", "known": "", "over": ""}
    answer = send(client, f"/messages/{message_of(world, report_id)}/words", form)
    assert answer.status_code == 422
    assert "Whoever reported it wrote these words; they stay as they are." in answer.text


def test_a_report_of_the_telephone_says_so(client: FlaskClient, world: World) -> None:
    page = client.get(f"/reports/{leave_message(world)}").text
    assert "<dt>Door</dt><dd>telephone</dd>" in page


def test_it_is_sealed_to_people_and_deleted_like_a_transcript(world: World, report_id: str) -> None:
    with world.database.transaction() as session:
        locks.add_recovery(session, boxes.new_pair().public, world.now)
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        holder = locks.recovery(session)
        assert holder is not None
        assert sealing.seal_report(session, world.vault, report, [holder], world.now) == 1
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        (said,) = transcripts.read(session, world.vault, report)
        assert said.locked
        assert "Peter" not in said.text
        shred(session, report, world.now)
    with world.database.reading() as session:
        (row,) = session.scalars(select(Transcript))
        assert (bytes(row.text), bytes(row.words), row.masked) == (b"", b"", None)
        assert session.get_one(Report, report_id).pin_hash is None
