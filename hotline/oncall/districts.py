"""Districts: which one a call belongs to (told by the line that was dialed), and its schools."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.oncall.model import District, School


def of_line(session: Session, number: str) -> str | None:
    """The handle of the district that has this line (E.164); None when none has."""
    rows = session.scalars(select(District).order_by(District.handle))
    return next((row.handle for row in rows if number in row.lines), None)


def schools(session: Session, district: str | None) -> Sequence[School]:
    """The schools of a district by their names; all schools without one."""
    query = select(School).order_by(School.name, School.handle)
    if district is not None:
        query = query.where(School.district == district)
    return list(session.scalars(query))
