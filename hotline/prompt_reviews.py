"""What people whose first language it is have said of the prompts, one verdict a prompt.

A verdict is of one sound: the text, the voice or recording that speaks it. When that changes,
nobody has reviewed the prompt any more.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hotline.database.base import Base, Id

LONGEST_NOTE = 500
"""Letters; the longest prompt has some 250."""


class Verdict(StrEnum):
    """approved: callers may hear it so · change: it must be changed first."""

    APPROVED = "approved"
    CHANGE = "change"


class PromptReview(Base):
    """The last verdict on one prompt. sound: the name of the file that was heard. note: what is to
    be changed. by: an account's id."""

    __tablename__ = "prompt_review"
    __table_args__ = (UniqueConstraint("language", "prompt"),)

    id: Mapped[Id]
    language: Mapped[str] = mapped_column(String(16))
    prompt: Mapped[str] = mapped_column(String(64))
    sound: Mapped[str] = mapped_column(String(128))
    verdict: Mapped[Verdict]
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    by: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime]


def put(
    session: Session,
    language: str,
    prompt: str,
    sound: str,
    verdict: Verdict,
    by: str,
    at: datetime,
) -> PromptReview:
    """Keep a verdict in the place of the last one on that prompt; a note may be added."""
    query = select(PromptReview).filter_by(language=language, prompt=prompt).with_for_update()
    row = session.scalar(query) or PromptReview(language=language, prompt=prompt)
    row.sound, row.verdict, row.note, row.by, row.at = sound, verdict, "", by, at
    session.add(row)
    return row


def standing(session: Session, language: str) -> dict[str, PromptReview]:
    """The last verdicts on the prompts of a language, by prompt."""
    query = select(PromptReview).filter_by(language=language)
    return {row.prompt: row for row in session.scalars(query)}


def left(found: Mapping[str, PromptReview], sounds: Mapping[str, str]) -> tuple[str, ...]:
    """Those prompts that nobody has approved as they sound now.

    sounds: of each prompt that must be approved, the name of the file that is heard.
    """
    return tuple(name for name, sound in sounds.items() if not approves(found.get(name), sound))


def approves(review: PromptReview | None, sound: str) -> bool:
    """Whether the verdict is that the prompt is right, and of this very sound."""
    return review is not None and review.sound == sound and review.verdict is Verdict.APPROVED
