"""Redaction: which words of a report are personal data, and what is shown in their place. Pure.

Masked are telephone numbers, e-mail addresses, street addresses and the name that somebody gives
as their own, spoken or typed. How a language says them stands in its file
(`hotline.privacy.redaction_rules`). What is not understood stays: a mask must never hide the
danger, so a word that triage decided by is in no mask, save as a digit of a telephone number, in a
written e-mail address, or as a name that the language file lists.

Nothing is changed where it is stored; a mask is worked out when somebody reads.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from hotline.privacy import redaction_finders as finders
from hotline.privacy.redaction_parts import split
from hotline.privacy.redaction_rules import Kind, Rules


@dataclass(frozen=True)
class Masked:
    """Words that are hidden. first_word, last_word: offsets, both included."""

    kind: Kind
    first_word: int
    last_word: int


def find(
    words: Sequence[str],
    rules: Rules,
    *,
    deciding: Collection[int] = (),
    unsure: Collection[int] = (),
) -> tuple[Masked, ...]:
    """What is to be masked in the words, in their order and without overlap.

    deciding: offsets of the words that triage decided by. unsure: offsets of words that were
    perhaps not said; a telephone number may go on behind them. Any text gives an answer.
    """
    said = finders.Said(split(words), rules, deciding, unsure)
    taken: dict[int, tuple[Kind, int]] = {}
    for number, (kind, span) in enumerate(_spans(words, said)):
        for word in range(span[0], span[1] + 1):
            taken.setdefault(word, (kind, number))
    return tuple(_runs(taken))


def pieces(words: Sequence[str], found: Sequence[Masked]) -> Iterator[str | Masked]:
    """The words one by one, with a mask in the place of those that are hidden."""
    at = 0
    for mask in found:
        yield from words[at : mask.first_word]
        yield mask
        at = mask.last_word + 1
    yield from words[at:]


def masked(words: Sequence[str], found: Sequence[Masked], rules: Rules) -> list[str]:
    """The words as they may be shown: each mask is its label in brackets."""
    return [shown(piece, rules) for piece in pieces(words, found)]


def shown(piece: str | Masked, rules: Rules) -> str:
    """A word, or the label of a mask in brackets."""
    return piece if isinstance(piece, str) else f"[{rules.labels[piece.kind]}]"


def _spans(words: Sequence[str], said: finders.Said) -> Iterator[tuple[Kind, finders.Span]]:
    """Spans of words; where two overlap, the earlier one has the words."""
    for word in finders.written_emails(words):
        yield Kind.EMAIL, (word, word)
    for span in finders.telephones(said):
        yield Kind.TELEPHONE, _words_of(said, span)
    for kind, found in (
        (Kind.EMAIL, finders.emails(said)),
        (Kind.ADDRESS, finders.addresses(said)),
        (Kind.NAME, finders.names(said)),
    ):
        for span in found:
            yield from ((kind, part) for part in _spared(said, kind, span))


def _words_of(said: finders.Said, span: finders.Span) -> finders.Span:
    return said.parts[span[0]].word, said.parts[span[1]].word


def _spared(said: finders.Said, kind: Kind, span: finders.Span) -> Iterator[finders.Span]:
    """The words of a span without those that triage decided by, save a name that is listed."""
    first, last = _words_of(said, span)
    listed = kind is Kind.NAME and said.parts[span[0]].text in said.rules.name.also
    begin = first
    for word in range(first, last + 1):
        if word in said.deciding and not (listed and word == first):
            if begin < word:
                yield begin, word - 1
            begin = word + 1
    if begin <= last:
        yield begin, last


def _runs(taken: dict[int, tuple[Kind, int]]) -> Iterator[Masked]:
    first = before = None
    for word in sorted(taken):
        if before is None or word != before + 1 or taken[word] != taken[before]:
            if first is not None and before is not None:
                yield Masked(taken[first][0], first, before)
            first = word
        before = word
    if first is not None and before is not None:
        yield Masked(taken[first][0], first, before)
