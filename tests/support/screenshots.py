"""`make screenshots`: every page as people see it, written to docs/images/.

    python -m tests.support.screenshots [FOLDER] [PART …]

Light and dark at 1280 px, a phone of 390 px, and right to left; PART leaves out pages whose name
does not contain one of the given parts. The pages show the sample night (`tests.support.sample`).
"""

import io
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from console.locale import PSEUDO
from tests.support.browsers import ARGUMENTS, CHROMIUM
from tests.support.console import PASSWORD
from tests.support.sample import ROOT, Night, night

COLORS = 64
"""Enough for pages of few colors; a picture has a quarter of its size."""
IMAGES = ROOT / "docs" / "images"


@dataclass(frozen=True)
class Shot:
    """One page: its name in file names, who looks at it, and where it is."""

    name: str
    who: str
    path: str


@dataclass(frozen=True)
class Look:
    """A way of looking: the end of the file name, width in px, scheme, locale."""

    name: str
    width: int
    scheme: str
    locale: str = "en"


LOOKS = (
    Look("light", 1280, "light"),
    Look("dark", 1280, "dark"),
    Look("phone", 390, "light"),
    Look("rtl", 1280, "light", "ar"),
)


def shots(made: Night) -> tuple[Shot, ...]:
    """Every page of the console, and whoever may see it."""
    return (
        Shot("sign-in", "", "/sign-in"),
        Shot("board", "ana", "/board"),
        Shot("reports", "ana", "/reports"),
        Shot("report", "ana", f"/reports/{made.weapon}"),
        Shot("report-arabic", "ana", f"/reports/{made.knife}"),
        Shot("report-unheard", "ana", f"/reports/{made.unheard}"),
        Shot("on-call", "ana", "/on-call"),
        Shot("responders", "ana", "/on-call/responders"),
        Shot("policies", "ana", "/policies"),
        Shot("my-shift", "rosa", "/my-shift"),
        Shot("voice-menu", "ada", "/voice-menu"),
        Shot("statistics", "ana", "/statistics"),
        Shot("statistics-year", "ana", f"/statistics/year/{made.world.now.year}"),
        Shot("audit", "otto", "/audit"),
        Shot("people", "ada", "/people"),
        Shot("health", "ada", "/health"),
        Shot("settings", "ada", "/settings"),
        Shot("first-steps", "ada", "/first-steps"),
        Shot("account", "ana", "/account"),
    )


class Quiet(WSGIRequestHandler):
    """A server that does not print every request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


@contextmanager
def served(made: Night, locale: str = "en") -> Iterator[str]:
    """The sample night's console on a port of its own; gives its address."""
    app = made.world.app()
    if locale != "en":
        app.config[PSEUDO] = locale
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def looking(browser: Browser, look: Look, address: str, who: str) -> Iterator[Page]:
    """A tab of somebody signed in (`who` empty: a stranger), looking that way."""
    context = browser.new_context(
        viewport={"width": look.width, "height": 900},
        color_scheme="dark" if look.scheme == "dark" else "light",
        bypass_csp=True,
        reduced_motion="reduce",
    )
    tab = context.new_page()
    if who:
        tab.goto(f"{address}/sign-in")
        tab.fill("#name", who)
        tab.fill("#password", PASSWORD)
        tab.locator("form button.is-main").last.click()
        tab.wait_for_url(lambda url: "/sign-in" not in url)
    yield tab
    context.close()


def take(folder: Path, parts: list[str]) -> list[Path]:
    """Write the pictures and give their paths. A page that is not there raises AssertionError."""
    made = night(Path(tempfile.mkdtemp()))
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [s for s in shots(made) if not parts or any(part in s.name for part in parts)]
    written = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        for look in LOOKS:
            with served(made, look.locale) as address:
                for who in dict.fromkeys(shot.who for shot in wanted):
                    with looking(browser, look, address, who) as tab:
                        for shot in (s for s in wanted if s.who == who):
                            written.append(_one(tab, address, shot, look, folder))
        browser.close()
    made.world.database.close()
    return written


def _one(tab: Page, address: str, shot: Shot, look: Look, folder: Path) -> Path:
    answer = tab.goto(address + shot.path)
    assert answer is not None, shot
    assert answer.status == 200, (shot, answer.status)
    file = folder / f"{shot.name}-{look.name}.png"
    taken = Image.open(io.BytesIO(tab.screenshot()))
    taken.quantize(COLORS, dither=Image.Dither.NONE).save(file, optimize=True)
    return file


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    for picture in take(target, sys.argv[2:]):
        print(picture)
