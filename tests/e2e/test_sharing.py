"""A life-safety report through the real processes: by phone, confirmed by key; and by mail."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from hotline.demo.cast import NORTH_POLICE
from hotline.demo.scenario import Seen
from hotline.demo.scenarios import SCENARIOS
from hotline.reports.delivery_model import Delivery
from hotline.reports.delivery_words import DeliveryPlace
from tests.e2e.conftest import Theatre, open_theatre
from tests.support import canary
from tests.support.smtp import HOST, Mail, Smtp, open_smtp

pytestmark = pytest.mark.e2e
OFFICE = "office@north.example.org"
MAILED = f"""
[[recipient]]
handle = "north-office"
kind = "school"
name = "Office of North High"
mail = "{OFFICE}"
"""


@dataclass
class Played:
    """The play, its hotline, and the mail server."""

    theatre: Theatre
    seen: Seen
    broken: list[str]
    smtp: Smtp


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """One play for all tests here."""
    scenario = SCENARIOS["sharing"]
    with open_smtp() as smtp:
        mail = {
            "mail_host": HOST,
            "mail_port": smtp.port,
            "mail_tls": "none",
            "mail_from": "hotline@example.org",
            "mail_to": ["duty@example.org"],
        }
        with open_theatre(tmp_path_factory.mktemp("sharing"), **mail) as opened:
            seen, broken = opened.play(replace(scenario, roster=scenario.roster + MAILED))
            yield Played(opened, seen, broken, smtp)


def test_it_is_heard_and_confirmed_by_key(played: Played) -> None:
    assert played.broken == []
    rung = [leg for leg in played.seen.legs if leg["number"] == NORTH_POLICE.number]
    assert len(rung) == 1
    with played.theatre.stack.runtime.database.reading() as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
        by_phone, by_mail = sorted(rows, key=lambda row: row.by_mail)
        assert by_phone.place is DeliveryPlace.ACKNOWLEDGED
        assert by_phone.heard_at is not None
        assert by_mail.place is DeliveryPlace.LETTER
        assert by_mail.mailed_at is not None


def test_the_mail_has_arrived_and_holds_nothing_of_it(played: Played) -> None:
    (mail,) = [one for one in played.smtp.mails if one.recipients == [OFFICE]]
    assert f"/reports/{played.seen.outcome.report_id}" in mail.message.get_content()
    for word in ("gun", "cafeteria", "weapon", "life-safety", "police"):
        assert word not in _whole(mail)


def _whole(mail: Mail) -> str:
    return mail.message.as_string().lower()


def test_no_number_and_no_address_is_in_any_log_line(played: Played) -> None:
    log = {"log": "\n".join(played.theatre.log).encode()}
    assert canary.search(log, canary.forms_of_number(NORTH_POLICE.number)) == []
    assert OFFICE.encode() not in log["log"]
