"""Sound and words of a report in a real browser: play, follow, seek, correct; without a script too.

Headless Chromium plays WAV; what is awaited is what the page shows, never a time.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import enter, launched, needs_chromium
from tests.support.console import (
    ARABIC,
    World,
    correct,
    give_reason,
    leave_message,
    message_of,
)

pytestmark = [pytest.mark.e2e, needs_chromium]

Opened = tuple[Page, list[str]]


@pytest.fixture
def plain(address: str) -> Iterator[Page]:
    """A signed-in page without scripts."""
    with launched() as browser:
        tab = browser.new_context(java_script_enabled=False).new_page()
        enter(tab, address)
        yield tab


@pytest.fixture
def report_id(world: World) -> str:
    made = leave_message(world)
    give_reason(world, made, "picture of a gun", "weapons", "life-safety")
    return made


def open_report(page: Opened, address: str, report_id: str) -> Page:
    """The report's page, with its wave drawn."""
    tab, _ = page
    tab.goto(f"{address}/reports/{report_id}")
    tab.locator("[data-marks]:not([hidden]), [data-controls]:not([hidden])").first.wait_for()
    return tab


def played(tab: Page) -> float:
    """Where the sound stands, in seconds."""
    return float(tab.evaluate("document.querySelector('audio').currentTime"))


def word(tab: Page, number: int) -> Locator:
    """A word of the transcript by the number the machine gave it."""
    return tab.locator(f".said [data-w='{number} {number}']")


WATCH = """() => {
    window.marked = [];
    const see = (changes) => {
        for (const { target } of changes)
            if (target.matches(".said .is-now")) window.marked.push(target.textContent);
    };
    const options = { attributes: true, subtree: true, attributeFilter: ["class"] };
    new MutationObserver(see).observe(document.querySelector(".transcript"), options);
    const audio = document.querySelector("audio");
    window.over = new Promise((resolve) => {
        audio.addEventListener("ended", () => resolve(window.marked), { once: true });
    });
}"""


def play_to_the_end(tab: Page) -> list[str]:
    """The words that were marked since WATCH, one after the other, once the sound is over."""
    marked: list[str] = tab.evaluate("() => window.over")
    return marked


