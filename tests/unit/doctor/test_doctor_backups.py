"""Whether backups are made, and how old the newest is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotline.backup import record
from hotline.database.engine import Database
from hotline.doctor import backups
from hotline.doctor.finding import Level
from tests.unit.doctor.conftest import CARRIER, MakeSettings

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("folder", "carrier", "age_h", "level", "says"),
    [
        (None, {}, None, Level.OK, "No backup is made of this hotline."),
        (None, CARRIER, None, Level.WARN, "No backup is made of this hotline."),
        (Path("safe"), CARRIER, None, Level.BAD, "No backup was ever made of this database."),
        (Path("safe"), CARRIER, 25, Level.OK, "The newest backup was made 25 h ago."),
        (Path("safe"), CARRIER, 27, Level.BAD, "The newest backup is 27 h old."),
        (None, CARRIER, 27, Level.BAD, "The newest backup is 27 h old."),
    ],
)
def test_what_is_said(
    make_settings: MakeSettings,
    folder: Path | None,
    carrier: dict[str, str],
    age_h: int | None,
    level: Level,
    says: str,
) -> None:
    newest = None if age_h is None else NOW - timedelta(hours=age_h)
    settings = make_settings(backup_folder=folder, **carrier)
    found = backups.judged(settings, newest, NOW)
    assert (found.level, found.says) == (level, says)
    assert bool(found.mend) is (level is not Level.OK)


def test_the_database_is_asked(make_settings: MakeSettings, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.transaction() as session:
        record.note(session, datetime.now(UTC) - timedelta(hours=30))
    database.close()
    (found,) = backups.backups(make_settings())
    assert (found.level, found.says) == (Level.BAD, "The newest backup is 30 h old.")
    nothing = make_settings(database_url=None, data_dir=Path("nowhere"))
    assert list(backups.backups(nothing)) == []
