"""How a check looks into the database for what the key ring opens."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hotline.database.engine import Database
from hotline.doctor.stores import is_not_made_yet, ring_of
from hotline.privacy.cipher import Vault
from hotline.privacy.keys import KeyRingError
from hotline.settings import Settings

T = TypeVar("T")


def look(settings: Settings, work: Callable[[Session, Vault], T]) -> T | None:
    """What the work finds; None where there is no database or no key ring, or one of them cannot be
    read: other checks tell of that."""
    if is_not_made_yet(settings):
        return None
    try:
        ring = ring_of(settings)
    except (KeyRingError, OSError):
        return None
    if ring is None:
        return None
    opened = Database(settings.database)
    try:
        with opened.reading() as session:
            return work(session, Vault(ring))
    except SQLAlchemyError:
        return None
    finally:
        opened.close()
