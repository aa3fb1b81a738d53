"""Password hashing: argon2id, with a bound on how many hashes run at once.

Each hash takes 64 MiB, so that without the bound a burst of sign-ins could exhaust the memory that
callers need.
"""

import base64
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw

from hotline.privacy.keys import KEY_BYTES

MIN_LENGTH = 12
# A bound so that nobody sends us a megabyte to hash; OWASP asks for at least 64.
MAX_LENGTH = 256
NONE = "!"
"""In place of a hash while the person has not chosen a password: nothing fits it."""
PARALLEL = 2
WAIT_S = 5.0
SALT_BYTES = 16  # RFC 9106, 3.1

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


def new_derivation() -> str:
    """How a key is derived from a passphrase from now on: argon2id's figures and a fresh salt."""
    salt = base64.b64encode(os.urandom(SALT_BYTES)).decode()
    return f"argon2id:{_HASHER.time_cost}:{_HASHER.memory_cost}:{salt}"


def derive(passphrase: str, derivation: str) -> bytes:
    """The key (32 bytes) of a passphrase. Raises TooBusy when no turn comes within WAIT_S."""
    _, passes, memory_kib, salt = derivation.split(":")
    with _turn():
        return hash_secret_raw(
            passphrase.encode(),
            base64.b64decode(salt),
            time_cost=int(passes),
            memory_cost=int(memory_kib),
            parallelism=1,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )


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
