"""How well a transcript matches what was really said: the word error rate."""

import re
import unicodedata

import jiwer

TATWEEL = "\u0640"
APOSTROPHES = str.maketrans({"\u2019": "'", "\u02bc": "'", "`": "'"})
NOT_A_WORD = re.compile(r"[^\w\s']|_|(?<!\w)'|'(?!\w)")


def word_error_rate(reference: str, hypothesis: str, language: str) -> float:
    """Substitutions, deletions and insertions per word of the reference; 0.0 is perfect.

    Case, punctuation and (in Arabic) vowel marks and tatweel do not count. An empty reference gives
    0.0 for an empty hypothesis and else 1.0.
    """
    said, heard = normalize(reference, language), normalize(hypothesis, language)
    if not said:
        return 1.0 if heard else 0.0
    return float(jiwer.wer(said, heard))


def normalize(text: str, language: str) -> str:
    """The text as bare words: composed, lower case, one blank between, no punctuation."""
    text = unicodedata.normalize("NFKC", text).translate(APOSTROPHES).casefold()
    if language == "ar":
        text = "".join(c for c in text if c != TATWEEL and unicodedata.category(c) != "Mn")
    return " ".join(NOT_A_WORD.sub(" ", text).split())
