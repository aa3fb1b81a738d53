"""The guides as a site: it builds, every page is in it, every link holds, and nothing of it is
loaded from anybody else."""

import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from tests.support.site import ROOT, build

# What a browser fetches by itself while it shows a page; links of <a> are only followed.
LOADS = (
    *("//@src", "//@srcset", "//@poster", "//object/@data", "//@background"),
    "//link[not(contains('canonical prev next alternate', @rel))]/@href",
)
STYLE_URL = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")
# Files that the theme shows wherever the reader is; their links are absolute by design.
ANYWHERE = {"404.html"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site"))


@cache
def parsed(page: Path) -> html.HtmlElement:
    return html.fromstring(page.read_text(encoding="utf-8"))


def pages_of(site: Path) -> list[Path]:
    return [page for page in sorted(site.rglob("*.html")) if page.name not in ANYWHERE]


def elsewhere(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme in ("http", "https")


def loads(page: Path) -> Iterator[str]:
    tree = parsed(page)
    for path in LOADS:
        for value in tree.xpath(path):
            yield from (part.split()[0] for part in value.split(", ") if part.strip())
    for text in (*tree.xpath("//style/text()"), *tree.xpath("//@style")):
        yield from addresses(text)


def addresses(style: str) -> Iterator[str]:
    return (first or second for first, second in STYLE_URL.findall(style))


def test_every_page_is_in_the_navigation(site: Path) -> None:
    index = parsed(site / "index.html")
    listed = set(index.xpath("//nav[contains(@class, 'md-nav--primary')]//a/@href"))
    for path in (ROOT / "docs").rglob("*.md"):
        name = path.relative_to(ROOT / "docs").with_suffix(".html").as_posix()
        assert name.replace("README.html", "index.html") in listed or name == "README.html"


def test_pages_are_loaded_from_nobody_else(site: Path) -> None:
    for page in sorted(site.rglob("*.html")):
        assert not [address for address in loads(page) if elsewhere(address)], page.name
    for sheet in site.rglob("*.css"):
        found = addresses(sheet.read_text(encoding="utf-8"))
        assert not [address for address in found if elsewhere(address)], sheet.name


def test_the_browser_is_told_so_before_anything_else(site: Path) -> None:
    """Scripts of the theme could ask other hosts; the policy of the page forbids it."""
    for page in sorted(site.rglob("*.html")):
        first = next(e for e in parsed(page).xpath("/html/head/*") if "charset" not in e.attrib)
        assert first.get("http-equiv") == "Content-Security-Policy", page.name
        assert first.get("content", "").startswith("default-src 'self'; ")
        assert "http" not in first.get("content", "")


def test_every_link_and_picture_holds(site: Path) -> None:
    checked = 0
    for page in pages_of(site):
        for address in {*parsed(page).xpath("//a/@href"), *loads(page)}:
            parts = urlsplit(address)
            if parts.scheme:
                continue
            path = unquote(parts.path)
            there = (page.parent / path).resolve() if path else page
            assert there.is_file(), f"{page.name}: {address}"
            if parts.fragment and there.suffix == ".html":
                ids = parsed(there).xpath("//@id")
                assert unquote(parts.fragment) in ids, f"{page.name}: {address}"
            checked += 1
    assert checked > 1000  # the navigation alone has that many


def test_no_link_leads_out_of_the_site(site: Path) -> None:
    """What is no page of the site is shown by its path, where no address of the files is given."""
    text = (site / "faults.html").read_text(encoding="utf-8")
    assert "<code>hotline/crash.py</code>" in text
    assert 'href="../hotline' not in text


@pytest.fixture(scope="module")
def links() -> ModuleType:
    path = ROOT / "docs" / "theme" / "links.py"
    spec = importlib.util.spec_from_file_location("links", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FILES = "https://code.example/hotline/blob/main"


@pytest.mark.parametrize(
    ("source", "name", "written", "becomes"),
    [
        ("docs/keys.md", "keys.md", "[B](backup.md#restore)", "[B](backup.md#restore)"),
        ("docs/keys.md", "keys.md", "[O](https://o.example)", "[O](https://o.example)"),
        ("docs/keys.md", "keys.md", "[S](../README.md#status)", "[S](project.md#status)"),
        ("docs/adr/0001-a.md", "adr/0001-a.md", "[K](../keys.md)", "[K](../keys.md)"),
        ("README.md", "project.md", "![B](docs/images/b.png)", "![B](images/b.png)"),
        ("README.md", "project.md", "[D](docs/README.md)", "[D](README.md)"),
        ("docs/keys.md", "keys.md", "[`deploy/x`](../deploy/x)", "`deploy/x`"),
        ("docs/keys.md", "keys.md", "[units](../deploy/x)", "units (`deploy/x`)"),
        ("README.md", "project.md", "[`ivr/`](ivr)", "`ivr`"),
    ],
)
def test_links_of_the_files_become_links_of_the_site(
    links: ModuleType, source: str, name: str, written: str, becomes: str
) -> None:
    found = links.LINK.fullmatch(written)
    assert links.link(found, ROOT / source, name) == becomes


def test_links_to_files_lead_to_the_address_that_was_given(links: ModuleType) -> None:
    found = links.LINK.fullmatch("[units](../deploy/x)")
    assert (
        links.link(found, ROOT / "docs/keys.md", "keys.md", FILES) == f"[units]({FILES}/deploy/x)"
    )
