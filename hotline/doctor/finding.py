"""What a check finds.

A sentence is a pattern and what is filled in, so that the console can say it in the reader's
language; `hotline doctor` says it in English.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hotline.languages import Language
from hotline.settings import Settings
from hotline.texts import filled_in


class Level(StrEnum):
    """ok · warn: works, but not as it should for real callers · bad: something does not work."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One sentence about one thing, and one of what to do about it, empty where nothing is.

    `pattern` and `remedy` hold %(name)s for each of `values`: a `Lasting`, `LanguageNames` or
    `Sentence` where the language of the reader matters.
    """

    check: str
    level: Level
    pattern: str
    remedy: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def says(self) -> str:
        """The sentence in English."""
        return filled_in(self.pattern, self.values)

    @property
    def mend(self) -> str:
        """What to do about it, in English."""
        return filled_in(self.remedy, self.values)

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain JSON values, in English."""
        return {"check": self.check, "level": self.level, "says": self.says, "mend": self.mend}


class Lasting(float):
    """So many seconds, as text in the largest unit of which there are two: "90 s", "45 min"."""

    def __str__(self) -> str:
        for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
            if self >= 2 * size:
                return f"{self // size:.0f} {unit}"
        return f"{float(self):.0f} s"


@dataclass(frozen=True)
class LanguageNames:
    """Languages, as text by their English names."""

    languages: tuple[Language, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """By which the reader's own names are found."""
        return tuple(language.code for language in self.languages)

    def __str__(self) -> str:
        return ", ".join(language.english_name for language in self.languages)


def ok(check: str, says: str, **values: object) -> Finding:
    """All is well."""
    return Finding(check, Level.OK, says, "", values)


def warn(check: str, says: str, mend: str, **values: object) -> Finding:
    """It works, but not as it should for real callers."""
    return Finding(check, Level.WARN, says, mend, values)


def bad(check: str, says: str, mend: str, **values: object) -> Finding:
    """Something does not work."""
    return Finding(check, Level.BAD, says, mend, values)


def for_real_callers(settings: Settings) -> bool:
    """Whether a carrier outside is set, or lines of our own: what is good enough for a trial is not
    for their callers."""
    return not settings.needs_own_switch or settings.own_lines
