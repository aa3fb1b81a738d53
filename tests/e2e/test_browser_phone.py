"""Ring me in the browser, as it is in life: a whole hotline, Chromium and a microphone.

One hotline and one browser for both calls. In the first the report is taken in the browser; in the
second its tab is closed while it rings, and the ordinary phone rings in the same turn.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hotline.demo import cast
from hotline.dispatch import roster as in_force
from hotline.dispatch.model import Attempt
from hotline.oncall import roster as roster_file
from hotline.oncall.model import Responder
from hotline.people.accounts import add_account
from hotline.people.passwords import hash_password
from hotline.people.permissions import Role
from hotline.reports.model import Report, TimelineEvent
from tests.e2e.conftest import Theatre, open_theatre
from tests.e2e.test_phones_page import SPEECH, microphone, with_microphone
from tests.support.browser import enter, launched, needs_chromium
from tests.support.console import PASSWORD

pytestmark = [pytest.mark.e2e, needs_chromium, pytest.mark.slow, pytest.mark.timeout(600)]

LONG = 120_000
"""Milliseconds for what takes a telephone its time, on a machine with other work."""
RING_S = 30
ROSTER = cast.roster([(cast.ROSA, RING_S)])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Theatre, Page]]:
    """The hotline with Rosa on duty, and the board in a browser that has a microphone."""
    folder = tmp_path_factory.mktemp("browser-phone")
    mouth = microphone(folder, "rosa.wav", ["unseen_espeak/003.wav"])
    with (
        open_theatre(folder / "hotline", speed=1.0, second_factor="offered") as theatre,
        launched(*with_microphone(mouth)) as browser,
    ):
        runtime = theatre.stack.runtime
        with runtime.database.transaction() as session:
            in_force.apply(session, runtime.vault, roster_file.parse(ROSTER))
            hashed, now = hash_password(PASSWORD), runtime.clock()
            rosa = add_account(session, "rosa", "Rosa", Role.COUNSELOR, hashed, now)
            query = select(Responder.id).where(Responder.handle == cast.ROSA.handle)
            rosa.responder_id = session.scalars(query).one()
        board = browser.new_context(permissions=["microphone"]).new_page()
        enter(board, theatre.stack.settings.public_url, "rosa")
        yield theatre, board
        assert "5550100" not in "\n".join(theatre.log)


def turned_on(theatre: Theatre, board: Page) -> tuple[Page, list[str]]:
    """The page in a tab of its own, ready; and what goes over its socket in words."""
    board.goto(f"{theatre.stack.settings.public_url}/my-shift")
    with board.expect_popup() as opened:
        board.get_by_role("link", name="Open my phone").click()
    tab, addresses = opened.value, []
    tab.on("websocket", lambda socket: addresses.append(socket.url))
    tab.get_by_role("button", name="Ring me in this browser").click()
    heading = tab.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("This browser rings first"), timeout=LONG)
    for sign in ("Joined to the switch", "Microphone allowed", "Sound allowed"):
        expect(tab.get_by_text(sign)).to_have_attribute("data-s", "yes")
    return tab, addresses


def attempts(theatre: Theatre) -> list[Attempt]:
    with theatre.stack.runtime.database.reading() as session:
        return list(session.scalars(select(Attempt).order_by(Attempt.id)))


def reports(theatre: Theatre) -> list[str]:
    with theatre.stack.runtime.database.reading() as session:
        return list(session.scalars(select(Report.id).order_by(Report.id)))


def told(theatre: Theatre, report_id: str) -> list[tuple[str, dict[str, Any]]]:
    with theatre.stack.runtime.database.reading() as session:
        query = select(TimelineEvent).where(TimelineEvent.report_id == report_id)
        return [(e.kind, dict(e.detail)) for e in session.scalars(query.order_by(TimelineEvent.id))]


def call_in(theatre: Theatre) -> None:
    """A caller who wants to speak to somebody now."""
    spoken = next((SPEECH / "unseen_rms").glob("*.wav"))
    theatre.switch.register(cast.CALLER, cast.speaks_now("en", str(spoken)))
    theatre.switch.dial(cast.CALLER, theatre.stack.settings.phone_number)


def test_it_is_taken_in_the_browser(house: tuple[Theatre, Page]) -> None:
    theatre, board = house
    theatre.switch.register(cast.ROSA.number, cast.never())
    tab, addresses = turned_on(theatre, board)
    call_in(theatre)
    tab.get_by_role("button", name="Answer").click(timeout=LONG)
    expect(tab.locator("#phone-captions")).to_contain_text(
        "press 1", ignore_case=True, timeout=LONG
    )
    tab.get_by_role("button", name="1 · Take it").click()
    heading = tab.get_by_role("heading", level=1)
    expect(heading).to_have_text("You are talking with the caller.", timeout=LONG)
    [report_id] = reports(theatre)
    board.goto(f"{theatre.stack.settings.public_url}/board")
    expect(board.locator(f"#talking a[href*='{report_id}']").first).to_be_visible(timeout=LONG)
    board.goto(f"{theatre.stack.settings.public_url}/reports/{report_id}")
    expect(board.get_by_text("pressed 1 in the browser and took it").first).to_be_attached()
    [rung] = attempts(theatre)
    assert (rung.state, rung.follows) == ("taken", None)
    assert str(rung.browser).startswith("client:")
    taken = [detail for kind, detail in told(theatre, report_id) if kind == "attempt_taken"]
    assert [detail.get("where") for detail in taken] == ["browser"]
    assert not any("ticket" in url or "?" in url for url in addresses)
    # The caller hangs up after a while.
    expect(heading).to_have_text(re.compile("This browser rings first"), timeout=LONG)
    tab.close()


def test_a_closed_tab_rings_the_telephone_in_the_same_turn(house: tuple[Theatre, Page]) -> None:
    theatre, board = house
    theatre.switch.register(cast.ROSA.number, cast.takes_call())
    tab, _ = turned_on(theatre, board)
    before = reports(theatre)
    call_in(theatre)
    expect(tab.get_by_role("button", name="Answer")).to_be_visible(timeout=LONG)
    tab.close()
    [report_id] = [each for each in reports(theatre) if each not in before]
    board.goto(f"{theatre.stack.settings.public_url}/board")
    expect(board.locator(f"#talking a[href*='{report_id}']").first).to_be_visible(timeout=LONG)
    browser, phone = attempts(theatre)[-2:]
    assert (browser.state, phone.state) == ("unanswered", "taken")
    assert (phone.follows, phone.turn, phone.browser) == (browser.id, browser.turn, None)
    assert phone.responder_id == browser.responder_id
    assert browser.ends_by is not None
    assert phone.ends_by == browser.ends_by
    # The rest of the turn, and what the browser has not used of its part; no more than the whole.
    assert RING_S - browser.ring_s <= phone.ring_s <= RING_S
