"""Replies: heard by the caller who comes back with number and PIN, and by nobody else."""

from collections.abc import Callable

from sqlalchemy import select

from hotline.context import Runtime
from hotline.dispatch import desk
from hotline.dispatch.sql import SqlBooks
from hotline.dispatch.words import DispatchState
from hotline.reports import timeline
from hotline.reports.casework import closing, replies
from hotline.reports.casework.model import Reply
from hotline.reports.model import Report, ReportState
from hotline.reports.outcomes import Disposition
from hotline.tasks.model import Task, TaskKind
from tests.support.console import tone
from tests.unit.ivr.leg import Leg

NewLeg = Callable[[], Leg]


def left_a_message(leg: NewLeg) -> str:
    """A caller who left a message and hung up; the digits they were read out."""
    caller = leg().arrive().press("1", "2").record(5).press("1")
    spoken = "".join(name[-1] for name in caller.says if name.startswith("digit_"))
    caller.hang_up()
    return spoken[:12]


def the_report(runtime: Runtime) -> Report:
    with runtime.database.transaction() as session:
        return session.scalars(select(Report)).one()


def kinds(runtime: Runtime) -> list[str]:
    with runtime.database.transaction() as session:
        return [e.kind for e in timeline.read(session, the_report(runtime).id)]


def reply(runtime: Runtime, text: str | None) -> str:
    """Leave a reply, by voice where there is no text; gives its id."""
    with runtime.database.transaction() as session:
        report, vault, now = session.scalars(select(Report)).one(), runtime.vault, runtime.clock()
        if text is None:
            replies.record(session, vault, report, tone(1.0), 1.0, by="ana", now=now)
        else:
            replies.write(session, vault, report, text, by="ana", now=now)
        return replies.of(session, report)[-1].id


def test_a_caller_who_comes_back_hears_what_was_left(leg: NewLeg, runtime: Runtime) -> None:
    digits = left_a_message(leg)
    typed, voice = reply(runtime, "We have told the school."), reply(runtime, None)
    caller = leg().arrive().press("1", "3", digits[:6], digits[6:])
    paths = [f"/voice/reply/{reply_id}.wav" for reply_id in (typed, voice)]
    assert caller.hears[1:4] == ["en/reply_intro", *paths]
    assert "reply_heard" not in kinds(runtime)  # not before the network fetches the sound
    for path in (*paths, paths[0]):
        sound = caller.client.get(path)
        assert sound.data[:4] == b"RIFF"
        assert sound.headers["Cache-Control"] == "no-store"
    assert kinds(runtime).count("reply_heard") == 2
    with runtime.database.transaction() as session:
        assert {r.heard_at for r in session.scalars(select(Reply))} == {runtime.clock()}


def test_a_reply_is_heard_by_that_caller_alone(leg: NewLeg, runtime: Runtime) -> None:
    digits = left_a_message(leg)
    path = f"/voice/reply/{reply(runtime, 'We have told the school.')}.wav"
    stranger = leg().arrive()
    assert stranger.client.get(path).status_code == 404
    caller = leg().arrive().press("1", "3", digits[:6], digits[6:])
    assert caller.client.get(path).status_code == 200
    caller.hang_up()
    assert caller.client.get(path).status_code == 404
    assert caller.client.get("/voice/reply/none.wav").status_code == 404


def test_keys_of_the_menu_are_told_and_never_those_of_number_and_pin(
    leg: NewLeg, runtime: Runtime
) -> None:
    digits = left_a_message(leg)
    leg().arrive().press("1", "3", digits[:6], digits[6:], "1")
    with runtime.database.transaction() as session:
        events = timeline.read(session, session.scalars(select(Report)).one().id)
        keys = [(e.detail["where"], e.detail["key"]) for e in events if e.kind == "key"]
    assert keys == [("menu", "2"), ("review", "1"), ("return_status", "1")]


def test_more_words_open_a_closed_report_and_somebody_is_rung_anew(
    leg: NewLeg, runtime: Runtime
) -> None:
    digits = left_a_message(leg)
    with runtime.database.transaction() as session:
        report, now = session.scalars(select(Report)).one(), runtime.clock()
        assert desk.take_at_desk(SqlBooks(session, runtime.vault), report, "ana", now)
        closing.close(session, report, Disposition.HELP_GIVEN, sought=False, by="ana", now=now)
    caller = leg().arrive().press("1", "3", digits[:6], digits[6:])
    assert caller.says[0] == "status_closed"
    caller.press("1").record(4)
    report = the_report(runtime)
    assert (report.state, report.disposition) == (ReportState.OPEN, None)
    with runtime.database.transaction() as session:
        query = select(Task).where(Task.kind == TaskKind.START_DISPATCH)
        assert [t.key.rpartition(":")[2] for t in session.scalars(query)][-1].startswith("opened-")
        row = session.scalars(select(Report)).one()
        dispatch = desk.start(SqlBooks(session, runtime.vault), row, runtime.clock())
        assert dispatch.state is DispatchState.RINGING
        assert row.closed_at is None
    assert "opened_by_words" in kinds(runtime)
