"""Back-off for wrong passwords: a delay that grows, is capped, and never locks anybody out.

Counted under three kinds of keys: the name that was tried, everybody together, and a browser that
was signed in to this very account before. A colleague at such a browser is counted apart, so that a
stranger who keeps guessing the colleague's name cannot keep the colleague out.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline.people.model import SignInDelay

# Names are counted in buckets: the table stays small whatever is typed, no typed text is kept, and
# a name without an account behaves like one with an account.
BUCKETS = 4096
FORGET_S = 15 * 60.0


@dataclass(frozen=True)
class Key:
    """What tries are counted under: `free` tries cost nothing, then 1, 2, 4 … `cap_s` seconds."""

    text: str
    free: int
    cap_s: float
    forget_s: float = FORGET_S
    """After so many seconds without a try its failures are forgotten."""
    shared: bool = False
    """Counts everybody: who succeeds takes back their own try and no one else's."""


EVERYBODY = Key("everybody", free=50, cap_s=5.0, shared=True)
# Wrong codes of the second step, apart from wrong passwords: only whoever has somebody's password
# comes to it. Codes of an app are short: three of a million fit at any moment, so that the delay
# grows to ten minutes and is not forgotten for a day (docs/threat-model.md computes the chance).
EVERYBODYS_CODES = Key("codes/everybody", free=50, cap_s=5.0, shared=True)
CODES_CAP_S = 600.0
CODES_FORGET_S = 24 * 3600.0


def name_key(name: str) -> Key:
    """The key of a tried name."""
    digest = hashlib.sha256(name.encode()).digest()
    return Key(f"name/{int.from_bytes(digest[:4]) % BUCKETS}", free=3, cap_s=60.0)


def browser_key(session_id: str) -> Key:
    """The key of a browser that was signed in to the account before."""
    return Key(f"browser/{session_id}", free=5, cap_s=60.0)


def codes_key(account_id: str) -> Key:
    """The key of the codes that are tried for an account after its password."""
    return Key(f"codes/{account_id}", free=5, cap_s=CODES_CAP_S, forget_s=CODES_FORGET_S)


def delay_s(failures: int, key: Key) -> float:
    """Seconds to wait after so many failures in a row."""
    if failures <= key.free:
        return 0.0
    return min(2.0 ** min(failures - key.free - 1, 16), key.cap_s)


def reserve(session: Session, keys: Sequence[Key], now: datetime) -> float:
    """Count one try under all keys in advance; 0 if it may be made, else seconds to wait.

    Counting before the password is checked leaves no window for guessing in parallel. A refused try
    is not counted, so waiting always ends.
    """
    rows = [_locked(session, key, now) for key in keys]
    wait = max((row.blocked_until - now).total_seconds() for row in rows)
    if wait > 0:
        return wait
    for row, key in zip(rows, keys, strict=True):
        stale = (now - row.failed_at).total_seconds() > key.forget_s
        row.failures = 1 if stale else row.failures + 1
        row.failed_at = now
        row.blocked_until = now + timedelta(seconds=delay_s(row.failures, key))
    return 0.0


def forgive(session: Session, keys: Sequence[Key], now: datetime) -> None:
    """The try succeeded: forget the failures of its own keys, and uncount it for everybody."""
    own = [key.text for key in keys if not key.shared]
    session.execute(delete(SignInDelay).where(SignInDelay.key.in_(own)))
    for key in keys:
        if key.shared:
            row = _locked(session, key, now)
            row.failures = max(0, row.failures - 1)


def _locked(session: Session, key: Key, now: datetime) -> SignInDelay:
    query = select(SignInDelay).where(SignInDelay.key == key.text).with_for_update()
    row = session.scalar(query)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            session.add(SignInDelay(key=key.text, failures=0, failed_at=now, blocked_until=now))
    except IntegrityError:  # somebody else was first; theirs is the row
        session.expire_all()
    return session.scalars(query).one()
