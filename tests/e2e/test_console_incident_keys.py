"""The suggestions of an incident, decided one after the other by keys alone, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from hotline.reports.incident_model import Membership
from tests.support.browser import needs_chromium
from tests.support.console import World
from tests.support.incidents import GUN, GUN_TOO, incident_of, link_of, tell

pytestmark = [pytest.mark.e2e, needs_chromium]


@pytest.fixture
def suggested(world: World) -> list[str]:
    """Three reports that may tell of the same as a first one."""
    tell(world, GUN)
    return [tell(world, GUN_TOO) for _ in range(3)]


@pytest.fixture
def review(world: World, address: str, page: tuple[Page, list[str]], suggested: list[str]) -> Page:
    """Where they are decided."""
    tab, _ = page
    tab.goto(f"{address}/incidents/{incident_of(world, suggested[0])}/review")
    return tab


def state(world: World, report_id: str) -> Membership:
    link = link_of(world, report_id)
    assert link is not None
    return link.state


def press(tab: Page, key: str) -> None:
    """A key that leads to a page; the new one hears keys from its load on."""
    with tab.expect_navigation():
        tab.keyboard.press(key)


def test_the_same_something_else_and_back_again(
    world: World, review: Page, page: tuple[Page, list[str]], suggested: list[str]
) -> None:
    press(review, "s")
    press(review, "d")
    said = {report_id: state(world, report_id) for report_id in suggested}
    assert sorted(said.values()) == ["confirmed", "rejected", "suggested"]
    press(review, "u")
    expect(review.locator("#next")).to_be_visible()
    assert sorted(state(world, each) for each in suggested) == [
        *("confirmed", "suggested", "suggested")
    ]
    assert page[1] == []


def test_later_passes_over_and_comes_back_at_the_end(review: Page, suggested: list[str]) -> None:
    first = review.locator("#next-title").inner_text()
    seen = {first}
    for _ in suggested[1:]:
        press(review, "j")
        seen.add(review.locator("#next-title").inner_text())
    assert len(seen) == len(suggested)
    press(review, "j")
    expect(review.locator("body")).to_contain_text("You have passed over those that are left.")
    press(review, "j")
    expect(review.locator("#next-title")).to_have_text(first)


def test_a_report_is_opened(review: Page) -> None:
    number = review.locator("#next-title bdi").inner_text()
    press(review, "o")
    expect(review.locator("h1")).to_be_visible()
    expect(review.locator("body")).to_contain_text(number)
    assert "/reports/" in review.url
