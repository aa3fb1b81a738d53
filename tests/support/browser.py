"""A real browser (Debian's Chromium, driven by Playwright) before the console of a small hotline.

The fixtures `world`, `address` and `page` of `tests/e2e/conftest.py` are made of these.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from _pytest.mark import ParameterSet
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from console.live import events
from console.locale import PSEUDO
from tests.support.console import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Root and a closed network: no sandbox, and nothing that calls home.
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PHONE = 400
"""Narrower in px than any window on a desk."""
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH")


class Quiet(WSGIRequestHandler):
    """A server that does not print every request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def let_go(app: Flask) -> Callable[..., Iterator[bytes]]:
    """The application, its answers closed also when the browser left before the end of one:
    werkzeug's server forgets to, and a static file would stay open."""

    def answered(environ: Any, start_response: Any) -> Iterator[bytes]:
        with closing(app.wsgi_app(environ, start_response)) as body:
            yield from body

    return answered


@contextmanager
def served(app: Flask, port: int = 0, *, locale: str = "en") -> Iterator[str]:
    """The application over HTTP on this machine; gives its address.

    port 0: any that is free. locale: pages as in that language, though their texts are English.
    """
    app.config[PSEUDO] = locale if locale != "en" else None
    server = make_server("127.0.0.1", port, let_go(app), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        hub = events.of_app(app)
        hub.close()
        server.shutdown()
        thread.join()
        server.server_close()
        while hub.listeners or hub.watching:  # each ends at its next wake
            time.sleep(0.01)


@dataclass(frozen=True)
class Look:
    """A way of looking: the end of a picture's file name, width in px, scheme, locale."""

    name: str
    width: int
    scheme: Literal["light", "dark"]
    locale: str = "en"


def short_and_long(looks: Sequence[Look]) -> list[ParameterSet]:
    """Parameters of a test of looks: `make test` looks in the dark, from right to left and on a
    phone, where most goes wrong; the others belong to `make test-long`."""
    return [
        pytest.param(look, id=look.name, marks=() if _is_hard(look) else pytest.mark.slow)
        for look in looks
    ]


def _is_hard(look: Look) -> bool:
    return look.scheme == "dark" and look.locale != "en" and look.width < PHONE


@contextmanager
def launched(*arguments: str) -> Iterator[Browser]:
    """A browser without any page; with arguments of its own besides ARGUMENTS."""
    with launched_each(arguments) as (browser,):
        yield browser


@contextmanager
def launched_each(*arguments: Sequence[str]) -> Iterator[list[Browser]]:
    """Several browsers, each with arguments of its own: microphones belong to a whole browser."""
    with sync_playwright() as playwright, ExitStack() as open_ones:
        browsers = []
        for each in arguments:
            options = [*ARGUMENTS, *each]
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
            open_ones.callback(browser.close)
            browsers.append(browser)
        yield browsers


@contextmanager
def looking(browser: Browser, look: Look, address: str, who: str) -> Iterator[Page]:
    """A tab of somebody signed in (`who` empty: a stranger), looking that way."""
    context = browser.new_context(
        viewport={"width": look.width, "height": 900},
        color_scheme=look.scheme,
        bypass_csp=True,  # the policy of the page forbids the script that looks at it
        reduced_motion="reduce",
    )
    tab = context.new_page()
    if who:
        enter(tab, address, who)
    yield tab
    context.close()


def enter(tab: Page, address: str, name: str = "ana") -> None:
    """Sign in as a person does; the tab then shows their first page."""
    tab.goto(f"{address}/sign-in")
    tab.fill("#name", name)
    tab.fill("#password", PASSWORD)
    tab.locator("form button.is-main").last.click()
    tab.wait_for_url(lambda url: "/sign-in" not in url)


def follow(tab: Page, selector: str) -> None:
    """Click, and be on the page that it leads to: all of it is there, and no longer the old one."""
    with tab.expect_navigation():
        tab.click(selector)
