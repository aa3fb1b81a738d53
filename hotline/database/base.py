"""The declarative base: naming rules, ids and common column spellings."""

import enum
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeVar

from sqlalchemy import JSON, Enum, MetaData, String, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from uuid_utils import uuid7

from hotline.database.types import Sealed, SealedBytes, UtcDateTime

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """A new UUIDv7 as text: sortable by time, opaque to everybody else."""
    return str(uuid7())


Id = Annotated[str, mapped_column(String(36), primary_key=True, default=new_id)]


def where(condition: str) -> dict[str, Any]:
    """The arguments of an index of those rows alone that meet a condition, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _values(words: type[enum.Enum]) -> list[str]:
    return [str(word.value) for word in words]


# Closed words are kept as plain text of their value: readable in any tool, and a new word needs no
# migration.
WORDS = Enum(enum.Enum, native_enum=False, length=32, values_callable=_values)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        Sealed: SealedBytes,
        enum.Enum: WORDS,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


Row = TypeVar("Row", bound=Base)


def insert_once(session: Session, kind: type[Row], unique: str, /, **values: Any) -> Row | None:
    """Insert a row of these values, in one statement, unless there is one with that value in the
    column `unique`: then None. Another transaction that is inserting it is waited for."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(kind).values(**values).on_conflict_do_nothing(index_elements=[unique])
    return session.scalars(statement.returning(kind)).one_or_none()


def add_once(session: Session, row: Base) -> bool:
    """Insert a row whose unique key another transaction may be inserting at this moment.

    False when the other was first: its row is there now, and nothing of this one.
    """
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True
