"""My shift and On call on a phone: nothing overflows, everything works by tap, no complaint."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from hotline.oncall import calendar, duty, schedules
from hotline.oncall.model import DutyState
from hotline.people.model import Role
from tests.support.console import PASSWORD, World, add_person, make_world
from tests.support.roster import COUNSELORS, at, responder_of, stand_in, with_roster

CHROMIUM = shutil.which("chromium")
# Root and a closed network: no sandbox, and nothing that calls home.
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
AXE = Path(__file__).parents[1] / "support" / "vendor" / "axe-core-4.14.1.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice")
PAGES = (
    "/my-shift",
    "/on-call?at=2026-11-29T02:00",
    "/on-call/responders",
    "/policies?category=weapons&urgency=life-safety&language=es",
    "/on-call/take?schedule=counselors&since=2026-11-27T21:00:00%2B00:00"
    "&until=2026-11-28T06:00:00%2B00:00",
)

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH"),
]


class Quiet(WSGIRequestHandler):
    """A server that does not print every request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    made = make_world(tmp_path, sqlite_url)
    with_roster(made)
    stand_in(made)
    add_person(made, "ana", Role.SUPERVISOR, responder="counselor-5")
    yield made
    made.database.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, world.app(), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def phone(address: str) -> Iterator[tuple[Page, list[str]]]:
    """A signed-in page of 360 pixels, and what the browser complained about."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        context = browser.new_context(viewport={"width": 360, "height": 740})
        tab = context.new_page()
        complaints: list[str] = []
        tab.on("console", lambda message: complaints.append(message.text))
        enter(tab, address)
        yield tab, complaints
        browser.close()


def enter(tab: Page, address: str) -> None:
    tab.goto(f"{address}/sign-in")
    tab.fill("#name", "ana")
    tab.fill("#password", PASSWORD)
    tab.click("text=Sign in >> nth=-1")
    tab.wait_for_url(lambda url: not url.endswith("/sign-in"))


def test_a_gap_is_filled_and_a_break_taken_by_tap(
    world: World, address: str, phone: tuple[Page, list[str]]
) -> None:
    tab, complaints = phone
    tab.goto(f"{address}/on-call")
    assert tab.locator("h1").inner_text().startswith("From Friday 27 November, 15:00")
    tab.locator("a.button", has_text="Fill this gap").click()
    tab.get_by_role("button", name="Take this shift").click()
    tab.wait_for_url("**/on-call?week=2026-W48")
    assert tab.locator("h1").inner_text() == "The next 14 days have no gap."
    with world.database.transaction() as session:
        plan = schedules.read_all(session)[COUNSELORS]
    assert calendar.on_call(plan, at(27, 16)) == ("counselor-5",)

    tab.goto(f"{address}/my-shift")
    tab.get_by_role("button", name="Take a break").click()
    tab.wait_for_selector("h1:has-text('You are on break until 20:36.')")
    person = responder_of(world, "counselor-5")
    with world.database.transaction() as session:
        assert duty.read(session, person, world.now).state is DutyState.BREAK
    tab.get_by_role("button", name="I am back on duty").click()
    tab.wait_for_selector("h1:has-text('You are on duty')")
    assert not complaints


def test_the_device_knows_its_worker_and_says_where_it_stands(
    address: str, phone: tuple[Page, list[str]]
) -> None:
    tab, complaints = phone
    tab.goto(f"{address}/my-shift")
    tab.wait_for_selector("#device [data-says='untold']:visible")
    assert tab.locator("#device button:visible").count() == 1
    scope = tab.evaluate("navigator.serviceWorker.getRegistrations().then(all => all[0].scope)")
    assert scope == f"{address}/my-shift/"
    assert tab.evaluate("caches.keys()") == []
    tab.get_by_role("button", name="Tell this device too").click()
    tab.wait_for_selector("#device [data-says='denied']:visible")
    assert not complaints


def test_nothing_is_wider_than_the_phone(address: str, phone: tuple[Page, list[str]]) -> None:
    tab, _ = phone
    for path in PAGES:
        tab.goto(address + path)
        tab.evaluate("() => document.querySelectorAll('.as-table').forEach(d => { d.open = true })")
        for direction in ("ltr", "rtl"):
            tab.evaluate("d => { document.documentElement.dir = d }", direction)
            too_wide = "document.documentElement.scrollWidth > window.innerWidth"
            assert not tab.evaluate(too_wide), (path, direction)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(address: str, scheme: str) -> None:
    script = AXE.read_text(encoding="utf-8")
    run = "rules => axe.run('main', { runOnly: rules }).then(r => r.violations.map(v => v.id))"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        # The policy of the page forbids the script that looks at it.
        context = browser.new_context(bypass_csp=True, color_scheme=scheme)  # type: ignore[arg-type]
        tab = context.new_page()
        enter(tab, address)
        for path in PAGES:
            tab.goto(address + path)
            tab.add_script_tag(content=script)
            for direction in ("ltr", "rtl"):
                tab.evaluate("d => { document.documentElement.dir = d }", direction)
                assert tab.evaluate(run, list(RULES)) == [], (path, direction)
        browser.close()
