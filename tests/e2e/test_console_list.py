"""The list in a real browser: its keys, several at once, what is new; and without a script."""

import pytest
from playwright.sync_api import Page, expect

from hotline.people.model import Account
from hotline.reports.model import Report
from tests.support import browser
from tests.support.browser import needs_chromium
from tests.support.console import World, leave_message

pytestmark = [pytest.mark.e2e, needs_chromium]

Tab = tuple[Page, list[str]]


def focused(tab: Page) -> str:
    """The id of the row that has the focus."""
    found: str = tab.evaluate("document.activeElement.closest('.row')?.id ?? ''")
    return found.removeprefix("r-")


def report(world: World, report_id: str) -> Report:
    with world.database.transaction() as session:
        return session.get_one(Report, report_id)


def ana(world: World) -> str:
    with world.database.transaction() as session:
        return session.query(Account.id).filter(Account.name == "ana").scalar()


def test_the_keys(world: World, address: str, page: Tab) -> None:
    third, second, first = (leave_message(world) for _ in range(3))
    tab, complaints = page
    tab.goto(f"{address}/reports")
    tab.keyboard.press("j")
    assert focused(tab) == first
    tab.keyboard.press("j")
    tab.keyboard.press("k")
    assert focused(tab) == first
    tab.keyboard.press("k")
    assert focused(tab) == first  # there is nothing above

    tab.keyboard.press("e")
    expect(tab.locator("#told")).to_have_text("One report was marked as reviewed.")
    expect(tab.locator(f"#r-{second} h2 a")).to_be_focused()
    assert report(world, first).reviewed_at is not None
    expect(tab.locator(f"#r-{first}")).to_contain_text("reviewed")  # it stays where it was

    tab.keyboard.press("a")
    expect(tab.locator(f"#r-{third} h2 a")).to_be_focused()
    expect(tab.locator(f"#r-{second}")).to_contain_text("Ana looks after it")
    assert report(world, second).assignee == ana(world)

    tab.keyboard.press("x")
    expect(tab.locator(f"#r-{third} input")).to_be_checked()
    expect(tab.locator("#chosen")).to_have_text("One chosen")
    tab.keyboard.press("x")
    expect(tab.locator("#chosen")).to_have_text("")

    tab.keyboard.press("/")
    expect(tab.locator("#f-q")).to_be_focused()
    tab.keyboard.type("jaxe?")  # dead in fields
    expect(tab.locator("#f-q")).to_have_value("jaxe?")
    assert report(world, third).assignee is None

    tab.locator(f"#r-{third} h2 a").focus()
    tab.keyboard.press("?")
    expect(tab.locator("#keys")).to_be_visible()
    tab.keyboard.press("a")  # dead behind the dialog
    tab.keyboard.press("Escape")
    expect(tab.locator("#keys")).to_be_hidden()
    assert report(world, third).assignee is None

    assert complaints == []
    tab.locator(f"#r-{third} h2 a").focus()
    tab.keyboard.press("n")
    tab.wait_for_url(f"**/reports/{third}#note")
    tab.go_back()
    tab.locator(f"#r-{third} h2 a").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/reports/{third}")


def test_keys_that_are_switched_off_do_nothing(world: World, address: str, page: Tab) -> None:
    report_id = leave_message(world)
    with world.database.transaction() as session:
        session.query(Account).one().preferences = {"shortcuts": "off"}
    tab, _ = page
    tab.goto(f"{address}/reports")
    tab.locator(f"#r-{report_id} h2 a").focus()
    for key in ("e", "a", "x", "?"):
        tab.keyboard.press(key)
    expect(tab.locator(f"#r-{report_id} input")).not_to_be_checked()
    assert tab.locator("#keys").count() == 0
    assert report(world, report_id).reviewed_at is None


def test_several_at_once(world: World, address: str, page: Tab) -> None:
    made = [leave_message(world) for _ in range(3)]
    tab, _ = page
    tab.goto(f"{address}/reports")
    expect(tab.get_by_role("button", name="Assign")).to_be_hidden()
    tab.get_by_label("All on this page").check()
    expect(tab.locator("#chosen")).to_have_text("3 chosen")
    tab.locator(f"#r-{made[0]} input").uncheck()
    with world.database.transaction() as session:
        session.get_one(Report, made[1]).version += 1  # somebody was quicker
    tab.get_by_role("button", name="Assign").click()
    expect(tab.locator("#told")).to_contain_text("One report was assigned.")
    expect(tab.locator("#told")).to_contain_text("meanwhile. It stays as it is.")
    assert [report(world, i).assignee for i in made] == [None, None, ana(world)]
    expect(tab.locator(f"#r-{made[2]} h2 a")).to_be_focused()


def test_what_is_new_comes_on_top_when_asked_for(world: World, address: str, page: Tab) -> None:
    old = leave_message(world)
    tab, _ = page
    tab.goto(f"{address}/reports")
    new = leave_message(world)
    assert tab.locator(".row").count() == 1  # nothing moves by itself
    tab.evaluate("document.dispatchEvent(new CustomEvent('hotline:reports'))")
    tab.get_by_text("Show one new").click()
    expect(tab.locator(".row")).to_have_count(2)
    expect(tab.locator("#fresh")).to_be_focused()
    expect(tab.locator("#fresh")).to_have_text("One new report stands on top.")
    tab.keyboard.press("j")
    assert focused(tab) == new
    tab.keyboard.press("j")
    assert focused(tab) == old


def test_all_of_it_without_a_script(world: World, address: str) -> None:
    made = [leave_message(world) for _ in range(2)]
    with browser.launched() as opened:
        tab = opened.new_context(java_script_enabled=False).new_page()
        browser.enter(tab, address)
        tab.goto(f"{address}/reports")
        for report_id in made:
            tab.locator(f"#r-{report_id} input").check()
        tab.get_by_role("button", name="Mark as reviewed").click()
        tab.wait_for_url("**/reports?**did=reviewed-2")
        expect(tab.locator("#told")).to_have_text("2 reports were marked as reviewed.")
        expect(tab.locator(".empty b")).to_have_text("Nothing waits for review.")
        tab.get_by_text("See all reports").click()
        tab.locator("summary", has_text="Filters").click()
        tab.get_by_label("Language").select_option("ar")
        tab.get_by_role("button", name="Show these").click()
        expect(tab.locator(".empty b")).to_have_text("No report matches.")
        tab.get_by_role("link", name="Language: Arabic").click()
        expect(tab.locator(".row")).to_have_count(2)
