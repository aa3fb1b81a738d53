"""The guides as a site, in a browser: it asks nobody else for anything, its search finds, and its
colors can be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.support import axe
from tests.support.browser import launched, needs_chromium
from tests.support.site import build

pytestmark = [pytest.mark.e2e, pytest.mark.slow, needs_chromium]


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that does not print every request."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder over HTTP on this machine; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site"))


def watched(tab: Page) -> tuple[list[str], list[str]]:
    """(addresses asked for, errors said), as they come."""
    asked: list[str] = []
    errors: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    return asked, errors


def test_nobody_else_is_asked_and_the_search_finds(site: Path) -> None:
    with served(site) as address, launched() as browser:
        tab = browser.new_page()
        asked, errors = watched(tab)
        for page in ("index", "architecture", "law", "reference/console-routes", "project"):
            tab.goto(f"{address}/{page}.html", wait_until="networkidle")
        tab.keyboard.press("/")
        tab.keyboard.type("ceremony")
        tab.wait_for_selector(".md-search-result__item a[href*='keys.html']")
        assert asked
        assert not [url for url in asked if not url.startswith((f"{address}/", "data:"))]
        assert not errors


def test_it_can_be_read_from_a_folder(site: Path) -> None:
    with launched() as browser:
        tab = browser.new_page()
        _, errors = watched(tab)
        tab.goto((site / "index.html").as_uri())
        tab.click(".md-content a[href='for-counselors.html']")
        tab.wait_for_selector("h1:has-text('For counselors')")
        assert tab.evaluate("document.styleSheets.length") >= 3
        assert not errors


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colors_can_be_read(site: Path, scheme: Literal["light", "dark"]) -> None:
    with served(site) as address, launched() as browser:
        context = browser.new_context(color_scheme=scheme, bypass_csp=True)
        tab = context.new_page()
        for page in ("index", "start", "law", "reference/webhooks"):
            tab.goto(f"{address}/{page}.html", wait_until="networkidle")
            found = [problem for problem in axe.problems(tab) if "color-contrast" in problem]
            assert not found, page
        context.close()
