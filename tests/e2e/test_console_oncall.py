"""My shift and On call on a phone: nothing overflows, everything works by tap, no complaint."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from hotline.oncall import calendar, duty, schedules
from hotline.oncall.model import DutyState
from hotline.people.model import Role
from tests.support.axe import problems
from tests.support.browser import (
    Look,
    enter,
    launched,
    looking,
    needs_chromium,
    served,
    short_and_long,
)
from tests.support.console import World, add_person, make_world
from tests.support.roster import COUNSELORS, at, responder_of, stand_in, with_roster

LOOKS = (Look("light-ltr", 1280, "light"), Look("dark-rtl", 360, "dark", "ar"))
PAGES = (
    "/my-shift",
    "/my-shift/phone",
    "/on-call?at=2026-11-29T02:00",
    "/on-call/responders",
    "/policies?category=weapons&urgency=life-safety&language=es",
    "/on-call/take?schedule=counselors&since=2026-11-27T21:00:00%2B00:00"
    "&until=2026-11-28T06:00:00%2B00:00",
)

pytestmark = [pytest.mark.e2e, needs_chromium]


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
    with served(world.app()) as there:
        yield there


@pytest.fixture
def phone(address: str) -> Iterator[tuple[Page, list[str]]]:
    """A signed-in page of 360 pixels, and what the browser complained about."""
    with launched() as browser:
        context = browser.new_context(viewport={"width": 360, "height": 740})
        tab = context.new_page()
        complaints: list[str] = []
        tab.on("console", lambda message: complaints.append(message.text))
        enter(tab, address)
        yield tab, complaints


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


@pytest.mark.slow
@pytest.mark.parametrize("look", short_and_long(LOOKS))
def test_axe_finds_nothing(world: World, look: Look) -> None:
    wrong: list[str] = []
    with (
        launched() as browser,
        served(world.app(), locale=look.locale) as address,
        looking(browser, look, address, "ana") as tab,
    ):
        for path in PAGES:
            tab.goto(address + path)
            wrong += [f"{path}: {what}" for what in problems(tab)]
    assert wrong == []
