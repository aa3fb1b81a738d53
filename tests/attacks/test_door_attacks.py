"""Attacks on the web door: guessing, telling reports apart, floods, other sites, scripts."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select

from door import app as door_app
from door import views
from door.crowd import NETWORK_LIMIT, Crowd
from hotline.database.base import Base
from hotline.reports import codes, guesses
from hotline.reports.casework import replies
from hotline.reports.guesses import LINE_LIMIT
from hotline.reports.intake import Receipt
from hotline.reports.model import Message, Report
from hotline.supervise import parts
from tests.attacks.attack import Attack, each
from tests.support.console import World, sign_in
from tests.support.door import Visitor
from tests.unit.ivr.house import House

SCRIPT = "<script>alert(1)</script>"
BIG = 2 * 1024 * 1024
MANY = 3 * NETWORK_LIMIT
NOBODY = "000001"
"""No report has such a number: they do not begin with 0."""


@dataclass
class Doors:
    """Both doors of one hotline, and a report that was written at the web one."""

    house: House
    app: Flask
    receipt: Receipt

    @property
    def visitor(self) -> Visitor:
        """Somebody else before the web door."""
        return Visitor(self.app, address="203.0.113.66")

    @property
    def wrong_pin(self) -> str:
        """A PIN that is not the report's."""
        return f"{(int(self.receipt.pin) + 1) % 10**6:06d}"

    def count(self, table: type[Base]) -> int:
        """How many rows there are."""
        with self.house.runtime.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def doors(house: House) -> Doors:
    """Open doors."""
    app = door_app.create_app(house.runtime)
    return Doors(house, app, Visitor(app).write())


def guess_on_the_web(doors: Doors) -> bool:
    """Numbers and PINs are tried one after the other."""
    pages = [doors.visitor.come_back(str(100_000 + n), "000000") for n in range(LINE_LIMIT + 1)]
    return all("cannot find a report" in page.text for page in pages)


def guess_by_turns(doors: Doors) -> bool:
    """Tries that are used up at one door are made at the other: more are answered than on one."""
    answered = 0
    for n in range(2 * LINE_LIMIT):
        visitor = Visitor(doors.app, address=f"203.0.113.{n}")
        page = visitor.come_back(str(100_000 + n), "000000")
        answered += "cannot find a report" in page.text
        caller = doors.house.caller().press("3", str(200_000 + n), "000000")
        answered += caller.says[0] == "return_unknown"
    return answered > LINE_LIMIT


def lock_out_the_telephone(doors: Doors) -> bool:
    """Wrong pairs over the web, from many networks, keep others from coming back by telephone."""
    for n in range(2 * LINE_LIMIT):
        Visitor(doors.app, address=f"203.0.113.{n}").come_back(str(100_000 + n), "000000")
    caller = doors.house.caller().press("3", doors.receipt.number, doors.receipt.pin)
    return caller.says[0] == "return_locked"


def guess_one_pin(doors: Doors) -> bool:
    """The PINs of one known number are tried, a few each hour."""
    for n in range(2 * guesses.NUMBER_LIMIT):
        page = doors.visitor.come_back(doors.receipt.number, f"{n:06d}")
        if "too many tries" in page.text:
            return False
        doors.house.runtime.clock.advance(3600)  # type: ignore[attr-defined]
    return True


def tell_by_work(doors: Doors) -> bool:
    """Whether there is such a report is told from how long the answer takes: the work is counted,
    not the time."""
    hashes: list[bool] = []
    real = codes.pin_matches
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            codes, "pin_matches", lambda h, p: hashes.append(codes.costs_the_same(h)) or real(h, p)
        )
        doors.visitor.come_back(doors.receipt.number, doors.wrong_pin)
        doors.visitor.come_back(NOBODY, doors.wrong_pin)
        doors.house.caller().press("3", NOBODY, doors.wrong_pin)
    return hashes != [True, True, True]


def tell_by_size(doors: Doors) -> bool:
    """Whoever watches the line tells from an answer's length what it gives back."""
    lengths = set()
    for text in ("", "x" * 300, "x" * 5000):
        visitor = doors.visitor
        visitor.look()
        lengths.add(len(visitor.send("send", text=text, form="").data))
    return len(lengths) > 1


def flood(doors: Doors) -> bool:
    """A program fills in the form again and again."""
    before = doors.count(Report)
    for n in range(MANY):
        visitor = doors.visitor
        visitor.look()
        visitor.send("send", text=f"Nothing happened, {n}.")
    return doors.count(Report) - before == MANY


def posted_from_elsewhere(doors: Doors) -> bool:
    """A page elsewhere lets its visitors send reports."""
    before, visitor = doors.count(Report), doors.visitor
    visitor.look()
    visitor.send("send", headers={"Sec-Fetch-Site": "cross-site"}, text="Nothing happened.")
    return doors.count(Report) > before


def framed_form(doors: Doors) -> bool:
    """The form is put into a page that lies over it."""
    page = doors.visitor.look()
    policy = page.headers.get("Content-Security-Policy", "")
    return "frame-ancestors 'none'" not in policy and "X-Frame-Options" not in page.headers


def oversized(doors: Doors) -> bool:
    """A body that would fill the memory of the process is read to its end."""
    visitor = doors.visitor
    visitor.look()
    return visitor.send("send", text="x" * BIG).status_code != 413


