"""Which master key wraps which data keys, and how they are wrapped anew while the service runs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hotline.database.engine import Database
from hotline.privacy.cipher import SEALED_VERSION, CannotOpen, DataKey, unwrap, wrap
from hotline.privacy.keys import KeyRingError, Ring

BATCH = 200
"""Data keys of one transaction: other writers get their turn in between."""


@dataclass(frozen=True)
class Rewrapped:
    """How many data keys are wrapped by the newest master key now, and how many did not open."""

    done: int
    closed: int


def in_use(session: Session) -> dict[str, int]:
    """How many data keys each master key wraps, by its version."""
    count = func.count()
    query = select(DataKey.version, count).where(DataKey.version != SEALED_VERSION)
    return dict(session.execute(query.group_by(DataKey.version)).all())


def versions_in_use(database: Database) -> set[str]:
    """The master keys that records need; empty where the database cannot be asked."""
    url = database.engine.url
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return set()  # asking would make it
    try:
        with database.reading() as session:
            return set(in_use(session))
    except SQLAlchemyError:
        return set()


def strangers(session: Session, ring: Ring) -> set[str]:
    """Versions whose key is in the ring and is another one than the one that has sealed.

    Tried with the newest data key of each version.
    """
    newest = select(func.max(DataKey.id)).where(DataKey.version != SEALED_VERSION)
    found = set()
    for row in session.scalars(
        select(DataKey).where(DataKey.id.in_(newest.group_by(DataKey.version)))
    ):
        try:
            if any(row.wrapped):
                unwrap(ring, row)
        except KeyRingError:
            continue  # lost, and told as such
        except CannotOpen:
            found.add(row.version)
    return found


def rewrap(database: Database, ring: Ring) -> Rewrapped:
    """Wrap every data key with the newest master key, batch by batch; safe to repeat.

    One that does not open (its master key is lost, or it was altered) stays as it is.
    """
    done = closed = 0
    last = ""
    while True:
        with database.transaction() as session:
            rows = _batch(session, ring, last)
            opened = [_wrapped_anew(ring, row) for row in rows]
        if not rows:
            return Rewrapped(done, closed)
        done, closed = done + opened.count(True), closed + opened.count(False)
        last = rows[-1].id


def drop(database: Database, version: str, ring_without: Callable[[], None]) -> int:
    """Let `ring_without` take the key out of the ring if nothing is wrapped by it any more.

    Gives how many data keys are; 0: it was taken out. No data key is made meanwhile.
    """
    with database.transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("LOCK TABLE data_key IN SHARE MODE"))
        count = in_use(session).get(version, 0)
        if not count:
            ring_without()
    return count


def _batch(session: Session, ring: Ring, last: str) -> list[DataKey]:
    query = (
        select(DataKey)
        .where(DataKey.id > last, DataKey.version.not_in((ring.current[0], SEALED_VERSION)))
        .order_by(DataKey.id)
        .limit(BATCH)
        .with_for_update(key_share=True)
    )
    return list(session.scalars(query))


def _wrapped_anew(ring: Ring, row: DataKey) -> bool:
    if not any(row.wrapped):  # shredded: it needs no master key any more
        row.version = ring.current[0]
        return True
    try:
        wrap(ring, row, unwrap(ring, row))
    except CannotOpen:
        return False
    return True
