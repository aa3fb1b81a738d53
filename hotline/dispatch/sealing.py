"""Sealed mode: which reports are due to be sealed to people, and the loop that seals them.

Due is what was closed, and what was taken so long ago that whoever took it has heard it. What
nobody has taken stays open to the people on duty: somebody must be able to hear it.
"""

import threading
from collections.abc import Iterator
from datetime import timedelta

import structlog
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.dispatch.model import Dispatch
from hotline.people import unlocking
from hotline.privacy.cipher import CannotOpen
from hotline.reports import sealing
from hotline.reports.model import Message, MessageState, Report, ReportState, Transcript

log = structlog.get_logger()

EVERY_S = 15.0
BATCH = 50
"""Reports that are asked for at once."""


def run(runtime: Runtime, stop: threading.Event) -> None:
    """Sweep until `stop` is set; an error of one sweep is logged and the next one tries again."""
    while not stop.wait(EVERY_S):
        try:
            sweep(runtime)
        except Exception as error:  # whatever it is, the next sweep may do
            log.error("sealing_failed", error=type(error).__name__)


def sweep(runtime: Runtime) -> int:
    """Seal what is due, a transaction for each report; gives how many messages were sealed.

    Nothing while there is no recovery key, or no supervisor with a key: `hotline doctor` says so.
    """
    now = runtime.clock()
    with runtime.database.transaction() as session:
        unlocking.sweep(session, now)
        if not unlocking.recipients(session):
            return 0
    return sum(_seal(runtime, report_id) for report_id in _every_due(runtime))


def _every_due(runtime: Runtime) -> Iterator[str]:
    """All of them, so that those which cannot be sealed yet keep none of the others waiting."""
    last = ""
    while True:
        with runtime.database.transaction() as session:
            ids = _due(runtime, session, last)
        yield from ids
        if not ids:
            return
        last = ids[-1]


def _seal(runtime: Runtime, report_id: str) -> int:
    try:
        with runtime.database.transaction() as session:
            report = session.get_one(Report, report_id)
            holders = unlocking.recipients(session, report.district)
            if not holders:
                return 0  # no supervisor of its district has a key yet
            now = runtime.clock()
            return sealing.seal_report(session, runtime.vault, report, holders, now)
    except CannotOpen as error:  # told on its page; the others are sealed all the same
        log.error("report_not_sealed", report=report_id, reason=type(error).__name__)
        return 0


def _due(runtime: Runtime, session: Session, last: str) -> list[str]:
    heard_by = runtime.clock() - timedelta(seconds=runtime.settings.sealed_after_s)
    closed = Report.state == ReportState.CLOSED
    unsealed = select(Message.id).where(
        Message.report_id == Report.id,
        Message.state == MessageState.SENT,
        Message.sealed_at.is_(None),
    )
    masked = (
        select(Transcript.id)
        .join(Message, Message.id == Transcript.message_id)
        .where(Message.report_id == Report.id, Transcript.masked.is_not(None))
    )
    query = (
        select(Report.id)
        .outerjoin(Dispatch, Dispatch.report_id == Report.id)
        .where(
            Report.id > last,
            Report.purged_at.is_(None),
            or_(
                and_(or_(closed, Dispatch.taken_at <= heard_by), unsealed.exists()),
                and_(closed, masked.exists()),
            ),
        )
        .order_by(Report.id)
        .limit(BATCH)
    )
    return list(session.scalars(query))
