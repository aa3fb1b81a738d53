"""Reports must not be meant for somebody whom nothing can reach."""

import pytest

from hotline.database.engine import Database
from hotline.doctor.finding import Level
from hotline.doctor.recipients import can_be_reached
from hotline.oncall import recipients
from hotline.oncall.model import RecipientKind
from hotline.oncall.recipient_forms import RecipientEntry
from hotline.privacy import keys
from hotline.privacy.cipher import Vault
from hotline.settings import Settings
from tests.unit.doctor.conftest import CARRIER, MakeSettings

SERVER = {"mail_host": "mail.example.org", "mail_from": "hotline@example.org"}
SERVER |= {"mail_to": "board@example.org"}


def entry(handle: str, phone: str | None, mail: str | None) -> RecipientEntry:
    kind, every = RecipientKind.SCHOOL, ()
    return RecipientEntry(
        handle, 0, kind, "Somebody", None, every, ("en",), every, None, phone, mail, None
    )


def bring(settings: Settings, *entries: RecipientEntry) -> None:
    vault, database = Vault(keys.load_or_create(settings.key_file)), Database(settings.database)
    with database.transaction() as session:
        recipients.bring(session, vault, entries)
    database.close()


def test_who_is_mailed_needs_a_mail_server(make_settings: MakeSettings, database_url: str) -> None:
    without = make_settings(database_url=database_url)
    assert list(can_be_reached(without)) == []  # no key ring yet, and asking makes none
    assert not without.key_file.exists()
    phoned, mailed = entry("ems", "+12175550143", None), entry("lake", None, "lake@example.org")
    bring(without, phoned, mailed)
    [found] = can_be_reached(without)
    assert (found.level, found.values) == (Level.WARN, {"who": "lake"})
    [found] = can_be_reached(make_settings(database_url=database_url, **CARRIER))
    assert (found.level, found.values) == (Level.BAD, {"who": "lake"})
    assert list(can_be_reached(make_settings(database_url=database_url, **SERVER))) == []
    bring(without, phoned)  # lake is switched off
    assert list(can_be_reached(without)) == []


@pytest.mark.parametrize(("phone", "told"), [("+15550100111", ["ems"]), ("+12175550143", [])])
def test_a_made_up_number_is_told_of_where_there_is_a_carrier(
    make_settings: MakeSettings, phone: str, told: list[str]
) -> None:
    carrier = make_settings(**CARRIER)
    bring(carrier, entry("ems", phone, None))
    assert [found.values["who"] for found in can_be_reached(carrier)] == told
    assert list(can_be_reached(make_settings())) == []  # our own switch rings no telephone
