"""Break-glass in two browsers: asked in one, agreed in the other, shown once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from hotline.dispatch.break_glass import SETTLED
from hotline.people.model import Role
from hotline.reports.model import Call, Report
from tests.fakes.carrier import FakeCarrier
from tests.support.axe import problems
from tests.support.browser import Look, launched, looking, needs_chromium, served
from tests.support.console import (
    World,
    add_person,
    call_of,
    cheap_passwords,
    leave_message,
    make_world,
    turn_on_break_glass,
)

SHOWN = "+1 555-014-2857"
WIDE, NARROW = Look("light-ltr", 1280, "light"), Look("dark-rtl", 360, "dark")

pytestmark = [pytest.mark.e2e, pytest.mark.slow, needs_chromium]


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    cheap_passwords(monkeypatch)
    made = make_world(tmp_path, sqlite_url)
    turn_on_break_glass(made)
    for name in ("ada", "bo"):
        add_person(made, name, Role.ADMINISTRATOR)
    made.pass_s(SETTLED.total_seconds() + 1)
    yield made
    made.database.close()


def live_call(world: World) -> str:
    """A caller on the line, whose number the carrier knows; gives the number of the report."""
    report_id = leave_message(world)
    with world.database.reading() as session:
        call = session.get_one(Call, call_of(world, report_id))
        assert isinstance(world.runtime.carrier, FakeCarrier)
        world.runtime.carrier.callers[call.carrier_call_id] = "+15550142857"
        return session.get_one(Report, report_id).number


def found_in(tab: Page) -> list[str]:
    """What axe finds, and whether the page is wider than the window."""
    wide = tab.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [*problems(tab), *(["wider than the window"] if wide else [])]


def test_the_number_is_shown_to_the_second_and_only_once(world: World) -> None:
    number, wrong = live_call(world), []
    live_call(world)
    with (
        served(world.app()) as address,
        launched() as browser,
        looking(browser, WIDE, address, "ada") as first,
        looking(browser, NARROW, address, "bo") as second,
    ):
        first.goto(f"{address}/break-glass")
        asking = first.locator("section", has_text=f"The call of report {number}")
        asking.locator("summary").click()
        wrong += found_in(first)
        asking.get_by_label("the caller is about to die").check()
        asking.get_by_label("Type the number of the report").fill(number)
        asking.get_by_role("button", name="Ask a second administrator").click()
        expect(first.get_by_text("You asked, because the caller is about to die")).to_be_visible()
        wrong += found_in(first)

        second.goto(f"{address}/break-glass")
        agreeing = second.locator("section", has_text=f"The call of report {number}")
        wrong += found_in(second)
        agreeing.get_by_label("Type the number of the report").fill(number)
        agreeing.get_by_role("button", name="Agree, and ask the carrier").click()
        expect(second.get_by_text(SHOWN)).to_be_visible()
        wrong += found_in(second)
        second.goto(f"{address}/board")
        with pytest.raises(Error, match="ERR_CACHE_MISS"):  # nothing of it was kept
            second.go_back()
        expect(second.get_by_text(SHOWN)).to_have_count(0)
    assert wrong == []
