"""Deleting the carrier's records of callers' calls: they hold the number that we never keep."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hotline.carrier.port import CarrierError, Refused
from hotline.context import Runtime
from hotline.reports.model import Call, Message

log = structlog.get_logger()

SETTLED_S = 3600.0
"""So long after its end nobody asks the carrier about a call any more."""
BATCH = 100
BUDGET_S = 5.0
"""A sweep begins no further request after so long: others of the process wait meanwhile."""
GIVE_UP_AFTER = 3
"""So many errors one after the other, and the rest waits for the next sweep."""


@dataclass(frozen=True)
class Swept:
    """How many the carrier has confirmed, and whether others wait that it would take now."""

    done: int
    more: bool


def sweep(runtime: Runtime, *, elapsed: Callable[[], float] = time.monotonic) -> Swept:
    """Delete the records of calls that are over. `elapsed` gives seconds that only go on.

    A carrier that cannot be asked for that keeps them (docs/carriers.md).
    """
    if not runtime.carrier.capabilities.delete_call:
        return Swept(0, more=False)
    began, now = elapsed(), runtime.clock()
    with runtime.database.reading() as session:
        due = _due(session, now)
    done = failed = 0
    for call_id, carrier_call_id in due:
        if elapsed() - began > BUDGET_S:
            return Swept(done, more=True)
        try:
            runtime.carrier.delete_call(carrier_call_id)
        except CarrierError as error:
            log.warning("call_not_deleted", call=call_id, code=error.code)
            failed += not isinstance(error, Refused)
            if failed >= GIVE_UP_AFTER:
                return Swept(done, more=False)
            continue
        failed, done = 0, done + 1
        with runtime.database.transaction() as session:
            session.get_one(Call, call_id).carrier_deleted_at = runtime.clock()
    return Swept(done, more=done > 0 and len(due) == BATCH)


def _due(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Ended an hour ago, and without a recording at the carrier that is still to be fetched."""
    recorded = exists().where(
        Message.call_id == Call.id,
        Message.carrier_recording_id.is_not(None),
        Message.carrier_deleted_at.is_(None),
    )
    query = (
        select(Call.id, Call.carrier_call_id)
        .where(Call.carrier_deleted_at.is_(None), ~recorded)
        .where(Call.ended_at < now - timedelta(seconds=SETTLED_S))
        .order_by(Call.ended_at.desc())
        .limit(BATCH)
    )
    return [(row.id, row.carrier_call_id) for row in session.execute(query)]
