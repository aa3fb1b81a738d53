"""Sealed mode that seals nothing is told, with what is missing."""

from datetime import UTC, datetime

from hotline.database.engine import Database
from hotline.doctor.finding import Level
from hotline.doctor.sealed import sealed_mode
from hotline.people import passwords, unlocking
from hotline.people.accounts import add_account
from hotline.people.model import Role
from hotline.privacy import boxes, locks
from tests.unit.doctor.conftest import MakeSettings
from tests.unit.doctor.test_doctor_machine import one

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_what_is_missing_is_said(make_settings: MakeSettings, sqlite_url: str) -> None:
    assert list(sealed_mode(make_settings(database_url=sqlite_url))) == []
    settings = make_settings(database_url=sqlite_url, sealed=True)
    assert "keys ceremony" in one(sealed_mode(settings)).mend
    database = Database(sqlite_url)
    with database.transaction() as session:
        locks.add_recovery(session, boxes.new_pair().public, NOW)
        ana = add_account(session, "ana", "Ana", Role.SUPERVISOR, passwords.NONE, NOW)
    assert "no supervisor has chosen" in one(sealed_mode(settings)).says
    unlocking.make(database, ana.id, "eleven violet canoes", NOW)
    database.close()
    found = one(sealed_mode(settings))
    assert (found.level, found.says.endswith("key: 1.")) == (Level.OK, True)
