"""The phone of whoever has a report rings because its caller has said more, over the real core."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.dispatch import said_more
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.sql import SqlBooks
from hotline.dispatch.words import Role
from hotline.reports import audio, intake, transcripts
from hotline.reports.model import MessageKind, Report
from ivr.voice import Voice, speak
from tests.unit.ivr.leg import Leg
from tests.unit.ivr.test_views_responder import attempt_of, message_left

NewLeg = Callable[[], Leg]
SAID_LATER = "he is in the bathroom now"


def rung_again(leg: NewLeg, runtime: Runtime) -> Attempt:
    """Counselor 1 has it, and is rung because the caller has said more; gives that ring."""
    message_left(leg, runtime)
    first = attempt_of(runtime, "counselor-1")
    phone = leg()
    phone.post(f"/voice/responder/{first.token}")
    phone.press("1")
    runtime.clock.advance(600)  # type: ignore[attr-defined]
    now = runtime.clock()
    with runtime.database.transaction() as session:
        row = session.scalars(select(Dispatch)).one()
        _say_more(runtime, session, row, now)
        report, books = session.get_one(Report, row.report_id), SqlBooks(session, runtime.vault)
        frozen = books.frozen_policy(report, now)
        said_more.ask(books, report, row, frozen, now, tell=True)
    with runtime.database.transaction() as session:
        return session.scalars(select(Attempt).where(Attempt.role == Role.TELL)).one()


def _say_more(runtime: Runtime, session: Session, row: Dispatch, now: datetime) -> None:
    call = intake.open_call(session, "CA-later", now)
    call.report_id = row.report_id
    vault, kind = runtime.vault, MessageKind.ADDITION
    message = intake.begin_message(session, vault, call, kind, now)
    intake.recording_ended(session, message.id, now)
    wav = speak(SAID_LATER, Voice("en-us"))
    audio.store(session, vault, message, wav, "audio/wav")
    transcripts.write(
        *(session, vault, message),
        language="en",
        model="m",
        text=SAID_LATER,
        words=[],
        average_confidence=1.0,
        duration_s=2.0,
        now=now,
    )


def test_it_says_that_the_caller_has_said_more_and_how_long_ago(
    leg: NewLeg, runtime: Runtime
) -> None:
    attempt = rung_again(leg, runtime)
    phone = leg()
    phone.post(f"/voice/responder/{attempt.token}")
    assert phone.says[:2] == ["screening_intro", "screening_said_more"]
    assert "screening_message" not in phone.says
    assert not any(name.startswith("ago_minutes_1") for name in phone.says)  # not of the first call


def test_the_newest_words_are_read_out_first(leg: NewLeg, runtime: Runtime) -> None:
    attempt = rung_again(leg, runtime)
    phone = leg()
    phone.post(f"/voice/responder/{attempt.token}")
    heard = f"/voice/heard/{attempt.token}.wav"
    assert heard in phone.press("3").hears
    newest = speak(SAID_LATER, Voice("en-us", 145, 45))
    first, all_of_it = phone.client.get(heard).data, len(newest)
    assert len(first) > all_of_it
    assert first[44:8044] == newest[44:8044]


def test_pressing_1_takes_it_and_says_so(leg: NewLeg, runtime: Runtime) -> None:
    attempt = rung_again(leg, runtime)
    phone = leg()
    phone.post(f"/voice/responder/{attempt.token}")
    assert phone.press("1").says[0] == "taken"
    with runtime.database.transaction() as session:
        row = session.scalars(select(Dispatch)).one()
        assert (row.taken_by, row.said_more, row.unread_at) == (attempt.id, False, None)


def test_after_it_was_read_in_the_console_it_is_too_late(leg: NewLeg, runtime: Runtime) -> None:
    attempt = rung_again(leg, runtime)
    with runtime.database.transaction() as session:
        row = session.scalars(select(Dispatch)).one()
        row.unread_at = runtime.clock()
        report = session.get_one(Report, row.report_id)
        assert said_more.read(SqlBooks(session, runtime.vault), report, "ana", runtime.clock())
    phone = leg()
    phone.post(f"/voice/responder/{attempt.token}")
    assert phone.says == ["call_over"]
    assert phone.has("Hangup")
