"""The pieces of words by which reports are found, and their blind names. Pure.

A word is indexed by its first letters: three, four, five and six of them, as far as it has so many;
a word of one or two letters by itself. What is asked for meets every word that begins with it, by
its first six letters at most. Each piece stands in the index under a keyed hash only
(docs/adr/0018-blind-search-index.md).
"""

import base64
import hmac
from collections.abc import Iterable

from hotline.spelling import normalize

LONGEST = 6
"""Letters of a word that count. More would make more pieces, and tell more apart than people do:
six keep the forms of a word together ("threat", "threaten", "threatening")."""
SHORTEST = 3
"""Letters of the shortest beginning that is indexed; shorter words are indexed whole."""
NAME_LETTERS = 10
"""Base32 letters of a piece's name, 50 bit: among a million different pieces two share a name with
a chance of 1 in 2000, and then a report too many is found."""
MOST_ASKED = 12
"""Words of one question that count; more are not asked by people."""


def pieces(word: str) -> set[str]:
    """The beginnings by which a normalized word is found."""
    if len(word) < SHORTEST:
        return {word}
    return {word[:length] for length in range(SHORTEST, min(len(word), LONGEST) + 1)}


def pieces_of(words: Iterable[str]) -> set[str]:
    """The pieces of the words of a text, as they were written down."""
    return {piece for text in words for word in normalize(text) for piece in pieces(word)}


def asked(question: str) -> list[str]:
    """The pieces that must all be there for a question; empty when it has no word."""
    return [word[:LONGEST] for word in dict.fromkeys(normalize(question))][:MOST_ASKED]


def blind(key: bytes, piece: str) -> str:
    """The name of a piece: lower-case letters and digits, the same piece always the same name."""
    digest = hmac.digest(key, piece.encode(), "sha256")
    return base64.b32encode(digest).decode()[:NAME_LETTERS].lower()
