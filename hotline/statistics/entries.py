"""The table of what people enter for a year's report. Nothing is overwritten: the newest counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hotline.database.base import Base, Id, new_id
from hotline.statistics.entered import Count, Entered


class YearEntry(Base):
    """One version of what was entered for an item. begins: month the year begins with; district: as
    the page's address has it; item: as `console.statistics.laws` numbers it; counts: pairs of name
    and figure; by: an account's id. It is written to be published, and so it is not sealed."""

    __tablename__ = "year_entry"
    __table_args__ = (Index("ix_year_entry_of", "year", "begins", "district"),)

    id: Mapped[Id]
    year: Mapped[int]
    begins: Mapped[str]
    district: Mapped[str]
    item: Mapped[str]
    counts: Mapped[list[Any]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime]


@dataclass(frozen=True)
class Of:
    """Whose year: as the page's address has it."""

    year: int
    begins: str
    district: str


def read(session: Session, of: Of) -> Mapping[str, Entered]:
    """The newest version of each item."""
    query = select(YearEntry).filter_by(year=of.year, begins=of.begins, district=of.district)
    newest: dict[str, Entered] = {}
    for row in session.scalars(query.order_by(YearEntry.id)):
        counts = tuple((str(name), int(count)) for name, count in row.counts)
        newest[row.item] = Entered(row.id, counts, row.text, row.by, row.at)
    return newest


def enter(
    session: Session,
    of: Of,
    item: str,
    counts: Sequence[Count],
    text: str,
    *,
    by: str,
    at: datetime,
) -> YearEntry:
    """Write a new version. Both empty: nothing is entered any more."""
    row = YearEntry(id=new_id(), year=of.year, begins=of.begins, district=of.district, item=item)
    row.counts, row.text, row.by, row.at = [list(pair) for pair in counts], text, by, at
    session.add(row)
    session.flush()
    return row
