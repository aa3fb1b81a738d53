"""axe-core in a page: what keeps people out of it (WCAG 2.2 AA, best practice)."""

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parent / "vendor" / "axe-core-4.14.1.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def problems(tab: Page) -> list[str]:
    """What axe finds on the page, and whether it is wider than the window."""
    tab.add_script_tag(path=SCRIPT)
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    found = tab.evaluate("options => axe.run(document, options)", options)
    told = [
        f"{v['id']} ({v['impact']}): {node['target']}"
        for v in found["violations"]
        for node in v["nodes"]
    ]
    if tab.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        told.append("wider than the window")
    return told
