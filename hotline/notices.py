"""The notice before the menu: what callers of a district, or all callers, are told for some hours.

One row for each district and one for everybody: a new notice takes the place of the old one. A row
whose time is over says nothing any more; it still speaks to whoever was being told of it then.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hotline.database.base import Base, Id, add_once

LONGEST_TEXT = 300
"""Letters in each language; the longest prompt has some 250."""
LONGEST_S = 24 * 3600
"""A notice that nobody takes down is over after a day at the latest."""
EVERYBODY = ""
"""The place of the notice that all callers hear."""


class Notice(Base):
    """What is said before the menu. place: handle of the district whose callers hear it, or
    EVERYBODY. text: by language code; the first one stands in for those that are missing. by: an
    account's id."""

    __tablename__ = "notice"

    id: Mapped[Id]
    place: Mapped[str] = mapped_column(unique=True)
    text: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime]
    ends_at: Mapped[datetime]


def put(
    session: Session, place: str, text: dict[str, str], by: str, at: datetime, ends_at: datetime
) -> Notice:
    """Have callers hear this from now on, in the place of what they heard there before.

    Raises ValueError when it would last longer than a day or not at all, or says nothing.
    """
    if not 0 < (ends_at - at).total_seconds() <= LONGEST_S:
        raise ValueError("a notice ends within 24 hours")
    if not text or not all(0 < len(said) <= LONGEST_TEXT for said in text.values()):
        raise ValueError(f"a notice has 1 to {LONGEST_TEXT} letters in each of its languages")
    row = Notice(place=place, text=dict(text), by=by, at=at, ends_at=ends_at)
    query = select(Notice).filter_by(place=place).with_for_update()
    stood = session.scalar(query)
    if stood is None and add_once(session, row):
        return row
    stood = stood or session.scalars(query).one()
    stood.text, stood.by, stood.at, stood.ends_at = dict(text), by, at, ends_at
    return stood


def take_down(session: Session, notice_id: str, now: datetime) -> Notice | None:
    """End a notice now; None when there is none of that id, or it is over already."""
    row = session.get(Notice, notice_id, with_for_update=True)
    if row is None or row.ends_at <= now:
        return None
    row.ends_at = now
    return row


def told(session: Session, district: str | None, now: datetime) -> Sequence[Notice]:
    """What callers of this district (a handle) hear at this moment: first what all callers do."""
    places = (EVERYBODY, *((district,) if district else ()))
    query = select(Notice).where(Notice.place.in_(places), Notice.ends_at > now)
    return list(session.scalars(query.order_by(Notice.place)))


def standing(session: Session, now: datetime) -> Sequence[Notice]:
    """All notices that are heard at this moment, wherever."""
    query = select(Notice).where(Notice.ends_at > now).order_by(Notice.place)
    return list(session.scalars(query))


def wording(notice: Notice, language: str) -> tuple[str, str]:
    """What is said and the code of its language: this one, else the first it is written in."""
    code = language if language in notice.text else next(iter(notice.text))
    return str(notice.text[code]), code
