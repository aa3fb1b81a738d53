"""The board in a real browser: it is live, it goes on counting, it survives what servers do."""

import re
import time
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from console.live import events
from console.live.hub import MOST, Full, Hub, Seat
from hotline.database.base import new_id
from hotline.dispatch.model import Alarm
from tests.support import browser
from tests.support.board import caller_waits, set_apart
from tests.support.browser import needs_chromium
from tests.support.console import (
    ARABIC,
    World,
    leave_message,
    miss,
    nobody_took,
    ring,
    start_dispatch,
    take,
)
from tests.support.web_process import free_port, running

pytestmark = [pytest.mark.e2e, needs_chromium]

# Nothing here is timed; a browser on a busy machine may need this long.
LIMIT_MS = 60_000
AXE = Path(__file__).parents[1] / "support" / "vendor" / "axe-core-4.14.1.min.js"
expect.set_options(timeout=LIMIT_MS)


@pytest.fixture
def hub(app: Flask) -> Hub:
    """The hub of the application that `address` serves."""
    return events.of_app(app)


def raise_alarm(world: World) -> None:
    with world.database.transaction() as session:
        session.add(Alarm(id=new_id(), reason="auditor_silent", raised_at=world.now, rounds=0))


def open_board(tab: Page, address: str) -> None:
    with tab.expect_response(re.compile("/board/now"), timeout=LIMIT_MS):
        tab.goto(f"{address}/board")


def test_a_ring_that_begins_after_the_page_was_opened(
    world: World, address: str, page: tuple[Page, list[str]]
) -> None:
    tab, complaints = page
    open_board(tab, address)
    expect(tab.locator("h1")).to_have_text("Nobody is waiting, and every report has a person.")
    report_id = caller_waits(world)
    expect(tab.locator("h1")).to_have_text("One caller is waiting for a person.")
    ring(world, report_id)
    expect(tab.locator("[data-s=ringing] .num")).to_contain_text("of 25 s")
    take(world, caller_waits(world, "es"))
    expect(tab.locator("#talking .count")).to_have_text("1")
    assert not complaints


def test_focus_and_place_stay_when_the_board_is_read_anew(
    world: World, address: str, page: tuple[Page, list[str]]
) -> None:
    tab, _ = page
    first = caller_waits(world)
    open_board(tab, address)
    link = tab.locator(f"#open-report-{first}")
    link.focus()
    tab.evaluate("document.activeElement.dataset.mine = 'the same'")
    nobody_took(world)  # a block above, and many readings
    expect(tab.locator(".call.is-alarm")).to_have_count(1)
    expect(link).to_be_focused()
    tab.wait_for_function("() => document.activeElement.id.startsWith('open-report-')")
    ring(world, first)
    expect(tab.locator("[data-s=ringing] .num")).to_contain_text("ringing")
    expect(link).to_be_focused()


def test_an_alarm_comes_to_every_page_and_its_answer_clears_it(
    world: World, address: str, page: tuple[Page, list[str]]
) -> None:
    tab, _ = page
    open_board(tab, address)
    other = tab.context.new_page()
    with other.expect_response(re.compile("/alarms/strip"), timeout=LIMIT_MS):
        other.goto(f"{address}/reports")
    raise_alarm(world)
    expect(tab.locator(".call.is-alarm")).to_have_count(1)
    expect(other.locator(".strip")).to_have_count(1)
    expect(tab).to_have_title("(1 alarm) Board · Hotline")
    expect(other).to_have_title("(1 alarm) Reports · Hotline")
    other.click("text=I am on it")
    expect(tab.locator(".call.is-alarm")).to_have_count(0)
    expect(tab).to_have_title("Board · Hotline")


def test_a_tab_in_the_background_is_told_and_takes_over(
    world: World, address: str, page: tuple[Page, list[str]], hub: Hub
) -> None:
    tab, _ = page
    open_board(tab, address)
    other = tab.context.new_page()
    other.goto(f"{address}/board")
    other.bring_to_front()
    first = caller_waits(world)
    for each in (tab, other):
        expect(each.locator("#waiting .count")).to_have_text("1")
    assert hub.listeners == 1  # one stream for both
    tab.close()
    take(world, first)
    expect(other.locator("#talking .count")).to_have_text("1")


def test_seconds_go_on(world: World, address: str, page: tuple[Page, list[str]]) -> None:
    tab, _ = page
    report_id = caller_waits(world)
    ring(world, report_id)
    for path in ("**/events", "**/board/now"):  # the page's own counting, and nothing else
        tab.route(path, lambda route: route.abort())
    tab.clock.install()
    tab.goto(f"{address}/board")
    ringing = tab.locator("[data-s=ringing] .num")
    expect(ringing).to_have_text("ringing 0 of 25 s")
    tab.clock.pause_at(tab.evaluate("Date.now() / 1000") + 20)
    told = re.compile(r"^ringing 2[0-4] of 25 s$")
    expect(ringing).to_have_text(told)
    gone = int(ringing.inner_text().split()[1])
    expect(tab.locator("[data-s=next] .num")).to_have_text(f"in {25 - gone} s")
    expect(tab.locator(".wait .num")).to_have_text(f"0:{gone}")


