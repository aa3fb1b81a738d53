"""The pages in a real browser: nothing overflows, the sound plays, the policy blocks nothing."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.console import (
    ARABIC,
    PASSWORD,
    World,
    add_person,
    give_reason,
    leave_message,
    make_world,
    miss,
    ring,
    start_dispatch,
)

CHROMIUM = shutil.which("chromium")
# Root and a closed network: no sandbox, and nothing that calls home.
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
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
    add_person(made)
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
def page(address: str) -> Iterator[tuple[Page, list[str]]]:
    """A signed-in page, and what the browser complained about."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        complaints: list[str] = []
        tab.on("console", lambda message: complaints.append(message.text))
        tab.goto(f"{address}/sign-in")
        tab.fill("#name", "ana")
        tab.fill("#password", PASSWORD)
        tab.click("text=Sign in >> nth=-1")
        tab.wait_for_url("**/reports")
        yield tab, complaints
        browser.close()


def test_the_pages_in_a_browser(world: World, address: str, page: tuple[Page, list[str]]) -> None:
    tab, complaints = page
    ringing = leave_message(world)
    give_reason(world, ringing, "picture of a gun", "weapons", "life-safety")
    start_dispatch(world, ringing)
    miss(world, ringing)
    ring(world, ringing)
    arabic = leave_message(world, "ar", ARABIC)
    give_reason(world, arabic, "سكين", "weapons", "life-safety")
    start_dispatch(world, arabic)
    for _ in range(3):
        miss(world, arabic)

    for width in (1280, 390, 360):
        tab.set_viewport_size({"width": width, "height": 800})
        for path in ("/reports", f"/reports/{ringing}", f"/reports/{arabic}"):
            tab.goto(address + path)
            for direction in ("ltr", "rtl"):
                tab.evaluate("d => { document.documentElement.dir = d }", direction)
                too_wide = "document.documentElement.scrollWidth > window.innerWidth"
                assert not tab.evaluate(too_wide), (path, width, direction)

    tab.goto(f"{address}/reports/{ringing}")
    length_s = tab.evaluate(
        """async () => {
            const player = document.querySelector("audio");
            await new Promise((resolve, reject) => {
                player.onloadedmetadata = resolve;
                player.onerror = reject;
                player.preload = "auto";
                player.load();
            });
            return player.duration;
        }"""
    )
    assert length_s == pytest.approx(2.0, abs=0.01)

    tab.click("text=I am on it")
    tab.wait_for_url(f"**/reports/{arabic}")
    assert tab.locator("[role=alert]").count() == 0
    assert tab.locator("text=Ana answered for the alarm.").count() == 1
    tab.click("text=Mark reviewed")
    assert tab.locator("text=Ana reviewed it.").count() == 1
    tab.click("text=Sign out")
    tab.wait_for_url("**/sign-in")
    assert not [text for text in complaints if "Clear-Site-Data" not in text]
