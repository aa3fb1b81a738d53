"""The page of phones in Chromium: what it looks like, and two people who talk through the hotline
on it, each with a microphone of their own."""

import re
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hotline.demo import cast
from hotline.people.accounts import add_account
from hotline.people.passwords import hash_password
from hotline.people.permissions import Role
from hotline.phones import Phones, put_example_people
from hotline.reports.model import Report
from switch.audio import to_ulaw
from switch.g711 import FRAME, RATE, SILENCE, decode
from tests.e2e.conftest import Theatre, open_theatre
from tests.support.axe import problems
from tests.support.browser import enter, launched, launched_each, needs_chromium
from tests.support.console import PASSWORD
from tests.support.switchboard import Switch, running_application, running_switch

pytestmark = [pytest.mark.e2e, needs_chromium]

SPEECH = Path(__file__).parents[1] / "data" / "speech" / "en"
HEARS_S = 6.0
"""Seconds of sound that are compared."""
PEOPLE = [
    {"number": "+15550100001", "name": "A caller", "role": "caller"},
    {"number": "+15550100002", "name": "Rosa Delgado", "role": "responder"},
    {"number": "+15550100003", "name": "Police desk", "role": "responder"},
]
DIAL = "<Response><Dial><Number>+15550100002</Number></Dial></Response>"


def with_microphone(file: Path | None = None) -> tuple[str, ...]:
    """Arguments of a browser whose microphone hears the file again and again, or hums."""
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
    )
    return flags if file is None else (*flags, f"--use-file-for-fake-audio-capture={file}")


