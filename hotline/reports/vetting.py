"""How far a report has come: received, vetting, delivered, acknowledged, outcome.

Life-safety is delivered before vetting ends, so a later stage may be reached before an earlier one:
each has a moment of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import add_once
from hotline.reports.delivery_model import Vetting
from hotline.reports.model import UNSENT, Report


class Stage(StrEnum):
    """received: it is ours · vetting: somebody reads it or has taken it · delivered: a recipient
    has it in hand · acknowledged: one has confirmed it · outcome: it is closed, with how it
    ended."""

    RECEIVED = "received"
    VETTING = "vetting"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    OUTCOME = "outcome"


@dataclass(frozen=True)
class Reached:
    """A stage and when it was reached; None: it is still to come."""

    stage: Stage
    at: datetime | None


def read(session: Session, report: Report, taken_at: datetime | None) -> Sequence[Reached]:
    """The five stages in their order. taken_at: when somebody took the report, who knows it then
    even if nobody has opened its page."""
    row = session.get(Vetting, report.id)
    opened_at = row.vetting_at if row is not None else None
    known = [at for at in (opened_at, taken_at) if at is not None]
    return (
        Reached(Stage.RECEIVED, report.sent_at or report.created_at),
        Reached(Stage.VETTING, min(known, default=None)),
        Reached(Stage.DELIVERED, row.delivered_at if row is not None else None),
        Reached(Stage.ACKNOWLEDGED, row.acknowledged_at if row is not None else None),
        Reached(Stage.OUTCOME, report.closed_at if report.disposition is not None else None),
    )


def begun(session: Session, report: Report, by: str, now: datetime) -> None:
    """Somebody who may read the words has the report open. Only the first one counts."""
    if report.state in UNSENT or report.purged_at is not None:
        return
    row = session.get(Vetting, report.id)
    if row is None or row.vetting_at is None:
        row = _of(session, report.id)
        row.vetting_at, row.vetting_by = row.vetting_at or now, row.vetting_by or by


def delivered(session: Session, report_id: str, now: datetime) -> None:
    """A recipient has it in hand. Only the first one counts."""
    row = _of(session, report_id)
    row.delivered_at = row.delivered_at or now


def acknowledged(session: Session, report_id: str, now: datetime) -> None:
    """A recipient has confirmed it, and so has it. Only the first one counts."""
    row = _of(session, report_id)
    row.delivered_at = row.delivered_at or now
    row.acknowledged_at = row.acknowledged_at or now


def reminded(session: Session, report_id: str, now: datetime) -> None:
    """Somebody is reminded now that the outcome is late."""
    _of(session, report_id).reminded_at = now


def _of(session: Session, report_id: str) -> Vetting:
    """The row, locked; a new one where there is none."""
    if session.get(Vetting, report_id) is None:
        add_once(session, Vetting(report_id=report_id))
    query = select(Vetting).where(Vetting.report_id == report_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()
