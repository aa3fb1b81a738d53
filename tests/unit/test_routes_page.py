"""The pages of addresses are current, and say what matters of each address."""

import re
from pathlib import Path

import pytest

from hotline.routes_page import FOLDER, PARAMETERS, Told, console, told, webhooks, write

IVR = Path(__file__).resolve().parents[2] / "ivr"
READ = re.compile(r"(?:request\.form(?:\.get\(|\[)|_given\()\"([A-Za-z]+)\"")


@pytest.fixture(scope="module")
def routes() -> list[Told]:
    return told()


def test_the_pages_in_the_repository_are_current(tmp_path: Path) -> None:
    write(tmp_path / "reference")
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.md")}
    assert set(written) == {path.name for path in FOLDER.glob("*.md")}
    for name, page in written.items():
        there = (FOLDER / name).read_text(encoding="utf-8")
        assert there == page, "run: python -m hotline.routes_page"


def test_every_address_is_on_its_page_once_and_says_what_it_does(routes: list[Told]) -> None:
    for route in routes:
        lines = (console if route.of_console else webhooks)(routes).splitlines()
        [row] = [row for row in lines if row.startswith(f"| `{route.method} {route.rule}` |")]
        assert row.split(" | ")[-1].rstrip(" |").strip(), row
        assert row.count(" | ") == (2 if route.of_console else 1), row


def test_none_is_left_without_a_place_of_its_own(routes: list[Told]) -> None:
    assert "## Others" not in webhooks(routes) + console(routes)


def test_a_new_area_is_shown_all_the_same(routes: list[Told]) -> None:
    new = [
        Told("GET", "/new/page", routes[0].view, of_console=True),
        Told("GET", "/new", routes[0].view, of_console=False),
    ]
    assert "## Others\n" in console([*routes, new[0]])
    assert "| `GET /new` |" in webhooks([*routes, new[1]])


def test_a_view_that_says_nothing_is_for_nobody() -> None:
    def unmarked() -> None:
        """Show something."""

    page = console([Told("GET", "/board", unmarked, of_console=True)])
    assert "\n| `GET /board` | nobody | Show something. |\n" in page


def test_who_may_and_how_is_told(routes: list[Told]) -> None:
    rows = {line.split("`")[1]: line for line in console(routes).splitlines() if "| `" in line}
    assert "| signed in | " in rows["GET /account"]
    assert "| everybody | " in rows["GET /sign-in"]
    assert "| everybody | " in rows["GET /static/<path:filename>"]
    assert "| who has given their password | " in rows["GET /sign-in/second"]
    assert "| counselor, supervisor. **fresh** | " in rows["POST /reports/<report_id>/reveal"]
    assert "| signed in. **by itself** | " in rows["GET /board/now"]


def test_the_parameters_are_those_that_the_voice_menu_reads() -> None:
    read = {name for path in IVR.glob("*.py") for name in READ.findall(path.read_text())}
    assert read == set(PARAMETERS)
