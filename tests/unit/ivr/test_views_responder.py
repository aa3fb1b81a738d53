"""The responder's and the alarm phone's webhooks over the real core."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from hotline.carrier.port import LegState
from hotline.context import Runtime
from hotline.dispatch import alarms, desk, legs
from hotline.dispatch.model import Alarm, AlarmCall, Attempt, Dispatch
from hotline.dispatch.sql import SqlBooks
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.oncall.model import Responder
from hotline.reports import audio, transcripts
from hotline.reports.model import Message, MessageKind, Report
from ivr.voice import Voice, speak
from tests.unit.ivr.leg import Leg

NewLeg = Callable[[], Leg]
SAID = "there is a gun at school"


def row(runtime: Runtime, table: type) -> object:
    with runtime.database.transaction() as session:
        return session.scalars(select(table)).one()


def attempt_of(runtime: Runtime, handle: str) -> Attempt:
    with runtime.database.transaction() as session:
        query = select(Attempt).join(Responder).where(Responder.handle == handle)
        return session.scalars(query).one()


def message_left(leg: NewLeg, runtime: Runtime, *, written: bool = True) -> None:
    """A caller has left a message; its audio is stored, and its transcript unless not written."""
    caller = leg().arrive().press("1", "2")
    caller.recording_arrives(caller.one("Record").attrib["recordingStatusCallback"], "RE1")
    caller.post("/voice")
    caller.record(5).press("1")
    caller.hang_up()
    now = runtime.clock()
    with runtime.database.transaction() as session:
        message = session.scalars(select(Message)).one()
        report = session.get_one(Report, message.report_id)
        wav = speak(SAID, Voice("en-us"))
        audio.store(session, runtime.vault, message, wav, "audio/wav")
        if written:
            transcripts.write(
                *(session, runtime.vault, message),
                language="en",
                model="m",
                text=SAID,
                words=[],
                average_confidence=1.0,
                duration_s=2.0,
                now=now,
            )
        report.category, report.urgency = "weapons", "life-safety"
        desk.start(SqlBooks(session, runtime.vault), report, now)


def answer(leg: NewLeg, attempt: Attempt) -> Leg:
    """The responder's phone is picked up."""
    responder = leg()
    responder.post(f"/voice/responder/{attempt.token}")
    return responder


def test_the_screening_says_what_it_is_about(leg: NewLeg, runtime: Runtime) -> None:
    message_left(leg, runtime)
    runtime.clock.advance(125)  # type: ignore[attr-defined]
    responder = answer(leg, attempt_of(runtime, "counselor-1"))
    assert responder.hears == [
        *("en/screening_intro", "en/screening_message", "en/screening_report"),
        *("en/category_weapons", "en/urgency_life_safety", "en/language_en"),
        *("en/ago_minutes_2", "en/screening_keys"),
    ]
    attempt = attempt_of(runtime, "counselor-1")
    assert attempt.state is AttemptState.SCREENING
    assert attempt.carrier_call_id == responder.call_id


def test_pressing_1_takes_it_and_hears_the_words(leg: NewLeg, runtime: Runtime) -> None:
    message_left(leg, runtime)
    attempt = attempt_of(runtime, "counselor-1")
    responder = answer(leg, attempt).press("1")
    heard = f"/voice/heard/{attempt.token}.wav"
    assert responder.hears == ["en/taken", "en/heard_intro", heard, "en/heard_end"]
    assert responder.has("Hangup")
    dispatch = row(runtime, Dispatch)
    assert isinstance(dispatch, Dispatch)
    assert dispatch.taken_by == attempt.id
    assert responder.again().hears[0] == "en/taken"


@pytest.mark.parametrize("written", [True, False])
def test_pressing_3_reads_out_and_asks_again(leg: NewLeg, runtime: Runtime, written: bool) -> None:
    message_left(leg, runtime, written=written)
    attempt = attempt_of(runtime, "counselor-1")
    responder = answer(leg, attempt).press("3")
    assert f"/voice/heard/{attempt.token}.wav" in responder.hears
    assert responder.says[-1] == "screening_keys"
    sound = responder.client.get(f"/voice/heard/{attempt.token}.wav")
    assert sound.headers["Cache-Control"] == "no-store"
    assert len(sound.data) > 8000
    assert not list(runtime.settings.data_dir.rglob("*heard*.wav"))


