"""Texts that go out, and what the carrier forgets of those that came."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hotline.carrier.port import Busy
from hotline.context import Runtime
from hotline.reports import texted
from hotline.reports.casework import replies
from hotline.reports.model import Report, ReportState
from hotline.reports.text_model import TextConversation, TextMessage, TextOut, TextSecret
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.texting import GUN, SENDER, Phone
from tests.unit.ivr.house import House
from tests.unit.ivr.text_house import kinds_of, the_report


@pytest.fixture
def runtime(make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
    """A hotline that takes texts."""
    return make_runtime(sqlite_url, text_door=True)


@pytest.fixture
def phone(house: House) -> Phone:
    """Somebody's telephone."""
    return Phone(house.client, house.runtime)


# --- what the carrier keeps ---------------------------------------------------------------------


def test_the_carrier_deletes_the_words_at_once_and_the_rest_when_it_can(
    house: House, phone: Phone, carrier: FakeCarrier
) -> None:
    phone.text(GUN)
    house.engine.tick()
    assert sorted(text.body != "" for text in carrier.texts.values()) == [False, True]
    house.later(60)
    assert len(carrier.texts) == 2, "our answer may be on its way"
    house.later(31)
    assert carrier.texts == {}
    with house.runtime.database.reading() as session:
        assert session.scalars(select(TextMessage.carrier_deleted_at)).one() is not None


def test_a_carrier_that_is_not_done_is_asked_until_it_is(
    house: House, phone: Phone, carrier: FakeCarrier
) -> None:
    def busy(method: str) -> None:
        if method in ("empty_text", "forget_text"):
            raise Busy("20009")

    carrier.before = busy
    phone.text(GUN)
    house.engine.tick()
    for _ in range(12):
        house.later(3601)
    assert len(carrier.texts) == 2
    carrier.before = lambda method: None
    house.later(3601)
    assert carrier.texts == {}


def test_a_refused_text_is_deleted_at_the_carrier_too(
    house: House, phone: Phone, carrier: FakeCarrier
) -> None:
    phone.text("", NumMedia="1")
    phone.text("stop")
    house.later(91)
    house.later(91)
    assert carrier.texts == {}


# --- answers that go out ------------------------------------------------------------------------


def leave_reply(house: House, text: str = "We talked to him.") -> Report:
    with house.runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        now = house.runtime.clock()
        replies.write(session, house.runtime.vault, report, text, by="ana", now=now)
        return report


def test_no_number_is_kept_and_the_next_text_says_that_there_is_an_answer(
    house: House, phone: Phone
) -> None:
    phone.text(GUN)
    leave_reply(house)
    answer = phone.text("Anything new?")
    assert "There is an answer for you. Call" in answer
    assert "We talked to him" not in answer
    with house.runtime.database.reading() as session:
        row = session.scalars(select(TextConversation)).one()
        assert (row.number, row.data_key_id) == (None, None)


class TestTwoWays:
    """HOTLINE_TEXT_REPLIES=notice."""

    @pytest.fixture
    def runtime(self, make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
        """A hotline that sends texts."""
        return make_runtime(sqlite_url, text_door=True, text_replies="notice")

    def send(self, house: House, body: str = "There is an answer.") -> None:
        with house.runtime.database.transaction() as session:
            report = session.scalars(select(Report)).one()
            row = texted.of_report(session, report.id)
            assert row is not None
            texted.send(session, house.runtime.vault, row, report, body, house.runtime.clock())

    def sent(self, carrier: FakeCarrier) -> list[tuple[str, str]]:
        return [
            (t.other, t.body) for t in carrier.texts.values() if t.body == "There is an answer."
        ]

    def test_it_is_sent_to_whoever_wrote_and_deleted_at_the_carrier(
        self, house: House, phone: Phone, carrier: FakeCarrier
    ) -> None:
        phone.text(GUN)
        self.send(house)
        house.engine.tick()
        assert self.sent(carrier) == [(SENDER, "There is an answer.")]
        house.engine.tick()  # the carrier drops what it says
        assert self.sent(carrier) == []
        house.later(91)
        assert carrier.texts == {}
        with house.runtime.database.reading() as session:
            out = session.scalars(select(TextOut)).one()
            assert (out.body, out.gone_why) == (None, None)
            assert out.carrier_deleted_at is not None
        assert "text_sent" in kinds_of(house, the_report(house))

    def test_nothing_is_sent_after_stop(
        self, house: House, phone: Phone, carrier: FakeCarrier
    ) -> None:
        phone.text(GUN)
        self.send(house)
        phone.text("STOP")
        house.engine.tick()
        assert self.sent(carrier) == []
        kinds = kinds_of(house, the_report(house))
        assert {"text_stopped", "text_number_gone", "text_not_sent"} <= set(kinds)
        with house.runtime.database.reading() as session:
            row = session.scalars(select(TextConversation)).one()
            assert (row.number, row.data_key_id) == (None, None)

    def test_a_text_of_which_nobody_knows_is_sent_again_and_given_up_at_last(
        self, house: House, phone: Phone, carrier: FakeCarrier
    ) -> None:
        def busy(method: str) -> None:
            if method == "send_text":
                raise Busy("20429")

        carrier.before = busy
        phone.text(GUN)
        self.send(house)
        house.engine.tick()
        for _ in range(10):
            house.later(3000)
        assert carrier.requests.count("send_text") == 10
        assert "text_not_sent" in kinds_of(house, the_report(house))

    def test_number_names_and_secrets_go_when_their_time_is_over(
        self, house: House, phone: Phone, clock: VirtualClock
    ) -> None:
        phone.text(GUN)
        runtime = house.runtime
        with runtime.database.transaction() as session:
            assert texted.expire(session, 3, runtime.clock()) == 0
        clock.advance(3 * 86400 + 1)
        with runtime.database.transaction() as session:
            assert texted.expire(session, 3, runtime.clock()) == 1
            assert session.scalars(select(TextConversation)).all() == []
        clock.advance(2 * 86400)
        with runtime.database.transaction() as session:
            texted.expire(session, 3, runtime.clock())
            assert session.scalars(select(TextSecret)).all() == []

    def test_a_closed_report_keeps_no_number(self, house: House, phone: Phone) -> None:
        phone.text(GUN)
        with house.runtime.database.transaction() as session:
            report = session.scalars(select(Report)).one()
            report.state = ReportState.CLOSED
            session.flush()
            now = house.runtime.clock() + timedelta(minutes=1)
            assert texted.expire(session, 3, now) == 1
            assert texted.of_report(session, report.id) is None
