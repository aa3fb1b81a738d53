"""Words as they are compared: however they were written or recognized, one spelling. Pure."""

import re
import unicodedata
from collections.abc import Sequence

MAX_PREFIXES = 4  # as in و + س + ي or و + ب + ال
MIN_REST = 3  # letters left of a word without its prefixes; fewer would meet anything

LETTERS = str.maketrans(
    {"\u0671": "ا", "ى": "ي", "ة": "ه", "\u06cc": "ي", "\u06a9": "ك", "\u0640": None}
    | dict.fromkeys("'`\u2019\u2018\u02bc")
)
WORD = re.compile(r"[^\W_]+")

Forms = frozenset[str]
"""A word as it stands and without its prefixes."""


def normalize(text: str) -> list[str]:
    """The words in a text, in lower case, without accents, vowel marks, apostrophes or tatweel.

    Arabic letters that callers and models spell in several ways become one: alef forms are ا, ة is
    ه, ى is ي.
    """
    if text.isascii():  # most words, and the list of reports has thousands
        return WORD.findall(text.lower().replace("'", "").replace("`", ""))
    plain = unicodedata.normalize("NFKD", text).casefold().translate(LETTERS)
    return WORD.findall("".join(c for c in plain if unicodedata.category(c) != "Mn"))


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
