"""The caller's webhooks over the real core and a real database, as a carrier sends them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from hotline.carrier.port import LegState
from hotline.carrier.status import CALL_STATUS
from hotline.context import Runtime
from hotline.dispatch import bridge, desk, words
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.sql import SqlBooks
from hotline.dispatch.words import DispatchState
from hotline.reports import audio, intake
from hotline.reports.model import (
    Call,
    Message,
    MessageKind,
    MessageState,
    Report,
    ReportState,
)
from hotline.tasks.model import Task, TaskKind
from ivr.voice import Voice, speak
from tests.unit.ivr.leg import Leg

NewLeg = Callable[[], Leg]


def the(runtime: Runtime, table: type) -> list:  # type: ignore[type-arg]
    with runtime.database.transaction() as session:
        return list(session.scalars(select(table)))


def take(runtime: Runtime) -> Attempt:
    """The responder who is rung now presses 1."""
    with runtime.database.transaction() as session:
        live = select(Attempt).where(Attempt.state.in_(words.LIVE))
        attempt = session.scalars(live).one()
        assert desk.accept(SqlBooks(session, runtime.vault), attempt, runtime.clock())
        return attempt


def store_audio(runtime: Runtime, message_id: str) -> None:
    """The worker has fetched the recording."""
    wav = speak("there is a gun at school", Voice("en-us"))
    with runtime.database.transaction() as session:
        message = session.get_one(Message, message_id)
        audio.store(session, runtime.vault, message, wav, "audio/wav")


def test_arriving_offers_the_languages(leg: NewLeg) -> None:
    caller = leg().arrive()
    assert caller.hears == [
        *("en/offer_language", "en/digit_1", "es/offer_language", "es/digit_2"),
        *("ar/offer_language", "ar/digit_3"),
    ]
    gather = caller.one("Gather").attrib
    assert gather["actionOnEmptyResult"] == "true"
    assert gather["action"].startswith("http://127.0.0.1:8080/voice/step?at=language-1")


def test_a_message_from_the_first_ring_to_the_receipt(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "2")
    record = caller.one("Record").attrib
    assert (record["maxLength"], record["timeout"], record["finishOnKey"]) == ("300", "10", "#")
    assert record["recordingStatusCallback"].endswith("#rc=3&rp=4xx,5xx,ct,rt")
    caller.record(9)
    assert caller.says == ["review_send", "review_listen", "review_again"]
    (report,) = the(runtime, Report)
    assert report.state is ReportState.DRAFT
    caller.press("1")
    (report,) = the(runtime, Report)
    assert report.state is ReportState.OPEN
    assert caller.says[:3] == ["sent", "receipt_intro", "report_number_is"]
    spoken = "".join(name[-1] for name in caller.says if name.startswith("digit_"))
    number, pin = spoken[:6], spoken[6:12]
    assert spoken == (number + pin) * 2
    assert number == report.number
    with runtime.database.transaction() as session:
        assert intake.find_report(session, number, pin) is not None
    once = caller.says[2:]
    assert caller.press("1").says == once
    assert caller.silence().says == ["callback_offer"]
    assert caller.silence().says == ["goodbye"]
    assert caller.has("Hangup")


def test_the_dispatch_of_a_message_is_a_task_of_the_same_transaction(
    leg: NewLeg, runtime: Runtime
) -> None:
    leg().arrive().press("1", "2").record(5).press("1")
    assert TaskKind.START_DISPATCH in [task.kind for task in the(runtime, Task)]


def test_listening_back_plays_the_callers_own_recording(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "2")
    callback = caller.one("Record").attrib["recordingStatusCallback"]
    caller.record(5).press("2")
    assert caller.says == ["one_moment"]
    assert caller.has("Redirect")
    where = caller.one("Redirect").text
    caller.recording_arrives(callback, "RE1")
    (message,) = the(runtime, Message)
    store_audio(runtime, message.id)
    caller.post(where or "")
    assert caller.hears[:2] == ["en/listen_intro", f"/voice/said/{message.token}.wav"]
    sound = caller.client.get(f"/voice/said/{message.token}.wav")
    assert sound.status_code == 200
    assert sound.headers["Cache-Control"] == "no-store"
    assert sound.data[:4] == b"RIFF"
    caller.press("1").hang_up()
    assert caller.client.get(f"/voice/said/{message.token}.wav").status_code == 404


def test_said_again_drops_the_first_recording_only_when_sent(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "2")
    caller.recording_arrives(caller.one("Record").attrib["recordingStatusCallback"], "RE1")
    caller = Leg(caller.client, runtime, caller.call_id)
    caller.post("/voice")
    caller.record(5).press("3")
    first, second = the(runtime, Message)
    assert first.state is MessageState.RECORDED
    caller.record(6).press("1")
    first, second = the(runtime, Message)
    assert (first.state, second.state) == (MessageState.DISCARDED, MessageState.SENT)
    assert TaskKind.DELETE_RECORDING in [task.kind for task in the(runtime, Task)]


@pytest.mark.parametrize("moment", ["while recording", "in review"])
def test_hanging_up_sends_what_was_said(leg: NewLeg, runtime: Runtime, moment: str) -> None:
    caller = leg().arrive().press("1", "2")
    record = caller.one("Record").attrib
    if moment == "in review":
        caller.record(5)
    else:
        caller.post(record["action"], RecordingDuration="5", Digits="hangup")
    caller.hang_up()
    caller.recording_arrives(record["recordingStatusCallback"], "RE1")
    (message,), (report,) = the(runtime, Message), the(runtime, Report)
    assert message.state is MessageState.SENT
    assert report.state is ReportState.OPEN
    assert the(runtime, Call)[0].ended_at is not None


def test_hanging_up_in_the_menu_leaves_nothing(leg: NewLeg, runtime: Runtime) -> None:
    leg().arrive().press("1").hang_up()
    assert the(runtime, Report) == []


def test_speak_now_rings_before_a_word_is_said(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "1")
    assert caller.says == ["opening_question"]
    assert TaskKind.PLACE_CALL in [task.kind for task in the(runtime, Task)]
    assert the(runtime, Message) == []
    assert caller.redirected().one("Record").attrib["maxLength"] == "30"
    (message,) = the(runtime, Message)
    assert message.kind is MessageKind.OPENING


def test_the_parked_caller_polls_and_is_connected(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "1").record(4)
    assert caller.says == ["parked_1"]
    assert the(runtime, Call)[0].parked_at is not None
    caller.silence()
    assert caller.says == ["hold", "parked_message"]
    take(runtime)
    caller.silence()
    assert caller.says == ["connecting"]
    conference = caller.one("Conference")
    (call,) = the(runtime, Call)
    assert conference.text == call.conference
    assert conference.attrib["beep"] == "false"
    assert conference.attrib["endConferenceOnExit"] == "true"
    assert caller.one("Dial").attrib["callerId"] == runtime.settings.phone_number
    assert call.parked_at is None


def test_a_nudge_needs_no_moment(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "1").record(4)
    take(runtime)
    caller.post("/voice/park")
    assert caller.has("Conference")


def test_who_answers_during_the_opening_words_is_met_right_after(
    leg: NewLeg, runtime: Runtime
) -> None:
    caller = leg().arrive().press("1", "1").redirected()
    take(runtime)
    assert caller.record(4).has("Conference")


def test_who_answers_during_the_question_is_met_without_a_recording(
    leg: NewLeg, runtime: Runtime
) -> None:
    caller = leg().arrive().press("1", "1")
    take(runtime)
    assert caller.redirected().has("Conference")
    assert the(runtime, Message) == []


def test_a_responder_who_drops_out_is_replaced(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "1").record(4)
    first = take(runtime)
    caller.silence()
    room = caller.one("Conference").text
    caller.post(caller.one("Dial").attrib["action"], DialCallStatus="answered")
    assert caller.says == ["one_moment", "hold"]
    caller.silence()
    assert caller.says == ["other_left", "parked_1"]
    (dispatch,) = the(runtime, Dispatch)
    assert dispatch.state is DispatchState.RINGING
    second = take(runtime)
    assert second.responder_id != first.responder_id
    assert caller.silence().one("Conference").text != room


def test_a_goodbye_on_both_sides_rings_nobody_else(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "1").record(4)
    take(runtime)
    caller.silence()
    caller.post(caller.one("Dial").attrib["action"], DialCallStatus="answered")
    caller.hang_up()
    (dispatch,) = the(runtime, Dispatch)
    assert dispatch.state is DispatchState.TAKEN


def test_the_wait_ends_at_the_recorder_and_the_search_goes_on(
    leg: NewLeg, runtime: Runtime
) -> None:
    caller = leg().arrive().press("1", "1").record(4)
    runtime.clock.advance(121)  # type: ignore[attr-defined]
    caller.silence()
    assert caller.says == ["nobody_free", "message_instructions"]
    (dispatch,) = the(runtime, Dispatch)
    assert dispatch.state is DispatchState.RINGING
    assert the(runtime, Call)[0].parked_at is None
    take(runtime)
    with runtime.database.transaction() as session:
        row = session.get_one(Dispatch, dispatch.id)
        assert bridge.name(SqlBooks(session, runtime.vault), row) is None
    caller.record(5).press("1")
    assert "sent" in caller.says


def test_a_message_instead_of_waiting(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "1").record(4).press("1")
    assert caller.says == ["message_instructions"]


def test_a_waiting_caller_who_said_nothing_and_leaves_withdraws(
    leg: NewLeg, runtime: Runtime
) -> None:
    caller = leg().arrive().press("1", "1").redirected()
    callback = caller.one("Record").attrib["recordingStatusCallback"]
    caller.silence()
    caller.post(callback, RecordingStatus="absent")
    caller.hang_up()
    (dispatch,) = the(runtime, Dispatch)
    assert dispatch.state is DispatchState.WITHDRAWN


def test_a_silent_caller_reaches_a_person(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().silence().silence()
    assert caller.says[:2] == ["no_key_heard", "danger"]
    caller.record(0)
    take(runtime)
    assert caller.silence().has("Conference")


def test_key_0_dials_the_crisis_line_with_our_number(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "0")
    assert caller.one("Number").text == "988"
    assert caller.one("Dial").attrib["callerId"] == runtime.settings.phone_number
    caller.post(caller.one("Dial").attrib["action"], DialCallStatus="no-answer")
    assert caller.says[0] == "crisis_failed"
    assert caller.redirected().has("Record")


def test_returning_with_the_numbers_that_were_read_out(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "2").record(5).press("1")
    spoken = "".join(name[-1] for name in caller.says if name.startswith("digit_"))
    caller.hang_up()
    again = leg().arrive().press("2", "3", spoken[:6], spoken[6:12])
    assert again.says[:2] == ["status_waiting", "reply_none"]
    again.press("1")
    assert again.says == ["message_more"]
    again.record(4)
    assert again.says == ["sent", "goodbye"]
    assert [m.kind for m in the(runtime, Message)][-1] is MessageKind.ADDITION
    with runtime.database.transaction() as session:
        assert intake.find_report(session, spoken[:6], spoken[6:12]) is not None


def test_who_returns_and_wants_to_speak_begins_a_new_report(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "2").record(5).press("1")
    spoken = "".join(name[-1] for name in caller.says if name.startswith("digit_"))
    caller.hang_up()
    leg().arrive().press("1", "3", spoken[:6], spoken[6:12], "3")
    assert len(the(runtime, Report)) == 2


def test_guessing_is_capped_for_all_calls_together(leg: NewLeg) -> None:
    for _ in range(7):
        leg().arrive().press("1", "3", "123456", "000000", "123456", "000000", "123456", "000000")
    blocked = leg().arrive().press("1", "3", "123456", "000000")
    assert blocked.says[0] == "return_locked"


def test_neither_number_nor_pin_of_a_guess_is_kept(leg: NewLeg, runtime: Runtime) -> None:
    leg().arrive().press("1", "3", "135791", "246802")
    (call,) = the(runtime, Call)
    assert "246802" not in str(call.menu)


@pytest.mark.parametrize("count", [2, 5])
def test_a_repeated_webhook_changes_nothing(leg: NewLeg, runtime: Runtime, count: int) -> None:
    caller = leg().arrive().press("1", "2").record(5).press("1")
    heard = caller.hears[1:]
    for _ in range(count):
        caller.again()
    assert caller.hears[1:] == heard
    assert len(the(runtime, Report)) == 1
    assert len(the(runtime, Message)) == 1


def test_an_unknown_call_begins_at_the_beginning(leg: NewLeg) -> None:
    caller = leg()
    caller.post("/voice/step?at=review-7", Digits="1")
    assert caller.says[0] == "offer_language"


def test_a_late_webhook_of_an_ended_call_is_told_goodbye(leg: NewLeg) -> None:
    caller = leg().arrive().press("1")
    caller.hang_up().press("2")
    assert caller.has("Hangup")


def test_the_status_of_an_unknown_call_creates_nothing(leg: NewLeg, runtime: Runtime) -> None:
    leg().hang_up()
    assert the(runtime, Call) == []


def test_the_callers_number_is_written_nowhere(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg()
    caller.post("/voice", From="+15557654321", Caller="+15557654321")
    caller.press("1", "1").record(3)
    path = (runtime.settings.database_url or "").removeprefix("sqlite:///")
    with runtime.database.transaction() as session:
        session.connection().exec_driver_sql("SELECT 1")
    for part in (path, f"{path}-wal"):
        with open(part, "rb") as file:
            assert b"5557654321" not in file.read()


def test_no_webhook_of_ours_ever_answers_with_an_error_to_be_read_aloud(leg: NewLeg) -> None:
    caller = leg()
    response = caller.client.post("/voice", headers={"X-Twilio-Signature": "x"})
    assert response.status_code == 403
    answer = caller.post("/voice/step?at=menu-1&retry=99")
    assert answer.status_code == 200


def test_a_seen_call_keeps_its_heartbeat(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive()
    before = the(runtime, Call)[0].seen_at
    runtime.clock.advance(7)  # type: ignore[attr-defined]
    caller.press("1")
    assert the(runtime, Call)[0].seen_at == before + timedelta(seconds=7)


def test_leg_states_are_all_known() -> None:
    assert set(CALL_STATUS.values()) == set(LegState) - {LegState.UNKNOWN}
