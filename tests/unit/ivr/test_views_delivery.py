"""A report brought to a recipient by phone: nothing before 1, and only 4 confirms."""

import numpy as np
import pytest
from sqlalchemy import select, text

from hotline.carrier.port import Busy, LegState, Refused, Uncertain
from hotline.oncall.model import Recipient
from hotline.oncall.recipients import Reached, opened
from hotline.reports import audio
from hotline.reports.delivery_words import DeliveryPlace
from hotline.reports.model import Message, Report, ReportState
from tests.fakes.carrier import FakeCall, ring
from tests.support.sharing import LONGEST_S, POLICE, RECIPIENTS, Sharing, put_recipients
from tests.unit.ivr.house import House
from transcription.audio import NARROW, encode_wav

CONTENT = ("screening_report", "category_", "/voice/delivered/", "heard_")


@pytest.fixture
def sharing(house: House) -> Sharing:
    """A life-safety report has come, and the police desk gets such by itself."""
    sharing = Sharing(house)
    put_recipients(house.runtime)
    sharing.report()
    sharing.later(30)  # without a transcript dispatch waits so long
    return sharing


def fails(house: House, error: Exception) -> None:
    """The carrier does not do as asked for the recipient's phone."""

    def on_place(call: FakeCall) -> None:
        if call.to == POLICE:
            raise error
        ring(call)

    house.carrier.on_place = on_place


def test_life_safety_is_rung_by_itself_and_confirmed_by_key(sharing: Sharing) -> None:
    desk = sharing.picked_up()
    assert desk.says == ["delivery_intro", "delivery_open"]
    desk.press("1")
    assert desk.says[0] == "screening_report"
    assert desk.says[-1] == "delivery_keys"
    assert sharing.place is DeliveryPlace.HEARING
    desk.press("3")
    assert desk.says[-1] == "delivery_keys"
    desk.press("4")
    assert desk.says == ["delivery_confirmed"]
    assert sharing.place is DeliveryPlace.ACKNOWLEDGED
    assert sharing.told == [
        *("delivery_asked", "delivery_rung", "delivery_heard", "delivery_acknowledged")
    ]
    sharing.later(3600)
    assert sharing.calls_to() == 1


def test_it_is_rung_before_anybody_has_taken_it(sharing: Sharing) -> None:
    assert sharing.house.dispatch.taken_at is None
    assert sharing.calls_to() == 1


@pytest.mark.parametrize("keys", [(), ("", ""), ("4", "4"), ("2", "7"), ("3", "3")])
def test_whoever_does_not_press_1_hears_nothing_of_it(
    sharing: Sharing, keys: tuple[str, ...]
) -> None:
    desk = sharing.picked_up()
    heard = list(desk.hears)
    for key in keys:
        desk.press(key)
        heard += desk.hears
    assert not [sound for sound in heard for part in CONTENT if part in sound]
    token = sharing.rings()[0].token
    assert sharing.house.client.get(f"/voice/delivered/{token}.wav").status_code == 404
    assert sharing.house.client.get(f"/voice/delivered/{token}/place.wav").status_code == 404
    assert sharing.disclosed() == []


def test_the_callers_own_voice_is_not_heard_there(sharing: Sharing) -> None:
    with sharing.runtime.database.transaction() as session:
        message = session.scalars(select(Message)).one()
        sound = encode_wav(np.ones(8000, np.int16), NARROW)
        audio.store(session, sharing.runtime.vault, message, sound, "audio/wav")
    desk = sharing.picked_up().press("1")
    assert "heard_none" in desk.says
    token = sharing.rings()[0].token
    answer = sharing.house.client.get(f"/voice/delivered/{token}.wav")
    assert answer.status_code == 200
    assert len(answer.data) < len(sound) / 2


def test_what_was_read_out_is_kept_as_shared(sharing: Sharing) -> None:
    desk = sharing.picked_up().press("1")
    desk.again()
    (kept,) = sharing.disclosed()
    assert (kept.recipient, kept.given_to) == ("law_enforcement", "North police desk")
    assert (kept.by, kept.parts, kept.basis) == ("hotline", ("words",), "imminent_danger")


def test_to_have_listened_confirms_nothing(sharing: Sharing) -> None:
    desk = sharing.picked_up().press("1").press("2").press("")
    assert desk.says == ["delivery_not_confirmed"]
    assert sharing.place is DeliveryPlace.WAITING
    sharing.later(20)
    assert sharing.calls_to() == 2
    sharing.picked_up().press("1", "4")
    assert sharing.place is DeliveryPlace.ACKNOWLEDGED
    assert len(sharing.disclosed()) == 1


def test_nobody_there_is_an_alarm_after_four_rings(sharing: Sharing) -> None:
    for _ in range(4):
        assert sharing.alarms() == []
        sharing.unanswered()
        sharing.later(61)
    assert sharing.calls_to() == 4
    assert sharing.place is DeliveryPlace.UNREACHED
    assert sharing.alarms() == ["not_delivered"]
    sharing.later(3600)
    assert sharing.calls_to() == 4


