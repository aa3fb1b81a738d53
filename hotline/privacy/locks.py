"""Data keys that only people open: sealed to supervisors and to the recovery key (docs/adr/0021).

A sealed data key has no form that the key ring opens. Who has unlocked reads within `unlocked`;
everybody else gets Locked.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hotline.database.base import Base, Id, new_id
from hotline.database.types import Sealed
from hotline.privacy import boxes
from hotline.privacy.cipher import SEALED_VERSION, DataKey, place
from hotline.privacy.keys import KEY_BYTES

MARK = Sealed(b"sealed to people")
"""In place of a wrapped key."""


class KeyHolder(Base):
    """Somebody to whom data keys are sealed: a supervisor, or (without an account) the recovery
    key, whose private half is on paper."""

    __tablename__ = "key_holder"

    id: Mapped[Id]
    account_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    public: Mapped[bytes]
    private: Mapped[Sealed | None]
    """Under a key that is derived from the person's passphrase."""
    derivation: Mapped[str | None]
    """How (`hotline.people.passwords.derive`)."""
    created_at: Mapped[datetime]


class SealedKey(Base):
    """A data key in a box that one holder opens."""

    __tablename__ = "sealed_key"

    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_key.id"), primary_key=True)
    holder_id: Mapped[str] = mapped_column(
        ForeignKey("key_holder.id"), primary_key=True, index=True
    )
    sealed: Mapped[Sealed]


@dataclass(frozen=True)
class Reader:
    """A holder who has unlocked, with the private key. Never stored, never logged."""

    holder_id: str
    private: bytes

    def __repr__(self) -> str:
        return f"Reader({self.holder_id})"


_READER: ContextVar[Reader | None] = ContextVar("hotline.reader", default=None)


def reader() -> Reader | None:
    """Who has unlocked for what runs now."""
    return _READER.get()


def enter(who: Reader | None) -> Token[Reader | None]:
    """Let what runs now read as that holder; give the token to `leave`."""
    return _READER.set(who)


def leave(token: Token[Reader | None]) -> None:
    """Undo `enter`."""
    _READER.reset(token)


@contextmanager
def unlocked(who: Reader) -> Iterator[None]:
    """Within the block, what is sealed to that holder opens."""
    token = enter(who)
    try:
        yield
    finally:
        leave(token)


def new_key(session: Session, holders: Sequence[KeyHolder]) -> tuple[str, bytes]:
    """A fresh data key sealed to the holders: its id, and the key, to be forgotten after use."""
    row, key = DataKey(id=new_id(), version=SEALED_VERSION, wrapped=MARK), os.urandom(KEY_BYTES)
    session.add(row)
    session.flush()
    for holder in holders:
        session.add(_copy(row.id, holder, key))
    session.flush()
    return row.id, key


def open_key(session: Session, key_id: str) -> bytes | None:
    """A sealed data key, for whoever has unlocked; None when it is not sealed to them, or nobody
    has. Raises CannotOpen when the box was altered."""
    who = reader()
    copy = session.get(SealedKey, (key_id, who.holder_id)) if who else None
    if who is None or copy is None:
        return None
    return boxes.open_box(who.private, _place(key_id, who.holder_id), copy.sealed)


def share(session: Session, giver: Reader, receiver: KeyHolder, among: Select[str | None]) -> int:
    """Seal to `receiver` every data key `among` those ids that `giver` opens; gives how many were
    new to them. Raises CannotOpen when a box was altered."""
    known = select(SealedKey.data_key_id).where(SealedKey.holder_id == receiver.id)
    mine = select(SealedKey).where(
        SealedKey.holder_id == giver.holder_id,
        SealedKey.data_key_id.not_in(known),
        SealedKey.data_key_id.in_(among),
    )
    count = 0
    for copy in session.scalars(mine).all():
        key = boxes.open_box(giver.private, _place(copy.data_key_id, giver.holder_id), copy.sealed)
        session.add(_copy(copy.data_key_id, receiver, key))
        count += 1
    session.flush()
    return count


def recovery(session: Session) -> KeyHolder | None:
    """The recovery key, once there was a ceremony."""
    return session.scalar(select(KeyHolder).where(KeyHolder.account_id.is_(None)))


def add_recovery(session: Session, public: bytes, now: datetime) -> KeyHolder:
    """Keep the public half of the recovery key."""
    row = KeyHolder(id=new_id(), public=public, created_at=now)
    session.add(row)
    session.flush()
    return row


def shred(session: Session, key_ids: Sequence[str]) -> None:
    """Delete sealed data keys with all their boxes: nobody opens what they sealed any more."""
    sealed = DataKey.id.in_(key_ids), DataKey.version == SEALED_VERSION
    session.execute(delete(SealedKey).where(SealedKey.data_key_id.in_(key_ids)))
    session.execute(delete(DataKey).where(*sealed))


def _copy(key_id: str, holder: KeyHolder, key: bytes) -> SealedKey:
    box = boxes.seal_to(holder.public, _place(key_id, holder.id), key)
    return SealedKey(data_key_id=key_id, holder_id=holder.id, sealed=box)


def _place(key_id: str, holder_id: str) -> str:
    return place("sealed_key", f"{key_id}.{holder_id}", "sealed")
