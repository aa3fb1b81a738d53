"""Tables of what people add to a report. Accounts stand in them by their id.

What was written is sealed under the report's data key, so that it is shredded with the report.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id
from hotline.database.types import Sealed


class ReplyKind(StrEnum):
    """text: spoken to the caller by the local voice · voice: recorded by the supervisor."""

    TEXT = "text"
    VOICE = "voice"


class Recipient(StrEnum):
    """To whom a report was disclosed."""

    SCHOOL = "school"
    LAW_ENFORCEMENT = "law_enforcement"
    EMS = "ems"
    HUMAN_SERVICES = "human_services"


class Note(Base):
    """What a colleague wrote about a report; never changed, and never heard by the caller."""

    __tablename__ = "note"

    id: Mapped[Id]
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    account_id: Mapped[str]
    text: Mapped[Sealed]
    created_at: Mapped[datetime]


class Draft(Base):
    """What somebody has begun to write into one field of a report's page, kept over a reload."""

    __tablename__ = "draft"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    """note · reply"""
    text: Mapped[Sealed]
    saved_at: Mapped[datetime]


class Correction(Base):
    """Words of a transcript as a person heard them. The machine's own stay in the transcript."""

    __tablename__ = "correction"

    id: Mapped[Id]
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"), index=True)
    first_word: Mapped[int]
    last_word: Mapped[int]
    """Offsets into the transcript's words, both included."""
    text: Mapped[Sealed]
    """What stands in their place; empty: nothing was said there."""
    data_key_id: Mapped[str | None] = mapped_column(String(36))
    """Its sealed data key, as in `AudioChunk`."""
    account_id: Mapped[str]
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class Reply(Base):
    """What the caller hears when they come back with number and PIN."""

    __tablename__ = "reply"

    id: Mapped[Id]
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    account_id: Mapped[str]
    kind: Mapped[ReplyKind]
    language: Mapped[str]
    text: Mapped[Sealed | None]
    sound: Mapped[Sealed | None]
    """A WAV of 8 kHz, for a reply by voice."""
    duration_s: Mapped[float | None]
    created_at: Mapped[datetime]
    heard_at: Mapped[datetime | None]


class Disclosure(Base):
    """To whom a report was given, by whom, and what of it: the record that the law asks for."""

    __tablename__ = "disclosure"

    id: Mapped[Id]
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    account_id: Mapped[str]
    recipient: Mapped[Recipient]
    given_to: Mapped[Sealed]
    """The person or office."""
    parts: Mapped[list[str]]
    """What was given: facts, words, sound."""
    basis: Mapped[str]
    """Why it may be given: a code."""
    created_at: Mapped[datetime]


class Presence(Base):
    """Who has a report's page open."""

    __tablename__ = "presence"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)
