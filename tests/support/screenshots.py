"""`make screenshots`: every page as people see it, written to docs/images/.

    python -m tests.support.screenshots [FOLDER] [PART …]

Light and dark at 1280 px, a phone of 390 px, and right to left; PART leaves out pages whose name
does not contain one of the given parts. The pages show the sample night (`tests.support.sample`).
"""

import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.support import screenshots_door, screenshots_wave
from tests.support.browser import Look, launched, looking, served
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
        Shot("my-phone", "rosa", "/my-shift/phone"),
        Shot("voice-menu", "ada", "/voice-menu"),
        Shot("voice-menu-review", "ada", "/voice-menu/ar/review"),
        Shot("statistics", "ana", "/statistics"),
        Shot("statistics-year", "ana", f"/statistics/year/{made.world.now.year}"),
        Shot("audit", "otto", "/audit"),
        Shot("people", "ada", "/people"),
        Shot("health", "ada", "/health"),
        Shot("settings", "ada", "/settings"),
        Shot("first-steps", "ada", "/first-steps"),
        Shot("account", "ana", "/account"),
        Shot("sealed-reports", "ana", "/account/sealed-reports"),
    )


def take(folder: Path, parts: list[str]) -> list[Path]:
    """Write the pictures and give their paths. A page that is not there raises AssertionError."""
    made = night(Path(tempfile.mkdtemp()))
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [s for s in shots(made) if not parts or any(part in s.name for part in parts)]
    written = []
    with launched() as browser:
        for look in LOOKS:
            with served(made.world.app(), locale=look.locale) as address:
                for who in dict.fromkeys(shot.who for shot in wanted):
                    with looking(browser, look, address, who) as tab:
                        for shot in (s for s in wanted if s.who == who):
                            written.append(_one(tab, address, shot, look, folder))
        written += _wave(made, browser, parts, folder)
        if not parts or any(part in name for part in parts for name in screenshots_door.NAMES):
            door = screenshots_door.Door(made)
            for look in LOOKS:

                def shoot(tab: Page, name: str, look: Look = look) -> None:
                    written.append(_save(tab, folder / f"{name}-{look.name}.png"))

                door.shoot(browser, look, shoot)
    made.world.database.close()
    return written


def _wave(made: Night, browser: Browser, parts: list[str], folder: Path) -> list[Path]:
    """The pictures of a wave, all of them as Ana sees it."""
    names = [n for n in screenshots_wave.NAMES if not parts or any(part in n for part in parts)]
    paths = screenshots_wave.paths(made) if names else {}
    written = []
    for look in LOOKS if names else ():
        with (
            served(made.world.app(), locale=look.locale) as address,
            looking(browser, look, address, "ana") as tab,
        ):
            for name in names:
                shot = Shot(name, "ana", paths[name])
                written.append(_one(tab, address, shot, look, folder))
    return written


def _one(tab: Page, address: str, shot: Shot, look: Look, folder: Path) -> Path:
    answer = tab.goto(address + shot.path)
    assert answer is not None, shot
    assert answer.status == 200, (shot, answer.status)
    if tab.locator("[data-marks]").count():  # they come with the wave
        tab.locator("[data-marks]:not([hidden])").first.wait_for()
    return _save(tab, folder / f"{shot.name}-{look.name}.png")


def _save(tab: Page, file: Path) -> Path:
    taken = Image.open(io.BytesIO(tab.screenshot()))
    taken.quantize(COLORS, dither=Image.Dither.NONE).save(file, optimize=True)
    return file


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    for picture in take(target, sys.argv[2:]):
        print(picture)
