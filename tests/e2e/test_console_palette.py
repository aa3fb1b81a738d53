"""The palette and the help in a browser, by keyboard alone; health that looks again by itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from hotline.reports.model import Report
from tests.support.browser import enter, launched, looking, needs_chromium, served
from tests.support.console import cheap_passwords
from tests.support.sample import Night, night
from tests.support.screenshots import LOOKS

pytestmark = [pytest.mark.e2e, needs_chromium]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    with pytest.MonkeyPatch.context() as patch:
        cheap_passwords(patch)
        there = night(tmp_path_factory.mktemp("night"), older=0)
        yield there
        there.world.database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.fixture(scope="module")
def address(made: Night) -> Iterator[str]:
    with served(made.world.app()) as there:
        yield there


@pytest.fixture
def supervisor(browser: Browser, address: str) -> Iterator[Page]:
    with looking(browser, LOOKS[0], address, "ana") as tab:
        tab.goto(f"{address}/reports")
        yield tab


@pytest.fixture
def administrator(browser: Browser, address: str) -> Iterator[Page]:
    with looking(browser, LOOKS[0], address, "ada") as tab:
        tab.goto(f"{address}/people")
        yield tab


def chosen(tab: Page) -> str:
    """The option that the field names as the active one."""
    active = tab.locator("#palette-field").get_attribute("aria-activedescendant")
    option = tab.locator(f"#{active}")
    expect(option).to_have_attribute("aria-selected", "true")
    return option.locator("span").inner_text()


def test_a_page_is_reached_by_keys_alone(administrator: Page) -> None:
    tab = administrator
    tab.keyboard.press("Control+k")
    expect(tab.locator("#palette")).to_be_visible()
    expect(tab.locator("#palette-field")).to_be_focused()
    assert chosen(tab) == "Add a person"  # what the page itself can do comes first
    tab.keyboard.type("AUD")
    expect(tab.locator("#palette-says")).to_have_text("One fits.")
    assert chosen(tab) == "Audit"
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/audit")


def test_the_arrows_go_around_and_escape_closes(administrator: Page) -> None:
    tab = administrator
    tab.get_by_role("button", name="Go to").focus()
    tab.keyboard.press("Enter")
    first = chosen(tab)
    tab.keyboard.press("ArrowUp")
    assert chosen(tab) == "Single keys off"
    tab.keyboard.press("ArrowDown")
    assert chosen(tab) == first
    tab.keyboard.type("no such thing")
    expect(tab.locator("#palette-says")).to_contain_text("Nothing fits.")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Escape")
    expect(tab.locator("#palette")).to_be_hidden()
    expect(tab.get_by_role("button", name="Go to")).to_be_focused()
    assert tab.url.endswith("/people")


def test_what_the_page_can_do_is_pressed(administrator: Page) -> None:
    administrator.keyboard.press("Control+k")
    administrator.keyboard.type("add a")
    administrator.keyboard.press("Enter")
    administrator.wait_for_url("**/people/new")


def test_a_report_is_opened_by_its_number(made: Night, supervisor: Page) -> None:
    with made.world.database.transaction() as session:
        number = session.get_one(Report, made.weapon).number
    supervisor.keyboard.press("Control+k")
    supervisor.keyboard.type(number)
    assert chosen(supervisor) == f"Open report {number}"
    supervisor.keyboard.press("Enter")
    supervisor.wait_for_url(f"**/reports/{made.weapon}")


def test_whoever_reads_no_reports_opens_none(administrator: Page) -> None:
    administrator.keyboard.press("Control+k")
    administrator.keyboard.type("123456")
    expect(administrator.locator("#palette-says")).to_contain_text("Nothing fits.")


def test_a_look_is_chosen_and_the_page_stays(administrator: Page) -> None:
    tab = administrator
    tab.keyboard.press("Control+k")
    tab.keyboard.type("dark")
    tab.keyboard.press("Enter")
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    tab.wait_for_load_state("load")  # the page is a new one; its palette is there from then on
    assert tab.url.endswith("/people")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("as this")
    tab.keyboard.press("Enter")
    expect(tab.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_a_click_chooses_too(administrator: Page) -> None:
    administrator.get_by_role("button", name="Go to").click()
    administrator.get_by_role("option", name="Settings").click()
    administrator.wait_for_url("**/settings")


def test_a_question_mark_opens_the_help(administrator: Page) -> None:
    says = administrator.locator(".help-says")
    expect(says).to_be_hidden()
    administrator.keyboard.press("?")
    expect(says).to_be_visible()
    expect(administrator.locator(".help summary")).to_be_focused()


def test_without_a_script_there_is_no_palette_and_the_rest_works(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    enter(tab, address, "ada")
    tab.goto(f"{address}/people")
    expect(tab.locator("[data-palette]:visible")).to_have_count(0)
    expect(tab.locator("#palette")).to_be_hidden()
    tab.locator(".help summary").click()
    expect(tab.locator(".help-says")).to_be_visible()
    context.close()


def test_health_looks_again_by_itself(browser: Browser, address: str) -> None:
    with looking(browser, LOOKS[0], address, "ada") as tab:
        tab.clock.install()
        tab.goto(f"{address}/health")
        with tab.expect_response("**/health/now") as again:
            tab.clock.run_for(31_000)
        assert again.value.status == 200
        expect(tab.locator("h1")).to_have_count(1)
