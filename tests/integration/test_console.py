"""The console as a browser meets it: the list and a report."""

import re

import pytest
from flask.testing import FlaskClient

from hotline.privacy.cipher import DataKey
from hotline.reports import intake, timeline
from hotline.reports.model import MessageKind, Report
from tests.support.console import (
    ARABIC,
    World,
    give_reason,
    leave_message,
    message_of,
    miss,
    nobody_took,
    send,
    start_dispatch,
    take,
    without_ids,
    without_places,
)

# --- the list -------------------------------------------------------------------------------


def test_the_list_says_what_is_true_now(world: World, client: FlaskClient) -> None:
    first = leave_message(world)
    give_reason(world, first, "picture of a gun", "weapons", "life-safety")
    start_dispatch(world, first)
    take(world, first)
    world.pass_s(600)
    leave_message(world, "ar", ARABIC)
    page = client.get("/reports").text
    assert "One report needs a person now." in page
    assert "Two wait for review." in page
    assert page.index(ARABIC[:20]) < page.index("um hi he showed")  # newest first
    assert "Danger to life" in page
    assert "Counselor 1, in 9 s" in page
    assert '<q lang="ar">' in page
    assert "11 min ago" in page


def test_the_views_choose(world: World, client: FlaskClient) -> None:
    taken, waiting = leave_message(world), leave_message(world)
    start_dispatch(world, taken)
    take(world, taken)
    send(client, f"/reports/{waiting}/reviewed")
    assert taken not in client.get("/reports?show=open").text
    assert waiting in client.get("/reports?show=open").text
    assert waiting not in client.get("/reports?show=unreviewed").text
    assert waiting in client.get("/reports?show=nonsense").text


def test_a_draft_is_not_shown(world: World, client: FlaskClient) -> None:
    with world.database.transaction() as session:
        call = intake.open_call(session, "CA1", world.now)
        report = intake.draft_report(session, world.vault, call, world.now)
        intake.begin_message(session, world.vault, call, MessageKind.MESSAGE, world.now)
    assert "No report has come in yet" in client.get("/reports").text
    assert client.get(f"/reports/{report.id}").status_code == 404


def test_a_long_list_has_pages(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.reports.listing.PAGE", 2)
    ids = [leave_message(world, text=None) for _ in range(3)]
    first = client.get("/reports").text
    assert ids[2] in first
    assert ids[0] not in first
    older = re.search(r'href="(/reports\?[^"]*before=[^"]*)"', first)
    assert older is not None
    second = client.get(older[1].replace("&amp;", "&")).text
    assert ids[0] in second
    assert "Older reports" not in second


# --- one report -----------------------------------------------------------------------------


def test_a_report_tells_its_story(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    give_reason(world, report_id, "picture of a gun", "weapons", "life-safety")
    start_dispatch(world, report_id)
    miss(world, report_id)
    take(world, report_id)
    page = without_places(client.get(f"/reports/{report_id}").text)
    assert "Weapons. Counselor 2 took it in 34 s." in page
    assert '<mark class="w-why">picture of a gun<sup><a href="#reason-a">a</a></sup></mark>' in page
    assert '<li id="reason-a">' in page
    assert '<span class="w-low" title="41 % sure">he</span>' in page
    assert "silence, 4 s" in page
    told = ["Someone called and chose English.", "Counselor 1 did not answer."]
    told.append("Counselor 2 pressed 1 and took it.")
    assert [page.index(t) for t in told] == sorted(page.index(t) for t in told)


def test_an_arabic_message_has_its_own_direction(world: World, client: FlaskClient) -> None:
    page = client.get(f"/reports/{leave_message(world, 'ar', ARABIC)}").text
    assert '<html lang="en" dir="ltr"' in page
    assert '<div class="transcript" lang="ar" dir="rtl">' in page


def test_what_was_said_is_never_markup(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text="<script>alert(1)</script> \"'><img src=x>")
    for path in ("/reports", f"/reports/{report_id}"):
        page = client.get(path).text
        assert "<script>" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page


def test_no_phone_number_is_on_any_page(world: World, client: FlaskClient) -> None:
    report_id = nobody_took(world)
    for path in ("/reports", f"/reports/{report_id}"):
        page = re.sub(r"<bdi>\d{6}</bdi>|report \d{6}|Report \d{6}", "", client.get(path).text)
        assert "555" not in without_ids(page)


def test_a_report_without_words_yet(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=None)
    assert "The words are being written down." in client.get(f"/reports/{report_id}").text
    with world.database.transaction() as session:
        session.get_one(Report, report_id).needs_listening = True
    assert "Somebody has to listen." in client.get(f"/reports/{report_id}").text
    assert "Somebody has to listen." in client.get("/reports").text


def test_a_shredded_report_is_still_listed(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    message_id = message_of(world, report_id)
    with world.database.transaction() as session:
        key = session.get_one(DataKey, session.get_one(Report, report_id).data_key_id)
        key.wrapped = type(key.wrapped)(b"\0" * 60)
    assert "Its words were deleted." in client.get("/reports").text
    assert "were deleted" in client.get(f"/reports/{report_id}").text
    assert client.get(f"/messages/{message_id}/audio").status_code == 404


def test_reviewing_is_done_once_and_told(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    for _ in range(2):
        answer = send(client, f"/reports/{report_id}/reviewed")
        assert answer.location == f"/reports/{report_id}"
    page = client.get(f"/reports/{report_id}").text
    assert page.count("Ana reviewed it.") == 1
    assert "Mark reviewed" not in page
    with world.database.transaction() as session:
        assert [e.kind for e in timeline.read(session, report_id)].count("reviewed") == 1


@pytest.mark.parametrize("path", ["/reports/nobody", "/messages/none/audio", "/nowhere"])
def test_what_is_not_there(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "There is no such page." in answer.text
