"""Tables of who calls again today: a call's pseudonym, a block, and the marks on reports.

The first two know pseudonyms and are emptied when their day is over; a mark knows none.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id


class MarkKind(StrEnum):
    """same_telephone: not the first call of the day from there · nothing_said: no word in it ·
    same_words: an earlier report says the same."""

    SAME_TELEPHONE = "same_telephone"
    NOTHING_SAID = "nothing_said"
    SAME_WORDS = "same_words"


class CallerCall(Base):
    """That a call came from some telephone, on the day whose key made its name."""

    __tablename__ = "caller_call"

    id: Mapped[Id]
    call_id: Mapped[str] = mapped_column(String(36), unique=True)
    day: Mapped[str] = mapped_column(String(10))
    """YYYY-MM-DD; it begins at HOTLINE_REPEAT_DAY_BEGINS."""
    name: Mapped[str] = mapped_column(String(32), index=True)
    """The pseudonym (`hotline.privacy.pseudonym`)."""
    nth: Mapped[int]
    """It is so many of that day's calls from there; 1 is the first."""


class CallerBlock(Base):
    """That a supervisor keeps a telephone from ringing people, until its day is over."""

    __tablename__ = "caller_block"

    id: Mapped[Id]
    day: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(32), unique=True)
    report_id: Mapped[str] = mapped_column(String(36))
    """On whose page it was done."""
    by: Mapped[str] = mapped_column(String(36))
    """Id of the account."""
    at: Mapped[datetime]
    ends_at: Mapped[datetime]


class ReportMark(Base):
    """Something that people may want to know of a report. Nothing else reads it: it neither lowers
    an urgency nor holds back a ring."""

    __tablename__ = "report_mark"
    __table_args__ = (UniqueConstraint("report_id", "kind"),)

    id: Mapped[Id]
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    kind: Mapped[MarkKind]
    count: Mapped[int | None]
    """same_telephone: which call of that day it was."""
    other_id: Mapped[str | None] = mapped_column(String(36))
    """same_words: the earlier report."""
    at: Mapped[datetime]
