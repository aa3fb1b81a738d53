"""The pages in a real browser: nothing overflows, the sound plays, the policy blocks nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import needs_chromium
from tests.support.console import (
    ARABIC,
    World,
    give_reason,
    leave_message,
    miss,
    ring,
    start_dispatch,
)

pytestmark = [pytest.mark.e2e, needs_chromium]


def test_the_pages_in_a_browser(world: World, address: str, page: tuple[Page, list[str]]) -> None:
    tab, complaints = page
    ringing = leave_message(world)
    give_reason(world, ringing, "picture of a gun", "weapons", "life-safety")
    start_dispatch(world, ringing)
    miss(world, ringing)
    ring(world, ringing)
    arabic = leave_message(world, "ar", ARABIC)
    give_reason(world, arabic, "سكين", "weapons", "life-safety")
    start_dispatch(world, arabic)
    for _ in range(3):
        miss(world, arabic)

    for width in (1280, 390, 360):
        tab.set_viewport_size({"width": width, "height": 800})
        for path in ("/reports", f"/reports/{ringing}", f"/reports/{arabic}"):
            tab.goto(address + path)
            for direction in ("ltr", "rtl"):
                tab.evaluate("d => { document.documentElement.dir = d }", direction)
                too_wide = "document.documentElement.scrollWidth > window.innerWidth"
                assert not tab.evaluate(too_wide), (path, width, direction)

    tab.goto(f"{address}/reports/{ringing}")
    length_s = tab.evaluate(
        """async () => {
            const player = document.querySelector("audio");
            await new Promise((resolve, reject) => {
                player.onloadedmetadata = resolve;
                player.onerror = reject;
                player.preload = "auto";
                player.load();
            });
            return player.duration;
        }"""
    )
    assert length_s == pytest.approx(2.0, abs=0.01)

    tab.click("text=I am on it")
    tab.wait_for_url(f"**/reports/{arabic}")
    expect(tab.locator("[role=alert]")).to_have_count(0)
    expect(tab.locator("text=Ana answered for the alarm.")).to_have_count(1)
    tab.click("text=Mark reviewed")
    expect(tab.locator("text=Ana reviewed it.")).to_have_count(1)
    tab.click("text=Sign out")
    tab.wait_for_url("**/sign-in")
    # A part that was being read anew while the session ended is refused; that is no fault.
    told = ("Clear-Site-Data", "401 (UNAUTHORIZED)")
    assert not [text for text in complaints if not any(each in text for each in told)]
