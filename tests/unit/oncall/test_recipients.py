"""Recipients: read from the roster file, kept sealed, chosen by district, category and hours."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hotline.database.engine import Database
from hotline.dispatch import roster, roster_check
from hotline.oncall import recipients
from hotline.oncall.model import Recipient, RecipientKind
from hotline.oncall.recipient_forms import RecipientEntry
from hotline.oncall.roster import parse, read
from hotline.privacy.cipher import Vault

NORTH = """
[[district]]
handle = "north"
name = "North"
lines = ["+15550100911"]
"""
OFFICE = """
[[recipient]]
handle = "north-office"
kind = "school"
name = "Office of North High"
district = "north"
category = ["bullying", "drugs"]
languages = ["es", "en"]
between = [{ days = ["mon", "fri"], from = "07:30", to = "16:00" }]
timezone = "America/Chicago"
phone = "+1 555 010 0177"
mail = "office@north.example.org"
pin = "4711"
"""
POLICE = """
[[recipient]]
handle = "police"
kind = "law-enforcement"
name = "Police desk"
phone = "+15550100178"
"""
MONDAY_NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # 12:00 in Chicago
TUESDAY_NOON = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


def first(text: str) -> str:
    """The first sentence about what is wrong."""
    return read(text).located()[0][1]


def test_a_recipient_is_read() -> None:
    (office,) = parse(NORTH + OFFICE).recipients
    assert office == RecipientEntry(
        handle="north-office",
        position=0,
        kind=RecipientKind.SCHOOL,
        name="Office of North High",
        district="north",
        categories=("bullying", "drugs"),
        languages=("es", "en"),
        between=((("mon", "fri"), "07:30", "16:00"),),
        timezone="America/Chicago",
        phone="+15550100177",
        mail="office@north.example.org",
        pin="4711",
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"school"', '"church"', "The kind of recipient 'north-office' must be one of school,"),
        ('mail = "office@north.example.org"', 'mail = "office"', "must be an e-mail address"),
        ('phone = "+1 555 010 0177"', 'phone = "1"', "must be text with a phone number"),
        ('timezone = "America/Chicago"\n', "", "need a timezone"),
        ('"America/Chicago"', '"Chicago"', "must be the name of a time zone"),
        ('district = "north"', 'district = "nort"', "is of the unknown district 'nort'; did you"),
        ('["es", "en"]', '["xx"]', "has the unknown language 'xx'"),
        ('pin = "4711"', 'pin = "47"', "must be text of 4 to 8 digits"),
        ('pin = "4711"', 'urgency = "urgent"', "has the unknown key 'urgency'"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, sentence: str) -> None:
    wrong = first(NORTH + OFFICE.replace(old, new))
    assert sentence in wrong
    assert "0177" not in wrong


def test_a_recipient_needs_a_way() -> None:
    assert "needs a phone or a mail" in first(POLICE.replace('phone = "+15550100178"', ""))


def test_a_category_that_there_is_not_is_found() -> None:
    text = NORTH + OFFICE.replace('"drugs"', '"drug"')
    said = [sentence for _, sentence in roster_check.check(text, MONDAY_NOON).problems]
    assert any("unknown category 'drug'; did you mean 'drugs'?" in one for one in said)


def test_they_are_kept_and_shown(database: Database, vault: Vault) -> None:
    wanted = parse(NORTH + OFFICE + POLICE).recipients
    with database.transaction() as session:
        lines = recipients.bring(session, vault, wanted)
        assert lines == ["recipient north-office: added", "recipient police: added"]
        assert recipients.bring(session, vault, wanted) == []
        assert recipients.entries(session, vault) == list(wanted)
        shown = roster.in_force(session, vault)["recipient"][0]
        assert (shown["phone"], shown["mail"], shown["pin"]) == ("ends in 77", "given", "given")
        whole = roster.in_force(session, vault, secrets=True)["recipient"][0]
        assert (whole["phone"], whole["pin"]) == ("+15550100177", "4711")


def test_who_is_taken_out_is_switched_off_and_comes_back(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        recipients.bring(session, vault, parse(POLICE).recipients)
        row_id = session.scalars(select(Recipient.id)).one()
        assert recipients.bring(session, vault, ()) == ["recipient police: switched off"]
        assert recipients.of_district(session, None) == []
        assert recipients.bring(session, vault, parse(POLICE).recipients) == [
            "recipient police: added"
        ]
        assert session.scalars(select(Recipient.id)).one() == row_id


def test_a_report_is_for_those_of_its_district(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        recipients.bring(session, vault, parse(NORTH + OFFICE + POLICE).recipients)
        handles = {
            district: [row.handle for row in recipients.of_district(session, district)]
            for district in ("north", "south", None)
        }
    assert handles == {"north": ["north-office", "police"], "south": ["police"], None: ["police"]}


@pytest.mark.parametrize(
    ("category", "at", "meant"),
    [
        ("bullying", MONDAY_NOON, True),
        ("weapons", MONDAY_NOON, False),
        ("bullying", TUESDAY_NOON, False),
    ],
)
def test_category_and_hours_decide(
    sqlite_url: str, vault: Vault, category: str, at: datetime, meant: bool
) -> None:
    opened = Database(sqlite_url)
    with opened.transaction() as session:
        recipients.bring(session, vault, parse(NORTH + OFFICE + POLICE).recipients)
        office, police = recipients.of_district(session, "north")
        assert recipients.is_meant(office, category, at) is meant
        assert recipients.is_meant(police, category, at)
    opened.close()
