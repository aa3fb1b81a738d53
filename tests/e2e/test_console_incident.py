"""One whole incident: real processes, a call through the switch, and a supervisor at the console.

The board shows the ring while it rings; then the report is heard, corrected, noted and closed.
"""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from hotline.demo.scenario import Seen
from hotline.demo.scenarios import SCENARIOS
from hotline.people import passwords
from hotline.people.accounts import add_account
from hotline.people.model import Role
from tests.e2e.conftest import Theatre, open_theatre
from tests.e2e.test_hostile import until
from tests.support.browser import enter, launched, needs_chromium
from tests.support.console import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.slow, needs_chromium]
PATIENCE_MS = 90_000


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """A hotline of this test's own, with one supervisor."""
    with open_theatre(tmp_path_factory.mktemp("incident")) as opened:
        runtime = opened.stack.runtime
        with runtime.database.transaction() as session:
            password = passwords.hash_password(PASSWORD)
            add_account(session, "ana", "Ana", Role.SUPERVISOR, password, runtime.clock())
        yield opened


@pytest.fixture
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


def test_from_the_ring_to_the_end(own: Theatre, browser: Browser) -> None:
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    enter(tab, own.stack.settings.public_url)
    tab.goto(f"{own.stack.settings.public_url}/board")
    played: list[tuple[Seen, list[str]]] = []
    call = threading.Thread(target=lambda: played.append(own.play(SCENARIOS["message"])))
    call.start()
    try:
        # Nobody loads the page again: the ring comes by itself.
        expect(tab.locator("li[data-s=ringing]").first).to_be_visible(timeout=PATIENCE_MS)
    finally:
        call.join()
    ((seen, wrong),) = played
    assert wrong == []

    tab.goto(f"{own.stack.settings.public_url}/reports")
    tab.locator(".row h2 a").first.click()
    expect(tab.locator("h1")).to_contain_text("Weapons")
    heard(tab)
    corrected(tab, own)
    noted_and_closed(tab)
    told = tab.locator("#happened, .is-tale").first.inner_text()
    for sentence in (
        "did not answer",
        "pressed 1 and took it",
        "Ana corrected words",
        "Ana closed it",
    ):
        assert sentence in told
    assert seen.outcome.taken_by is not None


def heard(tab: Page) -> None:
    """The sound of the real call plays, and the words are marked as they are spoken."""
    tab.locator("[data-controls] .play").click()
    at = "document.querySelector('audio').currentTime"
    until(lambda: tab.evaluate(at) > 0.5, "the sound plays")
    expect(tab.locator(".is-now").first).to_be_attached()
    tab.locator("[data-controls] .play").click()


def corrected(tab: Page, own: Theatre) -> None:
    """A word is corrected by the form that works without a script too."""
    line = tab.locator("details[data-correct]").first
    line.locator("summary").click()
    line.locator("textarea, input[type=text]").first.fill("somebody")
    line.get_by_role("button", name="Keep the correction").click()
    expect(tab.locator(".w-fixed").first).to_contain_text("somebody")


def noted_and_closed(tab: Page) -> None:
    """A note is written, and how it ended."""
    tab.locator("#notes textarea").fill("The school was told.")
    tab.locator("#notes button", has_text="Save note").click()
    expect(tab.locator("#notes")).to_contain_text("The school was told.")
    tab.get_by_label("The school acts on it.").check()
    tab.get_by_role("button", name="Close report").click()
    expect(tab.locator("body")).to_contain_text("Ana closed it")