def test_passing_ends_the_attempt_and_rings_the_next(leg: NewLeg, runtime: Runtime) -> None:
    message_left(leg, runtime)
    responder = answer(leg, attempt_of(runtime, "counselor-1")).press("2")
    assert responder.says == ["passed"]
    assert attempt_of(runtime, "counselor-1").state is AttemptState.DECLINED
    assert attempt_of(runtime, "counselor-2").state is AttemptState.INTENDED


def test_a_voicemail_box_takes_nothing(leg: NewLeg, runtime: Runtime) -> None:
    message_left(leg, runtime)
    box = answer(leg, attempt_of(runtime, "counselor-1")).silence()
    assert box.says == ["responder_not_understood"]
    box.silence()
    assert box.says == ["responder_no_key"]
    assert attempt_of(runtime, "counselor-1").state is AttemptState.MACHINE


def test_wrong_keys_twice_pass(leg: NewLeg, runtime: Runtime) -> None:
    message_left(leg, runtime)
    responder = answer(leg, attempt_of(runtime, "counselor-1")).press("7", "8")
    assert responder.says == ["passed"]
    assert attempt_of(runtime, "counselor-1").state is AttemptState.DECLINED


def test_a_late_1_hears_that_a_colleague_has_it(leg: NewLeg, runtime: Runtime) -> None:
    message_left(leg, runtime)
    late = answer(leg, attempt_of(runtime, "counselor-1"))
    late.post(f"/voice/responder/{attempt_of(runtime, 'counselor-1').token}/status")
    with runtime.database.transaction() as session:
        first = session.scalars(select(Attempt)).one()
        books = SqlBooks(session, runtime.vault)
        legs.leg_is(books, first.id, LegState.UNANSWERED, runtime.clock())
    second = answer(leg, attempt_of(runtime, "counselor-2"))
    assert second.hears[0].startswith("es/")
    second.press("1")
    assert late.press("1").says == ["late"]
    assert late.has("Hangup")
    again = answer(leg, attempt_of(runtime, "counselor-1"))
    assert again.says == ["late"]


def test_a_waiting_caller_and_the_responder_meet_in_one_room(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "1").record(3)
    attempt = attempt_of(runtime, "counselor-1")
    responder = answer(leg, attempt)
    assert responder.says[:2] == ["screening_intro", "screening_live"]
    assert "category_unsorted" not in responder.says
    responder.press("1")
    assert responder.says == ["taken_live"]
    caller.silence()
    room = responder.one("Conference")
    assert room.text == caller.one("Conference").text
    assert room.attrib["endConferenceOnExit"] == "true"
    wait = room.attrib["waitUrl"]
    caller.hang_up()
    responder.post(responder.one("Dial").attrib["action"])
    assert responder.says == ["caller_left"]
    hold = leg()
    hold.post(wait)
    assert hold.says == ["hold"]
    assert hold.has("Redirect")


def test_a_caller_who_left_is_withdrawn_before_1(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "1").redirected()
    caller.post(caller.one("Record").attrib["recordingStatusCallback"], RecordingStatus="absent")
    attempt = attempt_of(runtime, "counselor-1")
    responder = answer(leg, attempt)
    caller.hang_up()
    assert responder.press("1").says == ["withdrawn"]
    assert answer(leg, attempt).says == ["withdrawn"]
    dispatch = row(runtime, Dispatch)
    assert isinstance(dispatch, Dispatch)
    assert dispatch.state is DispatchState.WITHDRAWN


def test_a_caller_who_left_after_speaking_leaves_the_report(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "1").redirected().record(3)
    responder = answer(leg, attempt_of(runtime, "counselor-1"))
    caller.hang_up()
    assert responder.press("1").says == ["caller_left", "heard_none"]
    message = row(runtime, Message)
    assert isinstance(message, Message)
    assert message.kind is MessageKind.OPENING


