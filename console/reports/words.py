"""The words of a transcript as a page shows them: lines, unsure words, reasons marked. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from hotline.privacy.redaction import Masked
from hotline.privacy.redaction_rules import Kind
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
    """Words that follow each other under the same reasons; `ends` are the letters to show after.

    hidden: what the run is, where it is masked ("a name"); `words` is empty then.
    """

    words: tuple[Word, ...]
    letters: tuple[str, ...]
    ends: tuple[str, ...]
    hidden: str = ""


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


@dataclass(frozen=True)
class _Mark:
    """What holds for a word: the reasons it is part of, and the mask it is under."""

    letters: tuple[str, ...]
    mask: Masked | None


def lines(
    spoken: Sequence[SpokenWord],
    reasons: Sequence[Reason],
    masks: Sequence[Masked] = (),
    labels: Mapping[Kind, str] | None = None,
) -> tuple[Line, ...]:
    """Lay out the words of one message; `reasons` and `masks` are those of this message.

    labels: what is shown in place of a mask; its kind by default.
    """
    under = {i: mask for mask in masks for i in range(mask.first_word, mask.last_word + 1)}
    marks = [_mark(i, reasons, under.get(i)) for i in range(len(spoken))]
    return tuple(
        _line(spoken, marks, reasons, labels or {}, first, last)
        for first, last in _split(spoken, marks)
    )


def _mark(index: int, reasons: Sequence[Reason], mask: Masked | None) -> _Mark:
    """A mask is one thing: it has the reasons of all its words."""
    first, last = (mask.first_word, mask.last_word) if mask else (index, index)
    letters = (r.letter for r in reasons if r.first_word <= last and first <= r.last_word)
    return _Mark(tuple(letters), mask)


def _split(spoken: Sequence[SpokenWord], marks: Sequence[_Mark]) -> Iterator[tuple[int, int]]:
    """Ranges of words, end excluded; the words of a reason or a mask stay on one line."""
    first = 0
    for i in range(1, len(spoken)):
        before, here = marks[i - 1], marks[i]
        together = set(before.letters) & set(here.letters) or (here.mask and before == here)
        if spoken[i].start - spoken[i - 1].end >= LINE_GAP_S and not together:
            yield first, i
            first = i
    if spoken:
        yield first, len(spoken)


def _line(
    spoken: Sequence[SpokenWord],
    marks: Sequence[_Mark],
    reasons: Sequence[Reason],
    labels: Mapping[Kind, str],
    first: int,
    last: int,
) -> Line:
    gap = spoken[first].start - (spoken[first - 1].end if first else 0.0)
    runs: list[Run] = []
    begin = first
    for i in range(first + 1, last + 1):
        if i == last or marks[i] != marks[begin]:
            ends = tuple(r.letter for r in reasons if begin <= r.last_word < i)
            runs.append(_run(spoken[begin:i], marks[begin], ends, labels))
            begin = i
    return Line(spoken[first].start, gap if gap >= TOLD_GAP_S else 0.0, tuple(runs))


def _run(
    spoken: Sequence[SpokenWord],
    mark: _Mark,
    ends: tuple[str, ...],
    labels: Mapping[Kind, str],
) -> Run:
    if mark.mask is not None:
        return Run((), mark.letters, ends, labels.get(mark.mask.kind, mark.mask.kind))
    return Run(tuple(_word(w) for w in spoken), mark.letters, ends)


def phrase(
    spoken: Sequence[SpokenWord], reason: Reason, masks: Sequence[Masked]
) -> list[str | Masked]:
    """The words of a reason, with the mask in the place of those that are hidden."""
    said: list[str | Masked] = []
    place = reason.first_word
    while place <= min(reason.last_word, len(spoken) - 1):
        mask = next((m for m in masks if m.first_word <= place <= m.last_word), None)
        said.append(mask or spoken[place].text)
        place = mask.last_word + 1 if mask else place + 1
    return said


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
