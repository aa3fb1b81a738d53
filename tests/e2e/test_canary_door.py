"""The canary at the web door: somebody of a known address writes known words through the real
processes. Afterwards neither stands in anything that the hotline wrote, but sealed."""

import re
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
from tests.e2e.conftest import Theatre, open_theatre
from tests.e2e.test_canary import Wire, value_of
from tests.support import backups, canary, crawl, seals
from tests.support.canary import Form
from tests.support.door import HIDDEN, SHOWN
from tests.support.web_process import free_port
from tests.support.work import until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
WRITES = "my cousin keeps a knife under his bed and he wants to hurt the teacher on friday"
ADDS = "his brother told me yesterday that nobody at home believes any of it"
ADDRESS, NUMBER = "203.0.113.177", "+12175550177"
MINE = [*canary.forms_of_number(NUMBER), Form("address", ADDRESS.encode())]


@dataclass
class Written:
    """What is left when somebody has written, come back and written more; all of it still runs."""

    theatre: Theatre
    folder: Path
    pin: str
    urls: list[str]
    commands: list[str]


def visit(address: str) -> tuple[str, list[str]]:
    """Write, come back, add; gives the PIN and every address that was asked for."""
    with requests.Session() as visitor:
        visitor.headers["X-Forwarded-For"] = ADDRESS
        urls: list[str] = []

        def send(path: str, page: str, **given: str) -> str:
            form = dict(HIDDEN.findall(page)) | given
            answer = visitor.post(f"{address}/en/{path}", data=form, timeout=30)
            urls.append(answer.url)
            assert answer.status_code == 200
            return answer.text

        page = send("send", visitor.get(address, timeout=30).text, text=f"{WRITES} {NUMBER}")
        number, pin = ("".join(pair) for pair in SHOWN.findall(page))
        page = visitor.get(f"{address}/en/return", timeout=30).text
        page = send("open", page, number=number, pin=pin)
        send("more", page, text=ADDS)
        assert list(visitor.cookies) == []
    return pin, urls


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    """The hotline with its door, a proxy's word for the address, and a phone that takes it."""
    folder, bind = tmp_path_factory.mktemp("canary-door"), f"127.0.0.1:{free_port()}"
    own = {"door_bind": bind, "door_url": f"http://{bind}", "trusted_proxies": 1}
    with open_theatre(folder, **own) as theatre:
        runtime = theatre.stack.runtime
        with runtime.database.transaction() as session:
            text = cast.roster([(cast.ROSA, 20)])
            dispatch_roster.apply(session, runtime.vault, roster.parse(text))
        theatre.switch.register(cast.ROSA.number, cast.listens_and_takes())

        def taken() -> bool:
            with runtime.database.reading() as session:
                return session.scalar(select(Dispatch.state)) is DispatchState.TAKEN

        with Wire(theatre.stack.settings.redis_url) as wire:
            pin, urls = visit(f"http://{bind}")
            until(taken, within_s=90)
        yield Written(theatre, folder, pin, urls, wire.commands)


def stored(left: Written) -> dict[str, bytes]:
    """Every file, the database, all processes' lines, all of Redis, every address."""
    stack = left.theatre.stack
    files = canary.files_of(left.folder) | backups.of_database(stack.settings.database)
    with Redis.from_url(stack.settings.redis_url) as client:
        redis = b"\n".join(key + b" " + value_of(client, key) for key in client.scan_iter())
    lines = "\n".join(left.theatre.log).encode()
    spoken = {"log": lines, "redis": redis, "redis commands": "\n".join(left.commands).encode()}
    return files | spoken | {"addresses": "\n".join(left.urls).encode()}


def words() -> list[Form]:
    """What was written."""
    return canary.forms_of_words(WRITES) + canary.forms_of_words(ADDS)


def test_the_search_would_find_the_words(left: Written) -> None:
    found = canary.search(seals.opened(left.theatre.stack.runtime), words())
    assert "transcript" in {hit.place.split("/")[0] for hit in found}


def test_neither_address_nor_number_nor_words_are_in_what_is_stored(left: Written) -> None:
    assert canary.search(stored(left), [*MINE, *words()]) == []


def test_the_address_is_not_sealed_anywhere_either(left: Written) -> None:
    assert canary.search(seals.opened(left.theatre.stack.runtime), MINE[-1:]) == []


def test_the_pin_is_in_no_log_no_job_and_no_address(left: Written) -> None:
    pin = re.compile(rb"(?<![0-9a-f])" + left.pin.encode() + rb"(?![0-9a-f])")
    for place in ("log", "redis", "redis commands", "addresses"):
        assert not pin.search(stored(left)[place]), place


def test_the_words_are_shown_to_nobody_but_who_reads_reports(left: Written) -> None:
    stack = left.theatre.stack
    address, database = stack.settings.public_url, stack.runtime.database
    shown = {}
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR):
        read = crawl.read_all(crawl.enter(database, address, role), address)
        pages = {path: page + canary.text_of_page(page) for path, page in read.items()}
        assert canary.search(pages, MINE) == [], role
        shown[role] = bool(canary.search(pages, words()))
    assert shown == {Role.SUPERVISOR: True, Role.ADMINISTRATOR: False, Role.AUDITOR: False}
