"""Reading the whole audit chain through, and what is known of it between two such checks.

A check is itself an entry of the chain: how far it went, and the digest it ended at. So every
process, and whoever exports the chain, sees the same.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline import audit
from hotline.audit import GENESIS, AuditEntry, ChainBroken, Wanted
from hotline.database.engine import Database

VERIFIED, BROKEN = "audit.verified", "audit.broken"
SUBJECT = "audit"
# Entries read in one transaction: some 30 ms, in which nobody else writes on SQLite.
STEP = 500
# What a page reads through by itself; beyond that it says since when nobody has checked.
AT_ONCE = 2000


@dataclass(frozen=True)
class Known:
    """What is known of the chain. `count`: its entries, `head`: the digest of the last one.

    `broken_at`: the first entry that is wrong, if any. `read_to`: up to where it was read through,
    by the last check and just now. `checked_at`, `checked_by`: the last check of the whole.
    """

    count: int
    head: str
    broken_at: int | None
    read_to: int
    checked_at: datetime | None
    checked_by: str | None


def known(session: Session) -> Known:
    """What the last check found, and those entries after it that can be read through at once."""
    count, head = audit.head(session)
    last = _last_check(session)
    at, by = (last.at, last.actor) if last is not None else (None, None)
    if last is not None and last.action == BROKEN:
        return Known(count, head, int(last.detail["seq"]), 0, at, by)
    start = (int(last.detail["entries"]), str(last.detail["head"])) if last else (0, GENESIS)
    try:
        read_to, _ = audit.follow(session, start, AT_ONCE)
    except ChainBroken as broken:
        return Known(count, head, broken.seq, broken.seq - 1, at, by)
    return Known(count, head, None, read_to, at, by)


def check(database: Database, actor: str, now: datetime) -> int | None:
    """Read the whole chain through in short transactions and write what was found into it.

    Gives the first entry that is wrong; None: the chain verifies.
    """
    at = (0, GENESIS)
    try:
        while True:
            with database.transaction() as session:
                reached = audit.follow(session, at, STEP)
            if reached == at:
                break
            at = reached
    except ChainBroken as broken:
        with database.transaction() as session:
            audit.record(session, now, actor, BROKEN, SUBJECT, seq=broken.seq)
        return broken.seq
    with database.transaction() as session:
        audit.record(session, now, actor, VERIFIED, SUBJECT, entries=at[0], head=at[1])
    return None


def _last_check(session: Session) -> AuditEntry | None:
    found = [
        entry
        for action in (VERIFIED, BROKEN)
        for entry in audit.read(session, Wanted(action=action), 1)
    ]
    return max(found, key=lambda entry: entry.seq, default=None)