def test_status_callbacks_end_the_attempt(leg: NewLeg, runtime: Runtime) -> None:
    message_left(leg, runtime)
    token = attempt_of(runtime, "counselor-1").token
    phone = leg()
    assert phone.post(f"/voice/responder/{token}/status", CallStatus="ringing").status_code == 204
    assert attempt_of(runtime, "counselor-1").state is AttemptState.RINGING
    phone.post(f"/voice/responder/{token}/status", CallStatus="no-answer")
    phone.post(f"/voice/responder/{token}/status", CallStatus="ringing")
    assert attempt_of(runtime, "counselor-1").state is AttemptState.UNANSWERED


def test_an_unknown_token_hears_nothing(leg: NewLeg) -> None:
    for path in ("responder/none", "responder/none/key", "alarm/none", "alarm/none/key"):
        phone = leg()
        phone.post(f"/voice/{path}", Digits="1")
        assert [verb.tag for verb in phone.step] == ["Hangup"]
    assert leg().post("/voice/responder/none/status", CallStatus="busy").status_code == 204
    assert leg().client.get("/voice/heard/none.wav").status_code == 404
    assert leg().client.get("/voice/said/none.wav").status_code == 404


def test_words_are_not_given_out_after_the_attempt(leg: NewLeg, runtime: Runtime) -> None:
    message_left(leg, runtime)
    attempt = attempt_of(runtime, "counselor-1")
    responder = answer(leg, attempt).press("2")
    assert responder.client.get(f"/voice/heard/{attempt.token}.wav").status_code == 404


def alarm_call(runtime: Runtime, report: bool = True) -> AlarmCall:
    """An alarm phone is being rung."""
    now = runtime.clock()
    with runtime.database.transaction() as session:
        about = session.scalars(select(Report)).one().id if report else None
        raised = alarms.raise_alarm(SqlBooks(session, runtime.vault), about, "nobody_took_it", now)
        supervisor = select(Responder).where(Responder.handle == "supervisor-1")
        call = AlarmCall(
            id="a" * 36,
            alarm_id=raised.id,
            responder_id=session.scalars(supervisor).one().id,
            token="alarm-token",
            placed_at=now,
        )
        session.add(call)
        return call


def test_an_alarm_is_acknowledged_by_1_and_by_nothing_else(leg: NewLeg, runtime: Runtime) -> None:
    message_left(leg, runtime)
    call = alarm_call(runtime)
    phone = leg()
    phone.post(f"/voice/alarm/{call.token}")
    assert phone.says[0] == "alarm_intro"
    assert phone.says[-1] == "alarm_keys"
    phone.silence()
    assert phone.says[-1] == "alarm_keys"
    phone.silence()
    assert [verb.tag for verb in phone.step] == ["Hangup"]
    raised = row(runtime, Alarm)
    assert isinstance(raised, Alarm)
    assert raised.acknowledged_at is None
    phone.post(f"/voice/alarm/{call.token}")
    phone.press("3")
    assert f"/voice/heard/{call.token}.wav" in phone.hears
    assert phone.client.get(f"/voice/heard/{call.token}.wav").status_code == 200
    assert phone.press("1").says == ["alarm_acknowledged"]
    assert phone.again().says == ["alarm_acknowledged"]
    other = leg()
    other.post(f"/voice/alarm/{call.token}")
    assert other.says == ["alarm_late"]
    assert other.post(f"/voice/alarm/{call.token}/status").status_code == 204


def test_an_alarm_about_a_broken_glass_does_not_say_that_nobody_took_it(
    leg: NewLeg, runtime: Runtime
) -> None:
    message_left(leg, runtime)
    call = alarm_call(runtime)
    with runtime.database.transaction() as session:
        session.get_one(Alarm, call.alarm_id).reason = alarms.GLASS_BROKEN
    phone = leg()
    phone.post(f"/voice/alarm/{call.token}")
    assert phone.says == ["alarm_of_line", "alarm_keys"]


def test_an_alarm_about_no_report_still_rings(leg: NewLeg, runtime: Runtime) -> None:
    call = alarm_call(runtime, report=False)
    phone = leg()
    phone.post(f"/voice/alarm/{call.token}")
    assert phone.says == ["alarm_of_line", "alarm_keys"]
    assert phone.press("1").says == ["alarm_acknowledged"]
