"""The canary at the text door: a phone of a known number writes known words through the real
processes, and answers go out. Afterwards neither stands in anything that the hotline wrote, but
sealed; and the carrier has nothing of what was said."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from redis import Redis
from sqlalchemy import select

from hotline.demo import cast
from hotline.dispatch import roster as dispatch_roster
from hotline.dispatch.model import Dispatch
from hotline.dispatch.words import DispatchState
from hotline.oncall import roster
from hotline.people.model import Role
from hotline.reports import texted
from hotline.reports.model import Report
from hotline.reports.text_model import TextOut
from tests.e2e.conftest import Theatre, open_theatre
from tests.e2e.test_canary import Wire, value_of
from tests.support import backups, canary, crawl, seals
from tests.support.canary import Form
from tests.support.work import until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
WRITES = "my cousin keeps a knife under his bed and he wants to hurt the teacher on friday"
ADDS = "his brother told me yesterday that nobody at home believes any of it"
NOTICE = "There is an answer for you."
NUMBER = "+12175550177"
MINE = canary.forms_of_number(NUMBER)


@dataclass
class Texted:
    """What is left when somebody has written twice and was answered; all of it still runs."""

    theatre: Theatre
    folder: Path
    answers: list[str]
    commands: list[str]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Texted]:
    """The hotline with its text door, answers that go out, and a phone that takes the report."""
    folder = tmp_path_factory.mktemp("canary-text")
    with open_theatre(folder, text_door=True, text_replies="notice") as theatre:
        runtime = theatre.stack.runtime
        with runtime.database.transaction() as session:
            text = cast.roster([(cast.ROSA, 20)])
            dispatch_roster.apply(session, runtime.vault, roster.parse(text))
        theatre.switch.register(cast.ROSA.number, cast.listens_and_takes())

        def taken() -> bool:
            with runtime.database.reading() as session:
                return session.scalar(select(Dispatch.state)) is DispatchState.TAKEN

        def sent() -> bool:
            with runtime.database.reading() as session:
                return session.scalar(select(TextOut.sent_at)) is not None

        with Wire(theatre.stack.settings.redis_url) as wire:
            theatre.switch.write_text(NUMBER, WRITES)
            until(taken, within_s=90)
            theatre.switch.write_text(NUMBER, ADDS)
            with runtime.database.transaction() as session:
                report = session.scalars(select(Report)).one()
                row = texted.of_report(session, report.id)
                assert row is not None
                texted.send(session, runtime.vault, row, report, NOTICE, runtime.clock())
            until(sent, within_s=60)
            until(lambda: said_at_carrier(theatre) == [], within_s=60)
        answers = theatre.switch.texts(NUMBER)
        yield Texted(theatre, folder, answers, wire.commands)


def said_at_carrier(theatre: Theatre) -> list[str]:
    """What the carrier still has of texts that came."""
    settings = theatre.stack.settings
    account = (settings.twilio_account_sid, settings.auth_tokens[0])
    url = f"{theatre.switch.url}/2010-04-01/Accounts/{account[0]}/Messages.json"
    kept = requests.get(url, auth=account, timeout=30).json()["messages"]
    return [each["body"] for each in kept if each["direction"] == "inbound" and each["body"]]


def stored(left: Texted) -> dict[str, bytes]:
    """Every file, the database, all processes' lines, all of Redis."""
    stack = left.theatre.stack
    files = canary.files_of(left.folder) | backups.of_database(stack.settings.database)
    with Redis.from_url(stack.settings.redis_url) as client:
        redis = b"\n".join(key + b" " + value_of(client, key) for key in client.scan_iter())
    lines = "\n".join(left.theatre.log).encode()
    return files | {"log": lines, "redis": redis, "jobs": "\n".join(left.commands).encode()}


def words() -> list[Form]:
    """What was written."""
    return canary.forms_of_words(WRITES) + canary.forms_of_words(ADDS)


def test_the_phone_was_answered(left: Texted) -> None:
    assert "We have your report." in left.answers[0]
    assert left.answers[-1] == NOTICE


def test_the_search_would_find_words_and_number(left: Texted) -> None:
    found = canary.search(seals.opened(left.theatre.stack.runtime), words())
    assert "transcript" in {hit.place.split("/")[0] for hit in found}


def test_neither_number_nor_words_are_in_what_is_stored(left: Texted) -> None:
    assert canary.search(stored(left), [*MINE, *words()]) == []


def test_neither_is_shown_but_words_to_who_reads_reports(left: Texted) -> None:
    stack = left.theatre.stack
    address, database = stack.settings.public_url, stack.runtime.database
    shown = {}
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR):
        read = crawl.read_all(crawl.enter(database, address, role), address)
        pages = {path: page + canary.text_of_page(page) for path, page in read.items()}
        assert canary.search(pages, MINE) == [], role
        shown[role] = bool(canary.search(pages, words()))
    assert shown == {Role.SUPERVISOR: True, Role.ADMINISTRATOR: False}
