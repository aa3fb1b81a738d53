"""The help of pages: each template is of a page that there is, and what is shared is there."""

from pathlib import Path

from console import help as page_help
from hotline.app import create_app
from tests.conftest import MakeRuntime

FOLDER = Path(page_help.__file__).parent / "templates" / page_help.TEMPLATES


def test_each_help_is_of_a_page(make_runtime: MakeRuntime, sqlite_url: str) -> None:
    app = create_app(make_runtime(sqlite_url, break_glass=True, promise="confidential"))
    pages = {e.removeprefix("console.") for e in app.view_functions if e.startswith("console.")}
    of = {path.stem for path in FOLDER.glob("*.html")} - {"_any"}
    assert of <= pages
    assert set(page_help.SHARED) <= pages
    assert set(page_help.SHARED.values()) <= of
