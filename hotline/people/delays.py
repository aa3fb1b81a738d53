"""Back-off for wrong passwords: a delay that grows, is capped, and never locks anybody out.

Counted under: the name that was tried, where it was tried from, both together, and everybody. Who
comes from where nobody has failed lately waits for none of them, and a browser that was signed in
to this very account before is counted apart: so a stranger who keeps guessing a colleague's name
does not keep the colleague out.
"""

import hashlib
import ipaddress
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
# A name and a source together. A million IPv4 networks share a bucket of sources and 65,536 one of
# these, so that no address can be told from the table.
PAIR_BUCKETS = 65536
# What one subscriber may be given whole (RFC 6177): to count less would be to count nothing.
IPV6_PREFIX = 48
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
    """The key of a tried name, wherever from: a few seconds at most, for its owner waits too."""
    return Key(f"name/{_bucket(name, BUCKETS)}", free=3, cap_s=4.0)


def source_key(network: str) -> Key:
    """The key of where tries come from: gentle, for a whole school may be behind one address."""
    return Key(f"source/{_bucket(network, BUCKETS)}", free=30, cap_s=10.0, shared=True)


def pair_key(name: str, network: str) -> Key:
    """The key of a name that is tried from somewhere: this one grows."""
    return Key(f"pair/{_bucket(f'{network} {name}', PAIR_BUCKETS)}", free=3, cap_s=60.0)


def network_of(address: str) -> str:
    """The network of an address, as tries are counted; empty: it cannot be told where from."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.is_loopback:  # a proxy that HOTLINE_TRUSTED_PROXIES does not know of, or a script here
        return ""
    prefix = 32 if found.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network((found, prefix), strict=False))


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


def reserve(
    session: Session, keys: Sequence[Key], now: datetime, *, unless: Key | None = None
) -> float:
    """Count one try under all keys in advance; 0 if it may be made, else seconds to wait.

    Counting before the password is checked leaves no window for guessing in parallel. A refused try
    is not counted, so waiting always ends. `unless`: one of the keys; where it has no failures of
    late, nobody else's are waited for.
    """
    rows = [_locked(session, key, now) for key in keys]
    wait = max((row.blocked_until - now).total_seconds() for row in rows)
    untouched = any(
        key == unless and (row.failures == 0 or _is_stale(row, key, now))
        for key, row in zip(keys, rows, strict=True)
    )
    if wait > 0 and not untouched:
        return wait
    for row, key in zip(rows, keys, strict=True):
        row.failures = 1 if _is_stale(row, key, now) else row.failures + 1
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


def _is_stale(row: SignInDelay, key: Key, now: datetime) -> bool:
    return (now - row.failed_at).total_seconds() > key.forget_s


def _bucket(text: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % count


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
