"""A passkey in Chromium with a virtual authenticator: set up, signed in with, asked again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from hotline.audit import AuditEntry
from hotline.people import sessions
from hotline.people.model import Account, Passkey
from tests.support.axe import problems
from tests.support.browser import launched, needs_chromium, served
from tests.support.console import (
    PASSWORD,
    World,
    add_person,
    cheap_passwords,
    leave_message,
    make_world,
)
from tests.support.web_process import free_port

pytestmark = [pytest.mark.e2e, needs_chromium]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "hasResidentKey": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A hotline that is reached as localhost, where everybody needs a second factor."""
    cheap_passwords(monkeypatch)
    made = make_world(tmp_path, sqlite_url, second_factor="required")
    address = f"http://localhost:{free_port()}"
    settings = made.runtime.settings.model_copy(update={"public_url": address})
    made.runtime = replace(made.runtime, settings=settings)
    add_person(made)
    yield made
    made.database.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    named = world.runtime.settings.public_url
    with served(world.app(), int(named.rsplit(":", 1)[1])):
        yield named


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if "Refused" in message.text else None
    )
    yield page
    assert said == []  # the content policy had nothing to refuse
    context.close()


def device_of(tab: Page) -> tuple[CDPSession, str]:
    """A virtual authenticator for the tab."""
    wire = tab.context.new_cdp_session(tab)
    wire.send("WebAuthn.enable")
    added = wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return wire, str(added["authenticatorId"])


def give_password(tab: Page, address: str) -> None:
    """Name and password by keyboard alone."""
    tab.goto(f"{address}/sign-in")
    expect(tab.locator("#name")).to_be_focused()
    tab.keyboard.type("ana")
    tab.keyboard.press("Tab")
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")


def enroll(tab: Page, address: str) -> None:
    """Set up a passkey at the first sign-in, by keyboard alone."""
    give_password(tab, address)
    tab.wait_for_url("**/sign-in/enroll*")
    tab.get_by_role("button", name="Make a passkey").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Print these codes")).to_be_visible()


def acts(world: World) -> list[str]:
    with world.database.transaction() as session:
        return [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.seq)]


def test_a_passkey_is_set_up_and_lets_in(world: World, address: str, tab: Page) -> None:
    device_of(tab)
    enroll(tab, address)
    expect(tab.locator(".recovery-codes li")).to_have_count(10)
    tab.get_by_role("link", name="I have kept them").click()
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_url("**/sign-in")
    give_password(tab, address)
    tab.wait_for_url("**/sign-in/second")
    expect(tab.get_by_role("button", name="Use your passkey")).to_be_focused()
    tab.keyboard.press("Enter")
    tab.wait_for_url(lambda url: "/sign-in" not in url)
    with world.database.transaction() as session:
        assert session.query(Passkey).one().used_at == world.now


def test_a_reveal_after_ten_minutes_asks_and_goes_on(world: World, address: str, tab: Page) -> None:
    report_id = leave_message(world, text="call me at 217 555 0143")
    device_of(tab)
    enroll(tab, address)
    tab.goto(f"{address}/reports/{report_id}")
    world.pass_s(sessions.FRESH.total_seconds() + 1)
    tab.get_by_label("Why do you need to see it?").select_option(index=1)
    tab.get_by_role("button", name="Show what is masked").click()
    expect(tab.get_by_role("heading", name="Prove once more that it is you.")).to_be_visible()
    assert "report.revealed" not in acts(world)
    tab.get_by_role("button", name="Use your passkey").press("Enter")
    expect(tab.get_by_text("Everything is shown")).to_be_visible()
    assert "report.revealed" in acts(world)


def test_without_the_device_the_page_says_so_and_a_code_lets_in(
    world: World, address: str, tab: Page
) -> None:
    wire, device = device_of(tab)
    enroll(tab, address)
    code = tab.locator(".recovery-codes code").first.inner_text()
    wire.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    tab.goto(f"{address}/account/security")
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_url("**/sign-in")
    give_password(tab, address)
    tab.wait_for_url("**/sign-in/second")
    tab.get_by_role("button", name="Use your passkey").press("Enter")
    expect(tab.get_by_role("alert").filter(has_text="The passkey was not used")).to_be_visible()
    tab.get_by_label("A recovery code").fill(code)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/account/security")
    expect(tab.get_by_text("9 of ten codes are left.")).to_be_visible()


def test_a_second_passkey_is_added_and_the_first_removed(
    world: World, address: str, tab: Page
) -> None:
    wire, device = device_of(tab)
    enroll(tab, address)
    # Emptied, not taken away: a device that comes anew is now and then seen too late.
    wire.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    tab.goto(f"{address}/account/security/new")
    tab.get_by_label("A name for it").fill("Desk")
    tab.get_by_role("button", name="Make a passkey").press("Enter")
    tab.wait_for_url("**/account/security")
    expect(tab.get_by_text("Desk,")).to_be_visible()
    with tab.expect_navigation():
        tab.get_by_role("button", name="Remove This device").click()
    with world.database.transaction() as session:
        assert session.query(Passkey.name).all() == [("Desk",)]
        assert session.query(Account).count() == 1


READ_AT_A_HINT = """() => {
  const real = window.fetch;
  let asked = 0;
  window.fetch = (...what) => { asked += 1; return real(...what); };
  document.dispatchEvent(new CustomEvent("hotline:alarms"));
  window.fetch = real;
  return asked;
}"""


def test_nothing_is_read_while_a_new_passkey_is_on_its_way(
    world: World, address: str, tab: Page
) -> None:
    """The session's token changes with a factor: a part read with the old one would be refused,
    and the page reloaded away from under what was just sent."""
    wire, device = device_of(tab)
    enroll(tab, address)
    wire.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    tab.goto(f"{address}/account/security/new")
    assert tab.evaluate(READ_AT_A_HINT) == 1
    tab.route("**/account/security/passkeys", lambda sent: sent.fulfill(status=204))
    with tab.expect_request("**/account/security/passkeys"):
        tab.get_by_role("button", name="Make a passkey").press("Enter")
    assert tab.evaluate(READ_AT_A_HINT) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out_of_the_pages(
    world: World, address: str, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    tab, wrong = context.new_page(), []
    device_of(tab)
    give_password(tab, address)
    tab.wait_for_url("**/sign-in/enroll*")
    wrong += problems(tab)
    tab.get_by_role("button", name="Make a passkey").press("Enter")
    expect(tab.get_by_role("heading", name="Print these codes")).to_be_visible()
    wrong += problems(tab)
    for path in ("/account/security", "/account/security/new", "/step-up?next=/reports"):
        tab.goto(address + path)
        wrong += problems(tab)
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_url("**/sign-in")
    give_password(tab, address)
    tab.wait_for_url("**/sign-in/second")
    wrong += problems(tab)
    context.close()
    assert wrong == []
