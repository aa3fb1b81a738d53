"""How well a transcript matches what was really said: the word error rate and its parts."""

import re
import unicodedata
from dataclasses import dataclass, fields

import jiwer

TATWEEL = "\u0640"
APOSTROPHES = str.maketrans({"\u2019": "'", "\u02bc": "'", "`": "'"})
NOT_A_WORD = re.compile(r"[^\w\s']|_|(?<!\w)'|'(?!\w)")


@dataclass(frozen=True)
class Score:
    """Counts over any number of recordings. duration_s: of the audio; cpu_s: spent on it."""

    files: int = 0
    hits: int = 0
    substitutions: int = 0
    insertions: int = 0
    deletions: int = 0
    duration_s: float = 0.0
    cpu_s: float = 0.0

    def __add__(self, other: "Score") -> "Score":
        """The counts of both."""
        names = [field.name for field in fields(self)]
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def words(self) -> int:
        """How many words were said."""
        return self.hits + self.substitutions + self.deletions

    @property
    def wer(self) -> float | None:
        """Errors per word said, pooled; None where nothing was said."""
        errors = self.substitutions + self.insertions + self.deletions
        return errors / self.words if self.words else None

    @property
    def real_time_factor(self) -> float | None:
        """Seconds of CPU per second of audio; None without audio."""
        return self.cpu_s / self.duration_s if self.duration_s else None


def score(
    reference: str, hypothesis: str, language: str, duration_s: float = 0.0, cpu_s: float = 0.0
) -> Score:
    """What was said against what was understood, in one recording; for what counts see `normalize`.

    An empty reference makes every word of the hypothesis an insertion.
    """
    said, heard = normalize(reference, language), normalize(hypothesis, language)
    if not said:
        return Score(1, insertions=len(heard.split()), duration_s=duration_s, cpu_s=cpu_s)
    found = jiwer.process_words(said, heard)
    return Score(
        files=1,
        hits=found.hits,
        substitutions=found.substitutions,
        insertions=found.insertions,
        deletions=found.deletions,
        duration_s=duration_s,
        cpu_s=cpu_s,
    )


def word_error_rate(reference: str, hypothesis: str, language: str) -> float:
    """Substitutions, deletions and insertions per word of the reference; 0.0 is perfect.

    An empty reference gives 0.0 for an empty hypothesis and else 1.0.
    """
    counted = score(reference, hypothesis, language)
    return float(counted.insertions > 0) if counted.wer is None else counted.wer


def normalize(text: str, language: str) -> str:
    """The text as bare words: composed, lower case, one blank between, no punctuation.

    In Arabic also without vowel marks and tatweel.
    """
    text = unicodedata.normalize("NFKC", text).translate(APOSTROPHES).casefold()
    if language == "ar":
        text = "".join(c for c in text if c != TATWEEL and unicodedata.category(c) != "Mn")
    return " ".join(NOT_A_WORD.sub(" ", text).split())
