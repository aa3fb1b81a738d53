"""Names of telephone numbers that nobody can trace: keyed hashes under the secret of one day.

Each table of secrets has a row for a day, sealed under a data key of its own. Once row and key are
deleted, nobody can tell any more whom that day's names meant.
"""

import hmac
import os
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hotline.database.base import Base, add_once
from hotline.database.types import Sealed
from hotline.privacy.cipher import DataKey, Vault, place
from hotline.privacy.keys import KEY_BYTES


class DaySecret(Base):
    """The secret of one day; each use has a table of its own."""

    __abstract__ = True

    day: Mapped[str] = mapped_column(primary_key=True)
    """YYYY-MM-DD in UTC."""
    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_key.id"))
    secret: Mapped[Sealed]


Row = TypeVar("Row", bound=DaySecret)


def day_of(when: datetime) -> str:
    """The day to which a moment belongs."""
    return when.date().isoformat()


def name(session: Session, vault: Vault, table: type[Row], number: str, when: datetime) -> str:
    """The name of a number under the secret of that day, which is made with its first use: 64
    hexadecimal digits. number: E.164, or whatever stands for one."""
    row = session.get(table, day_of(when))
    if row is None:
        row = _new(session, vault, table, day_of(when))
    return _named(session, vault, row, number)


def known_names(session: Session, vault: Vault, table: type[Row], number: str) -> list[str]:
    """The names of a number under every secret that there is still."""
    return [_named(session, vault, row, number) for row in session.scalars(select(table))]


def expire(session: Session, table: type[Row], before: datetime) -> None:
    """Delete the secrets of the days before that one, and their keys."""
    for row in session.scalars(select(table).where(table.day < day_of(before))).all():
        key_id = row.data_key_id
        session.delete(row)
        session.flush()
        session.execute(delete(DataKey).where(DataKey.id == key_id))


def _named(session: Session, vault: Vault, row: DaySecret, number: str) -> str:
    where = place(row.__tablename__, row.day, "secret")
    secret = vault.open_bytes(session, row.data_key_id, where, row.secret)
    return hmac.new(secret, number.encode(errors="replace"), sha256).hexdigest()


def _new(session: Session, vault: Vault, table: type[Row], day: str) -> Row:
    key_id = vault.new_key(session)
    where = place(table.__tablename__, day, "secret")
    sealed = vault.seal_bytes(session, key_id, where, os.urandom(KEY_BYTES))
    row = table(day=day, data_key_id=key_id, secret=sealed)
    if add_once(session, row):
        return row
    session.execute(delete(DataKey).where(DataKey.id == key_id))  # another transaction was first
    return session.get_one(table, day)
