"""Texts become reports: answered, joined, stopped, told twice, refused."""

import re

import pytest
from sqlalchemy import select

from hotline.context import Runtime
from hotline.dispatch.model import Dispatch
from hotline.reports import texted
from hotline.reports.intake import Receipt
from hotline.reports.model import Door, Message, MessageKind, Report, ReportState
from hotline.settings import Settings, SettingsError, load_settings
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.texting import GUN, Phone
from tests.unit.ivr import house as house_module
from tests.unit.ivr.house import House
from tests.unit.ivr.text_house import kinds_of, the_report, words_of

NUMBERS = re.compile(r"Report number (\d{6}), PIN (\d{6})")


@pytest.fixture
def runtime(make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
    """A hotline that takes texts."""
    return make_runtime(sqlite_url, text_door=True)


@pytest.fixture
def phone(house: House) -> Phone:
    """Somebody's telephone."""
    return Phone(house.client, house.runtime)


def receipt_in(answer: str) -> Receipt:
    found = NUMBERS.search(answer)
    assert found is not None, answer
    return Receipt(*found.groups())


def test_a_text_becomes_a_report_that_rings(house: House, phone: Phone) -> None:
    answer = phone.text(GUN)
    assert "We have your report." in answer
    assert "call 911" in answer
    assert "988" in answer
    assert "Telephone companies keep texts" in answer
    report = the_report(house)
    assert (report.door, report.state, report.urgency) == (
        Door.TEXT,
        ReportState.OPEN,
        "life-safety",
    )
    assert receipt_in(answer).number == report.number
    assert words_of(house, report) == [GUN]
    house.engine.tick()
    house.engine.tick()
    assert house.attempt("counselor-1").carrier_call_id is not None
    assert kinds_of(house, report)[:3] == ["texting_began", "message_received", "report_sent"]


def test_number_and_pin_open_it_by_telephone(house: House, phone: Phone) -> None:
    receipt = receipt_in(phone.text("Somebody wrote on the wall."))
    caller = house.caller().press("3", receipt.number, receipt.pin)
    assert "return_unknown" not in caller.says
    assert "returned" in kinds_of(house, the_report(house))


def test_the_line_says_the_district(house: House, phone: Phone) -> None:
    phone.text(GUN, To="+15550100920")
    assert the_report(house).district == "north"


def test_the_second_text_joins_and_is_brought_to_whoever_has_it(house: House, phone: Phone) -> None:
    phone.text("Somebody is mean to me.")
    house.engine.tick()
    owner = house.picks_up("counselor-1").press("1")
    house.hangs_up(owner)
    house.later(200)
    answer = phone.text("He has the gun with him now.")
    assert answer == "We have added this to your report."
    report = the_report(house)
    assert words_of(house, report)[1] == "He has the gun with him now."
    house.engine.tick()
    with house.runtime.database.reading() as session:
        kinds = session.scalars(select(Message.kind).order_by(Message.created_at)).all()
        assert kinds == [MessageKind.MESSAGE, MessageKind.ADDITION]
        dispatch = session.scalars(select(Dispatch)).one()
        assert dispatch.said_more or dispatch.unread_at is not None or dispatch.state == "ringing"


def test_texts_in_a_row_are_answered_once_and_all_kept(house: House, phone: Phone) -> None:
    phone.text("one two three")
    assert [phone.text(f"and then part {n}") for n in range(3)] == ["", "", ""]
    house.later(130)
    assert phone.text("and one more") == "We have added this to your report."
    assert len(words_of(house, the_report(house))) == 5


def test_a_closed_report_opens_again(house: House, phone: Phone) -> None:
    phone.text(GUN)
    with house.runtime.database.transaction() as session:
        session.scalars(select(Report)).one().state = ReportState.CLOSED
    house.later(200)
    phone.text("It goes on.")
    assert the_report(house).state is ReportState.OPEN


def test_the_same_text_told_twice_is_one_and_answered_the_same(house: House, phone: Phone) -> None:
    first = phone.text(GUN)
    assert phone.again() == first
    house.later(11 * 60)
    late = phone.again()
    assert receipt_in(first).pin not in late
    assert "We have your report." in late
    assert len(words_of(house, the_report(house))) == 1


def test_after_the_days_of_a_conversation_a_text_is_a_report_of_its_own(
    house: House, phone: Phone
) -> None:
    phone.text("one two three")
    house.later(2.9 * 86400)
    phone.text("four five six")
    house.later(3.1 * 86400)
    answer = phone.text("seven eight nine")
    with house.runtime.database.reading() as session:
        assert len(session.scalars(select(Report)).all()) == 2
    assert receipt_in(answer)


def test_two_telephones_are_two_reports(house: House, phone: Phone) -> None:
    phone.text(GUN)
    Phone(house.client, house.runtime, "+12175550143").text(GUN)
    with house.runtime.database.reading() as session:
        assert len(session.scalars(select(Report)).all()) == 2


def test_after_the_content_is_deleted_a_text_is_a_report_of_its_own(
    house: House, phone: Phone
) -> None:
    phone.text(GUN)
    with house.runtime.database.transaction() as session:
        session.scalars(select(Report)).one().purged_at = house.runtime.clock()
    assert receipt_in(phone.text("something else happens"))


# --- words that steer ---------------------------------------------------------------------------


def test_stop_ends_texts_but_not_reports(house: House, phone: Phone) -> None:
    phone.text(GUN)
    assert "no more texts" in phone.text(" Stop. ")
    assert phone.text("stop") == ""
    house.later(300)
    assert phone.text("He is in the hall now.") == ""
    report = the_report(house)
    assert words_of(house, report)[1] == "He is in the hall now."
    assert "text_stopped" in kinds_of(house, report)
    assert "Write what is happening" in phone.text("START")
    house.later(300)
    assert phone.text("He has left.") == "We have added this to your report."


def test_the_carrier_has_answered_stop_itself(house: House, phone: Phone) -> None:
    assert phone.text("STOP", OptOutType="STOP") == ""
    assert phone.text("START", OptOutType="START") == ""
    with house.runtime.database.reading() as session:
        assert session.scalars(select(Report)).all() == []


def test_stop_among_other_words_is_a_report(house: House, phone: Phone) -> None:
    assert receipt_in(phone.text("Please make him stop"))


def test_help_alone_is_answered_and_is_a_report(house: House, phone: Phone) -> None:
    answer = phone.text("HELP")
    assert answer.startswith("This is a line to report")
    assert the_report(house).number == receipt_in(answer).number


# --- what is not words --------------------------------------------------------------------------


def test_a_picture_alone_is_refused_and_nothing_is_reported(house: House, phone: Phone) -> None:
    answer = phone.text("", NumMedia="1", MediaUrl0="https://carrier.example/1")
    assert answer == "We cannot open pictures or sounds. Please write what they show."
    with house.runtime.database.reading() as session:
        assert session.scalars(select(Report)).all() == []


def test_the_words_beside_a_picture_are_taken(house: House, phone: Phone) -> None:
    answer = phone.text(GUN, NumMedia="2")
    assert "We cannot open pictures" in answer
    assert words_of(house, the_report(house)) == [GUN]


def test_an_empty_text_is_answered(house: House, phone: Phone) -> None:
    assert "Nothing was sent yet" in phone.text("  \n ")


def test_a_long_text_is_kept_whole(house: House, phone: Phone) -> None:
    long = " ".join(f"word{n}" for n in range(900))
    phone.text(long)
    assert words_of(house, the_report(house)) == [long]


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("Él tiene una pistola en la escuela", "es", "Tenemos su reporte."),
        ("عنده مسدس في المدرسة", "ar", "شركات الهاتف"),
        ("he has a gun", "en", "We have your report."),
        ("12345", "en", "We have your report."),
    ],
)
def test_it_is_answered_and_sorted_in_the_language_of_its_words(
    house: House, phone: Phone, text: str, code: str, says: str
) -> None:
    assert says in phone.text(text)
    assert the_report(house).language == code


