"""The words of a transcript as a page shows them: lines, unsure words, reasons marked. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from hotline.reports.transcripts import SpokenWord

# Below this Vosk's confidence a word is shown as unsure (the console's brief; a setting later).
SURE = 0.6
# A silence this long, in seconds, begins a new line; a longer one is told.
LINE_GAP_S = 1.2
TOLD_GAP_S = 3.0
NOT_UNDERSTOOD = ("[unk]", "[unintelligible]")


@dataclass(frozen=True)
class Reason:
    """Why triage decided as it did; offsets of its words in the message, both included."""

    letter: str
    category: str
    urgency: str
    phrase: str
    message_id: str
    first_word: int
    last_word: int


@dataclass(frozen=True)
class Word:
    """One word on the page. `understood` is false where nothing was recognized."""

    text: str
    sure: bool
    understood: bool
    percent: int


@dataclass(frozen=True)
class Run:
    """Words that follow each other under the same reasons; `ends` are the letters to show after."""

    words: tuple[Word, ...]
    letters: tuple[str, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """What was said between two silences. `silence_s` is the long silence before it, or 0."""

    start: float
    silence_s: float
    runs: tuple[Run, ...]


def letter(index: int) -> str:
    """The name of the n-th reason: a … z, then aa, ab …"""
    more, last = divmod(index, len(ascii_lowercase))
    return (letter(more - 1) if more else "") + ascii_lowercase[last]


def lines(spoken: Sequence[SpokenWord], reasons: Sequence[Reason]) -> tuple[Line, ...]:
    """Lay out the words of one message; `reasons` are those of this message."""
    marks = [_letters_at(i, reasons) for i in range(len(spoken))]
    return tuple(
        _line(spoken, marks, reasons, first, last) for first, last in _split(spoken, marks)
    )


def _letters_at(index: int, reasons: Sequence[Reason]) -> tuple[str, ...]:
    return tuple(r.letter for r in reasons if r.first_word <= index <= r.last_word)


def _split(
    spoken: Sequence[SpokenWord], marks: Sequence[tuple[str, ...]]
) -> Iterator[tuple[int, int]]:
    """Ranges of words, end excluded; a reason's words stay on one line."""
    first = 0
    for i in range(1, len(spoken)):
        same_reason = set(marks[i - 1]) & set(marks[i])
        if spoken[i].start - spoken[i - 1].end >= LINE_GAP_S and not same_reason:
            yield first, i
            first = i
    if spoken:
        yield first, len(spoken)


def _line(
    spoken: Sequence[SpokenWord],
    marks: Sequence[tuple[str, ...]],
    reasons: Sequence[Reason],
    first: int,
    last: int,
) -> Line:
    gap = spoken[first].start - (spoken[first - 1].end if first else 0.0)
    runs: list[Run] = []
    begin = first
    for i in range(first + 1, last + 1):
        if i == last or marks[i] != marks[begin]:
            ends = tuple(r.letter for r in reasons if begin <= r.last_word < i)
            words = tuple(_word(w) for w in spoken[begin:i])
            runs.append(Run(words, marks[begin], ends))
            begin = i
    return Line(spoken[first].start, gap if gap >= TOLD_GAP_S else 0.0, tuple(runs))


def _word(spoken: SpokenWord) -> Word:
    understood = spoken.text not in NOT_UNDERSTOOD
    percent = round(spoken.confidence * 100)
    return Word(spoken.text, spoken.confidence >= SURE or not understood, understood, percent)


def first_words(text: str, limit: int = 90) -> str:
    """The beginning of a transcript, cut at a word, with an ellipsis where it goes on."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[: limit + 1].rsplit(" ", 1)[0][:limit] + " …"
