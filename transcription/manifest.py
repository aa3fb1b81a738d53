"""A manifest: recordings and what is said in them, one a line, columns parted by tabs.

`file TAB text TAB voice`; more columns do not matter, and the voice may be missing. A first line
that names its columns (`path`, `sentence`, `speaker` … will do) may give them in any order. Empty
lines and lines that begin with `#` are passed over.
"""

from dataclasses import dataclass
from pathlib import Path

NAMES = {
    "file": ("file", "path", "audio", "filename", "audio_path", "audio path"),
    "text": ("text", "reference", "sentence", "transcript", "reference text"),
    "voice": ("voice", "speaker", "client_id"),
}
NO_VOICE = "unnamed"


class ManifestError(Exception):
    """The manifest cannot be used at all; one sentence that says why."""


@dataclass(frozen=True)
class Row:
    """One recording. line: its number, from 1. text: what is said, maybe nothing."""

    line: int
    file: str
    text: str
    voice: str


@dataclass(frozen=True)
class Problem:
    """A line that was left out, and why, in one sentence."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}"


def read(path: Path) -> tuple[list[Row], list[Problem]]:
    """The rows of a manifest (UTF-8), and the lines that are none. Raises ManifestError."""
    lines = [
        (number, line.split("\t"))
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    columns = columns_of(lines[0][1]) if lines else None
    found = [parse(number, cells, columns) for number, cells in lines[1 if columns else 0 :]]
    rows = [row for row in found if isinstance(row, Row)]
    return rows, [problem for problem in found if isinstance(problem, Problem)]


def text_of(path: Path) -> str:
    """What is in the file. Raises ManifestError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ManifestError(f"There is no file {path}; check the name.") from None
    except UnicodeDecodeError:
        raise ManifestError(f"{path} is not text in UTF-8; save it as UTF-8.") from None
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}.") from None


def columns_of(cells: list[str]) -> dict[str, int] | None:
    """Where each column is, if the cells are the names of columns; else None."""
    lower = [cell.strip().lower() for cell in cells]
    columns = {
        column: lower.index(name)
        for column, names in NAMES.items()
        for name in names[::-1]
        if name in lower
    }
    return columns if {"file", "text"} <= columns.keys() else None


def parse(number: int, cells: list[str], columns: dict[str, int] | None) -> Row | Problem:
    """One line."""
    at = columns or {"file": 0, "text": 1, "voice": 2}
    if len(cells) <= max(at["file"], at["text"]) or not cells[at["file"]].strip():
        return Problem(number, "it needs the name of a recording, a tab, and what is said in it.")
    voice_at = at.get("voice", len(cells))
    voice = cells[voice_at].strip() if voice_at < len(cells) else ""
    return Row(number, cells[at["file"]].strip(), cells[at["text"]].strip(), voice or NO_VOICE)
