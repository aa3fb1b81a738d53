"""The pages of the door: what is written is kept once, and nothing that is refused is lost."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from door.padding import STEP
from hotline.context import Runtime
from hotline.dispatch import standing
from hotline.dispatch.sql import SqlBooks
from hotline.reports import timeline, transcripts
from hotline.reports.model import AudioState, Door, Message, MessageState, Report, ReportState
from hotline.reports.written import LONGEST
from hotline.tasks.model import Task, TaskKind
from tests.support.door import GUN, Visitor
from transcription import writing


def reports(runtime: Runtime) -> list[Report]:
    """All reports."""
    with runtime.database.reading() as session:
        return list(session.scalars(select(Report).order_by(Report.id)))


def count(runtime: Runtime, table: type[Message] | type[Report]) -> int:
    """How many rows there are."""
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_what_is_written_is_a_report_that_somebody_must_take(
    runtime: Runtime, visitor: Visitor
) -> None:
    receipt = visitor.write()
    (report,) = reports(runtime)
    assert (report.number, report.state, report.door) == (
        receipt.number,
        ReportState.OPEN,
        Door.WEB,
    )
    assert (report.category, report.urgency) == ("weapons", "life-safety")
    with runtime.database.transaction() as session:
        message = session.scalars(select(Message)).one()
        assert (message.state, message.audio) == (MessageState.SENT, AudioState.WRITTEN)
        (said,) = transcripts.read(session, runtime.vault, report)
        assert said.text == " ".join(GUN.split())
        tasks = session.scalars(select(Task).where(Task.subject_id == report.id)).all()
        assert [task.kind for task in tasks] == [TaskKind.START_DISPATCH]
        kinds = [event.kind for event in timeline.read(session, report.id)]
        assert kinds[:3] == ["writing_began", "message_received", "report_sent"]
        assert standing.of(SqlBooks(session, runtime.vault), report) == "waiting"


def test_the_same_form_sent_twice_is_one_report_with_the_same_numbers(
    runtime: Runtime, visitor: Visitor
) -> None:
    first = visitor.look()
    visitor.send("send", text=GUN)
    receipt = visitor.receipt
    visitor.page = first
    visitor.send("send", text=GUN)
    assert visitor.receipt == receipt
    assert count(runtime, Report) == 1


def test_later_it_is_said_that_it_is_here_and_no_number_is_shown(
    runtime: Runtime, app: Flask, visitor: Visitor
) -> None:
    first = visitor.look()
    visitor.send("send", text=GUN)
    runtime.clock.advance(601)  # type: ignore[attr-defined]
    visitor.page = first
    assert "We have this already." in visitor.send("send", text=GUN).text
    assert count(runtime, Report) == 1


def test_another_text_in_the_same_form_is_another_report(
    runtime: Runtime, visitor: Visitor
) -> None:
    first = visitor.look()
    visitor.send("send", text=GUN)
    visitor.page = first
    visitor.send("send", text=GUN + " And a knife.")
    assert count(runtime, Report) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" \n ", "Please write something."),
        ("é" * (LONGEST + 7), "7 characters too long"),
    ],
)
def test_a_refused_text_is_given_back(
    runtime: Runtime, visitor: Visitor, text: str, says: str
) -> None:
    visitor.look()
    page = visitor.send("send", text=text)
    assert page.status_code == 422
    assert says in page.text
    assert visitor.written == text.strip()
    assert count(runtime, Report) == 0


def test_what_stands_between_is_longest_is_taken(runtime: Runtime, visitor: Visitor) -> None:
    visitor.write("e" * LONGEST)
    assert count(runtime, Report) == 1


def test_a_fault_of_ours_gives_the_text_back(
    runtime: Runtime, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(GUN)

    visitor.look()
    with monkeypatch.context() as patch:
        patch.setattr(writing.committing, "commit", broken)
        page = visitor.send("send", text=GUN)
    assert page.status_code == 503
    assert "Nothing was sent." in page.text
    assert visitor.written == GUN
    assert count(runtime, Report) == 0
    visitor.send("send", text=visitor.written)
    assert visitor.receipt.number == reports(runtime)[0].number


def test_a_form_of_another_site_is_shown_before_it_is_sent(
    runtime: Runtime, visitor: Visitor
) -> None:
    visitor.look()
    page = visitor.send("send", headers={"Sec-Fetch-Site": "cross-site"}, text=GUN)
    assert page.status_code == 422
    assert visitor.written == GUN
    assert count(runtime, Report) == 0
    visitor.send("send", headers={"Sec-Fetch-Site": "same-origin"}, text=visitor.written)
    assert count(runtime, Report) == 1


def test_every_answer_is_a_whole_number_of_steps_long(visitor: Visitor) -> None:
    lengths = [len(visitor.look(path).data) for path in ("", "return", "nowhere")]
    receipt = visitor.write()
    lengths.append(len(visitor.page.data))
    lengths.append(len(visitor.come_back(receipt.number, receipt.pin).data))
    lengths.append(len(visitor.come_back(receipt.number, "000000").data))
    assert lengths == [STEP] * len(lengths)
    assert "Content-Encoding" not in visitor.page.headers


@pytest.mark.parametrize(
    ("wanted", "code"),
    [("es-MX,es;q=0.9,en;q=0.5", "es"), ("ar", "ar"), ("tlh, xx;q=0.5", "en"), ("", "en")],
)
def test_the_browser_says_the_language(app: Flask, wanted: str, code: str) -> None:
    page = app.test_client().get("/", headers={"Accept-Language": wanted})
    assert page.headers["Content-Language"] == code
    assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in page.text


def test_no_page_has_a_script_a_cookie_or_anybody_elses_address(visitor: Visitor) -> None:
    receipt = visitor.write()
    pages = [visitor.page, visitor.look(), visitor.look("return")]
    pages.append(visitor.come_back(receipt.number, receipt.pin))
    for page in pages:
        assert "Set-Cookie" not in page.headers
        assert "<script" not in page.text
        assert "http" not in page.text
        assert page.headers["Cache-Control"] == "no-store, no-transform"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_the_danger_line_comes_first_in_the_language(app: Flask) -> None:
    for code, says in (("en", "If someone is in danger"), ("es", "Si alguien está en peligro")):
        page = Visitor(app, code).look()
        body = page.text.partition("<body>")[2]
        assert body.index(says) < body.index("<h1>")
        assert 'href="tel:911"' in body
