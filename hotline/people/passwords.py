"""Password hashing: argon2id, with a bound on how many hashes run at once.

Each hash takes 64 MiB, so that without the bound a burst of sign-ins could exhaust the memory that
callers need.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
# A bound so that nobody sends us a megabyte to hash; OWASP asks for at least 64.
MAX_LENGTH = 256
NONE = "!"
"""In place of a hash while the person has not chosen a password: nothing fits it."""
PARALLEL = 2
WAIT_S = 5.0

# 64 MiB, three passes, one lane: docs/facts.md P2, well above OWASP's floor of 19 MiB.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_TURN = threading.BoundedSemaphore(PARALLEL)


class TooBusy(Exception):
    """More sign-ins at once than this machine hashes; the person should try again shortly."""


def hash_password(password: str) -> str:
    """Argon2id hash. Raises TooBusy when no turn comes within WAIT_S."""
    with _turn():
        return _HASHER.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; for `None` (no such account) it works as long and says no, and
    for `NONE` too. Raises TooBusy.
    """
    if password_hash == NONE:
        password_hash = None
    with _turn():
        try:
            _HASHER.verify(password_hash or _nobodys_hash(), password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


@contextmanager
def _turn() -> Iterator[None]:
    if not _TURN.acquire(timeout=WAIT_S):
        raise TooBusy("too many sign-ins at once")
    try:
        yield
    finally:
        _TURN.release()


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("a hash that no account has")
