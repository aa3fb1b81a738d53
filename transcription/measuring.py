"""`hotline wer`: how well a model understands recordings of which it is known what they say."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from transcription import manifest
from transcription.command import TranscribeError, read_audio
from transcription.engine import Engine
from transcription.manifest import Problem, Row
from transcription.scoring import Score, score

HEADINGS = (
    "voice",
    "files",
    "words",
    "right",
    "substituted",
    "inserted",
    "deleted",
    "WER",
    "audio s",
    "real-time factor",
)
DIGITS = 3


@dataclass(frozen=True)
class Measured:
    """One recording: its row, what was understood, and how that compares."""

    row: Row
    heard: str
    score: Score


@dataclass(frozen=True)
class Measurement:
    """All recordings of a manifest that could be read, and the lines that could not be used."""

    language: str
    model: str
    files: tuple[Measured, ...]
    problems: tuple[Problem, ...]

    @property
    def total(self) -> Score:
        """Over all recordings."""
        return pooled(self.files)

    @property
    def voices(self) -> dict[str, Score]:
        """By voice, in the order of their first recording."""
        names = dict.fromkeys(file.row.voice for file in self.files)
        return {name: pooled(f for f in self.files if f.row.voice == name) for name in names}

    def to_dict(self) -> dict[str, Any]:
        """All figures as plain JSON values."""
        return {
            "language": self.language,
            "model": self.model,
            "total": figures(self.total),
            "voices": {name: figures(found) for name, found in self.voices.items()},
            "files": [
                {"file": f.row.file, "said": f.row.text, "heard": f.heard, **figures(f.score)}
                for f in self.files
            ],
            "problems": [{"line": p.line, "sentence": p.sentence} for p in self.problems],
        }


def measure(path: Path, language: str, model: Path) -> Measurement:
    """Transcribe every recording that the manifest names, decoding included, and count the errors.

    Files are looked for in the manifest's folder. Lines that cannot be used are left out and named.
    Raises ManifestError, and ModelBroken.
    """
    rows, problems = manifest.read(path)
    engine = Engine({language: model})
    engine.preload()  # not counted: a worker does it once
    found = [attempt(engine, path.parent, row, language) for row in rows]
    problems += [each for each in found if isinstance(each, Problem)]
    files = tuple(each for each in found if isinstance(each, Measured))
    ordered = tuple(sorted(problems, key=lambda problem: problem.line))
    return Measurement(language, model.name, files, ordered)


def attempt(engine: Engine, folder: Path, row: Row, language: str) -> Measured | Problem:
    """Transcribe one recording."""
    began = time.process_time()
    try:
        audio = read_audio(folder / row.file)
    except TranscribeError as error:
        return Problem(row.line, str(error))
    heard = engine.transcribe(audio, language).text
    spent = time.process_time() - began
    counted = score(row.text, heard, language)
    return Measured(row, heard, replace(counted, duration_s=audio.duration_s, cpu_s=spent))


def pooled(files: Iterable[Measured]) -> Score:
    """The counts of all files together."""
    return reduce(add, (file.score for file in files), Score())


def figures(found: Score) -> dict[str, Any]:
    """A score as plain JSON values; `wer` is null where nothing was said."""
    return {
        "files": found.files,
        "words": found.words,
        "hits": found.hits,
        "substitutions": found.substitutions,
        "insertions": found.insertions,
        "deletions": found.deletions,
        "wer": rounded(found.wer),
        "duration_s": rounded(found.duration_s),
        "cpu_s": rounded(found.cpu_s),
        "real_time_factor": rounded(found.real_time_factor),
    }


def rounded(value: float | None) -> float | None:
    """The value as it is published."""
    return None if value is None else round(value, DIGITS)


def as_json(found: Measurement) -> str:
    """The measurement as it is printed with --json."""
    return json.dumps(found.to_dict(), ensure_ascii=False, indent=2)


def as_table(found: Measurement) -> str:
    """The measurement as a plain table: one line for each voice, and the total."""
    rows = [HEADINGS, *(cells(name, each) for name, each in found.voices.items())]
    rows.append(cells("total", found.total))
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    return "\n".join([f"{found.model} ({found.language})", *lines(rows, widths)])


def lines(rows: Iterable[tuple[str, ...]], widths: list[int]) -> Iterator[str]:
    """The first column to the left, figures to the right."""
    for first, *rest in rows:
        numbers = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *numbers])


def cells(name: str, found: Score) -> tuple[str, ...]:
    """One line of the table; a dash where there is nothing to count."""
    counts = (found.files, found.words, found.hits)
    errors = (found.substitutions, found.insertions, found.deletions)
    rate, factor = (
        "-" if value is None else f"{value:.{DIGITS}f}"
        for value in (found.wer, found.real_time_factor)
    )
    return (name, *map(str, counts + errors), rate, f"{found.duration_s:.1f}", factor)
