"""What responders say of themselves: on duty, on break until a moment, off duty.

It never takes anybody out of the order: dispatch rings whoever is away when nobody else of a step
is left.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.mistakes import Mistake
from hotline.oncall.model import Duty, DutyState, Responder

# Whoever needs longer goes off duty and says so when they are back.
LONGEST_BREAK = timedelta(hours=4)


class DutyError(Mistake):
    """A break that cannot be; the message says what to mend."""


@dataclass(frozen=True)
class Standing:
    """Where somebody stands. since_at: None: they never said anything. until_at: of a break."""

    state: DutyState
    since_at: datetime | None = None
    until_at: datetime | None = None


def standing(row: Duty | None, now: datetime) -> Standing:
    """What a row says at a moment; a break ends by itself."""
    if row is None:
        return Standing(DutyState.ON)
    if row.state is DutyState.BREAK and row.until_at is not None and row.until_at <= now:
        return Standing(DutyState.ON, row.until_at)
    return Standing(row.state, row.since_at, row.until_at)


def read(session: Session, responder_id: str, now: datetime) -> Standing:
    """Where a responder stands now."""
    return standing(session.get(Duty, responder_id), now)


def away(session: Session, now: datetime) -> dict[str, datetime | None]:
    """Handles of everybody who is away now, and until when; None: until they say so."""
    query = select(Responder.handle, Duty).join(Duty, Duty.responder_id == Responder.id)
    query = query.where(Duty.state != DutyState.ON).order_by(Responder.handle)
    found = ((handle, standing(row, now)) for handle, row in session.execute(query))
    return {handle: s.until_at for handle, s in found if s.state is not DutyState.ON}


def put(
    session: Session,
    responder_id: str,
    state: DutyState,
    now: datetime,
    until: datetime | None = None,
) -> Standing:
    """Write what somebody says of themselves. until: the end of a break. Raises DutyError."""
    if state is DutyState.BREAK and (until is None or not now < until <= now + LONGEST_BREAK):
        hours = LONGEST_BREAK // timedelta(hours=1)
        raise DutyError(f"A break ends within {hours} hours; go off duty for longer.")
    row = session.get(Duty, responder_id, with_for_update=True)
    if row is None:
        row = Duty(responder_id=responder_id)
    row.state, row.since_at = state, now
    row.until_at = until if state is DutyState.BREAK else None
    session.add(row)
    session.flush()
    return standing(row, now)
