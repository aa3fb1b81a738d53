"""AES-256-GCM envelopes: a data key per record, bound to table, row and column.

The associated data names the place a value belongs to, so a value copied to another row or column
does not open. Dropping the data key's row shreds everything sealed under it (docs/design.md §4).
"""

import json
import os
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session

from hotline.database.base import Base, Id, new_id
from hotline.database.types import Sealed
from hotline.privacy.keys import KEY_BYTES, KeyRingError, Ring

NONCE_BYTES = 12  # NIST SP 800-38D, the size GCM is made for
SEALED_VERSION = "sealed"
"""In place of a master key's version: only people open this data key (`privacy.locks`)."""
_HELD = "hotline.held_data_keys"
"""In a session's `info`: rows that its identity map alone would let go of."""


class DataKey(Base):
    """A wrapped data key. Deleting the row, or overwriting `wrapped` with zeros (or nothing) where
    the row is still referred to, shreds everything that is sealed under it."""

    __tablename__ = "data_key"

    id: Mapped[Id]
    version: Mapped[str]
    wrapped: Mapped[Sealed]


OfPeople = Callable[[Session, str], bytes | None]
"""Gives the sealed data key of an id, None where nobody has unlocked to whom it is sealed."""


class Closed(StrEnum):
    """Why a record does not open: deleted on purpose · its master key is lost · it, or its data
    key, was altered or moved (or the ring is another one under the same name)."""

    DELETED = "deleted"
    KEY_LOST = "key_lost"
    ALTERED = "altered"


class CannotOpen(Exception):
    """Sealed data was tampered with, moved to another row, or its key is gone."""


class KeyGone(CannotOpen):
    """The data key's row is gone: the record was shredded."""


class Locked(CannotOpen):
    """It is sealed to people, and whoever asks has not unlocked, or it is not sealed to them."""


class KeyLost(CannotOpen, KeyRingError):
    """The master key that wraps this data key is not in the key ring; the message names it."""


def seal(key: bytes, place: str, plain: bytes) -> Sealed:
    """Encrypt `plain` for one place (`table/row/column`)."""
    nonce = os.urandom(NONCE_BYTES)
    return Sealed(nonce + AESGCM(key).encrypt(nonce, plain, place.encode()))


def unseal(key: bytes, place: str, sealed: bytes) -> bytes:
    """Decrypt what `seal` made for the same place. Raises CannotOpen."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError):  # ValueError: cut shorter than a nonce
        raise CannotOpen(
            f"{place} does not open: it was altered, moved, or its key is gone"
        ) from None


class Vault:
    """Seals and opens values under data keys that the key ring wraps, or that only people open."""

    def __init__(self, ring: Ring, of_people: OfPeople | None = None) -> None:
        """of_people: opens data keys that are sealed to people (`privacy.locks.open_key`)."""
        self._ring = ring
        self._of_people = of_people

    def new_key(self, session: Session) -> str:
        """Add a fresh data key to the transaction and give its id."""
        row = DataKey(id=new_id())
        wrap(self._ring, row, os.urandom(KEY_BYTES))
        session.add(row)
        session.flush()
        return row.id

    def seal_bytes(self, session: Session, key_id: str, place: str, plain: bytes) -> Sealed:
        """Encrypt bytes under a data key for a place."""
        return seal(self._key(session, key_id), place, plain)

    def open_bytes(self, session: Session, key_id: str, place: str, sealed: Sealed) -> bytes:
        """Decrypt bytes. Raises CannotOpen."""
        return unseal(self._key(session, key_id), place, sealed)

    def seal_json(self, session: Session, key_id: str, place: str, value: Any) -> Sealed:
        """Encrypt a JSON value (text, list, mapping)."""
        plain = json.dumps(value, ensure_ascii=False).encode()
        return self.seal_bytes(session, key_id, place, plain)

    def open_json(self, session: Session, key_id: str, place: str, sealed: Sealed) -> Any:
        """Decrypt a JSON value. Raises CannotOpen."""
        return json.loads(self.open_bytes(session, key_id, place, sealed))

    def hold_keys(self, session: Session, key_ids: Iterable[str]) -> None:
        """Read the data keys at once and keep their rows until the session ends, so that opening
        many records does not ask for one key after the other."""
        rows = session.scalars(select(DataKey).where(DataKey.id.in_(set(key_ids)))).all()
        session.info.setdefault(_HELD, []).extend(rows)

    def why_closed(self, session: Session, key_id: str) -> Closed:
        """Why a record under this data key did not open."""
        try:
            self._key(session, key_id)
        except KeyGone:
            return Closed.DELETED
        except KeyLost:
            return Closed.KEY_LOST
        except CannotOpen:
            return Closed.ALTERED
        return Closed.ALTERED  # the key opens, so it is the record itself

    def _key(self, session: Session, key_id: str) -> bytes:
        row = session.get(DataKey, key_id)
        if row is None or not any(row.wrapped):
            raise KeyGone(f"data key {key_id} is gone; its record was shredded")
        # Held, so that the session does not ask for it again with each value that it opens.
        session.info.setdefault("data_keys", {})[key_id] = row
        if row.version != SEALED_VERSION:
            return unwrap(self._ring, row)
        key = self._of_people(session, key_id) if self._of_people is not None else None
        if key is None:
            raise Locked(f"data key {key_id} is sealed to people, and nobody of them has unlocked")
        return key


def unwrap(ring: Ring, row: DataKey) -> bytes:
    """The data key of a row. Raises KeyLost or CannotOpen."""
    try:
        master = ring.get(row.version)
    except KeyRingError as lost:
        raise KeyLost(str(lost)) from None
    return unseal(master, place("data_key", row.id, "wrapped"), row.wrapped)


def wrap(ring: Ring, row: DataKey, plain: bytes) -> None:
    """Wrap a data key with the newest master key, into its row."""
    row.version, master = ring.current
    row.wrapped = seal(master, place("data_key", row.id, "wrapped"), plain)


def place(table: str, row_id: str, column: str) -> str:
    """The name of the one place a sealed value belongs to."""
    return f"{table}/{row_id}/{column}"