def microphone(folder: Path, name: str, sentences: list[str]) -> Path:
    """A microphone's file, 48 kHz as Chromium wants it, of sentences of the test speech."""
    spoken = b"".join(to_ulaw((SPEECH / sentence).read_bytes()) for sentence in sentences)
    made = np.repeat(decode(spoken), 48000 // RATE)
    file = folder / name
    with wave.open(str(file), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(48000)
        written.writeframes(made.astype(np.int16).tobytes())
    return file


class Wire:
    """What goes over the socket of a page: frames it sends, and frames it hears."""

    def __init__(self, tab: Page) -> None:
        self.said: list[bytes] = []
        self.heard: list[bytes] = []
        tab.on("websocket", self._opened)

    def _opened(self, socket: Any) -> None:
        socket.on("framesent", lambda data: self._keep(self.said, data))
        socket.on("framereceived", lambda data: self._keep(self.heard, data))

    @staticmethod
    def _keep(frames: list[bytes], data: str | bytes) -> None:
        if isinstance(data, bytes):
            frames.append(data)


def samples(frames: list[bytes]) -> NDArray[np.float64]:
    return decode(b"".join(frames)).astype(np.float64)


def likeness(heard: list[bytes], said: list[bytes]) -> float:
    """The best correlation of the last HEARS_S heard with anything that was said, 0 to 1."""
    ear, mouth = samples(heard)[-int(HEARS_S * RATE) :], samples(said)
    ear, mouth = ear - ear.mean(), mouth - mouth.mean()
    size = 1 << (len(ear) + len(mouth)).bit_length()
    products = np.fft.irfft(np.fft.rfft(mouth, size) * np.conj(np.fft.rfft(ear, size)), size)
    squares = np.concatenate([[0.0], np.cumsum(mouth**2)])
    lags = np.arange(max(1, len(mouth) - len(ear)))
    energy = squares[lags + len(ear)] - squares[lags] if len(mouth) > len(ear) else squares[-1:]
    return float(np.max(products[lags] / np.sqrt(np.maximum(energy * np.sum(ear**2), 1.0))))


def phone(tab: Page, name: str) -> Any:
    return tab.get_by_role("region", name=name, exact=True)


def key(tab: Page, name: str, digit: str) -> None:
    phone(tab, name).get_by_role("button", name=digit, exact=True).click()


@pytest.fixture
def switch() -> Iterator[Switch]:
    with running_application() as app, running_switch(speed="1") as made:
        app.pages["/voice"] = DIAL
        made.control("PUT", "number", {"voice_url": f"{app.url}/voice"})
        yield made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nobody_is_shut_out_of_the_phones(
    switch: Switch, scheme: Literal["light", "dark"], width: int
) -> None:
    url = switch.control("PUT", "room", {"people": PEOPLE})["url"]
    with launched(*with_microphone()) as browser:
        view = {"width": width, "height": 800}
        context = browser.new_context(viewport=view, color_scheme=scheme, bypass_csp=True)
        tab, complaints = context.new_page(), []
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(url)
        expect(tab.get_by_role("heading", level=1)).to_have_text(
            "You are the caller. Watch who answers."
        )
        wrong = problems(tab)
        phone(tab, "Your phone").get_by_role("button", name="Call the hotline").click()
        expect(tab).to_have_title("● Rosa Delgado’s phone rings")
        wrong += problems(tab)
        phone(tab, "Rosa Delgado").get_by_role("button", name="Answer").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("Rosa Delgado is with the caller.")
        wrong += problems(tab)
        phone(tab, "Rosa Delgado").get_by_role("button", name="Mute").click()
        expect(phone(tab, "Rosa Delgado")).to_contain_text("Your microphone is muted.")
        tab.reload()  # the calls go on
        expect(phone(tab, "Rosa Delgado")).to_contain_text("Talking with the caller")
        phone(tab, "Rosa Delgado").get_by_role("button", name="Hang up").click()
        expect(phone(tab, "Your phone")).to_contain_text("Nobody is on the line.")
        expect(tab.locator("#story li").last).to_contain_text(re.compile("ended|hung up"))
        assert wrong == []
        assert complaints == []


def test_an_old_link_says_so(switch: Switch) -> None:
    url = str(switch.control("PUT", "room", {"people": PEOPLE})["url"])
    with launched() as browser:
        tab = browser.new_page()
        tab.goto(url.partition("#")[0] + "#old")
        expect(tab.get_by_role("alert")).to_have_text(
            "This link is not valid any more. Take the newest one from the terminal."
        )
        expect(tab.locator(".phone")).to_have_count(0)


def test_without_a_microphone_the_page_says_what_to_do(switch: Switch, tmp_path: Path) -> None:
    file = next((SPEECH / "unseen_rms").glob("*.wav"))
    said = {"text": "help me", "language": "en", "file": str(file)}
    room = {"people": PEOPLE, "utterances": [said]}
    with launched() as browser:
        tab = browser.new_page()
        tab.goto(switch.control("PUT", "room", room)["url"])
        phone(tab, "Your phone").get_by_role("button", name="Call the hotline").click()
        mine = phone(tab, "Your phone")
        expect(mine).to_contain_text(re.compile("not allowed|No microphone was found"))
        mine.get_by_role("button", name="Say it").click()
        expect(mine.get_by_role("button", name="Saying it …")).to_be_disabled()


def open_phones(theatre: Theatre) -> str:
    """The made-up people are on call; gives the address of their phones."""
    runtime = theatre.stack.runtime
    assert put_example_people(runtime)
    assert not put_example_people(runtime)  # somebody is there already
    phones = Phones(runtime, theatre.switch, theatre.stack.settings.data_dir)
    phones.renew()
    return phones.url


def let_ana_in(theatre: Theatre) -> None:
    runtime = theatre.stack.runtime
    with runtime.database.transaction() as session:
        hashed = hash_password(PASSWORD)
        add_account(session, "ana", "Ana", Role.SUPERVISOR, hashed, runtime.clock())


@pytest.mark.slow
def test_a_caller_and_a_counselor_hear_each_other_and_the_report_is_on_the_board(
    tmp_path: Path,
) -> None:
    mouths = [
        microphone(tmp_path, "caller.wav", ["unseen_rms/002.wav", "unseen_rms/004.wav"]),
        microphone(tmp_path, "rosa.wav", ["unseen_espeak/003.wav", "unseen_espeak/007.wav"]),
    ]
    with (
        open_theatre(tmp_path / "hotline", speed=1.0, second_factor="offered") as theatre,
        launched_each(*map(with_microphone, mouths)) as (here, there),
    ):
        let_ana_in(theatre)
        address = open_phones(theatre)
        caller, rosa = here.new_page(), there.new_page()
        wires = Wire(caller), Wire(rosa)
        caller.goto(address)
        link = phone(caller, cast.ROSA.name).get_by_role("link", name="Open in a tab of its own")
        rosa.goto(address.partition("#")[0] + str(link.get_attribute("href")))
        expect(phone(rosa, cast.ROSA.name)).to_contain_text("Quiet.")

        mine, hers = phone(caller, "Your phone"), phone(rosa, cast.ROSA.name)
        mine.get_by_role("button", name="Call the hotline").click()
        expect(mine.locator(".captions")).to_contain_text("English", timeout=60_000)
        key(caller, "Your phone", "1")
        expect(mine.locator(".captions")).to_contain_text("press 1", timeout=60_000)
        key(caller, "Your phone", "1")
        hers.get_by_role("button", name="Answer").click(timeout=60_000)
        expect(hers.locator(".captions")).to_contain_text("Press 1 to talk", timeout=60_000)
        key(rosa, cast.ROSA.name, "1")
        expect(mine).to_contain_text("Talking with a person", timeout=60_000)
        expect(hers).to_contain_text("Talking with the caller")

        for wire in wires:
            wire.heard.clear()
        frames = int(HEARS_S * RATE) // FRAME
        for tab, wire in zip((caller, rosa), wires, strict=True):
            while len([f for f in wire.heard if f != SILENCE]) < frames:
                tab.wait_for_timeout(100)  # lets the events of the socket come
        (mine_said, mine_heard), (hers_said, hers_heard) = ((w.said, w.heard) for w in wires)
        assert likeness(hers_heard, mine_said) > 0.95
        assert likeness(mine_heard, hers_said) > 0.95
        assert likeness(mine_heard, mine_said) < 0.5

        board = here.new_page()
        enter(board, theatre.stack.settings.public_url)
        with theatre.stack.runtime.database.reading() as session:
            report_id = session.scalars(select(Report.id)).one()
        talking = board.locator("#talking")
        expect(talking).to_contain_text(cast.ROSA.name)
        expect(talking.locator(f"a[href*='{report_id}']").first).to_be_visible()
        mine.get_by_role("button", name="Hang up").click()
        # She is told first that the caller is gone.
        expect(phone(rosa, cast.ROSA.name)).to_contain_text("Quiet.", timeout=30_000)
    told = "\n".join(theatre.log)
    assert "5550100" not in told
