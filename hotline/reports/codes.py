"""Report numbers and PINs: made, hashed, checked. Pure but for randomness and argon2."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Six digits each: with 12 random digits and 20 guesses an hour line-wide, a thousand live reports
# are guessed with a chance of 2e-4 a year (docs/facts.md P1).
NUMBER_DIGITS = 6
PIN_DIGITS = 6
# OWASP's floor for argon2id (19 MiB, t=2, p=1): a webhook has to answer while the caller waits.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1$nPTgn+Cww0JpHmEJNiQ4vA"
    "$OF2xPoxQMulSJqUhlFpz/0TAl4iBUlG+DBv+E1aNhvc"
)
"""Hash of a random text that was thrown away: what a PIN is checked against where there is none, so
that it takes as long."""


def new_number() -> str:
    """A random report number that does not begin with 0."""
    return str(secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 1)) + 10 ** (NUMBER_DIGITS - 1))


def is_number(text: str) -> bool:
    """Whether the text is written like a report number."""
    return len(text) == NUMBER_DIGITS and text.isascii() and text.isdigit()


def new_pin() -> str:
    """A random PIN, leading zeros allowed."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def hash_pin(pin: str) -> str:
    """Argon2id hash of a PIN."""
    return _HASHER.hash(pin)


def pin_matches(pin_hash: str, pin: str) -> bool:
    """Whether the PIN belongs to the hash; false for a malformed hash."""
    try:
        return _HASHER.verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False


def costs_the_same(pin_hash: str) -> bool:
    """Whether it takes as long to check a PIN against this hash as against a new one."""
    return not _HASHER.check_needs_rehash(pin_hash)