def script_in_a_reply(doors: Doors) -> bool:
    """What a supervisor types, or somebody with their session, is run in the caller's browser."""
    with doors.house.runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        now = doors.house.runtime.clock()
        replies.write(session, doors.house.runtime.vault, report, SCRIPT, by="ana", now=now)
    return SCRIPT in doors.visitor.come_back(doors.receipt.number, doors.receipt.pin).text


def script_given_back(doors: Doors) -> bool:
    """What is typed is run where it is given back."""
    visitor = doors.visitor
    visitor.look()
    return SCRIPT in visitor.send("send", text=SCRIPT, form="", place=SCRIPT, number=SCRIPT).text


def no_cap(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guesses, "_is_locked", lambda *given: False)
    no_count(patch)


def no_count(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Crowd, "is_dense", lambda *given: False)


def no_hash_for_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(codes, "NOBODYS", "")


def no_padding(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(door_app, "padded", lambda page: page)


def from_anywhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(views, "OURS", (*views.OURS, "cross-site"))


def no_headers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(door_app, "HEADERS", {})


def no_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(door_app, "MAX_BODY_BYTES", None)


def escape_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Flask, "select_jinja_autoescape", lambda self, filename: False)


ATTACKS = [
    Attack("guess_on_the_web", guess_on_the_web, no_cap),
    Attack("guess_by_turns", guess_by_turns, no_cap),
    Attack("lock_out_the_telephone", lock_out_the_telephone, no_count),
    Attack("guess_one_pin", guess_one_pin, no_cap),
    Attack("tell_by_work", tell_by_work, no_hash_for_nobody),
    Attack("tell_by_size", tell_by_size, no_padding),
    Attack("flood", flood, no_count),
    Attack("posted_from_elsewhere", posted_from_elsewhere, from_anywhere),
    Attack("framed_form", framed_form, no_headers),
    Attack("oversized", oversized, no_limit),
    Attack("script_in_a_reply", script_in_a_reply, escape_nothing),
    Attack("script_given_back", script_given_back, escape_nothing),
]


@each(ATTACKS)
def test_it_fails(doors: Doors, attack: Attack[Doors]) -> None:
    assert not attack.does(doors)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, attack: Attack[Doors]
) -> None:
    attack.without(monkeypatch)
    assert attack.does(request.getfixturevalue("doors"))


def test_a_wrong_number_and_a_wrong_pin_read_the_same(doors: Doors) -> None:
    """Wording, status, headers and length, on the web and by telephone."""
    answers = []
    for number in (doors.receipt.number, "123456"):
        page = doors.visitor.come_back(number, doors.wrong_pin)
        text = re.sub(r'name="form" value="[^"]*"', "", page.text.replace(number, "NUMBER"))
        answers.append((page.status_code, sorted(page.headers), len(page.data), text))
    assert answers[0] == answers[1]
    heard = [
        doors.house.caller().press("3", number, doors.wrong_pin).says
        for number in (doors.receipt.number, "123456")
    ]
    assert heard[0] == heard[1]


def test_nothing_that_is_asked_becomes_a_header(doors: Doors) -> None:
    client = doors.app.test_client()
    assert client.get("/en", headers={"Host": "elsewhere.example"}).status_code == 200
    for path in ("/en%0d%0aSet-Cookie:%20a=b/", "/%0d%0aX-Own:%20b", "/en/?a=%0d%0aX-Own:%20b"):
        page = client.get(path, headers={"Accept-Language": "x\t;q=1"})
        assert "Set-Cookie" not in page.headers
        assert "X-Own" not in page.headers
        assert page.location is None


def test_no_form_is_answered_by_an_address_that_tells_anything(doors: Doors) -> None:
    """No redirect, and in no link or action anything that was filled in."""
    visitor = doors.visitor
    page = visitor.come_back(doors.receipt.number, doors.receipt.pin)
    links = re.findall(r'(?:href|action|src)="([^"]*)"', page.text)
    assert page.location is None
    assert links
    assert not [link for link in links if doors.receipt.number in link or doors.receipt.pin in link]


def test_slow_clients_get_no_thread_of_the_door() -> None:
    """It is served as `test_slow_clients.py` tries it on the web process."""
    command, web = parts.gunicorn_door("127.0.0.1:1"), parts.gunicorn("127.0.0.1:1")
    for option in ("--worker-class", "--graceful-timeout", "--log-level"):
        assert command[command.index(option) + 1] == web[web.index(option) + 1]
    assert parts.WORKER in command
    assert command[command.index("--workers") + 1] == "1", "it remembers in its memory"
    assert "--access-logfile" not in command


def test_what_is_written_acts_on_no_page_of_the_console(world: World) -> None:
    """Its words are text for whoever reads the report."""
    Visitor(door_app.create_app(world.runtime)).write(f"{SCRIPT} =1+1 \u202egun")
    client = world.app().test_client()
    sign_in(client, "ana")
    with world.database.reading() as session:
        report_id = session.scalars(select(Report.id)).one()
        assert session.scalars(select(Message.id)).one()
    for path in (f"/reports/{report_id}", "/reports"):
        page = client.get(path)
        assert page.status_code == 200
        assert SCRIPT not in page.text
        assert "\u202e" not in page.text
    assert "&lt;script&gt;" in client.get(f"/reports/{report_id}").text
