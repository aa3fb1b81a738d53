"""Tables of the text door: conversations, the texts that came, the texts that are to go out.

A conversation knows whose it is by a keyed name alone (`hotline.reports.day_secrets`). A number is
kept only where HOTLINE_TEXT_REPLIES lets answers go out later, sealed.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id
from hotline.database.types import Sealed
from hotline.reports.day_secrets import DaySecret


class TextConversation(Base):
    """Texts of one telephone that belong together; deleted some days after the last one
    (HOTLINE_TEXT_JOIN_DAYS)."""

    __tablename__ = "text_conversation"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(64), unique=True)
    """Keyed hash of the number, under the secret of the day of its last text."""
    report_id: Mapped[str | None] = mapped_column(ForeignKey("report.id"), index=True)
    """None: nothing was reported yet; START, STOP or a picture is all that came."""
    line: Mapped[str]
    """The number of ours that was written to last; answers come from there."""
    language: Mapped[str | None]
    receipt: Mapped[Sealed | None]
    """Number and PIN for a text that is told twice; sealed under the report's data key, dropped
    within the hour."""
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    """When its last text came."""
    answered_at: Mapped[datetime | None]
    """When a text was last answered: not every one of a row is."""
    stopped_at: Mapped[datetime | None]
    """When STOP came: since then nothing is sent there, until START."""
    data_key_id: Mapped[str | None] = mapped_column(String(36))
    """A data key of its own; the number is sealed under it and, around that, under the report's:
    dropping either of them shreds it."""
    number: Mapped[Sealed | None]


class TextMessage(Base):
    """One text that came; its words are a message of the report. By its carrier's id it is known
    when it is told twice, so the row stays as that of a call does."""

    __tablename__ = "text_message"

    id: Mapped[Id]
    carrier_message_id: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[str] = mapped_column(String(36), index=True)
    """The conversation may be deleted already."""
    answer: Mapped[list[str]]
    """Names of the texts that it was answered with."""
    language: Mapped[str]
    came_at: Mapped[datetime] = mapped_column(index=True)
    carrier_deleted_at: Mapped[datetime | None]
    """Proof that the carrier's copy, and those of what we answered, are gone."""


class TextOut(Base):
    """One text that is to be sent to whoever has written: the answer, or that there is one."""

    __tablename__ = "text_out"

    id: Mapped[Id]
    conversation_id: Mapped[str] = mapped_column(String(36), index=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    body: Mapped[Sealed | None]
    """Sealed under the report's data key, dropped when it was sent or given up."""
    carrier_message_id: Mapped[str | None]
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    """When the carrier has taken it."""
    gone_why: Mapped[str | None]
    """Why it was not sent: a code."""
    carrier_deleted_at: Mapped[datetime | None]


class TextSecret(DaySecret):
    """The key of one day's `TextConversation.name`; deleted when no conversation can have a name of
    that day any more."""

    __tablename__ = "text_secret"