# --- limits and failures ------------------------------------------------------------------------


def test_beyond_the_limit_one_answer_says_that_nothing_is_kept(house: House, phone: Phone) -> None:
    for n in range(texted.HOUR_LIMIT):
        phone.text(f"text number {n}")
    assert "This one was not kept" in phone.text("one too many")
    assert phone.text("and another") == ""
    assert len(words_of(house, the_report(house))) == texted.HOUR_LIMIT
    house.later(3700)
    assert phone.text("an hour later") == "We have added this to your report."


def test_when_many_come_it_is_written_down_and_nobody_is_turned_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.text_taking.CROWD_LIMIT", 2)
    for n in range(3):
        Phone(house.client, house.runtime, f"+1217555020{n}").text(GUN)
    with house.runtime.database.reading() as session:
        reports = session.scalars(select(Report).order_by(Report.id)).all()
    assert ["texted_in_crowd" in kinds_of(house, report) for report in reports] == [
        *(False, False),
        True,
    ]


def test_what_cannot_be_kept_is_said(
    house: House, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> str:
        raise RuntimeError("no database")

    monkeypatch.setattr("ivr.text_taking.take", broken)
    assert "Your text was not kept" in phone.text(GUN)
    assert "no database" not in phone.page.text


def test_without_the_setting_there_is_no_such_door(
    make_runtime: MakeRuntime, sqlite_url: str, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    house = house_module.on_duty(make_runtime(sqlite_url), carrier, clock.seconds)
    phone = Phone(house.client, house.runtime)
    phone.text(GUN)
    assert phone.page.status_code == 404


def test_replies_by_text_need_texts() -> None:
    with pytest.raises(SettingsError, match="HOTLINE_TEXT_REPLIES needs HOTLINE_TEXT_DOOR"):
        load_settings(_env_file=None, text_replies="notice")


def test_settings_are_off_by_default() -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert (settings.text_door, settings.text_replies) == (False, "off")
