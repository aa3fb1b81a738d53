"""Words as they are compared: however they were written or recognized, one spelling. Pure."""

import re
import unicodedata
from collections.abc import Sequence

MAX_PREFIXES = 4  # as in و + س + ي or و + ب + ال
MIN_REST = 3  # letters left of a word without its prefixes; fewer would meet anything

# Urdu and Persian write some letters of Arabic by other code points. The last three are hints for
# the drawing of a word (joiners, soft hyphen), and no end of it.
LETTERS = str.maketrans(
    {"\u0671": "ا", "ى": "ي", "ة": "ه", "\u06cc": "ي", "\u06a9": "ك", "\u0640": None}
    | dict.fromkeys(("\u06be", "\u06c1", "\u06c3"), "ه")
    | {"\u0901": "\u0902"}  # candrabindu is written as anusvara by many, and by most keyboards
    | dict.fromkeys("'`\u2019\u2018\u02bc\u200c\u200d\u00ad")
)
WORD = re.compile(r"[^\W_]+")
HAN = re.compile("[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")
"""Chinese characters: they are written without blanks, and each is a word here."""
HAN_OR_OTHERS = re.compile(f"{HAN.pattern}|[^{HAN.pattern[1:-1]}]+")
MOST_HAN = 4
"""Characters of the longest Chinese words that recognizers and dictionaries have, the idioms."""
VIRAMA = 9
"""The combining class of the sign that joins two consonants of an Indic script."""

Forms = frozenset[str]
"""A word as it stands and without its prefixes."""


def normalize(text: str) -> list[str]:
    """The words in a text, in lower case, without accents, vowel marks, apostrophes or tatweel.

    Arabic letters that callers and models spell in several ways become one: alef forms are ا, ة is
    ه, ى is ي. The vowel signs of Indic scripts are no marks but letters, and stay. Each Chinese
    character is a word of its own, because where words end is not written.
    """
    if text.isascii():  # most words, and the list of reports has thousands
        return WORD.findall(text.lower().replace("'", "").replace("`", ""))
    plain = unicodedata.normalize("NFKD", text).casefold().translate(LETTERS)
    kept = "".join(_kept(c) for c in plain if unicodedata.category(c) != "Mn" or is_sign(c))
    return [word for word in kept.split() if not all(map(is_sign, word))]


def written_words(text: str) -> list[str]:
    """The words of a text as a person typed it, in its own spelling: what stands between blanks.

    A run of Chinese characters that is longer than a recognizer's words becomes its characters, so
    that a mask or a reason is never a whole sentence.
    """
    return [piece for word in text.split() for piece in _typed_pieces(word)]


def _typed_pieces(word: str) -> list[str]:
    if sum(is_han(c) for c in word) <= MOST_HAN:
        return [word]
    return HAN_OR_OTHERS.findall(word)


def _kept(c: str) -> str:
    if is_han(c):
        return f" {c} "
    return c if c.isalnum() or is_sign(c) else " "


def is_han(text: str) -> bool:
    """Whether it begins with a Chinese character."""
    return HAN.match(text) is not None


def is_sign(c: str) -> bool:
    """Whether a character is a vowel sign of an Indic script, or joins two of its consonants.

    Marks of other scripts have another combining class (accents, Arabic vowels) or are no part of
    how a word is spelled (variation selectors).
    """
    indic = "\u0900" <= c <= "\u0dff"
    return (
        indic
        and unicodedata.category(c) in ("Mn", "Mc")
        and (unicodedata.combining(c) in (0, VIRAMA))
    )


def word_forms(word: str, prefixes: Sequence[str]) -> Forms:
    """The word, and what is left of it without up to MAX_PREFIXES of the prefixes in a row.

    At least MIN_REST letters are left each time.
    """
    forms, newest = {word}, {word}
    for _ in range(MAX_PREFIXES):
        newest = {form.removeprefix(prefix) for form in newest for prefix in prefixes} - forms
        newest = {form for form in newest if len(form) >= MIN_REST}
        forms |= newest
    return frozenset(forms)
