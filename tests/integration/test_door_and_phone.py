"""One report, two doors: written on the web and returned to by telephone, and the reverse."""

import pytest
from flask import Flask
from sqlalchemy import select

from door.app import create_app
from hotline.context import Runtime
from hotline.dispatch.words import DispatchState
from hotline.reports.casework import replies
from hotline.reports.intake import Receipt
from hotline.reports.model import Message, MessageKind, Report, ReportState
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.door import GUN, Visitor
from tests.unit.ivr import house as house_module
from tests.unit.ivr.house import House


@pytest.fixture
def house(runtime: Runtime, carrier: FakeCarrier, clock: VirtualClock) -> House:
    """A hotline on duty."""
    return house_module.on_duty(runtime, carrier, clock.seconds)


@pytest.fixture
def app(house: House) -> Flask:
    """Its web door."""
    return create_app(house.runtime)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody before it."""
    return Visitor(app)


def reply(house: House, text: str) -> None:
    """A supervisor leaves a reply for whoever made the only report."""
    with house.runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        replies.write(
            session, house.runtime.vault, report, text, by="ana", now=house.runtime.clock()
        )


def by_telephone(house: House) -> Receipt:
    """A caller leaves a message by telephone; the numbers they hear."""
    caller = house.caller().press("2").record(8)
    caller.press("1")
    keys = [sound.removeprefix("digit_") for sound in caller.says if sound.startswith("digit_")]
    digits = "".join(keys)
    return Receipt(digits[:6], digits[6:12])


def test_what_is_written_rings_and_is_told_as_written(house: House, visitor: Visitor) -> None:
    visitor.write(place="school:north-high")
    house.engine.tick()
    responder = house.picks_up("counselor-1")
    assert responder.says[:3] == ["screening_intro", "screening_message", "screening_written"]
    assert {"category_weapons", "screening_place", "urgency_life_safety"} <= set(responder.says)
    responder.press("3")
    assert "heard_intro" in responder.says
    assert any(sound.startswith("/voice/") for sound in responder.hears)
    responder.press("1")
    assert house.dispatch.state is DispatchState.TAKEN


def test_its_writer_hears_by_telephone_what_was_replied(house: House, visitor: Visitor) -> None:
    receipt = visitor.write()
    house.engine.tick()
    house.picks_up("counselor-1").press("1")
    reply(house, "Which locker is it?")
    caller = house.caller().press("3", receipt.number, receipt.pin)
    assert "status_taken" in caller.says
    assert "reply_intro" in caller.says
    assert "returned" in house.kinds


def test_a_caller_reads_on_the_web_what_was_replied(house: House, visitor: Visitor) -> None:
    receipt = by_telephone(house)
    reply(house, "Which locker is <it>?")
    page = visitor.come_back(receipt.number, receipt.pin)
    assert page.status_code == 200
    assert "Which locker is &lt;it&gt;?" in page.text
    assert "We are still calling people" in page.text
    assert "reply_heard" in house.kinds


def test_what_is_added_in_writing_rings_whoever_has_it(house: House, visitor: Visitor) -> None:
    receipt = by_telephone(house)
    house.later(30)
    house.hangs_up(house.picks_up("counselor-1").press("1"))
    visitor.come_back(receipt.number, receipt.pin)
    page = visitor.send("more", text=GUN)
    assert "We have added this to your report." in page.text
    assert "Someone has your report" in page.text
    house.engine.tick()
    told = house.picks_up("counselor-1")
    assert told.says[:3] == ["screening_intro", "screening_said_more", "screening_written"]
    with house.runtime.database.reading() as session:
        kinds = session.scalars(select(Message.kind).order_by(Message.created_at)).all()
    assert kinds[-1] is MessageKind.ADDITION


def test_the_same_addition_sent_twice_is_one(house: House, visitor: Visitor) -> None:
    receipt = visitor.write()
    first = visitor.come_back(receipt.number, receipt.pin)
    for _ in range(2):
        visitor.page = first
        visitor.send("more", text="And a knife.")
    with house.runtime.database.reading() as session:
        assert len(session.scalars(select(Message.id)).all()) == 2


def test_a_closed_report_is_opened_by_what_is_added(house: House, visitor: Visitor) -> None:
    receipt = visitor.write()
    with house.runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        report.state, report.disposition = ReportState.CLOSED, "help_given"
        report.closed_at = house.runtime.clock()
    assert "it is now closed" in visitor.come_back(receipt.number, receipt.pin).text
    visitor.send("more", text="He is back.")
    assert "We are still calling" in visitor.page.text
    house.engine.tick()
    house.picks_up("counselor-1").press("1")
    assert house.dispatch.state is DispatchState.TAKEN


def test_more_that_is_refused_is_given_back_to_its_owner(house: House, visitor: Visitor) -> None:
    receipt = visitor.write()
    visitor.come_back(receipt.number, receipt.pin)
    page = visitor.send("more", text="x" * 4001)
    assert (page.status_code, visitor.written) == (422, "x" * 4001)
    page = visitor.send("more", text="And a knife.", pin="999999x")
    assert page.status_code == 422
    assert visitor.written == "And a knife."
    visitor.send("more", text=visitor.written, number=receipt.number, pin=receipt.pin)
    assert "We have added this" in visitor.page.text


def test_numbers_are_understood_as_people_write_them(house: House, app: Flask) -> None:
    visitor = Visitor(app, "ar")
    receipt = visitor.write()
    arabic = receipt.number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    page = visitor.come_back(f" {arabic[:3]} {arabic[3:]}", f"{receipt.pin[:3]}-{receipt.pin[3:]}")
    assert page.status_code == 200
