"""Devices that cannot be told are counted, without a word of where they lead."""

from pathlib import Path

from sqlalchemy import select

from hotline.database.engine import Database
from hotline.database.types import Sealed
from hotline.doctor.devices import push_devices
from hotline.doctor.finding import Level
from hotline.people import passwords, push
from hotline.people.accounts import add_account
from hotline.people.model import Account, PushSubscription, Role
from hotline.privacy import keys
from hotline.privacy.cipher import Vault
from tests.fakes.clock import START
from tests.unit.doctor.conftest import MakeSettings
from tests.unit.doctor.test_doctor_machine import one

ENDPOINT = "https://push.example.com/send/"


def test_those_that_do_not_open_are_counted(make_settings: MakeSettings, database_url: str) -> None:
    settings = make_settings(database_url=database_url)
    assert list(push_devices(settings)) == []  # no key ring yet, and asking makes none
    assert not settings.key_file.exists()
    vault, database = Vault(keys.load_or_create(settings.key_file)), Database(database_url)
    assert list(push_devices(settings)) == []
    with database.transaction() as session:
        ana = add_account(session, "ana", "Ana", Role.COUNSELOR, passwords.NONE, START).id
        for number in range(3):
            push.subscribe(session, vault, ana, {"endpoint": f"{ENDPOINT}{number}"}, START)
    found = one(push_devices(settings))
    assert (found.level, found.values) == (Level.OK, {"count": 3})
    with database.transaction() as session:
        for row in session.scalars(select(PushSubscription).limit(2)):
            row.subscription = Sealed(row.subscription[:-1])
    found = one(push_devices(settings))
    assert (found.level, found.values) == (Level.WARN, {"count": 2})
    assert "example" not in found.says + found.mend
    with database.transaction() as session:  # switched on again: the owner's browser is known by it
        for number in range(3):
            push.subscribe(session, vault, ana, {"endpoint": f"{ENDPOINT}{number}"}, START)
    assert one(push_devices(settings)).level is Level.OK
    with database.transaction() as session:
        session.get_one(Account, ana).disabled_at = START
    database.close()
    assert list(push_devices(settings)) == []


def test_a_lost_key_closes_them_all(make_settings: MakeSettings, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.transaction() as session:
        ana = add_account(session, "ana", "Ana", Role.COUNSELOR, passwords.NONE, START).id
        vault = Vault(keys.generate("1"))
        push.subscribe(session, vault, ana, {"endpoint": ENDPOINT}, START)
    database.close()
    found = one(push_devices(make_settings(keys=keys.generate("2").dump())))
    assert (found.level, found.values) == (Level.WARN, {"count": 1})


def test_what_others_tell_is_not_told_twice(make_settings: MakeSettings, tmp_path: Path) -> None:
    away = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    ring = keys.generate().dump()
    assert list(push_devices(make_settings(database_url=away, keys=ring))) == []
    none = f"sqlite:///{tmp_path / 'none.sqlite'}"
    assert list(push_devices(make_settings(database_url=none))) == []
    (tmp_path / "keys").write_text("nonsense")
    assert list(push_devices(make_settings())) == []
