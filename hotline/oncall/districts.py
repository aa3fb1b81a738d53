"""Which district a call belongs to: told by the line that was dialed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.oncall.model import District


def of_line(session: Session, number: str) -> str | None:
    """The handle of the district that has this line (E.164); None when none has."""
    rows = session.scalars(select(District).order_by(District.handle))
    return next((row.handle for row in rows if number in row.lines), None)
