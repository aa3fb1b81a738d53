"""The words of a transcript as a page shows them: lines, unsure words, reasons marked. Pure.

Reasons count the machine's words, masks the words that are shown (`ShownWord` knows both).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from hotline.privacy.redaction import Masked
from hotline.privacy.redaction_rules import Kind
from hotline.reports.casework.heard_as import ShownWord

# Below this Vosk's confidence a word is shown as unsure (the console's brief; a setting later).
SURE = 0.6
# A silence this long, in seconds, begins a new line; a longer one is told.
LINE_GAP_S = 1.2
TOLD_GAP_S = 3.0
NOT_UNDERSTOOD = ("[unk]", "[unintelligible]")


@dataclass(frozen=True)
class Reason:
    """Why triage decided as it did; offsets of its words in the message, both included.

    corrected: a person has corrected its words since, and they do not say it any more.
    """

    letter: str
    category: str
    urgency: str
    phrase: str
    message_id: str
    first_word: int
    last_word: int
    corrected: bool = False


@dataclass(frozen=True)
class Word:
    """One word on the page. `understood` is false where nothing was recognized."""

    text: str
    sure: bool
    understood: bool
    percent: int
    place: "Place"


@dataclass(frozen=True)
class Place:
    """Of a word or a mask: the machine's words it stands for (offsets, both included), and when it
    was said, in seconds; both 0 where nobody knows."""

    first_word: int
    last_word: int
    start: float
    end: float


@dataclass(frozen=True)
class Run:
    """Words that follow each other under the same reasons; `ends` are the letters to show after.

    hidden: what the run is, where it is masked ("a name"); `words` is empty then. correction: the
    id of the correction it comes from, if a person wrote it.
    """

    words: tuple[Word, ...]
    letters: tuple[str, ...]
    ends: tuple[str, ...]
    place: Place
    hidden: str = ""
    correction: str | None = None


@dataclass(frozen=True)
class Line:
    """What was said between two silences. `silence_s` is the long silence before it, or 0."""

    start: float
    silence_s: float
    runs: tuple[Run, ...]

    @property
    def timed(self) -> bool:
        """Whether it is known when it was said."""
        return any(run.place.end > 0 for run in self.runs)


def letter(index: int) -> str:
    """The name of the n-th reason: a … z, then aa, ab …"""
    more, last = divmod(index, len(ascii_lowercase))
    return (letter(more - 1) if more else "") + ascii_lowercase[last]


@dataclass(frozen=True)
class _Mark:
    """What holds for a word: the reasons it is part of, the mask it is under, who wrote it."""

    letters: tuple[str, ...]
    mask: Masked | None
    correction: str | None

    def torn_from(self, other: "_Mark") -> bool:
        """Whether a line may end between the two."""
        one_thing = (self.mask, self.correction) != (None, None) and self == other
        return not (one_thing or set(self.letters) & set(other.letters))


def lines(
    shown: Sequence[ShownWord],
    reasons: Sequence[Reason],
    masks: Sequence[Masked] = (),
    labels: Mapping[Kind, str] | None = None,
) -> tuple[Line, ...]:
    """Lay out the words of one message; `reasons` and `masks` are those of this message.

    labels: what is shown in place of a mask; its kind by default.
    """
    reasons = [reason for reason in reasons if not reason.corrected]
    under = {i: mask for mask in masks for i in range(mask.first_word, mask.last_word + 1)}
    marks = [_mark(shown, i, reasons, under.get(i)) for i in range(len(shown))]
    ends = _ends(shown, reasons)
    return tuple(
        _line(shown, marks, ends, labels or {}, first, last) for first, last in _split(shown, marks)
    )


def place_of(shown: Sequence[ShownWord]) -> Place:
    """Where some words that follow each other stand."""
    return Place(shown[0].first_word, shown[-1].last_word, shown[0].start, shown[-1].end)


def _mark(
    shown: Sequence[ShownWord], index: int, reasons: Sequence[Reason], mask: Masked | None
) -> _Mark:
    """A mask is one thing: it has the reasons of all its words."""
    first, last = (mask.first_word, mask.last_word) if mask else (index, index)
    place = place_of(shown[first : last + 1])
    letters = (r.letter for r in reasons if _within(place, r))
    return _Mark(tuple(letters), mask, shown[first].correction)


def _within(place: Place | ShownWord, reason: Reason) -> bool:
    return reason.first_word <= place.last_word and place.first_word <= reason.last_word


def _ends(shown: Sequence[ShownWord], reasons: Sequence[Reason]) -> dict[str, int]:
    """The place of the word with which each reason ends, by its letter."""
    return {
        reason.letter: at
        for at, word in enumerate(shown)
        for reason in reasons
        if word.first_word <= reason.last_word <= word.last_word
    }


def _split(shown: Sequence[ShownWord], marks: Sequence[_Mark]) -> Iterator[tuple[int, int]]:
    """Ranges of words, end excluded; words of a reason, mask or correction stay on one line."""
    first = 0
    for i in range(1, len(shown)):
        silent = shown[i].start - shown[i - 1].end >= LINE_GAP_S
        if silent and marks[i].torn_from(marks[i - 1]):
            yield first, i
            first = i
    if shown:
        yield first, len(shown)


def _line(
    shown: Sequence[ShownWord],
    marks: Sequence[_Mark],
    ends: Mapping[str, int],
    labels: Mapping[Kind, str],
    first: int,
    last: int,
) -> Line:
    gap = shown[first].start - (shown[first - 1].end if first else 0.0)
    runs: list[Run] = []
    begin = first
    for i in range(first + 1, last + 1):
        if i == last or marks[i] != marks[begin]:
            ended = tuple(name for name in marks[begin].letters if begin <= ends.get(name, -1) < i)
            runs.append(_run(shown[begin:i], marks[begin], ended, labels))
            begin = i
    return Line(shown[first].start, gap if gap >= TOLD_GAP_S else 0.0, tuple(runs))


def _run(
    shown: Sequence[ShownWord],
    mark: _Mark,
    ends: tuple[str, ...],
    labels: Mapping[Kind, str],
) -> Run:
    place = place_of(shown)
    if mark.mask is not None:
        label = labels.get(mark.mask.kind, mark.mask.kind)
        return Run((), mark.letters, ends, place, label, mark.correction)
    words = tuple(_word(word) for word in shown)
    return Run(words, mark.letters, ends, place, "", mark.correction)


def phrase(
    shown: Sequence[ShownWord], reason: Reason, masks: Sequence[Masked]
) -> list[str | Masked]:
    """The words of a reason, with the mask in the place of those that are hidden."""
    said: list[str | Masked] = []
    for at, word in enumerate(shown):
        if not _within(word, reason):
            continue
        mask = next((m for m in masks if m.first_word <= at <= m.last_word), None)
        if mask is None:
            said.append(word.text)
        elif said[-1:] != [mask]:
            said.append(mask)
    return [piece for piece in said if piece]


def _word(shown: ShownWord) -> Word:
    understood = shown.text not in NOT_UNDERSTOOD
    percent = round(shown.confidence * 100)
    sure = shown.confidence >= SURE or not understood
    return Word(shown.text, sure, understood, percent, place_of([shown]))


def first_words(text: str, limit: int = 90) -> str:
    """The beginning of a transcript, cut at a word, with an ellipsis where it goes on."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[: limit + 1].rsplit(" ", 1)[0][:limit] + " …"
