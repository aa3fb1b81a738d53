"""What recognition yields: words with times and confidences, and the text made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

UNINTELLIGIBLE = "[unintelligible]"

# Measured on all held-out sentences of the bundled models with white noise at 20, 10, 5 and 0 dB:
# of 23 words below 0.3 none was right; from 0.3 to 0.4 it was 11 of 52, from 0.9 on 3164 of 3261.
LOW_CONFIDENCE = 0.3


@dataclass(frozen=True)
class Word:
    """One recognized word. start, end: seconds from the recording's start. confidence: 0 to 1.

    A sound the model has no word for has the text UNINTELLIGIBLE. A word below LOW_CONFIDENCE keeps
    its text, so that triage and a reviewer still see it.
    """

    text: str
    start: float
    end: float
    confidence: float

    @property
    def unintelligible(self) -> bool:
        """Whether the running text shows UNINTELLIGIBLE in this word's place."""
        return self.text == UNINTELLIGIBLE or self.confidence < LOW_CONFIDENCE


@dataclass(frozen=True)
class Transcript:
    """What was said in one recording.

    model: folder name of the Vosk model. text: the words joined by blanks, with UNINTELLIGIBLE once
    for each run of words that could not be understood. average_confidence: mean over the words, 0.0
    without words. duration_s: of the recording, in seconds.
    """

    language: str
    model: str
    words: tuple[Word, ...]
    text: str
    average_confidence: float
    duration_s: float

    def to_dict(self) -> dict[str, Any]:
        """The transcript as plain JSON values; `from_dict` reads them back."""
        return {**asdict(self), "words": [asdict(word) for word in self.words]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Transcript":
        """The transcript that `to_dict` wrote. Raises KeyError or TypeError on anything else."""
        return cls(
            language=values["language"],
            model=values["model"],
            words=tuple(Word(**word) for word in values["words"]),
            text=values["text"],
            average_confidence=values["average_confidence"],
            duration_s=values["duration_s"],
        )


def make_transcript(
    language: str, model: str, words: Sequence[Word], duration_s: float
) -> Transcript:
    """A transcript of the words, with its text and average confidence worked out."""
    total = sum(word.confidence for word in words)
    return Transcript(
        language=language,
        model=model,
        words=tuple(words),
        text=running_text(words),
        average_confidence=total / len(words) if words else 0.0,
        duration_s=duration_s,
    )


def running_text(words: Sequence[Word]) -> str:
    """The words in a row; neighbors that could not be understood become one UNINTELLIGIBLE."""
    shown: list[str] = []
    for word in words:
        text = UNINTELLIGIBLE if word.unintelligible else word.text
        if text != UNINTELLIGIBLE or shown[-1:] != [UNINTELLIGIBLE]:
            shown.append(text)
    return " ".join(shown)