def test_the_word_that_is_spoken_is_marked(address: str, page: Opened, report_id: str) -> None:
    tab = open_report(page, address, report_id)
    expect(tab.locator("[data-player] .clock")).to_have_text("0:00 of 0:02")
    tab.evaluate(WATCH)
    tab.get_by_role("button", name="Play", exact=True).click()
    assert play_to_the_end(tab) == ["um", "hi"]
    expect(tab.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert page[1] == []


def test_nothing_of_the_sound_is_fetched_before_somebody_plays(
    address: str, page: Opened, report_id: str
) -> None:
    tab, _ = page
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    open_report(page, address, report_id)
    expect(tab.locator("[data-marks]")).to_be_visible()
    assert not [url for url in asked if url.endswith("/audio")]
    with tab.expect_request("**/audio"):
        tab.get_by_role("button", name="Play", exact=True).click()


def test_a_click_on_a_word_plays_from_there(address: str, page: Opened, report_id: str) -> None:
    tab = open_report(page, address, report_id)
    tab.evaluate(WATCH)
    word(tab, 1).click()
    assert play_to_the_end(tab) == ["hi"]


def test_keys_go_from_word_to_word_and_play(address: str, page: Opened, report_id: str) -> None:
    tab = open_report(page, address, report_id)
    expect(tab.locator(".said [tabindex='0']")).to_have_count(1)
    word(tab, 0).focus()
    tab.keyboard.press("ArrowRight")
    expect(word(tab, 1)).to_be_focused()
    expect(tab.locator(".said [tabindex='0']")).to_have_count(1)
    tab.keyboard.press("ArrowDown")
    expect(word(tab, 2)).to_be_focused()
    tab.keyboard.press("End")
    tab.keyboard.press("Home")
    tab.keyboard.press("ArrowUp")
    expect(word(tab, 0)).to_be_focused()
    tab.keyboard.press("ArrowRight")
    tab.evaluate(WATCH)
    tab.keyboard.press("Enter")
    assert play_to_the_end(tab) == ["hi"]


def test_arabic_words_run_the_other_way(world: World, address: str, page: Opened) -> None:
    tab = open_report(page, address, leave_message(world, "ar", ARABIC))
    word(tab, 0).focus()
    tab.keyboard.press("ArrowLeft")
    expect(word(tab, 1)).to_be_focused()
    assert tab.locator(".player").evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_keys_seek_and_the_speed_outlives_a_reload(
    address: str, page: Opened, report_id: str
) -> None:
    tab = open_report(page, address, report_id)
    place = tab.get_by_role("slider", name="Place in the recording")
    place.focus()
    tab.keyboard.press("ArrowRight")
    expect(place).to_have_attribute("aria-valuenow", "2")  # where it ends
    tab.keyboard.press("ArrowLeft")
    expect(place).to_have_attribute("aria-valuenow", "0")
    with tab.expect_response("**/account/speed") as kept:
        tab.keyboard.press("]")
    assert kept.value.status == 204
    expect(tab.get_by_label("Speed")).to_have_value("1.25")
    tab.reload()
    expect(tab.get_by_label("Speed")).to_have_value("1.25")
    assert tab.evaluate("document.querySelector('audio').playbackRate") == 1.25
    assert page[1] == []


def test_a_reason_is_on_the_wave(address: str, page: Opened, report_id: str) -> None:
    tab = open_report(page, address, report_id)
    mark = tab.locator("[data-marks] button")
    expect(mark).to_have_text("a")
    mark.click()
    expect(tab.get_by_role("slider")).to_have_attribute(
        "aria-valuenow", "2"
    )  # where it ends: it plays two seconds


def test_a_correction_by_keyboard_alone(address: str, page: Opened, report_id: str) -> None:
    tab = open_report(page, address, report_id)
    word(tab, 2).focus()
    tab.keyboard.press("Shift+ArrowRight")
    expect(tab.locator(".said .is-chosen")).to_have_count(2)
    tab.keyboard.press("Enter")
    heard = tab.get_by_label("Heard as").and_(tab.locator(":focus"))
    expect(heard).to_have_value("he showed")
    tab.keyboard.type("she showed")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/reports/*#words-*")
    tab.reload()
    fixed = tab.locator(".said .w-fixed").first
    expect(fixed).to_have_text("she showed")
    title = fixed.get_attribute("title") or ""
    assert title.startswith("The machine wrote “he showed”. Ana corrected it,")
    expect(tab.get_by_text("Ana corrected words of a message.")).to_be_visible()
    assert page[1] == []


def test_shift_and_a_click_choose_and_escape_gives_up(
    address: str, page: Opened, report_id: str
) -> None:
    tab = open_report(page, address, report_id)
    word(tab, 4).focus()
    word(tab, 6).click(modifiers=["Shift"])
    expect(tab.locator(".said .is-chosen")).to_have_count(3)
    expect(tab.locator(":focus")).to_have_value("a picture of")
    tab.keyboard.press("Escape")
    expect(tab.locator("details.correct[open]")).to_have_count(0)
    expect(tab.locator(".said .is-chosen")).to_have_count(0)


def test_keys_of_the_player_are_dead_in_fields(address: str, page: Opened, report_id: str) -> None:
    tab = open_report(page, address, report_id)
    word(tab, 2).focus()
    tab.keyboard.press("Shift+Enter")
    tab.keyboard.type(" [one]")
    expect(tab.locator(":focus")).to_have_value(" [one]")
    expect(tab.get_by_label("Speed")).to_have_value("1")
    assert played(tab) == 0


def test_whoever_scrolls_is_not_scrolled_back(world: World, address: str, page: Opened) -> None:
    tab = open_report(page, address, leave_message(world, text="one two"))
    tab.evaluate("document.querySelector('audio').loop = true")  # so that it plays on
    tab.get_by_role("button", name="Play", exact=True).click()
    expect(tab.get_by_role("button", name="Pause")).to_be_visible()
    tab.mouse.move(200, 500)
    tab.mouse.wheel(0, 10)
    jump = tab.get_by_role("button", name="Jump to the word that plays")
    expect(jump).to_be_visible()
    jump.click()
    expect(jump).to_be_hidden()


def test_without_a_script_it_is_played_and_corrected(
    world: World, address: str, plain: Page, report_id: str
) -> None:
    plain.goto(f"{address}/reports/{report_id}")
    expect(plain.locator("[data-player] audio[controls]")).to_be_visible()
    expect(plain.get_by_label("Speed")).to_be_hidden()
    line = plain.locator("[data-line]").nth(1)
    line.locator("summary").click()
    line.get_by_label("From").select_option(label="picture")
    line.get_by_label("To").select_option(label="gun")
    line.get_by_label("Heard as").fill("picture of a bun")
    line.get_by_role("button", name="Keep the correction").click()
    expect(plain.locator(".w-fixed").first).to_have_text("picture of a bun")
    expect(plain.get_by_text("a person has corrected these words since")).to_be_visible()
    plain.locator("[data-line]").nth(1).locator("summary").click()
    plain.get_by_role("button", name="Undo").click()
    expect(plain.locator(".w-fixed")).to_have_count(0)


def test_what_others_changed_meanwhile_is_shown(
    world: World, address: str, page: Opened, report_id: str
) -> None:
    tab = open_report(page, address, report_id)
    correct(world, message_of(world, report_id), 2, 3, "they showed")
    word(tab, 3).focus()
    tab.keyboard.press("Shift+Enter")
    tab.keyboard.type("drew")
    tab.keyboard.press("Enter")
    heading = tab.get_by_role("heading", level=1)
    expect(heading).to_contain_text("A colleague changed these words while you wrote.")
    expect(tab.get_by_text("they showed")).to_be_visible()
    expect(tab.get_by_label("You heard")).to_have_value("drew")
    tab.get_by_role("button", name="Keep yours instead").click()
    expect(tab.locator(".w-fixed").first).to_have_text("drew")
