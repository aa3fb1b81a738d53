"""Marks on a report: what people may want to know of it, and nothing else ever asks.

They are one-way: written from what is known anyway, read by pages. Triage and dispatch do not know
this module (tests/unit/reports/test_marks.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.database.base import add_once, new_id
from hotline.reports import callers
from hotline.reports.caller_model import MarkKind, ReportMark
from hotline.reports.likeness import FEWEST, Terms, Told
from hotline.reports.model import Call, Message, MessageState, Report, Transcript

AS_GOOD_AS_THE_SAME = 0.9
"""The likeness from which on two reports are said to have the same words: nine of ten terms are in
both. Whoever reads something out again stays above it when a word of some is misheard."""


@dataclass(frozen=True)
class Mark:
    """One mark as a page shows it. count: which call of the day. other: id of the earlier report
    that says the same."""

    kind: MarkKind
    count: int = 0
    other: str | None = None


def of(session: Session, report: Report) -> list[Mark]:
    """The marks of a report, in a fixed order."""
    rows = session.scalars(select(ReportMark).where(ReportMark.report_id == report.id))
    found = {row.kind: Mark(row.kind, row.count or 0, row.other_id) for row in rows}
    return [found[kind] for kind in MarkKind if kind in found]


def from_telephone(session: Session, call: Call, now: datetime) -> None:
    """Mark the report that was begun in this call, unless it is its telephone's first of the day.
    An earlier report to which the caller came back stays as it is."""
    report = session.get(Report, call.report_id) if call.report_id else None
    nth = callers.nth_today(session, call)
    if report is None or nth < 2 or report.created_at < call.started_at:
        return
    _add(session, report, MarkKind.SAME_TELEPHONE, now, count=nth)


def words(session: Session, report: Report, now: datetime) -> None:
    """The words of a message are known: whether any message of the report has some."""
    sent = select(Message.id).where(Message.report_id == report.id)
    sent = sent.where(Message.state == MessageState.SENT)
    read = select(Transcript.average_confidence).where(Transcript.message_id.in_(sent))
    said = list(session.scalars(read))  # None: no word was understood
    if said and all(confidence is None for confidence in said):
        return _add(session, report, MarkKind.NOTHING_SAID, now)
    gone = delete(ReportMark).where(ReportMark.report_id == report.id)
    session.execute(gone.where(ReportMark.kind == MarkKind.NOTHING_SAID))
    return None


def likeness(
    session: Session, report: Report, terms: Terms, window: Sequence[Told], now: datetime
) -> None:
    """Mark a report of which another one of the last hours has the same words."""
    other = same(terms, window)
    if other is not None and other < report.id:
        _add(session, report, MarkKind.SAME_WORDS, now, other=other)


def same(terms: Terms, window: Sequence[Told]) -> str | None:
    """The report that says the same as these terms, the earliest of them; None without one. Pure.

    Each term counts alike, whatever else is told: that a wave makes its words common does not make
    two reports of it the same.
    """
    if len(terms) < FEWEST:
        return None
    ids = (
        told.report_id
        for told in window
        if len(told.terms) >= FEWEST and _cosine(terms, told.terms) >= AS_GOOD_AS_THE_SAME
    )
    return min(ids, default=None)


def _cosine(one: Terms, other: Terms) -> float:
    return len(one & other) / sqrt(len(one) * len(other))


def drop(session: Session, report_id: str) -> None:
    """Delete its marks, and those that point at it."""
    rows = ReportMark
    session.execute(
        delete(rows).where((rows.report_id == report_id) | (rows.other_id == report_id))
    )


def _add(
    session: Session,
    report: Report,
    kind: MarkKind,
    now: datetime,
    count: int | None = None,
    other: str | None = None,
) -> None:
    known = select(ReportMark.id).where(ReportMark.report_id == report.id, ReportMark.kind == kind)
    if session.scalar(known) is None:
        row = ReportMark(id=new_id(), report_id=report.id, kind=kind, at=now)
        row.count, row.other_id = count, other
        add_once(session, row)