def every_place(hub: Hub) -> list[Seat]:
    """All the places there are, once the browser's own listener has left."""
    seats: list[Seat] = []
    while len(seats) < MOST:
        try:
            seats.append(hub.listen())
        except Full:
            time.sleep(0.02)
    return seats


def test_where_there_is_no_place_the_page_asks_again_and_again(
    world: World, address: str, page: tuple[Page, list[str]], hub: Hub
) -> None:
    tab, _ = page
    tab.goto("about:blank")
    seats = every_place(hub)
    tab.goto(f"{address}/board")
    caller_waits(world)
    expect(tab.locator("#waiting .count")).to_have_text("1")
    expect(tab.locator("#cut")).to_be_hidden()  # it is as new as it says
    for seat in seats:
        seat.leave()


@pytest.mark.slow
def test_a_server_that_is_started_again(world: World, tmp_path: Path) -> None:
    port = free_port()
    with browser.launched() as opened:
        with running(world, tmp_path, port) as web:
            tab = opened.new_page()
            browser.enter(tab, web.address)
            open_board(tab, web.address)
            web.stop()
            expect(tab.locator("#cut")).to_have_text(
                re.compile(r"^Not live since \d\d:\d\d; trying again\.$")
            )
        raise_alarm(world)
        with running(world, tmp_path, port):
            expect(tab.locator(".call.is-alarm")).to_have_count(1)
            expect(tab.locator("#cut")).to_be_hidden()


def test_a_screen_that_is_hidden_stays_hidden(
    world: World, address: str, page: tuple[Page, list[str]]
) -> None:
    tab, _ = page
    open_board(tab, address)
    cover = tab.locator("#cover")
    tab.click("text=Hide screen")
    expect(cover).to_be_visible()
    expect(tab).to_have_title("Hotline")
    for key in ("Escape", "Escape", "Escape", "Space", "a"):
        if key == "Space":
            tab.evaluate("document.activeElement.blur()")
        tab.keyboard.press(key)
        expect(cover).to_be_visible()
    assert tab.locator("h1").evaluate("e => getComputedStyle(e).visibility") == "hidden"
    tab.reload()
    expect(cover).to_be_visible()
    raise_alarm(world)
    expect(cover).to_contain_text("An alarm is open.")
    expect(tab).to_have_title("(1 alarm) Hotline")
    tab.click("text=Show again")
    expect(cover).to_be_hidden()
    expect(tab).to_have_title("(1 alarm) Board · Hotline")


def test_a_page_with_words_hides_itself_when_nobody_is_there(
    world: World, address: str, page: tuple[Page, list[str]]
) -> None:
    tab, _ = page
    report_id = leave_message(world)
    with tab.expect_response(re.compile("/alarms/strip"), timeout=LIMIT_MS):
        tab.goto(f"{address}/reports/{report_id}")
    world.pass_s(900)
    raise_alarm(world)
    expect(tab.locator("#cover")).to_be_visible()
    tab.click("text=Show again")
    tab.wait_for_url(re.compile(r"/sign-in\?next="))


def test_without_a_script(world: World, address: str, page: tuple[Page, list[str]]) -> None:
    tab, _ = page
    report_id = caller_waits(world)
    ring(world, report_id)
    plain = tab.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    bare = plain.new_page()
    browser.enter(bare, address)
    expect(bare.locator("h1")).to_have_text("One caller is waiting for a person.")
    expect(bare.locator("[data-s=ringing] .num")).to_have_text("ringing 0 of 25 s")
    expect(bare.locator("[data-hide]")).to_be_hidden()
    expect(bare.locator("#cover")).to_be_hidden()


def full_board(world: World) -> None:
    """Everything that can stand on it."""
    set_apart(world, nobody_took(world), "weapons", "life-safety")
    take(world, caller_waits(world, "ar"))
    waiting = caller_waits(world, "es")
    miss(world, waiting)
    ring(world, waiting)
    arabic = leave_message(world, "ar", ARABIC)
    start_dispatch(world, arabic)
    raise_alarm(world)


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_axe_and_widths(
    world: World, address: str, page: tuple[Page, list[str]], scheme: str
) -> None:
    tab, _ = page
    full_board(world)
    context: BrowserContext = tab.context.browser.new_context(  # type: ignore[union-attr]
        bypass_csp=True, color_scheme=scheme
    )
    own = context.new_page()
    browser.enter(own, address)
    for width in (1280, 390, 360, 320):
        own.set_viewport_size({"width": width, "height": 800})
        own.goto(f"{address}/board")
        own.add_script_tag(path=AXE)
        for direction in ("ltr", "rtl"):
            own.evaluate("d => { document.documentElement.dir = d }", direction)
            too_wide = "document.documentElement.scrollWidth > window.innerWidth"
            assert not own.evaluate(too_wide), (width, direction)
            found = own.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
            assert found == [], (width, direction)