def test_a_voicemail_box_is_rung_again_and_hears_nothing(sharing: Sharing) -> None:
    for _ in range(4):
        box = sharing.picked_up().press("").press("")
        assert not [sound for sound in box.hears for part in CONTENT if part in sound]
        sharing.later(61)
    assert sharing.alarms() == ["not_delivered"]


def test_lost_callbacks_are_found_out(sharing: Sharing) -> None:
    call = next(c for c in sharing.house.carrier.calls.values() if c.to == POLICE)
    sharing.house.carrier.set_state(call, LegState.UNANSWERED)  # and nobody tells
    sharing.later(3)
    assert sharing.place is DeliveryPlace.WAITING


def test_a_ring_of_which_nobody_knows_ends_in_time(house: House) -> None:
    sharing = Sharing(house)
    put_recipients(house.runtime)
    sharing.report()
    fails(house, Uncertain("timeout"))
    sharing.later(30)
    assert sharing.place is DeliveryPlace.RINGING
    sharing.later(LONGEST_S + 1)
    assert sharing.place is DeliveryPlace.WAITING


@pytest.mark.parametrize(
    ("error", "place"),
    [
        (Refused("not_allowed"), DeliveryPlace.UNREACHED),
        (Busy("no_lines"), DeliveryPlace.WAITING),
    ],
)
def test_what_the_carrier_refuses(house: House, error: Exception, place: DeliveryPlace) -> None:
    sharing = Sharing(house)
    put_recipients(house.runtime)
    sharing.report()
    fails(house, error)
    sharing.later(30)
    assert sharing.place is place
    assert sharing.alarms() == (["not_delivered"] if place is DeliveryPlace.UNREACHED else [])


def test_a_press_of_an_older_ring_opens_nothing(sharing: Sharing) -> None:
    old = sharing.picked_up()
    sharing.unanswered()
    sharing.later(20)
    assert sharing.calls_to() == 2
    old.press("1")
    assert old.says == ["delivery_over"]
    assert sharing.disclosed() == []


def test_a_code_is_asked_for_before_anything_is_said(house: House) -> None:
    sharing = Sharing(house)
    with_code = f'phone = "{POLICE}"\npin = "4711"'
    put_recipients(house.runtime, RECIPIENTS.replace(f'phone = "{POLICE}"', with_code))
    sharing.report()
    sharing.later(30)
    desk = sharing.picked_up().press("1")
    assert desk.says == ["screening_pin"]
    desk.press("1111")
    assert desk.says == ["screening_pin_wrong", "screening_pin"]
    assert sharing.disclosed() == []
    desk.press("4711")
    assert desk.says[0] == "screening_report"


def test_what_is_only_urgent_is_delivered_to_nobody_by_itself(house: House) -> None:
    sharing = Sharing(house)
    put_recipients(house.runtime)
    sharing.report("urgent")
    sharing.later(30)
    assert sharing.deliveries() == []
    sharing.asks("north-police")
    sharing.house.engine.tick()
    assert sharing.calls_to() == 1
    for _ in range(4):
        sharing.unanswered()
        sharing.later(1801)
    assert sharing.place is DeliveryPlace.UNREACHED
    assert "not_delivered" not in sharing.alarms()


def test_a_report_that_is_closed_is_not_delivered_any_more(sharing: Sharing) -> None:
    sharing.unanswered()
    with sharing.runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        report.state, report.disposition = ReportState.CLOSED, "test_call"
    sharing.later(120)
    assert sharing.place is DeliveryPlace.STOPPED
    assert sharing.calls_to() == 1


def test_a_number_taken_out_of_the_roster_is_not_rung(sharing: Sharing) -> None:
    sharing.unanswered()
    put_recipients(sharing.runtime, "")
    sharing.later(120)
    assert sharing.calls_to() == 1
    assert sharing.place is DeliveryPlace.UNREACHED


def test_two_reports_do_not_ring_one_phone_at_once(sharing: Sharing) -> None:
    sharing.house.hangs_up(sharing.house.caller().press("2").record(5).press("1"))
    with sharing.runtime.database.transaction() as session:
        for report in session.scalars(select(Report)):
            report.urgency = "life-safety"
    sharing.later(30)
    first, second = sharing.deliveries()
    assert (first.place, second.place) == (DeliveryPlace.RINGING, DeliveryPlace.WAITING)
    sharing.picked_up().press("1", "4")
    sharing.later(3)
    assert sharing.calls_to() == 2


def test_names_and_numbers_are_sealed(sharing: Sharing) -> None:
    with sharing.runtime.database.transaction() as session:
        rows = session.execute(text("SELECT * FROM recipient")).all()
        assert POLICE not in str(rows)
        assert "North police" not in str(rows)
        row = session.scalars(select(Recipient).where(Recipient.handle == "north-police")).one()
        known = opened(session, sharing.runtime.vault, row)
    assert known == Reached("North police desk", POLICE, None, None)
