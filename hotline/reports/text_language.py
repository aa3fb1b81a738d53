"""In which of the hotline's languages a text is written, guessed from its words. Pure.

What a language looks like is read from its own file (prompts, door, triage, everyday words), so
that a new language is still one new file. A word counts for each language that knows it, and the
more the fewer do; so does a letter, a little, for words that no file has.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LETTER_WEIGHT: Final = 0.05
"""Of a letter beside a word: twenty letters that only one language has weigh as much as a word that
only it has."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Vocabulary:
    """How many languages know a word or letter, and which: sign or word -> codes."""

    codes: Sequence[str]
    known: Mapping[str, frozenset[str]]


def vocabulary(texts: Mapping[str, Iterable[str]]) -> Vocabulary:
    """Made of everything that each language's file says; the order of the codes is the menu's."""
    known: dict[str, set[str]] = {}
    for code, sentences in texts.items():
        for sentence in sentences:
            for part in _parts(sentence):
                known.setdefault(part, set()).add(code)
    return Vocabulary(tuple(texts), {part: frozenset(codes) for part, codes in known.items()})


def guess(vocabulary: Vocabulary, text: str) -> str:
    """The code of the most likely language; of equally likely ones the first of the menu."""
    scores = dict.fromkeys(vocabulary.codes, 0.0)
    for part in _parts(text):
        codes = vocabulary.known.get(part, frozenset())
        for code in codes:
            scores[code] += (1.0 if len(part) > 1 else LETTER_WEIGHT) / len(codes)
    return max(vocabulary.codes, key=lambda code: scores[code])


def _parts(text: str) -> Iterable[str]:
    """Words and letters; Chinese, which does not part words, letter by letter and pair by pair."""
    for word in _WORD.findall(unicodedata.normalize("NFC", text).casefold()):
        if _HAN.search(word):
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        else:
            yield word
        yield from word
