"""Debian's Chromium, driven by Playwright."""

import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Root and a closed network: no sandbox, and nothing that calls home.
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
