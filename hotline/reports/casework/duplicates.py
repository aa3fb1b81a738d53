"""Duplicates: a report that tells of the same thing as another one, which goes on."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.reports.casework import versions
from hotline.reports.model import Report


class Mistaken(StrEnum):
    """Why two reports cannot be linked so."""

    ITSELF = "itself"
    CIRCLE = "circle"
    """The other one is, in the end, a duplicate of this one."""


class CannotLink(Exception):
    """The two cannot be linked; nothing has been written."""

    def __init__(self, why: Mistaken) -> None:
        super().__init__(why.value)
        self.why = why


def link(session: Session, report: Report, other: Report, *, by: str, now: datetime) -> None:
    """`report` tells of the same as `other`, and `other` goes on. Raises CannotLink.

    Lock both reports before, the one with the lower id first, so that two people who link them at
    the same moment cannot make a circle.
    """
    if other.id == report.id:
        raise CannotLink(Mistaken.ITSELF)
    if report.id in _chain(session, other):
        raise CannotLink(Mistaken.CIRCLE)
    if report.duplicate_of == other.id:
        return
    report.duplicate_of = other.id
    versions.change(session, report, now, "duplicate_linked", by=by, other=other.id)


def unlink(session: Session, report: Report, *, by: str, now: datetime) -> None:
    """It is a report of its own after all."""
    if report.duplicate_of is None:
        return
    detail = {"other": report.duplicate_of}
    report.duplicate_of = None
    versions.change(session, report, now, "duplicate_unlinked", by=by, **detail)


def of(session: Session, report: Report) -> Sequence[Report]:
    """The reports that are duplicates of this one, oldest first."""
    query = select(Report).where(Report.duplicate_of == report.id)
    return list(session.scalars(query.order_by(Report.created_at, Report.id)))


def _chain(session: Session, report: Report) -> list[str]:
    """The ids of all that a report is, in the end, a duplicate of."""
    ids: list[str] = []
    at: Report | None = report
    while at is not None and at.duplicate_of is not None and at.duplicate_of not in ids:
        ids.append(at.duplicate_of)
        at = session.get(Report, at.duplicate_of, populate_existing=True)
    return ids
