"""Parts: what was said or typed, cut into pieces that can be compared. Pure.

A recognizer gives "five", "[unintelligible]"; a person types "(217)", "555-0100",
"maria@example.org,". A word becomes any number of parts; each knows which word it came from.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hotline.spelling import normalize

# As transcription.result writes it, and as Vosk does.
NOT_UNDERSTOOD = ("[unintelligible]", "[unk]")
_JOINT = re.compile(r"(@|(?<=[^\W\d_])\.(?=[^\W\d_]))")
_RUN = re.compile(r"\d+|\D+")
_ENDS = re.compile(r"[,;:!?،؛؟]\W*$|(?<=\w\w\w)\.\W*$")  # not the full stop of "Mr."
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")
_LATIN_ACCENTS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True)
class Part:
    """A piece of a word.

    word: its offset. text: as `normalize` spells it; "@" and "." where an address has them. digits:
    its decimal digits as ASCII, if it is nothing else. accents: the Latin accents it was written
    with, in their order. maksura: it was written with ى, which `normalize` makes a ي. ends: a pause
    in writing follows. lost: nobody understood it. closed: it stands in brackets, as a mask does.
    """

    word: int
    text: str
    digits: str = ""
    accents: str = ""
    maksura: bool = False
    ends: bool = False
    lost: bool = False
    closed: bool = False


def split(words: Sequence[str]) -> list[Part]:
    """The parts of the words, in their order. Any text gives some or none."""
    return [part for at, word in enumerate(words) for part in _of(at, word)]


def _of(at: int, word: str) -> Iterator[Part]:
    if word.isascii() and word.isalpha():  # most words, and the list of reports has thousands
        yield Part(at, word.lower())
        return
    if word.startswith("[") and word.endswith("]"):
        lost = word in NOT_UNDERSTOOD
        yield Part(at, word, lost=lost, closed=not lost)
        return
    bare = _ascii_digits(word).strip(".,;!?()")
    if _TIME.fullmatch(bare) or _is_date(bare):
        yield Part(at, bare, ends=True)
        return
    texts = list(_texts(word))
    for index, text in enumerate(texts, start=1):
        digits = _ascii_digits(text) if text.isdecimal() else ""
        last = index == len(texts)
        ends = last and bool(_ENDS.search(word))
        yield Part(at, text, digits, accents_of(word), "ى" in word, ends)


def _texts(word: str) -> Iterator[str]:
    for piece in _JOINT.split(word):
        if piece in ("@", "."):
            yield piece
        else:
            for plain in normalize(piece):
                yield from _RUN.findall(plain)


def accents_of(word: str) -> str:
    """The Latin accents in a word, which Spanish needs: "llamo" is not "llamó"."""
    if word.isascii():
        return ""
    return "".join(_LATIN_ACCENTS.findall(unicodedata.normalize("NFD", word)))


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _is_date(text: str) -> bool:
    """Whether it can be a day of a year, written in any of the usual orders."""
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    first, middle, last = int(found[1]), int(found[3]), int(found[4])
    year_last = 0 < first <= 31 and 0 < middle <= 31 and min(first, middle) <= 12
    lengths = (len(found[1]), len(found[4]))
    if lengths[0] <= 2 and lengths[1] in (2, 4):
        return year_last
    return lengths[0] == 4 and lengths[1] <= 2 and 0 < middle <= 12 and 0 < last <= 31
