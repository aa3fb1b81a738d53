"""Deleting reports whose time is over, each in a transaction of its own, and those again that a
restored backup has brought back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.database.engine import Database
from hotline.privacy import retention, tombstones
from hotline.privacy.retention import Case, Clocks, Kept, Verdict
from hotline.privacy.tombstones import Tombstone
from hotline.reports.model import Report, ReportState
from hotline.reports.shredding import shred
from hotline.settings import Settings

BATCH = 200
PURGED = "report.purged"


@dataclass(frozen=True)
class Judged:
    """A report and what its clock says."""

    report_id: str
    verdict: Verdict


def clocks_of(settings: Settings) -> Clocks:
    """The clocks as they are set."""
    return Clocks(settings.keep_routine_days, settings.keep_grave_days, settings.keep_unsent_days)


def judged(database: Database, clocks: Clocks, now: datetime) -> Iterator[Judged]:
    """Every report that is not open and not deleted, oldest first, read in short transactions."""
    last = ""
    while True:
        with database.reading() as session:
            reports = session.scalars(
                select(Report)
                .where(Report.id > last, Report.purged_at.is_(None))
                .where(Report.state.not_in((ReportState.OPEN, ReportState.SYNTHETIC)))
                .order_by(Report.id)
                .limit(BATCH)
            ).all()
        if not reports:
            return
        yield from (Judged(r.id, retention.judge(_case(r), clocks, now)) for r in reports)
        last = reports[-1].id


def purge(
    database: Database,
    clocks: Clocks,
    now: datetime,
    path: Path,
    actor: str,
    most: int | None = None,
) -> list[Judged]:
    """Delete every report whose time is over, or the oldest `most`, and give them. `path`: the file
    of tombstones.

    Each is looked at again under a lock: a hold or a reopening of this very moment counts. Raises
    OSError when the file cannot be written; what was not written there is not deleted.
    """
    done = []
    for one in judged(database, clocks, now):
        if one.verdict.kept is None and _purge_one(database, one, clocks, now, path, actor):
            done.append(one)
        if most is not None and len(done) >= most:
            break
    if done:
        database.forget_deleted()
    return done


def replay(database: Database, path: Path, now: datetime, actor: str) -> list[str]:
    """Delete again what the tombstones name and the database still holds: after a restore.

    Gives their ids. Whatever the restored rows say (open, held) is older than the deletion.
    """
    done = []
    for stones in _in_batches(tombstones.read(path)):
        for stone in _back(database, stones):
            with database.transaction() as session:
                report = _locked(session, stone.report)
                if report is None or report.purged_at is not None:
                    continue
                shred(session, report, now)
                _on_record(session, report.id, now, actor, stone.retention, "restored")
            done.append(stone.report)
    if done:
        database.forget_deleted()
    return done


def _in_batches(stones: Iterator[Tombstone]) -> Iterator[list[Tombstone]]:
    while batch := list(islice(stones, BATCH)):
        yield batch


def _back(database: Database, stones: list[Tombstone]) -> list[Tombstone]:
    """Those whose reports the database holds again: one question for many, for in most years it is
    none of them."""
    ids = [stone.report for stone in stones]
    with database.reading() as session:
        query = select(Report.id).where(Report.id.in_(ids), Report.purged_at.is_(None))
        there = set(session.scalars(query))
    return [stone for stone in stones if stone.report in there]


def hold(session: Session, report: Report, held: bool, now: datetime) -> bool:
    """Set or lift the legal hold. False when it is so already."""
    if (report.held_at is not None) is held:
        return False
    report.held_at = now if held else None
    return True


def _purge_one(
    database: Database, one: Judged, clocks: Clocks, now: datetime, path: Path, actor: str
) -> bool:
    with database.transaction() as session:
        report = _locked(session, one.report_id)
        if report is None or report.purged_at is not None:
            return False
        verdict = retention.judge(_case(report), clocks, now)
        if verdict.kept is not None:
            return False
        stone = Tombstone(report.id, now, verdict.retention.value)
        shred(session, report, now)
        _on_record(session, stone.report, now, actor, stone.retention, Kept.TIME.value)
        tombstones.carve(path, stone)
    return True


def _locked(session: Session, report_id: str) -> Report | None:
    return session.scalar(select(Report).where(Report.id == report_id).with_for_update())


def _on_record(
    session: Session, report_id: str, now: datetime, actor: str, kept: str, why: str
) -> None:
    audit.record(session, now, actor, PURGED, f"report:{report_id}", retention=kept, why=why)


def _case(report: Report) -> Case:
    return Case(
        report.state.value,
        report.urgency,
        report.created_at,
        report.closed_at,
        report.held_at is not None,
    )
