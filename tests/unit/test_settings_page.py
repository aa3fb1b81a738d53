"""The settings page is current and says what matters of each setting."""

from pathlib import Path

from hotline.settings_page import PAGE, names, page, write


def test_the_page_in_the_repository_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m hotline.settings_page"


def test_it_has_a_row_for_every_setting() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| `HOTLINE_")]
    assert [row.split("`")[1] for row in rows] == names()
    assert all(row.count(" | ") >= 3 for row in rows)


def test_ranges_and_words_are_named() -> None:
    rows = {line.split("`")[1]: line for line in page().splitlines() if line.startswith("| `")}
    assert "from 10 to 900" in rows["HOTLINE_WAIT_CAP_S"]
    assert "`anonymous` or `confidential`" in rows["HOTLINE_PROMISE"]
    assert "`en,es,ar`" in rows["HOTLINE_LANGUAGES"]


def test_write_writes_the_page(tmp_path: Path) -> None:
    path = tmp_path / "settings.md"
    write(path)
    assert path.read_text(encoding="utf-8") == page()
