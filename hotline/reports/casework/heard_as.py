"""A transcript as it is shown: what a person heard laid over what the machine wrote. Pure.

The machine's words are never changed. A correction stands in the place of some of them, and
whatever is said about places in a transcript (reasons, corrections) counts the machine's words.
Where the machine wrote none, a person's text is all there is, and its own words are counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.reports.masks import UNSURE
from hotline.reports.transcripts import SpokenWord
from hotline.spelling import written_words

UNINTELLIGIBLE = "[unintelligible]"  # as transcription.result writes it
WHOLE = (0, -1)
"""first_word and last_word of a correction that stands where the machine wrote no word at all."""


@dataclass(frozen=True)
class Corrected:
    """What a person heard. first_word, last_word: offsets of the machine's words, both included.

    text: what stands in their place; empty: nothing was said there. by: an account's id.
    """

    id: str
    first_word: int
    last_word: int
    text: str
    by: str
    at: datetime

    @property
    def span(self) -> tuple[int, int]:
        """First and last word."""
        return self.first_word, self.last_word

    def touches(self, first_word: int, last_word: int) -> bool:
        """Whether it has a word in common with a stretch; what stands for all touches all."""
        if WHOLE in (self.span, (first_word, last_word)):
            return True
        return self.first_word <= last_word and first_word <= self.last_word


@dataclass(frozen=True)
class ShownWord(SpokenWord):
    """A word as it is shown, and the machine's words that it stands for (offsets, both included).

    correction: id of what it comes from; None: the machine's own. A correction without text is one
    word without text. start and end are both 0 where nobody knows when it was said.
    """

    first_word: int
    last_word: int
    correction: str | None = None

    @property
    def timed(self) -> bool:
        """Whether it is known when it was said."""
        return self.end > 0


def shown_words(
    words: Sequence[SpokenWord], corrections: Iterable[Corrected] = ()
) -> tuple[ShownWord, ...]:
    """The words with the corrections in their places; of two that overlap the later one counts.

    Those that do not fit the words (of another transcript) are left out.
    """
    heard = {one.first_word: one for one in standing(len(words), corrections)}
    if not words:
        return _typed(heard[0]) if 0 in heard else ()
    shown: list[ShownWord] = []
    at = 0
    while at < len(words):
        if (one := heard.get(at)) is None:
            shown.append(_own(words[at], at))
            at += 1
        else:
            shown += _laid_over(words[at : one.last_word + 1], one)
            at = one.last_word + 1
    return tuple(shown)


def standing(count: int, corrections: Iterable[Corrected]) -> list[Corrected]:
    """Those that stand over so many of the machine's words: newest first, none over another."""
    kept: list[Corrected] = []
    for one in sorted(corrections, key=lambda c: (c.at, c.id), reverse=True):
        if fits(count, *one.span) and not any(one.touches(*other.span) for other in kept):
            kept.append(one)
    return kept


def fits(count: int, first_word: int, last_word: int) -> bool:
    """Whether a stretch is one of so many words; of none at all, only the whole."""
    if count == 0:
        return (first_word, last_word) == WHOLE
    return 0 <= first_word <= last_word < count


def span_of(shown: Sequence[ShownWord], first: int, last: int) -> tuple[int, int]:
    """The machine's words behind shown ones; first, last: offsets into `shown`, both included.

    A correction is one thing: whoever means a word of it means all the words it stands for.
    """
    return shown[first].first_word, shown[last].last_word


def text_of(shown: Sequence[SpokenWord]) -> str:
    """The words in a row."""
    return " ".join(word.text for word in shown if word.text)


def running_text(shown: Sequence[SpokenWord]) -> str:
    """The words in a row as a transcript's text has them: neighbors that could not be understood
    are one UNINTELLIGIBLE."""
    kept: list[str] = []
    for word in shown:
        text = UNINTELLIGIBLE if word.confidence < UNSURE else word.text
        if text and not (text == UNINTELLIGIBLE and kept[-1:] == [text]):
            kept.append(text)
    return " ".join(kept)


def _own(word: SpokenWord, at: int) -> ShownWord:
    return ShownWord(word.text, word.start, word.end, word.confidence, at, at)


def _typed(one: Corrected) -> tuple[ShownWord, ...]:
    """A text where the machine wrote none: its words are counted themselves."""
    parts = written_words(one.text) or [""]
    return tuple(ShownWord(part, 0.0, 0.0, 1.0, at, at, one.id) for at, part in enumerate(parts))


def _laid_over(words: Sequence[SpokenWord], one: Corrected) -> list[ShownWord]:
    """The time of the machine's words is shared out by letters: nobody has measured it."""
    parts = written_words(one.text) or [""]
    start, length = words[0].start, max(0.0, words[-1].end - words[0].start)
    letters = [max(1, len(part)) for part in parts]
    shown, before = [], 0
    for part, size in zip(parts, letters, strict=True):
        begin = start + length * before / sum(letters)
        before += size
        end = start + length * before / sum(letters)
        shown.append(ShownWord(part, begin, end, 1.0, *one.span, one.id))
    return shown
