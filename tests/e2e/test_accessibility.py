"""Every page as axe-core sees it (WCAG 2.2 AA, best practice); nothing wider than the window.

All pages in light and dark, left to right and right to left, at 360 and 1280 px.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browsers import ARGUMENTS, CHROMIUM
from tests.support.console import cheap_passwords
from tests.support.sample import Night, night
from tests.support.screenshots import Look, looking, served, shots

AXE = Path(__file__).parents[1] / "support" / "vendor" / "axe-core-4.14.1.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [
    Look(f"{scheme}-{locale}-{width}", width, scheme, locale)
    for scheme in ("light", "dark")
    for locale in ("en", "ar")
    for width in (1280, 360)
]

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    with pytest.MonkeyPatch.context() as patch:
        cheap_passwords(patch)
        there = night(tmp_path_factory.mktemp("night"))
        yield there
        there.world.database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield started
        started.close()


SHORT = ("light-en-1280", "dark-ar-360")
"""What every run of the tests looks at; the others belong to `make test-long`."""


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(look, id=look.name, marks=() if look.name in SHORT else pytest.mark.slow)
        for look in LOOKS
    ],
)
def test_nobody_is_shut_out(made: Night, browser: Browser, look: Look) -> None:
    wrong: list[str] = []
    with served(made, look.locale) as address:
        every = shots(made)
        for who in dict.fromkeys(shot.who for shot in every):
            with looking(browser, look, address, who) as tab:
                for shot in (s for s in every if s.who == who):
                    answer = tab.goto(address + shot.path)
                    assert answer is not None
                    assert answer.status == 200, shot
                    wrong += [f"{shot.name}: {what}" for what in problems(tab)]
    assert wrong == []


def problems(tab: Page) -> list[str]:
    """What axe finds on the page, and whether it is wider than the window."""
    tab.add_script_tag(path=AXE)
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    found = tab.evaluate("options => axe.run(document, options)", options)
    told = [
        f"{v['id']} ({v['impact']}): {node['target']}"
        for v in found["violations"]
        for node in v["nodes"]
    ]
    if tab.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        told.append("wider than the window")
    return told
