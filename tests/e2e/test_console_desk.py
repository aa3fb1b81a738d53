"""The desk in a real browser: what is typed is kept, keys do what they say, a voice is recorded."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from hotline.reports.casework import presence, replies
from hotline.reports.casework.model import ReplyKind
from hotline.reports.model import Report
from tests.support.browser import enter, launched, needs_chromium
from tests.support.console import World, add_person, leave_message, start_dispatch, take

pytestmark = [pytest.mark.e2e, needs_chromium]
# A microphone that hums, and nobody who must be asked to allow it.
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture
def report_id(world: World) -> str:
    """A report that Counselor 1 took by phone."""
    made = leave_message(world)
    start_dispatch(world, made)
    take(world, made)
    return made


@pytest.fixture
def heard(world: World, address: str) -> Iterator[tuple[Page, list[str]]]:
    """A page signed in as Ana, in a browser with a microphone, and what it complained about."""
    with launched(*MICROPHONE) as browser:
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        complaints: list[str] = []
        tab.on("console", lambda message: complaints.append(message.text))
        enter(tab, address)
        yield tab, complaints


def test_what_is_typed_is_there_again_after_a_reload_and_gone_when_saved(
    address: str, page: tuple[Page, list[str]], report_id: str
) -> None:
    tab, complaints = page
    tab.goto(f"{address}/reports/{report_id}")
    expect(tab.locator("[data-without-script]").first).to_be_hidden()
    tab.keyboard.press("n")
    expect(tab.locator("#note")).to_be_focused()
    with tab.expect_response("**/drafts/note") as kept:
        tab.keyboard.type("Told the officer")
    assert kept.value.status == 204
    tab.reload()
    expect(tab.locator("#note")).to_have_value("Told the officer")
    tab.locator("#note").press("Control+Enter")
    expect(tab.locator("#notes .as-typed")).to_have_text("Told the officer")
    expect(tab.locator("#note")).to_have_value("")
    assert complaints == []


def test_keys_mark_it_reviewed_and_give_it_to_me(
    address: str, page: tuple[Page, list[str]], report_id: str
) -> None:
    tab, _ = page
    tab.goto(f"{address}/reports/{report_id}")
    with tab.expect_navigation():  # the page is a new one, and hears keys from its load on
        tab.keyboard.press("a")
    expect(tab.locator("#holding")).to_contain_text("You look after it.")
    tab.locator("#note").fill("e")  # a letter in a field is a letter
    tab.locator("body").click(position={"x": 5, "y": 5})
    expect(tab.locator(".state")).to_contain_text("It waits for review.")
    tab.keyboard.press("e")
    expect(tab.locator(".state")).to_contain_text("It has been reviewed.")


def test_a_conflict_leads_to_what_was_chosen(
    world: World, address: str, page: tuple[Page, list[str]], report_id: str
) -> None:
    tab, _ = page
    tab.goto(f"{address}/reports/{report_id}")
    with world.database.transaction() as session:
        session.get_one(Report, report_id).version += 1
    tab.locator("#sort > summary").click()
    tab.select_option("#category", "bullying")
    tab.locator("#sort button").click()
    expect(tab.locator("#told")).to_contain_text("Nothing of yours is saved yet.")
    expect(tab.locator("#category")).to_have_value("bullying")
    tab.locator("#sort > summary").click()
    expect(tab.locator("#category")).to_be_hidden()
    tab.click("text=Go to what I chose")
    expect(tab.locator("#category")).to_be_visible()
    tab.click("text=Save over it")
    expect(tab.locator("h1")).to_contain_text("Bullying.")


def test_who_comes_is_seen_without_a_reload(
    world: World, address: str, page: tuple[Page, list[str]], report_id: str
) -> None:
    tab, _ = page
    other = add_person(world, "bo")
    tab.goto(f"{address}/reports/{report_id}")
    expect(tab.locator(".others")).to_have_text("")
    with world.database.transaction() as session:
        presence.beat(session, session.get_one(Report, report_id), other.id, world.now)
    tab.evaluate("htmx.trigger('.others', 'beat')")
    expect(tab.locator(".others")).to_have_text("Bo has this open too.")


def test_a_reply_is_recorded_in_the_browser(
    world: World, address: str, heard: tuple[Page, list[str]], report_id: str
) -> None:
    tab, complaints = heard
    tab.goto(f"{address}/reports/{report_id}#voice")
    tab.locator("[data-record]:visible").first.click()
    expect(tab.locator("[data-record-says]")).to_contain_text("Recording.")
    expect(tab.locator("[data-record-clock]")).to_have_text("0:01")
    tab.locator("[data-stop]").click()
    expect(tab.locator("[data-record-says]")).to_contain_text("Recorded.")
    expect(tab.locator("[data-record-play]")).to_be_visible()
    tab.click("text=Leave this recording")
    expect(tab.locator("#answer .note-of")).to_contain_text("By voice,")
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        [reply] = replies.of(session, report)
        assert reply.kind is ReplyKind.VOICE
        assert reply.duration_s is not None
        assert reply.duration_s > 0.3
        assert replies.opened_sound(session, world.vault, report, reply)[:4] == b"RIFF"
    assert complaints == []
