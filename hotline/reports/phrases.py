"""Phrases and how they are found in what was said. Pure.

A phrase is words with blanks between: `*` ends a stem, `|` separates words of which one must be
there, `..` stands for up to GAP words. "shoot* .. school|class" meets "shooting up the whole
school". Case, accents, vowel marks and punctuation do not count. A word of several Chinese
characters stands for these characters one after the other, and `..` for up to GAP of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from hotline.spelling import Forms, is_han, normalize

GAP = 4  # words that `..` may stand for: "bring .. school" meets "bring it with him to school"


@dataclass(frozen=True)
class Token:
    """One place of a pattern: whole words or stems, perhaps after a gap of up to GAP words."""

    words: frozenset[str]
    stems: tuple[str, ...]
    after_gap: bool

    def meets(self, forms: Forms) -> bool:
        """Whether one of a word's forms is one of the words or starts with one of the stems."""
        if not self.words.isdisjoint(forms):
            return True
        return any(form.startswith(self.stems) for form in forms) if self.stems else False


class Meeting:
    """Which of many tokens a word meets, as `Token.meets` says, without asking each of them."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._words: dict[str, list[int]] = {}
        self._stems: dict[str, list[int]] = {}
        for at, token in enumerate(tokens):
            for word in token.words:
                self._words.setdefault(word, []).append(at)
            for stem in token.stems:
                self._stems.setdefault(stem, []).append(at)
        self._longest = max(map(len, self._stems), default=0)

    def tokens(self, forms: Forms) -> set[int]:
        """Offsets of the tokens that the word meets."""
        found: set[int] = set()
        for form in forms:
            found.update(self._words.get(form, ()))
            for end in range(1, min(len(form), self._longest) + 1):
                found.update(self._stems.get(form[:end], ()))
        return found


def places_of(tokens: Sequence[Token], said: Sequence[Forms], at: int) -> tuple[int, ...] | None:
    """Where each of `tokens` is met, the nearest way, after the place `at`; or None."""
    if not tokens:
        return ()
    reach = GAP + 1 if tokens[0].after_gap else 1
    for place in range(at + 1, min(at + 1 + reach, len(said))):
        if tokens[0].meets(said[place]):
            rest = places_of(tokens[1:], said, place)
            if rest is not None:
                return (place, *rest)
    return None


def parse_phrases(phrase: str) -> list[tuple[Token, ...]]:
    """The tokens of a phrase, several times where it has Chinese words: "手枪|刀" is 手 枪, and 刀.

    Raises ValueError.
    """
    ways = [_ways(piece) for piece in phrase.split()]
    return [parse_phrase(" ".join(chosen)) for chosen in product(*ways)] if ways else []


def _ways(piece: str) -> list[str]:
    """The piece itself; of Chinese, its choices of one character, and each longer one apart."""
    choices = piece.split("|")
    longer = [choice for choice in choices if is_han(choice) and len(choice) > 1]
    others = [choice for choice in choices if choice not in longer]
    return [*(["|".join(others)] if others else []), *(" ".join(choice) for choice in longer)]


def parse_phrase(phrase: str) -> tuple[Token, ...]:
    """The tokens of a phrase such as "shoot|shot .. school*". Raises ValueError."""
    tokens: list[Token] = []
    after_gap = False
    for piece in phrase.split():
        if piece == ".." and (after_gap or not tokens):
            break
        if piece != "..":
            tokens.append(parse_token(piece, after_gap))
        after_gap = piece == ".."
    else:
        if tokens and not after_gap:
            return tuple(tokens)
    raise ValueError(f"The triage phrase {phrase!r} must be words, with '..' only between two.")


def parse_token(piece: str, after_gap: bool) -> Token:
    """One place of a phrase, such as "kill|kills" or "weapon*". Raises ValueError."""
    choices = piece.split("|")
    stems = tuple(one_word(choice[:-1]) for choice in choices if choice.endswith("*"))
    words = frozenset(one_word(choice) for choice in choices if not choice.endswith("*"))
    return Token(words, stems, after_gap)


def one_word(text: str) -> str:
    """The text normalized. Raises ValueError unless it is exactly one word."""
    parts = normalize(text)
    if len(parts) != 1 or "*" in text:
        raise ValueError(f"{text!r} in the triage table is not one word.")
    return parts[0]


def strings(value: Any, where: str) -> list[str]:
    """The value if it is a list of strings. Raises ValueError."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"[triage] {where} must be a list of strings.")
    return value
