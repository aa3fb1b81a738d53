"""Tables of what callers say in place of keys: one such answer, and which languages can be heard.

There is no sound in them: it goes from the carrier into the memory of the process that understands
it, and nowhere else.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id
from hotline.database.types import Sealed


class AnswerKind(StrEnum):
    """word: the word that is asked for before a person is rung · digits: of a number or a PIN."""

    WORD = "word"
    DIGITS = "digits"


class SpokenAnswer(Base):
    """Something a caller said in place of keys. Kept for a day, its content for a moment."""

    __tablename__ = "spoken_answer"

    id: Mapped[Id]
    call_id: Mapped[str] = mapped_column(String(36), index=True)
    kind: Mapped[AnswerKind]
    language: Mapped[str]
    carrier_recording_id: Mapped[str | None] = mapped_column(unique=True)
    carrier_deleted_at: Mapped[datetime | None]
    """Proof that the carrier's copy is gone."""
    data_key_id: Mapped[str | None] = mapped_column(String(36))
    """A data key of its own, deleted with what it opens."""
    heard: Mapped[Sealed | None]
    """The keys it stands for, until the menu has taken them; None: none were understood."""
    known_at: Mapped[datetime | None]
    """When it was understood, or nothing could be."""
    created_at: Mapped[datetime] = mapped_column(index=True)


class Hearing(Base):
    """What a worker's model of a language can hear in place of keys."""

    __tablename__ = "hearing"

    language: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[bool]
    """The word of the language file."""
    digits: Mapped[bool]
    """Each of the ten."""
    noted_at: Mapped[datetime]
