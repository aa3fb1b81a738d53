"""Scripts that somebody says or types: in a real browser, on every page that shows their words.

Three times: as the code is, nothing is run; where the pages escape nothing, the policy stops every
one; where there is no policy either, they run, so the test would see it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

import hotline.app
from console import content_policy
from tests.support.browser import enter, launched, needs_chromium, served
from tests.support.console import cheap_passwords
from tests.support.sample import night
from tests.support.scripts import CALL, FACTS, KINDS, plant

pytestmark = [pytest.mark.e2e, needs_chromium]

LISTEN = """
window.hit = (kind) => (top.hits ||= []).push(kind.source)
addEventListener('securitypolicyviolation', e => (top.stopped ||= []).push(e.effectiveDirective))
"""
"""Before anything of a page: what the scripts call, and what its policy stops."""
SETTLED = "Promise.all([...document.images].map(i => i.complete || i.decode().catch(() => 0)))"
"""Every picture has come or failed, so handlers of failure have been called or stopped."""


class Seen:
    """What a browser did with the pages: where the script stands as text, where it was run, where
    the policy stopped one, and pages that fell over."""

    def __init__(self) -> None:
        self.shown: dict[str, set[str]] = {}
        self.run: dict[str, set[str]] = {}
        self.stopped: set[str] = set()
        self.errors: list[str] = []


@contextmanager
def people(browser: Browser, address: str, seen: Seen) -> Iterator[dict[str, Page]]:
    """A tab of each."""
    contexts: list[BrowserContext] = []
    tabs: dict[str, Page] = {}
    for who in ("ana", "ada", "otto", "rosa"):
        context = browser.new_context()
        contexts.append(context)
        tabs[who] = context.new_page()
        enter(tabs[who], address, who)
        tabs[who].add_init_script(LISTEN)
        tabs[who].on("pageerror", lambda error: seen.errors.append(str(error)))
    yield tabs
    for context in contexts:
        context.close()


def look(folder: Path) -> tuple[Seen, set[str]]:
    """Plant it everywhere, and look at every page. Gives what was seen, and all pages."""
    made, seen = night(folder, older=0), Seen()
    places = plant(made)
    with (
        served(made.world.app()) as address,
        launched() as browser,
        people(browser, address, seen) as tabs,
    ):
        for who, path in places:
            read(tabs[who], f"{address}{path}", f"{who} {path}", seen)
    made.world.database.close()
    return seen, {f"{who} {path}" for who, path in places}


def read(tab: Page, url: str, name: str, seen: Seen) -> None:
    """Open a page, wait for its pictures, and follow the link that is a script, if it is one."""
    tab.goto(url)
    tab.evaluate(SETTLED)
    seen.shown[name] = set(CALL.findall(tab.content()))
    link = tab.locator('a[href^="javascript:"]')
    if link.count():
        link.first.dispatch_event("click")
    seen.run[name] = set(tab.evaluate("top.hits || []"))
    if tab.evaluate("top.stopped"):
        seen.stopped.add(name)


@pytest.fixture(autouse=True)
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords(monkeypatch)
    file = tmp_path / "facts.toml"
    file.write_text(FACTS, encoding="utf-8")
    monkeypatch.setenv("HOTLINE_FACTS_FILE", str(file))


def escape_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Flask, "select_jinja_autoescape", lambda self, filename: False)


@pytest.mark.slow
def test_no_script_is_run_and_none_has_to_be_stopped(tmp_path: Path) -> None:
    seen, pages = look(tmp_path)
    # Every page shows at least one of them as text, and every kind of text is on a page.
    assert {page for page, kinds in seen.shown.items() if kinds} == pages
    assert frozenset().union(*seen.shown.values()) == KINDS
    assert (ran(seen), seen.stopped, seen.errors) == (set(), set(), [])


@pytest.mark.slow
def test_where_the_pages_escape_nothing_the_policy_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    escape_nothing(monkeypatch)
    seen, pages = look(tmp_path)
    assert ran(seen) == set()
    assert seen.stopped == pages


@pytest.mark.slow
def test_without_either_each_runs_on_every_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    escape_nothing(monkeypatch)
    monkeypatch.setattr(content_policy, "POLICY", "img-src *")
    monkeypatch.setattr(hotline.app, "HEADERS", {})
    seen, pages = look(tmp_path)
    assert ran(seen) == pages
    # A draft stands in a field, and the library that writes fields escapes by itself.
    assert frozenset().union(*seen.run.values()) == KINDS - {"draft"}


def ran(seen: Seen) -> set[str]:
    """The pages on which a script was run."""
    return {page for page, kinds in seen.run.items() if kinds}


@pytest.mark.parametrize("path", ["/statistics/year/2026.csv", "/statistics/year/2026.pdf"])
def test_a_file_is_saved_and_not_shown(tmp_path: Path, path: str) -> None:
    made = night(tmp_path, older=0)
    plant(made)
    with served(made.world.app()) as address, launched() as browser:
        tab = browser.new_page()
        enter(tab, address, "ana")
        with tab.expect_download() as saved:
            tab.evaluate("path => { location.href = path }", path)
        assert saved.value.suggested_filename.endswith(path[-4:])
    made.world.database.close()
