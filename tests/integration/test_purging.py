"""Deleting reports for good: what goes, what stays, and who is kept out of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hotline import audit
from hotline import runtime as wiring
from hotline.cli import main
from hotline.database.types import SealedBytes
from hotline.dispatch.upkeep import Upkeep
from hotline.privacy.cipher import DataKey
from hotline.privacy.retention import Clocks, Retention
from hotline.reports import purging, search
from hotline.reports.casework import closing as ending
from hotline.reports.casework import drafts, notes, replies
from hotline.reports.casework.drafts import Field
from hotline.reports.model import Message, Report, ReportState, SearchEntry
from hotline.reports.outcomes import Disposition
from hotline.reports.shredding import EMPTY, SHREDDED
from hotline.statistics import counting
from hotline.statistics.period import Period
from hotline.statistics.selection import Selection
from tests.support.console import World, correct, leave_message, make_world, tone
from tests.support.models import all_tables

CLOCKS = Clocks(routine_days=90, grave_days=365, draft_days=7)
DAY_S = 86400.0
WORDS = "my cousin keeps a knife under his bed and wants to hurt the teacher"


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """A small hotline, once on each database."""
    made = make_world(tmp_path, database_url)
    yield made
    made.database.close()


def closed_report(world: World, urgency: str = "routine") -> str:
    """A report with everything in it that somebody may say or write, closed now."""
    report_id = leave_message(world, text=WORDS)
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        message = session.query(Message.id).filter(Message.report_id == report_id).scalar()
        notes.add(session, world.vault, report, "I know him", by="ana", now=world.now)
        drafts.keep(session, world.vault, report, Field.REPLY, "we", by="ana", now=world.now)
        replies.record(session, world.vault, report, tone(), 2.0, by="ana", now=world.now)
    correct(world, message)
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        report.urgency = urgency
        search.refresh(session, world.vault, report)
        ending.close(session, report, Disposition.HELP_GIVEN, sought=False, by="ana", now=world.now)
    return report_id


def purge(world: World) -> list[str]:
    """Purge now; gives the ids that are gone."""
    path = world.runtime.settings.tombstones
    done = purging.purge(world.database, CLOCKS, world.now, path, "auditor")
    return [one.report_id for one in done]


def sealed_of(world: World) -> list[bytes]:
    """Every sealed value that any table of reports holds and that is not empty."""
    found = []
    with world.database.reading() as session:
        for table in all_tables().sorted_tables:
            if table.name in ("data_key", "responder", "search_secret", "push_subscription"):
                continue
            for column in (c for c in table.columns if isinstance(c.type, SealedBytes)):
                values = session.scalars(select(column).where(column.is_not(None)))
                found += [value for value in values if value != EMPTY]
    return found


def test_nothing_of_it_can_be_opened_any_more(world: World) -> None:
    report_id = closed_report(world)
    with world.database.reading() as session:
        key_id = session.get_one(Report, report_id).data_key_id
        number = session.get_one(Report, report_id).number
    assert sealed_of(world)
    world.pass_s(90 * DAY_S)
    assert purge(world) == [report_id]
    with world.database.reading() as session:
        report = session.get_one(Report, report_id)
        assert session.get(DataKey, key_id) is None
        assert (report.data_key_id, report.pin_hash) == (SHREDDED, None)
        assert number not in report.number
        assert session.scalars(select(SearchEntry)).all() == []
        last = session.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.seq.desc()))
        entry = last.first()
        assert entry is not None
        assert (entry.action, entry.detail["retention"]) == ("report.purged", Retention.ROUTINE)
        audit.verify(session)
    assert sealed_of(world) == []
    assert purge(world) == []


def test_each_class_has_its_clock(world: World) -> None:
    routine, grave = closed_report(world), closed_report(world, "life-safety")
    world.pass_s(89 * DAY_S)
    assert purge(world) == []
    world.pass_s(DAY_S)
    assert purge(world) == [routine]
    world.pass_s(275 * DAY_S)
    assert purge(world) == [grave]


def test_what_is_open_or_held_stays(world: World) -> None:
    reopened, held = closed_report(world), closed_report(world)
    with world.database.transaction() as session:
        ending.reopen(session, session.get_one(Report, reopened), by="ana", now=world.now)
        assert purging.hold(session, session.get_one(Report, held), True, world.now)
    world.pass_s(5000 * DAY_S)
    assert purge(world) == []
    with world.database.transaction() as session:
        assert purging.hold(session, session.get_one(Report, held), False, world.now)
        assert not purging.hold(session, session.get_one(Report, held), False, world.now)
    assert purge(world) == [held]


def test_the_counts_of_the_year_are_the_same(world: World) -> None:
    for urgency in ("routine", "urgent", "routine"):
        closed_report(world, urgency)
    day = world.now.date()
    selection = Selection(Period(day - timedelta(days=1), day + timedelta(days=1)))
    with world.database.reading() as session:
        before = counting.figures(session, selection)
    world.pass_s(400 * DAY_S)
    assert len(purge(world)) == 3
    with world.database.reading() as session:
        assert counting.figures(session, selection) == before


def test_without_a_tombstone_nothing_is_deleted(world: World, tmp_path: Path) -> None:
    report_id = closed_report(world)
    world.pass_s(90 * DAY_S)
    (tmp_path / "no-folder").write_text("")
    with pytest.raises(OSError, match="no-folder"):
        purging.purge(world.database, CLOCKS, world.now, tmp_path / "no-folder" / "x", "auditor")
    with world.database.reading() as session:
        assert session.get_one(Report, report_id).purged_at is None


def test_the_auditor_does_it_by_itself(world: World) -> None:
    report_id = closed_report(world)
    world.pass_s(90 * DAY_S)
    Upkeep(world.runtime).go_on()
    with world.database.reading() as session:
        assert session.get_one(Report, report_id).purged_at == world.now


def test_the_auditor_goes_on_with_the_next_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many at once would keep it from looking for reports that nobody has."""
    monkeypatch.setattr("hotline.dispatch.upkeep.PURGED_AT_ONCE", 2)
    for _ in range(3):
        closed_report(world)
    world.pass_s(90 * DAY_S)
    upkeep, left = Upkeep(world.runtime, elapsed=lambda: 0.0), []
    for _ in range(3):
        upkeep.go_on()
        with world.database.reading() as session:
            left.append(session.query(Report).filter(Report.purged_at.is_(None)).count())
    assert left == [1, 0, 0]


