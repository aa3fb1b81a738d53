"""Whether a telephone has called before today, without knowing which one it is. Pure.

The number that a call shows becomes a keyed hash in the moment it comes in, and nothing else of it
is kept. The key is of one day (`hotline.tasks.day_key`); without it nobody can tell any more whom
a pseudonym meant, not even by trying all numbers there are.
"""

import hmac
import re
from datetime import datetime, timedelta
from hashlib import sha256

LETTERS = {
    letter: digit
    for digit, letters in zip(
        "23456789", ("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"), strict=True
    )
    for letter in letters
}
"""The letters on a telephone's keys (ITU-T E.161)."""
NOBODY = ("ANONYMOUS", "RESTRICTED", "BLOCKED", "UNKNOWN", "UNAVAILABLE", "PRIVATE")
"""Networks that must give a number spell one of these with the keys where it is withheld:
+266696687 is the first."""
WITHHELD = frozenset("".join(LETTERS[letter] for letter in word) for word in NOBODY)
NAME_DIGITS = 32
"""Of the hash: 128 bits, far more than there are numbers."""
_NUMBER = re.compile(r"\+?([0-9]{7,15})")


def of(shown: str, key: bytes) -> str | None:
    """The pseudonym of the number that a call shows; None where it shows none.

    shown: as the carrier writes it. A word, an address or a number that stands for "withheld" is
    none: then nothing can be said of the telephone, and nothing is.
    """
    number = _NUMBER.fullmatch(shown.strip())
    if number is None or number[1] in WITHHELD:
        return None
    return hmac.digest(key, number[1].encode(), sha256).hex()[:NAME_DIGITS]


def day_of(now: datetime, begins_h: int) -> str:
    """The day that counts now, YYYY-MM-DD; it begins at that hour, UTC."""
    return (now - timedelta(hours=begins_h)).date().isoformat()


def ends_at(now: datetime, begins_h: int) -> datetime:
    """When that day is over."""
    began = (now - timedelta(hours=begins_h)).replace(hour=0, minute=0, second=0, microsecond=0)
    return began + timedelta(days=1, hours=begins_h)
