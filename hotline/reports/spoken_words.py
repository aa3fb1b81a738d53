"""What callers say in place of keys, as words of their language. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from hotline.spelling import normalize

DIGITS = "0123456789"


def digit_words(redaction: Mapping[str, Any]) -> dict[str, str]:
    """Word -> digit, of the numbers that the language's rules of redaction know as single words."""
    numbers = redaction.get("telephone", {}).get("numbers", {})
    return {word: str(n) for word, n in numbers.items() if 0 <= n <= 9 and " " not in word}


def hears_digits(known: Sequence[str], words: Mapping[str, str]) -> bool:
    """Whether each of the ten digits has a word among those that a model knows."""
    return {words[word] for word in known if word in words} == set(DIGITS)


def digits_in(said: Sequence[str], words: Mapping[str, str]) -> str:
    """The digits that were said, in order; whatever else was is passed over."""
    return "".join(words.get(word, "") for word in said)


def has_word(said: Sequence[str], word: str) -> bool:
    """Whether the word is among those that were said."""
    wanted = normalize(word)
    return bool(wanted) and any(normalize(one) == wanted for one in said)
