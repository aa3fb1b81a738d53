"""The help of pages: each template is of a page that there is, and what is shared is there."""

from pathlib import Path

from console import help as page_help
from tests.support.console import make_world

FOLDER = Path(page_help.__file__).parent / "templates" / page_help.TEMPLATES


def test_each_help_is_of_a_page(tmp_path: Path, sqlite_url: str) -> None:
    world = make_world(tmp_path, sqlite_url, break_glass=True, promise="confidential")
    app = world.app()
    world.database.close()
    pages = {e.removeprefix("console.") for e in app.view_functions if e.startswith("console.")}
    of = {path.stem for path in FOLDER.glob("*.html")} - {"_any"}
    assert of <= pages
    assert set(page_help.SHARED) <= pages
    assert set(page_help.SHARED.values()) <= of