def test_the_index_can_be_made_anew(world: World) -> None:
    gone, stays = closed_report(world), leave_message(world)
    world.pass_s(90 * DAY_S)
    assert purge(world) == [gone]
    assert search.rebuild(world.database, world.vault) == 1
    with world.database.reading() as session:
        assert session.scalars(select(SearchEntry.report_id)).all() == [stays]


def test_the_command_says_what_and_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, held = closed_report(world), closed_report(world)
    with world.database.transaction() as session:
        purging.hold(session, session.get_one(Report, held), True, world.now)
    world.pass_s(90 * DAY_S)
    closed_report(world)
    monkeypatch.setattr(wiring, "open_runtime", lambda _: world.runtime)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(world.runtime.settings.data_dir))
    run = CliRunner().invoke
    said = run(main, ["purge", "--dry-run"]).output
    assert f"{gone}  routine, due since" in said
    assert "to be deleted: 1." in said
    assert "legal hold): 1." in said
    assert "their time is not over): 1." in said
    assert held not in said
    with world.database.reading() as session:
        assert session.get_one(Report, gone).purged_at is None
    assert "Reports deleted: 1." in run(main, ["purge"]).output
    with world.database.reading() as session:
        assert session.get_one(Report, gone).purged_at is not None


def test_a_draft_that_was_never_sent_goes_soon(world: World) -> None:
    report_id = leave_message(world)
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        report.state, report.sent_at = ReportState.DRAFT, None
    world.pass_s(6 * DAY_S)
    assert purge(world) == []
    world.pass_s(DAY_S)
    assert purge(world) == [report_id]


def test_sqlite_keeps_no_trace_in_its_files(tmp_path: Path, sqlite_url: str) -> None:
    """Neither the sealed key nor the blind names of its words, in the file or its log."""
    world = make_world(tmp_path, sqlite_url)
    report_id = closed_report(world)
    with world.database.reading() as session:
        report = session.get_one(Report, report_id)
        wrapped = bytes(session.get_one(DataKey, report.data_key_id).wrapped)
        names = session.scalars(select(SearchEntry.tokens)).one().split()
    path = Path(str(world.database.engine.url.database))
    assert wrapped in path.read_bytes() + wal_of(path)
    world.pass_s(90 * DAY_S)
    assert purge(world) == [report_id]
    left = path.read_bytes() + wal_of(path)
    assert wrapped not in left
    assert [name for name in names if name.encode() in left] == []
    world.database.close()


def wal_of(path: Path) -> bytes:
    """The write-ahead log beside a database."""
    wal = path.with_name(path.name + "-wal")
    return wal.read_bytes() if wal.exists() else b""
