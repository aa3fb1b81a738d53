"""Draws the icons of the installable app from mark.svg: `python -m tests.support.make_icons`.

Needs Debian's Chromium; its PNGs are kept in console/static.
"""

import re
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

STATIC = Path(__file__).resolve().parents[2] / "console" / "static"
PAPER = "#F2F3EE"
# (file, pixels, part of it that the mark fills): a mask may cut off all but the middle 80 %.
ICONS = (
    ("icon-192.png", 192, 0.78),
    ("icon-512.png", 512, 0.78),
    ("icon-mask-512.png", 512, 0.6),
)


def draw(page: Page, name: str, pixels: int, part: float) -> None:
    """One icon."""
    mark = (STATIC / "mark.svg").read_text(encoding="utf-8")
    size = round(pixels * part)
    mark = re.sub(r"<svg ", f'<svg width="{size}" height="{size}" ', mark, count=1)
    page.set_viewport_size({"width": pixels, "height": pixels})
    style = f"margin:0;display:grid;place-items:center;height:100vh;background:{PAPER}"
    page.set_content(f'<body style="{style}">{mark}</body>')
    page.screenshot(path=STATIC / name)


def main() -> None:
    """Draw all of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        for icon in ICONS:
            draw(page, *icon)
        browser.close()


if __name__ == "__main__":
    main()
