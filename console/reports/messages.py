"""The messages of a report as its page tells them: sound, words, corrections, reasons.

Personal data in the words is masked unless it is `revealed`; in corrections, too.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from console import names, times
from console.context import masker
from console.reports import words
from console.reports.cases import Case
from console.reports.listing import direction
from console.text import gettext, marked
from hotline.privacy import locks, redaction
from hotline.privacy.redaction import Masked
from hotline.reports.casework.heard import Heard
from hotline.reports.casework.heard_as import WHOLE, Corrected
from hotline.reports.model import AudioState, Door, Message, MessageKind
from hotline.reports.transcripts import SpokenWord
from hotline.reports.written import door_of
from hotline.spelling import written_words

TITLES = {
    MessageKind.OPENING: marked("First words"),
    MessageKind.MESSAGE: marked("Message"),
    MessageKind.ADDITION: marked("Said on a later call"),
}
WRITTEN = {
    MessageKind.MESSAGE: marked("Written at the web door"),
    MessageKind.ADDITION: marked("Written later at the web door"),
}
"""Titles of what nobody has spoken."""
TEXTED = {
    MessageKind.MESSAGE: marked("Written as a text message"),
    MessageKind.ADDITION: marked("Written later as a text message"),
}


@dataclass(frozen=True)
class Change:
    """A correction as it is told: what the machine had written, who heard what, and when.

    told: whether its text may be shown.
    """

    id: str
    machine: str
    text: str
    told: bool
    by: str
    at: str


@dataclass(frozen=True)
class Choice:
    """A word, or what is corrected or masked as one, in the lists of the form."""

    first_word: int
    last_word: int
    text: str


@dataclass(frozen=True)
class Line:
    """A line of words, what a correction of it can be of, and what was corrected in it."""

    laid_out: words.Line
    choices: tuple[Choice, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Mark:
    """A reason on the wave. at: seconds from the beginning."""

    letter: str
    at: float


@dataclass(frozen=True)
class Told:
    """One message as the page shows it. `lines` is empty and `spoken` false without any words.

    whole: the machine wrote no words, and what a person writes down stands for all of it; typed is
    that, unless something in it is masked. written: whoever reported it wrote these words; no
    machine has heard them, there is no sound, and nobody corrects them. newest, over: what a
    correction brings along (`corrections.Draft`).
    """

    id: str
    title: str
    facts: str
    duration_s: float | None
    locked: bool
    playable: bool
    audio_problem: str | None
    spoken: bool
    whole: bool
    written: bool
    typed: str
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    changes: dict[str, Change]
    outdated: tuple[Change, ...]
    language: str
    direction: str
    newest: str
    over: str


class Teller:
    """Tells the messages and reasons of one report. name_of: the name of an account."""

    def __init__(
        self, case: Case, name_of: Callable[[str | None], str], *, revealed: bool = False
    ) -> None:
        self._case, self._name_of, self._revealed = case, name_of, revealed

    @cached_property
    def masked(self) -> bool:
        """Whether there is anything to mask, revealed or not."""
        return any(_masks(heard) for heard in self._case.heard.values())

    def message(self, message: Message) -> Told:
        """One message."""
        case, heard = self._case, self._case.words_of(message.id)
        written = message.audio is AudioState.WRITTEN
        changes = {one.id: self.change(heard, one) for one in heard.corrections}
        return Told(
            id=message.id,
            title=gettext(_titles(message)[message.kind]),
            facts=", ".join(self._facts(message, heard)),
            duration_s=message.duration_s,
            locked=_is_locked(message, heard),
            playable=message.audio is AudioState.STORED and case.readable,
            audio_problem=_audio_problem(message),
            spoken=heard.as_shown is not None,
            whole=case.readable and not heard.machine,
            written=written,
            typed=self._whole_text(heard),
            lines=tuple(self._line(line, changes) for line in self._lines(heard)),
            marks=tuple(self._marks(heard)),
            changes=changes,
            outdated=tuple(self.change(heard, one, outdated=True) for one in heard.outdated),
            language=heard.language,
            direction=direction(heard.language),
            newest=heard.newest,
            over=heard.transcript_id,
        )

    def reason(self, reason: words.Reason) -> dict[str, Any]:
        """Why it is as urgent as it is. phrase: its pieces, each with whether it is a mask."""
        language = self._case.words_of(reason.message_id).language
        level = names.urgency(reason.urgency)[1].lower()
        return {
            "letter": reason.letter,
            "phrase": self._phrase(reason, language) if reason.phrase else [],
            "language": language,
            "direction": direction(language),
            "means": f"{names.category(reason.category)}, {level}",
            "corrected": reason.corrected,
        }

    def change(self, heard: Heard, one: Corrected, *, outdated: bool = False) -> Change:
        """A correction. outdated: it was made over words that are no longer there; then without
        words around it nobody can tell what of it is to be masked, and its text stays away."""
        alone = outdated and one.span != WHOLE and not self._revealed
        return Change(
            id=one.id,
            machine="" if outdated else self.said_by_machine(heard, *one.span),
            text="" if alone else self._snippet(heard, written_words(one.text)),
            told=not alone,
            by=self._name_of(one.by),
            at=times.moment(one.at),
        )

    def said_by_machine(self, heard: Heard, first_word: int, last_word: int) -> str:
        """What the machine wrote there, masked like everything else."""
        said = heard.machine[first_word : last_word + 1]
        return self._snippet(heard, [word.text for word in said])

    def _snippet(self, heard: Heard, said: Sequence[str]) -> str:
        """A few words. Whatever is masked anywhere in the message, in the machine's words or as
        they are shown, is masked here: out of its place nobody would know it for a name."""
        if self._revealed:
            return " ".join(said)
        hidden = dict(_hidden(heard, [word.text for word in heard.machine]))
        hidden |= dict(_hidden(heard, [word.text for word in heard.shown]))
        hidden |= dict(_hidden(heard, said))
        pieces: list[str] = []
        for word in said:
            label = hidden.get(word.casefold())
            if label is None or pieces[-1:] != [label]:  # one label for neighbors
                pieces.append(label or word)
        return " ".join(pieces)

    def _lines(self, heard: Heard) -> tuple[words.Line, ...]:
        reasons = [r for r in self._case.reasons if r.message_id == heard.message_id]
        masks = () if self._revealed else _masks(heard)
        labels = masker(heard.language).rules.labels
        return words.lines(heard.shown, reasons, masks, labels)

    def _line(self, line: words.Line, changes: dict[str, Change]) -> Line:
        ids = dict.fromkeys(run.correction for run in line.runs if run.correction)
        return Line(line, tuple(_choices(line)), tuple(changes[one] for one in ids))

    def _whole_text(self, heard: Heard) -> str:
        """What somebody wrote down where the machine could not, to be gone on with."""
        if heard.machine or not heard.corrections:
            return ""
        text = heard.corrections[-1].text
        return text if self._revealed or not _masks(heard) else ""

    def _marks(self, heard: Heard) -> Iterator[Mark]:
        for reason in self._case.reasons:
            if reason.message_id == heard.message_id and reason.first_word < len(heard.machine):
                yield Mark(reason.letter, heard.machine[reason.first_word].start)

    def _facts(self, message: Message, heard: Heard) -> Iterator[str]:
        spoken = language_name(heard.language)
        if heard.language != self._case.report.language:
            spoken = gettext("spoken language may be %(language)s", language=spoken)
        yield spoken
        yield times.moment(message.sent_at or message.created_at)
        if message.duration_s is not None:
            yield times.lasted(message.duration_s)

    def _phrase(self, reason: words.Reason, language: str) -> list[tuple[str, bool]]:
        """The pieces of a reason, each with whether it is a mask's label."""
        if self._revealed:
            return [(reason.phrase, False)]
        one, heard = masker(language), self._case.words_of(reason.message_id)
        if heard.shown and not reason.corrected:
            pieces = words.phrase(heard.shown, reason, _masks(heard))
        else:  # its words are gone: the phrase alone tells what is to be masked
            said = reason.phrase.split()
            pieces = list(redaction.pieces(said, one.find(said)))
        return [(p, False) if isinstance(p, str) else (one.label(p), True) for p in pieces]


