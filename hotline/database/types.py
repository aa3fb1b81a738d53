"""Column types that refuse what must never be stored: naive times and unsealed secrets."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, LargeBinary, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment. A naive datetime is refused; SQLite gets its zone back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive datetimes (ValueError) and turn every other zone into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored; give it a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The stored moment, aware and in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Sealed(bytes):
    """Ciphertext made by `hotline.privacy.cipher`; the only thing a sealed column takes."""


class SealedBytes(TypeDecorator[Sealed]):
    """An encrypted column: takes and gives `Sealed`, so that plain bytes cannot slip in."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        """Refuse anything but `Sealed` (TypeError)."""
        if value is not None and not isinstance(value, Sealed):
            raise TypeError("a sealed column takes only what the vault has sealed")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> Sealed | None:
        """The ciphertext as it stands in the row."""
        return None if value is None else Sealed(value)


TOKENS = Text().with_variant(TSVECTOR(), "postgresql")
"""Lower-case words with blanks between, to be searched; PostgreSQL keeps them without order."""
