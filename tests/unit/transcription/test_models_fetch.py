"""Fetching a file: what a broken connection, a changed file or an odd server makes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.model_server import Shelf, serving
from transcription import models_fetch
from transcription.models_errors import ModelsError
from transcription.models_fetch import fetch, is_downgraded

DATA = bytes(range(256)) * 4000
MOST = 2 * len(DATA)
KEPT = 4 * models_fetch.BLOCK_BYTES
"""Of an answer that breaks off after 300,000 bytes."""


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models_fetch, "PAUSE_S", 0.0)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with serving(Shelf(DATA)) as made:
        yield made


class Bar:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int | None]] = []

    def __call__(self, here: int, total: int | None) -> None:
        self.told.append((here, total))


def got(shelf: Shelf, target: Path, expected: int | None = len(DATA), most: int = MOST) -> Bar:
    bar = Bar()
    fetch(f"{shelf.url}file.zip", target, expected, most, bar)
    return bar


def leavings(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_comes_whole(shelf: Shelf, tmp_path: Path) -> None:
    bar = got(shelf, tmp_path / "file.zip")
    assert (tmp_path / "file.zip").read_bytes() == DATA
    assert bar.told[-1] == (len(DATA), len(DATA))
    assert leavings(tmp_path) == ["file.zip"]
    assert shelf.seen[0]["Accept-Encoding"] == "identity"


def test_a_cut_connection_goes_on_where_it_was(shelf: Shelf, tmp_path: Path) -> None:
    shelf.cuts = [300_000, 500_000]
    got(shelf, tmp_path / "file.zip")
    assert (tmp_path / "file.zip").read_bytes() == DATA
    first, second, third = shelf.asked_ranges
    assert first is None
    assert second == f"bytes={KEPT}-"
    assert third == f"bytes={KEPT + 7 * models_fetch.BLOCK_BYTES}-"


def test_a_cut_in_every_answer_leaves_what_came_for_the_next_run(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.cuts = [300_000, *[0] * models_fetch.TRIES]
    with pytest.raises(ModelsError, match=rf"after {KEPT:,} of 1,024,000 bytes; run the same"):
        got(shelf, tmp_path / "file.zip")
    assert (tmp_path / "file.zip.part").read_bytes() == DATA[:KEPT]
    got(shelf, tmp_path / "file.zip")
    assert (tmp_path / "file.zip").read_bytes() == DATA
    assert shelf.asked_ranges[-1] == f"bytes={KEPT}-"


def test_another_version_is_fetched_from_its_beginning(shelf: Shelf, tmp_path: Path) -> None:
    part = tmp_path / "file.zip.part"
    part.write_bytes(b"of the version before" * 1000)
    (tmp_path / "file.zip.part.version").write_text('"zero"')
    got(shelf, tmp_path / "file.zip")
    assert (tmp_path / "file.zip").read_bytes() == DATA
    assert shelf.seen[0]["If-Range"] == '"zero"'


@pytest.mark.parametrize("tag", ["", 'W/"weak"'])
def test_without_a_strong_validator_it_begins_anew(shelf: Shelf, tmp_path: Path, tag: str) -> None:
    shelf.tag, shelf.cuts = tag, [300_000]
    got(shelf, tmp_path / "file.zip")
    assert (tmp_path / "file.zip").read_bytes() == DATA
    assert shelf.asked_ranges == [None, None]


def test_a_server_without_ranges_sends_all_of_it_again(shelf: Shelf, tmp_path: Path) -> None:
    shelf.ranges, shelf.cuts = False, [300_000]
    got(shelf, tmp_path / "file.zip")
    assert (tmp_path / "file.zip").read_bytes() == DATA
    assert shelf.asked_ranges == [None, f"bytes={KEPT}-"]


def test_killed_after_the_last_byte_it_is_not_fetched_again(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "file.zip.part").write_bytes(DATA)
    (tmp_path / "file.zip.part.version").write_text(shelf.tag)
    got(shelf, tmp_path / "file.zip")
    assert (tmp_path / "file.zip").read_bytes() == DATA
    assert shelf.asked_ranges == [f"bytes={len(DATA)}-"]


def test_more_than_the_file_has_is_thrown_away(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "file.zip.part").write_bytes(DATA + b"more")
    (tmp_path / "file.zip.part.version").write_text(shelf.tag)
    got(shelf, tmp_path / "file.zip")
    assert (tmp_path / "file.zip").read_bytes() == DATA


@pytest.mark.parametrize(("status", "says"), [(404, "nothing at .*404"), (503, "status 503")])
def test_a_refusal_is_one_sentence(shelf: Shelf, tmp_path: Path, status: int, says: str) -> None:
    shelf.status = status
    with pytest.raises(ModelsError, match=says):
        got(shelf, tmp_path / "file.zip")
    assert leavings(tmp_path) == []


def test_a_file_of_another_size_is_not_taken(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(ModelsError, match="1,024,000 bytes instead of 999"):
        got(shelf, tmp_path / "file.zip", expected=999)
    assert leavings(tmp_path) == []


def test_never_more_than_the_most(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(ModelsError, match="more than the 5,000 bytes"):
        got(shelf, tmp_path / "file.zip", expected=None, most=5000)
    assert leavings(tmp_path) == []


def test_a_redirect_may_not_lead_away_from_https() -> None:
    assert is_downgraded("https://models.example/x.zip", "http://models.example/x.zip")
    assert not is_downgraded("https://models.example/x.zip", "https://cdn.example/x.zip")
    assert not is_downgraded("http://mirror.example/x.zip", "http://mirror.example/y.zip")


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(ModelsError, match=r"cannot be reached .*HTTPS_PROXY"):
        fetch("http://127.0.0.1:9/file.zip", tmp_path / "file.zip", None, MOST, Bar())
