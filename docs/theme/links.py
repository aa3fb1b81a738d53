"""What MkDocs does beyond its own: pages from beside docs/, the list of decisions, and links that
lead out of docs/.

On a code host a link to `../hotline/crash.py` opens that file. The site holds no files of the
project, so there such a link leads to the address in `extra.files`, if the build was given one;
otherwise the path is shown in its place.
"""

import os.path
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
# Pages that code hosts want at the top of the project, and the names they have in the site.
BESIDE = {
    "README.md": "project.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
}
LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
BLOCK = re.compile(r"(^ *```.*?^ *```)", re.MULTILINE | re.DOTALL)
ELSEWHERE = ("http://", "https://", "mailto:", "#")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put every decision into the navigation, so that a new one is one new file."""
    decisions = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    [section] = [found for found in _sections(config.nav) if found == ["adr/README.md"]]
    section += [f"adr/{path.name}" for path in decisions]
    return config


def _sections(nav: Any) -> list[list[Any]]:
    """The list itself and every list within it."""
    found = [nav]
    for entry in nav:
        if isinstance(entry, dict):
            for inside in entry.values():
                found += _sections(inside) if isinstance(inside, list) else []
    return found


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is beside docs/, from where it is."""
    for source, name in {**BESIDE, "console/static/mark.svg": "mark.svg"}.items():
        files.append(File.generated(config, name, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let each link of the page hold in the site; blocks of code stay as they are."""
    source = Path(page.file.abs_src_path or "")
    files_at = str(config.extra.get("files") or "")
    parts = BLOCK.split(markdown)
    parts[::2] = [
        LINK.sub(lambda found: link(found, source, page.file.src_uri, files_at), part)
        for part in parts[::2]
    ]
    return "".join(parts)


def link(found: re.Match[str], source: Path, name: str, files_at: str = "") -> str:
    """One link of the file `source`, as the page `name` of the site has it.

    files_at: the address below which the project's files can be read; empty when nobody said one.
    """
    if found["target"].startswith(ELSEWHERE):
        return found[0]
    target, hash_sign, anchor = found["target"].partition("#")
    path = Path(os.path.normpath(source.parent / target)).relative_to(ROOT).as_posix()
    page = BESIDE.get(path) or (path.removeprefix("docs/") if path.startswith("docs/") else None)
    if page is not None:
        there = os.path.relpath(page, Path(name).parent).replace(os.sep, "/")
        return f"{found['image']}[{found['text']}]({there}{hash_sign}{anchor})"
    if files_at:
        return f"[{found['text']}]({files_at.rstrip('/')}/{path})"
    said = found["text"].strip("`").rstrip("/")
    return f"`{path}`" if said == path else f"{found['text']} (`{path}`)"