def _titles(message: Message) -> Mapping[MessageKind, str]:
    if message.audio is not AudioState.WRITTEN:
        return TITLES
    return TEXTED if door_of(message) is Door.TEXT else WRITTEN


def language_name(code: str) -> str:
    """The name of a language that is, or was, offered."""
    return names.language(code)


def _hidden(heard: Heard, said: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each word of these that is masked, and what is shown in its place."""
    one = masker(heard.language)
    for mask in one.find(said):
        for word in said[mask.first_word : mask.last_word + 1]:
            yield word.casefold(), f"[{one.label(mask)}]"


def _masks(heard: Heard) -> tuple[Masked, ...]:
    return _masks_of(heard.language, heard.shown)


def _masks_of(language: str, said: Sequence[SpokenWord]) -> tuple[Masked, ...]:
    confidences = [word.confidence for word in said]
    return masker(language).find([word.text for word in said], confidences)


def _choices(line: words.Line) -> Iterator[Choice]:
    """What can be corrected: word by word, a mask or an earlier correction as one."""
    for run in line.runs:
        if run.hidden or run.correction:
            said = run.hidden or " ".join(word.text for word in run.words)
            yield Choice(run.place.first_word, run.place.last_word, said)
        else:
            for word in run.words:
                yield Choice(word.place.first_word, word.place.last_word, word.text)


def _is_locked(message: Message, heard: Heard) -> bool:
    """Whether its sound and full words are sealed, and not open to who reads."""
    if message.sealed_at is None:
        return False
    return locks.reader() is None or (heard.spoken is not None and heard.spoken.locked)


def _audio_problem(message: Message) -> str | None:
    match message.audio:
        case AudioState.AWAITED:
            return gettext("The recording is still on its way here.")
        case AudioState.UNUSABLE:
            return gettext(
                "The recording cannot be played. Ask whoever took the report what was said."
            )
        case _:
            return None
